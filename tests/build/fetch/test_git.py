"""The door to git: what it is run with, what it brings, and what a repository can do to it (nothing)."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from build.environment import git_environment
from build.fetch import git as repository
from build.fetch.git import Commit, FetchError, Mirror, TreeEntry
from tests.support.repositories import TASK, Repository, environment


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/one/runbook.robot": TASK, "README.md": "Hello"})
    return origin


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    mirror = Mirror(tmp_path / "mirrors" / "beacon.git")
    yield mirror
    mirror.close()


def fake_git(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program called git, first on PATH."""
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_git_s_children_see_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "GIT_SSH_COMMAND", "GIT_TRACE", "GIT_DIR", "PYTHONPATH"):
        monkeypatch.setenv(name, "hunter2")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    seen = tmp_path / "seen"
    fake_git(tmp_path / "bin", f"env > {seen}; exit 1", monkeypatch)
    with git_environment(), pytest.raises(repository.GIT_ERRORS):
        Mirror(tmp_path / "mirror.git")
    lines = dict(line.split("=", 1) for line in seen.read_text(encoding="utf-8").splitlines() if "=" in line)
    assert "hunter2" not in lines.values()
    assert lines["GIT_CONFIG_GLOBAL"] == "/dev/null"
    assert lines["GIT_CONFIG_NOSYSTEM"] == "1"
    assert lines["GIT_TERMINAL_PROMPT"] == "0"
    assert lines["GIT_ALLOW_PROTOCOL"] == "https"
    assert lines["HTTPS_PROXY"] == "http://proxy.example"


def test_a_path_is_fetched_only_where_that_is_allowed(origin: Repository, mirror: Mirror) -> None:
    with git_environment(), pytest.raises(FetchError, match="transport 'file' not allowed"):
        mirror.fetch(str(origin.folder), "main")
    assert mirror.head() is None


def test_other_transports_run_nothing(mirror: Mirror, tmp_path: Path) -> None:
    for source in (f"ext::sh -c 'touch% {tmp_path}/ran'", "ssh://git@localhost/x", "http://localhost:9/x"):
        with pytest.raises(FetchError, match=r"transport '\w+' not allowed"):
            mirror.fetch(source, "main")
    assert not (tmp_path / "ran").exists()


def test_neither_source_nor_ref_is_an_option(origin: Repository, mirror: Mirror, tmp_path: Path) -> None:
    for source, ref in (
        (f"--upload-pack=touch {tmp_path}/ran", "main"),
        (str(origin.folder), f"--upload-pack={tmp_path}"),
    ):
        with pytest.raises(FetchError):
            mirror.fetch(source, ref)
    assert not (tmp_path / "ran").exists()


