"""Which folders are bundles. What is left out is named, and nothing that a tree can hold is a crash."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.fetch.git import TreeEntry
from build.fetch.history import utc
from build.fetch.tree import (
    MAX_FILE_BYTES,
    MAX_WORKFLOW_BYTES,
    MAX_WORKFLOWS,
    is_read,
    is_resource,
    list_bundles,
    list_libraries,
    list_workflows,
)
from build.model import BundleSource, History, Problem

ROBOT = "runbook.robot"

DATE = datetime(2026, 1, 2, tzinfo=UTC)


def folder(name: str | bytes) -> TreeEntry:
    raw = name.encode() if isinstance(name, str) else name
    return TreeEntry("040000", "tree", "f" * 40, 0, b"codebundles/" + raw)


def blob(path: str | bytes, mode: str = "100644", size: int = 10) -> TreeEntry:
    raw = path.encode() if isinstance(path, str) else path
    return TreeEntry(mode, "blob", "b" * 40, size, b"codebundles/" + raw)


def listed(*entries: TreeEntry) -> tuple[list[BundleSource], list[Problem]]:
    return list_bundles("beacon", "c" * 40, DATE, entries, {})


def told(problems: list[Problem]) -> list[tuple[str, str | None, str]]:
    assert {problem.collection for problem in problems} <= {"beacon"}
    assert all(problem.message for problem in problems)
    return [(problem.code, problem.path, problem.severity) for problem in problems]


def test_a_folder_with_a_robot_file_is_a_bundle() -> None:
    history = History(
        first_commit="1", first_date=utc(1), last_commit="2", last_date=utc(2), last_own_date=utc(2), commits=2
    )
    entries = [
        folder("b"),
        blob("b/sli.robot"),
        folder("a"),
        blob("a/runbook.robot"),
        blob("a/x/y.sh"),
        blob("README.md"),
    ]
    bundles, problems = list_bundles("beacon", "c" * 40, DATE, entries, {"a": history})
    assert problems == []
    assert [(b.name, b.tree, b.commit, b.history, b.folder) for b in bundles] == [
        ("a", "f" * 40, "c" * 40, history, "codebundles/a"),
        ("b", "f" * 40, "c" * 40, None, "codebundles/b"),
    ]
    assert [(file.path, file.oid, file.content) for file in bundles[0].files] == [
        ("runbook.robot", "b" * 40, None),
        ("x/y.sh", "b" * 40, None),
    ]


@pytest.mark.parametrize("name", ["a", "A", "9", "k8s-a_b.c", "hello_world", "x" * 128, "indexes", "console"])
def test_plain_names_are_bundles(name: str) -> None:
    bundles, problems = listed(folder(name), blob(f"{name}/{ROBOT}"))
    assert [bundle.name for bundle in bundles] == [name]
    assert problems == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"%2e%2e", "%2e%2e"),
        (b"-rf", "-rf"),
        (b"_x", "_x"),
        (b"a\\b", "a\\b"),
        (b"new\nline", "new\\nline"),
        (b"x\n::error::forged", "x\\n::error::forged"),
        (b"\x1b[2Jx", "\\x1b[2Jx"),
        (b"trailing ", "trailing "),
        (b"x" * 129, "x" * 129),
        (b"q\"'<b>", "q\"'<b>"),
        (b"\xff\xfe", "\\xff\\xfe"),
        ("é".encode(), "é"),
        ("a\u202eb".encode(), "a\\u202eb"),
        (b"tab\there", "tab\\there"),
        (b"{{x}}", "{{x}}"),
    ],
)
def test_other_names_are_refused_by_name(name: bytes, shown: str) -> None:
    bundles, problems = listed(folder(name), blob(name + b"/runbook.robot"), folder("ok"), blob(f"ok/{ROBOT}"))
    assert [bundle.name for bundle in bundles] == ["ok"]
    assert told(problems) == [("bad-name", f"codebundles/{shown}", "error")]
    assert problems[0].bundle == shown


@pytest.mark.parametrize("name", ["index", "INDEX", "index.html", "404", "con", "Com1.x", "assets", "a.", "a.json"])
def test_names_of_the_site_and_of_systems_are_refused(name: str) -> None:
    bundles, problems = listed(folder(name), blob(f"{name}/{ROBOT}"), folder("b"), blob(f"b/{ROBOT}"))
    assert [bundle.name for bundle in bundles] == ["b"]
    assert told(problems) == [("reserved-name", f"codebundles/{name}", "error")]


def test_of_names_that_are_one_address_the_first_is_published() -> None:
    names = ("disk-Usage", "disk-usage", "disk_usage", "disk-usages")
    entries = [entry for name in names for entry in (folder(name), blob(f"{name}/{ROBOT}"))]
    bundles, problems = listed(*reversed(entries[::2]), *entries[1::2])
    assert [bundle.name for bundle in bundles] == ["disk-Usage", "disk-usages"]
    assert told(problems) == [
        ("same-name", "codebundles/disk-usage", "error"),
        ("same-name", "codebundles/disk_usage", "error"),
    ]
    assert all("disk-Usage" in problem.message for problem in problems)


def test_a_folder_that_is_no_bundle_takes_no_name() -> None:
    bundles, _ = listed(folder("A"), folder("a"), blob(f"a/{ROBOT}"))
    assert [bundle.name for bundle in bundles] == ["a"]


@pytest.mark.parametrize("name", [".test-tasks", "..", ".git"])
def test_hidden_folders_are_noted(name: str) -> None:
    bundles, problems = listed(folder(name), blob(f"{name}/{ROBOT}"))
    assert bundles == []
    assert told(problems) == [("hidden-folder", f"codebundles/{name}", "note")]


def test_a_folder_without_a_robot_file_is_told() -> None:
    bundles, problems = listed(
        folder("a"), blob("a/README.md"), folder("b"), folder("b/runbook.robot"), blob("b/runbook.robot/x"),
        folder("c"), folder("c/sub"), blob("c/sub/runbook.robot"), folder("d"), blob("d/Runbook.robot"),
    )  # fmt: skip
    assert bundles == []
    assert told(problems) == [("no-robot-file", f"codebundles/{name}", "warning") for name in "abcd"]


def test_links_and_submodules_in_place_of_a_bundle_are_refused() -> None:
    submodule = TreeEntry("160000", "commit", "1" * 40, 0, b"codebundles/sub")
    bundles, problems = listed(blob("link", mode="120000"), submodule, folder("ok"), blob(f"ok/{ROBOT}"))
    assert [bundle.name for bundle in bundles] == ["ok"]
    assert told(problems) == [("no-folder", f"codebundles/{name}", "error") for name in ("link", "sub")]
    assert ["link" in problems[0].message, "submodule" in problems[1].message] == [True, True]


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        (blob("a/README.md", mode="120000"), "a link"),
        (blob("a/README.md", size=MAX_FILE_BYTES + 1), "2,000,001 bytes long"),
        (TreeEntry("160000", "commit", "1" * 40, 0, b"codebundles/a/README.md"), "a submodule"),
    ],
)
def test_a_file_that_must_not_be_read_is_refused_by_name(entry: TreeEntry, what: str) -> None:
    bundles, problems = listed(folder("a"), blob(f"a/{ROBOT}"), entry)
    assert [file.path for file in bundles[0].files] == [ROBOT]
    assert told(problems) == [("file-refused", "codebundles/a/README.md", "error")]
    assert problems[0].message == f"README.md is {what} and left out"


@pytest.mark.parametrize("character", ["\x1b", "\n", "\x9b", "\u200b", "\u202e", "\u2028", "\U000e0041"])
def test_a_file_with_an_unseen_character_in_its_name_is_refused(character: str) -> None:
    for path, severity in ((f"a{character}b.sh", "note"), (f".runwhen/generation-rules/a{character}b.yaml", "error")):
        bundles, problems = listed(folder("a"), blob(f"a/{ROBOT}"), blob(f"a/{path}"))
        assert [file.path for file in bundles[0].files] == [ROBOT]
        shown = path.replace(character, character.encode("unicode_escape").decode())
        code = "file-refused" if severity == "error" else "file-left-out"
        assert told(problems) == [(code, f"codebundles/a/{shown}", severity)]
        assert "invisible characters" in problems[0].message


def test_a_file_that_is_not_read_anyway_is_noted() -> None:
    _, problems = listed(
        folder("a"), blob(f"a/{ROBOT}"), blob("a/run.sh", mode="120000"), blob("a/x.json", size=3_000_000),
        TreeEntry("160000", "commit", "1" * 40, 0, b"codebundles/a/vendor"),
    )  # fmt: skip
    assert told(problems) == [
        ("file-left-out", f"codebundles/a/{name}", "note") for name in ("run.sh", "x.json", "vendor")
    ]


def test_a_bundle_whose_only_robot_file_is_refused_is_none() -> None:
    bundles, problems = listed(folder("a"), blob(f"a/{ROBOT}", mode="120000"))
    assert bundles == []
    assert [problem.code for problem in problems] == ["file-refused", "no-robot-file"]


def test_a_file_of_just_the_greatest_size_is_taken() -> None:
    bundles, problems = listed(folder("a"), blob(f"a/{ROBOT}", size=MAX_FILE_BYTES))
    assert (len(bundles), problems) == (1, [])


def test_a_folder_that_lists_without_end_is_refused() -> None:
    endless = [folder(name)._replace(type="endless") for name in ("a", ".b")]
    bundles, problems = listed(*endless, folder("c"), blob(f"c/{ROBOT}"))
    assert [bundle.name for bundle in bundles] == ["c"]
    assert told(problems) == [
        ("too-many-files", "codebundles/a", "error"), ("hidden-folder", "codebundles/.b", "note"),
    ]  # fmt: skip


def test_a_name_with_a_slash_in_it_is_refused() -> None:
    """Git's own commands make no such tree, `git hash-object --literally` does."""
    bundles, problems = listed(blob("evil/runbook.robot"), folder("ok"), blob(f"ok/{ROBOT}"))
    assert [bundle.name for bundle in bundles] == ["ok"]
    assert told(problems) == [("bad-name", "codebundles/evil/runbook.robot", "error")]


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("runbook.robot", True),
        ("sli.robot", True),
        ("README.md", True),
        ("readme.md", True),
        ("Readme.MD", True),
        ("README", True),
        ("README.rst", True),
        ("README.markdown", True),
        ("README.txt", True),
        ("README.md.bak", False),
        ("READMES", False),
        ("README.pdf", False),
        ("README-old.md", False),
        ("docs/README.md", False),
        ("SKILL-TEMPLATE.md", True),
        ("SKILL.md", True),
        ("meta.yaml", True),
        ("meta.yml", True),
        (".runwhen/generation-rules/a.yaml", True),
        (".runwhen/generation-rules/no-extension", True),
        (".runwhen/generation-rules/with space .yaml", True),
        (".runwhen/generation-rules/deeper/a.yaml", False),
        (".runwhen/templates/a.yaml", True),
        ("runbook.robot.bak", False),
        # What a robot file may import keywords from.
        ("sub/runbook.robot", True),
        ("other.robot", True),
        ("common.resource", True),
        ("a b/c/common.resource", True),
        ("tests/common.resource", False),
        ("sub/test/common.resource", False),
        (".test/common.resource", False),
        ("sub/.test/common.resource", False),
        ("testing/common.resource", True),
        (".env", False),
        ("run.sh", False),
        ("", False),
    ],
)
def test_what_is_read(path: str, read: bool) -> None:
    assert (is_read(path) or is_resource(path)) is read


LEFT_OUT = {"bad-name", "hidden-folder", "no-robot-file", "too-many-files"}
names = st.binary(min_size=1, max_size=8).filter(lambda name: b"\0" not in name)
entries = st.builds(
    TreeEntry,
    st.sampled_from(["040000", "100644", "100755", "120000", "160000"]),
    st.sampled_from(["tree", "blob", "commit"]),
    st.just("1" * 40),
    st.integers(0, 3_000_000),
    st.lists(names | st.just(b"runbook.robot"), max_size=3).map(lambda parts: b"/".join([b"codebundles", *parts])),
)


@given(st.lists(entries, max_size=8))
def test_any_tree_is_listed_and_what_is_left_out_is_told(tree: list[TreeEntry]) -> None:
    bundles, problems = listed(*tree)
    folders = {entry.path for entry in tree if entry.type == "tree" and entry.path.count(b"/") == 1}
    left_out = [p for p in problems if p.code in LEFT_OUT and (p.path or "").count("/") == 1]
    assert len(bundles) + len(left_out) == len(folders)
    for problem in problems:
        assert (problem.path or "").isprintable()
        assert problem.message.isprintable()


def test_files_of_libraries_are_listed_and_what_is_odd_is_refused() -> None:
    def at(path: bytes, mode: str = "100644", kind: str = "blob", size: int = 10) -> TreeEntry:
        return TreeEntry(mode, kind, "b" * 40, size, b"libraries/" + path)

    files, problems = list_libraries(
        "beacon",
        [
            at(b"RW", "040000", "tree"),
            at(b"RW/b.py"),
            at(b"RW/a.resource"),
            at(b"RW/notes.txt", size=10**9),
            at(b"RW/link.py", "120000"),
            at(b"RW/large.py", size=MAX_FILE_BYTES + 1),
            at(b"RW/../../x.py"),
            at(b".cache/x.py"),
            at(b"RW/\x1b[31m.py"),
            at(b"sub.py", "160000", "commit"),
            at(b"wide", "040000", "endless"),
        ],
    )
    assert [file.path for file in files] == ["libraries/RW/a.resource", "libraries/RW/b.py"]
    assert told(problems) == [
        ("file-refused", "libraries/RW/link.py", "error"),
        ("file-refused", "libraries/RW/large.py", "error"),
        ("file-left-out", "libraries/RW/../../x.py", "note"),
        ("file-left-out", "libraries/.cache/x.py", "note"),
        ("file-refused", "libraries/RW/\\x1b[31m.py", "error"),
        ("file-refused", "libraries/sub.py", "error"),
        ("too-many-files", "libraries/wide", "error"),
    ]