def test_a_person_s_own_settings_change_nothing(origin: Repository, mirror: Mirror, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    rewrite = f'[url "{tmp_path}/nowhere"]\n\tinsteadOf = {origin.folder}\n'
    (home / ".gitconfig").write_text(rewrite, encoding="utf-8")
    os.environ["HOME"] = str(home)
    mirror.fetch(str(origin.folder), "main")
    assert mirror.head() == origin.head()


def test_what_is_fetched_is_one_ref_and_the_tags(origin: Repository, mirror: Mirror) -> None:
    origin.git("branch", "other")
    origin.git("tag", "v1")
    mirror.fetch(str(origin.folder), "main")
    refs = subprocess.run(
        ["git", "for-each-ref", "--format=%(refname)"],
        cwd=mirror.folder,
        env=environment(),
        capture_output=True,
        check=True,
    )
    assert refs.stdout.decode().split() == ["refs/registry/head", "refs/registry/new", "refs/tags/v1"]
    origin.git("tag", "--delete", "v1")
    origin.git("tag", "v2")
    mirror.fetch(str(origin.folder), "main")
    refs = subprocess.run(["git", "tag"], cwd=mirror.folder, env=environment(), capture_output=True, check=True)
    assert refs.stdout.decode().split() == ["v2"]


def test_branch_tag_annotated_tag_and_commit_are_refs(origin: Repository, mirror: Mirror) -> None:
    first = origin.head()
    origin.git("tag", "light")
    origin.git("tag", "--annotate", "--message=One", "heavy")
    origin.git("branch", "release/1.x")
    second = origin.commit({"b": "2"})
    for ref, commit in (
        ("light", first),
        ("heavy", first),
        ("release/1.x", first),
        ("refs/heads/main", second),
        ("HEAD", second),
        (first, first),
    ):
        mirror.fetch(str(origin.folder), ref)
        assert mirror.head() == commit, ref
        assert mirror.has(commit)


def test_a_branch_comes_before_a_tag_of_its_name(origin: Repository, mirror: Mirror) -> None:
    origin.git("tag", "main")
    second = origin.commit({"b": "2"})
    mirror.fetch(str(origin.folder), "main")
    assert mirror.head() == second


def test_a_branch_that_was_rewritten_is_followed(origin: Repository, mirror: Mirror) -> None:
    origin.commit({"README.md": "More"})
    mirror.fetch(str(origin.folder), "main")
    origin.git("reset", "--quiet", "--hard", "HEAD~1")
    rewritten = origin.commit({"README.md": "Other"})
    mirror.fetch(str(origin.folder), "main")
    assert mirror.head() == rewritten


@pytest.mark.parametrize("ref", ["blob", "tree", "absent"])
def test_a_ref_that_is_no_commit_leaves_what_was_fetched(ref: str, origin: Repository, mirror: Mirror) -> None:
    mirror.fetch(str(origin.folder), "main")
    origin.git("update-ref", "refs/tags/blob", origin.object("blob", b"x"))
    origin.git("update-ref", "refs/tags/tree", origin.tree())
    with pytest.raises(FetchError, match=r"is not a commit|couldn't find remote ref absent"):
        mirror.fetch(str(origin.folder), ref)
    assert mirror.head() == origin.head()


def test_a_fetch_that_does_not_end_is_ended(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_git(tmp_path / "bin", "exec sleep 60", monkeypatch)
    monkeypatch.setattr(repository, "FETCH_SECONDS", 0.5)
    with pytest.raises(FetchError, match=r"did not end within 0\.5 seconds"):
        mirror.fetch("https://github.com/example-org/beacon", "main")


def test_git_that_fails_without_a_word_is_told_so(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_git(tmp_path / "bin", "exit 7", monkeypatch)
    with pytest.raises(FetchError, match="git failed without an error message"):
        mirror.fetch("https://github.com/example-org/beacon", "main")


def test_hooks_are_not_run(origin: Repository, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    for folder in (origin.folder / ".git" / "hooks", tmp_path / "mirror.git" / "hooks"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in (
            "post-checkout",
            "post-merge",
            "pre-auto-gc",
            "post-receive",
            "post-update",
            "pre-receive",
            "update",
        ):
            (folder / name).write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
            (folder / name).chmod(0o755)
    mirror = Mirror(tmp_path / "mirror.git")
    mirror.fetch(str(origin.folder), "main")
    mirror.close()
    assert mirror.head() == origin.head()
    assert not ran.exists()


def test_nothing_is_checked_out_and_no_submodule_is_fetched(mirror: Mirror, tmp_path: Path) -> None:
    origin = Repository(tmp_path / "parent")
    modules = f'[submodule "sub"]\n\tpath = sub\n\turl = {tmp_path}/nowhere\n'
    origin.bundles(("40000", b"one", origin.sound_bundle()), ("160000", b"sub", "1" * 40))
    origin.git("reset", "--quiet", "--hard")
    origin.commit({".gitmodules": modules, ".gitattributes": "* filter=lfs\n"})
    mirror.fetch(str(origin.folder), "main")
    assert {path.name for path in mirror.folder.iterdir()} <= {
        "HEAD", "config", "description", "hooks", "info", "objects", "refs", "branches", "packed-refs",
    }  # fmt: skip


def test_the_tree_is_listed_with_modes_sizes_and_bytes(origin: Repository, mirror: Mirror) -> None:
    blob = origin.object("blob", b"12345")
    inner = origin.tree(("100755", b"run.sh", blob), ("120000", b"to\nline", blob), ("160000", b"\xff\ttab", "1" * 40))
    origin.bundles(("40000", b"one", inner))
    mirror.fetch(str(origin.folder), "main")
    assert mirror.tree(origin.head(), "codebundles", 5) == [
        TreeEntry("040000", "tree", inner, 0, b"codebundles/one"),
        TreeEntry("100755", "blob", blob, 5, b"codebundles/one/run.sh"),
        TreeEntry("120000", "blob", blob, 5, b"codebundles/one/to\nline"),
        TreeEntry("160000", "commit", "1" * 40, 0, b"codebundles/one/\xff\ttab"),
    ]
    assert mirror.tree(origin.head(), "absent", 5) == []
    assert mirror.blobs([blob]) == {blob: b"12345"}
    # A link's content is where it leads to, and nothing follows it.
    assert mirror.blobs([]) == {}


def test_blobs_are_bytes_as_they_are(origin: Repository, mirror: Mirror) -> None:
    contents = [b"", b"\x00\xff\r\n", b"a" * 300_000, "é\u2028".encode(), b"\n" * 70_000]
    oids = [origin.object("blob", content) for content in contents]
    entries = [("100644", f"f{n}".encode(), oid) for n, oid in enumerate(oids)]
    origin.bundles(("40000", b"one", origin.tree(*entries)))
    mirror.fetch(str(origin.folder), "main")
    assert mirror.blobs(oids) == dict(zip(oids, contents, strict=True))


def test_the_log_has_every_commit_with_its_folders_newest_first(origin: Repository, mirror: Mirror) -> None:
    first = origin.head()
    second = origin.commit({"codebundles/one/runbook.robot": None, "codebundles/two/a b": "x"}, date="1700000100 +0530")
    origin.commit({"README.md": "not below the folder"})
    fourth = origin.commit({"codebundles/\x1e\nodd/é": "x", "codebundles/two/a b": "y"}, date="1700000300 -0800")
    mirror.fetch(str(origin.folder), "main")
    log = mirror.log(fourth, "codebundles")
    assert log == [
        Commit(fourth, 1_700_000_300, "An Author", "Work", frozenset({b"\x1e\nodd", b"two"}), (second,)),
        Commit(second, 1_700_000_100, "An Author", "Work", frozenset({b"one", b"two"}), (first,)),
        Commit(first, 1_700_000_000, "An Author", "Work", frozenset({b"one"})),
    ]
    assert mirror.date(fourth) == 1_700_000_300
    assert mirror.log(fourth, "absent") == []


def test_a_commit_of_very_many_paths_is_read_at_once(origin: Repository, mirror: Mirror) -> None:
    """A copy of the paths for each of them would take minutes."""
    blob = origin.object("blob", b"x")
    folders = origin.tree(*(("100644", f"f{number:03}".encode(), blob) for number in range(400)))
    commit = origin.bundles(*(("40000", f"b{number:03}".encode(), folders) for number in range(250)))
    mirror.fetch(str(origin.folder), "main")
    start = time.perf_counter()
    (found,) = mirror.log(commit, "codebundles")
    assert len(found.folders) == 250
    assert time.perf_counter() - start < 10


def test_a_merge_has_the_folders_in_which_it_made_something_itself(origin: Repository, mirror: Mirror) -> None:
    origin.git("checkout", "--quiet", "-b", "side")
    origin.commit({"codebundles/one/runbook.robot": "side", "codebundles/one/side": "x"})
    origin.git("checkout", "--quiet", "main")
    origin.commit({"codebundles/one/runbook.robot": "main"})
    origin.git("merge", "--quiet", "--strategy=ours", "--no-commit", "side")
    merge = origin.commit({"codebundles/one/runbook.robot": "both"})
    mirror.fetch(str(origin.folder), "main")
    log = {commit.oid: commit.folders for commit in mirror.log(merge, "codebundles")}
    assert log[merge] == {b"one"}


def test_a_merge_that_only_takes_from_both_sides_has_none(origin: Repository, mirror: Mirror) -> None:
    origin.git("checkout", "--quiet", "-b", "side")
    origin.commit({"codebundles/one/deep/side.sh": "x", "codebundles/one/side": "x"})
    origin.git("checkout", "--quiet", "main")
    origin.commit({"codebundles/one/deep/main.sh": "x"})
    origin.git("merge", "--quiet", "--no-edit", "side")
    mirror.fetch(str(origin.folder), "main")
    log = {commit.oid: commit.folders for commit in mirror.log(origin.head(), "codebundles")}
    assert log.get(origin.head(), frozenset()) == frozenset()
    assert sum(folders == {b"one"} for folders in log.values()) == 3


@pytest.mark.parametrize(
    ("who", "date", "author"),
    [
        (b"A <a@b> 0 +0000", 0, "A"),
        (b"A <a@b> -5 +0000", 0, "A"),
        (b"A <a@b>", 0, "A"),
        (b"A", 0, ""),
        (b"", 0, ""),
        (b"A <a@b> soon +0000", 0, "A"),
        (b"Two  words <a@b> 1 +0000", 1, "Two  words"),
        (b"\x1e\xff <a@b> 1700000000 +9999", 1_700_000_000, "\x1e\ufffd"),
        (b"\x1b]0;evil\x07 \xe2\x80\xae <a@b> 4102444800 +0000", 4_102_444_800, "\x1b]0;evil\x07 \u202e"),
    ],
)
def test_a_commit_with_an_odd_author_or_date_is_read(
    who: bytes, date: int, author: str, origin: Repository, mirror: Mirror
) -> None:
    commit = origin.bundles(("40000", b"one", origin.sound_bundle()), who=who)
    mirror.fetch(str(origin.folder), "main")
    assert mirror.date(commit) == date
    assert mirror.log(commit, "codebundles") == [Commit(commit, date, author, "Work", frozenset({b"one"}))]


def test_an_endless_message_and_name_are_cut(origin: Repository, mirror: Mirror) -> None:
    sound = origin.git("cat-file", "commit", origin.bundles(("40000", b"one", origin.sound_bundle())))
    endless = sound.replace("author A", f"author {'N' * 1_000_000}").replace("Work", "W" * 3_000_000)
    commit = origin.object("commit", endless.encode())
    origin.git("update-ref", "refs/heads/main", commit)
    mirror.fetch(str(origin.folder), "main")
    (found,) = mirror.log(commit, "codebundles")
    assert found.author.startswith("N" * 400)
    assert found.subject.startswith("W" * 1_400)
    assert len(found.author + found.subject) <= 2_000


def test_a_mirror_that_was_half_made_is_made_again(origin: Repository, tmp_path: Path) -> None:
    folder = tmp_path / "half.git"
    folder.mkdir()
    (folder / "config").write_text("[core]\n\tbare = true\n", encoding="utf-8")
    mirror = Mirror(folder)
    assert mirror.head() is None
    mirror.fetch(str(origin.folder), "main")
    assert mirror.head() == origin.head()
    mirror.close()


def test_an_absent_commit_is_not_there(origin: Repository, mirror: Mirror) -> None:
    mirror.fetch(str(origin.folder), "main")
    assert not mirror.has("1" * 40)
    assert not mirror.has("not a commit")
    assert not mirror.has(origin.git("rev-parse", "HEAD^{tree}"))


def test_the_tags_that_a_commit_contains_are_told_whatever_they_are_called(origin: Repository, mirror: Mirror) -> None:
    first = origin.head()
    origin.git("tag", "v1")
    second = origin.commit({"README.md": "More"}, date="1700000200 +0000")
    origin.git("tag", "--annotate", "--message=two", "<b>v2@x</b>", date="1700000300 +0000")
    origin.git("tag", "tree", origin.git("rev-parse", "HEAD^{tree}"))
    undated = origin.object("tag", f"object {first}\ntype commit\ntag undated\n\nx\n".encode())
    origin.git("update-ref", "refs/tags/undated", undated)
    mirror.fetch(str(origin.folder), "main")
    found = [(b"<b>v2@x</b>", second, 1700000300), (b"v1", first, 1700000000), (b"undated", first, 0)]
    assert mirror.tags(second) == found
    assert mirror.tags(first) == found[1:]
    assert mirror.tags_of_no_commit() == [b"tree"]
    # One that is gone there is gone here.
    origin.git("tag", "--delete", "v1")
    mirror.fetch(str(origin.folder), "main")
    assert [name for name, _, _ in mirror.tags(second)] == [b"<b>v2@x</b>", b"undated"]


def test_of_tags_of_one_date_no_older_commit_comes_first(origin: Repository, mirror: Mirror) -> None:
    commits = [origin.commit({"README.md": f"{number}"}) for number in range(5)]
    for name, commit in zip("dbeac", commits, strict=True):
        origin.git("tag", name, commit)
    mirror.fetch(str(origin.folder), "main")
    assert [commit for _, commit, _ in mirror.tags(commits[-1])] == commits[::-1]
    assert mirror.between(commits[1], commits[3]) == {commits[2], commits[3]}