def test_workflows_are_plain_files_and_each_other_one_is_noted() -> None:
    def at(path: bytes, mode: str = "100644", kind: str = "blob", size: int = 10) -> TreeEntry:
        return TreeEntry(mode, kind, "b" * 40, size, b".github/workflows/" + path)

    files, problems = list_workflows(
        "beacon",
        [
            at(b"ci.yml"),
            at(b"release.yaml"),
            at(b"notes.md"),
            at(b"folder", "040000", "tree"),
            at(b"folder/inner.yml"),
            at(b"large.yml", size=MAX_WORKFLOW_BYTES + 1),
            at(b"link.yml", "120000"),
            at(b"sub.yml", "160000", "commit"),
            at(b"\x1b[31m.yml"),
        ],
    )
    assert [file.path for file in files] == [".github/workflows/ci.yml", ".github/workflows/release.yaml"]
    assert told(problems) == [
        ("workflow-unreadable", f".github/workflows/{name}", "note")
        for name in ("large.yml", "link.yml", "sub.yml", "\\x1b[31m.yml")
    ]
    many, left = list_workflows("beacon", [at(b"%03d.yml" % number) for number in range(MAX_WORKFLOWS + 2)])
    assert (len(many), len(left)) == (MAX_WORKFLOWS, 2)
    assert {one.message for one in left} == {f"There are more than {MAX_WORKFLOWS} workflows; this one is not read."}
