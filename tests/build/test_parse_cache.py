"""What was parsed is kept by content: an unchanged bundle is never read again, nothing stale passes for new, and a
bundle that harms the process that reads it harms no other.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from build import parse_cache
from build.environment import git_environment
from build.fetch.collections import fetch
from build.model import Bundle, Collection
from build.options import Engine
from build.parse_cache import parser, parser_version
from build.workers import Budget
from tests.support import misbehaving
from tests.support.bundles import SOUND
from tests.support.place import ROOT
from tests.support.repositories import Repository


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/a/runbook.robot": SOUND, "codebundles/b/runbook.robot": SOUND})
    return origin


def run(collection: Collection, cache: Path, engine: Engine = "local") -> tuple[list[Bundle], int]:
    """What parsing gives, and how many were new."""
    (fetched,) = fetch([collection], cache)
    with parser(cache, 2, engine) as reader:
        parsed = reader.parse(collection, fetched.bundles)
    return parsed.bundles, parsed.new


def test_a_second_time_nothing_is_read(origin: Repository, tmp_path: Path) -> None:
    first, new = run(origin.collection(), tmp_path)
    assert ([found.name for found in first], new) == (["a", "b"], 2)
    assert [tool.name for found in first for tool in found.tools] == ["Look", "Look"]
    assert first[0].problems, "problems are kept too"
    assert run(origin.collection(), tmp_path) == (first, 0)


def test_only_a_changed_folder_is_read_again(origin: Repository, tmp_path: Path) -> None:
    first, _ = run(origin.collection(), tmp_path)
    origin.commit({"codebundles/b/runbook.robot": SOUND.replace("Look", "Stare")})
    second, new = run(origin.collection(), tmp_path)
    assert (new, second[0], second[1].tools[0].name) == (1, first[0], "Stare")
    # And what it was before is still known.
    origin.commit({"codebundles/b/runbook.robot": SOUND})
    assert run(origin.collection(), tmp_path) == (first, 0)


def test_equal_folders_of_other_names_or_collections_are_others(origin: Repository, tmp_path: Path) -> None:
    run(origin.collection(), tmp_path)
    origin.git("mv", "codebundles/a", "codebundles/renamed")
    origin.commit({})
    renamed, new = run(origin.collection(), tmp_path)
    assert ([found.name for found in renamed], new) == (["b", "renamed"], 1)
    assert run(origin.collection("anchor"), tmp_path)[1] == 2


@pytest.mark.parametrize("content", [b"", b"{", b"null", b'{"name": "a", "more": 1}', b"\xff\x00", b'{"name": 1}'])
def test_a_damaged_result_is_made_again(content: bytes, origin: Repository, tmp_path: Path) -> None:
    first, _ = run(origin.collection(), tmp_path)
    for file in (tmp_path / "parse").rglob("*.json"):
        file.write_bytes(content)
    assert run(origin.collection(), tmp_path) == (first, 2)
    assert run(origin.collection(), tmp_path) == (first, 0)


def test_another_parser_makes_everything_again(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(origin.collection(), tmp_path)
    monkeypatch.setattr(parse_cache, "parser_version", lambda: "another")
    assert run(origin.collection(), tmp_path)[1] == 2


def test_a_bundle_that_harms_its_process_harms_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("build.parse_cache.PARSE_BUNDLE", misbehaving.parse)
    monkeypatch.setattr(parse_cache, "BUNDLE_SECONDS", 1.0)
    monkeypatch.setattr(parse_cache, "CODE_SECONDS", 1.0)
    origin = Repository(tmp_path / "origin")
    names = ["also-sound", "dies", "eats", "fails", "hangs", "sound", "sound-too"]
    origin.commit({f"codebundles/{name}/runbook.robot": SOUND for name in names})
    bundles, _ = run(origin.collection(), tmp_path)
    assert [bundle.name for bundle in bundles] == names
    assert [bundle.name for bundle in bundles if bundle.tools] == ["also-sound", "sound", "sound-too"]
    said = {
        bundle.name: problem.message for bundle in bundles for problem in bundle.problems if problem.severity == "error"
    }
    assert {name: message.removeprefix("it could not be read: ") for name, message in said.items()} == {
        "dies": "it took too much memory",
        "eats": "it took too much memory",
        "fails": "the registry's parser failed (KeyError)",
        "hangs": "it took more than 1 seconds",
    }
    assert all(bundle.has_runbook for bundle in bundles)
    # The reason may have been the machine's: only these are tried again.
    monkeypatch.undo()
    bundles, new = run(origin.collection(), tmp_path)
    assert (new, [bundle.name for bundle in bundles if bundle.tools]) == (4, names)


def test_a_librarys_file_that_harms_its_process_harms_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("build.parse_cache.READ_LIBRARIES", misbehaving.read_libraries)
    monkeypatch.setattr(parse_cache, "BUNDLE_SECONDS", 1.0)
    monkeypatch.setattr(parse_cache, "CODE_SECONDS", 1.0)
    origin = Repository(tmp_path / "origin")
    body = "ROBOT_LIBRARY_SCOPE = 'TEST'\ndef look(): pass\n"
    names = ["dies", "eats", "fails", "hangs", "sound"]
    origin.commit({f"libraries/{name}.py": body.replace("look", f"look_{name}") for name in names})

    def read() -> tuple[list[str], list[tuple[str, str | None]]]:
        (fetched,) = fetch([origin.collection()], tmp_path)
        with parser(tmp_path, 2) as reader:
            corpus = reader.libraries(origin.collection(), fetched.libraries, set())
        return [library.name for library in corpus.libraries], [(p.code, p.path) for p in corpus.problems]

    bad = [("library-not-read", f"libraries/{name}.py") for name in names[:-1]]
    assert read() == (["sound"], bad)
    # The reason may have been the machine's: that is not kept. What is sound is.
    monkeypatch.undo()
    assert read() == (names, [])
    monkeypatch.setattr("build.parse_cache.READ_LIBRARIES", misbehaving.read_libraries)
    assert read() == (names, [])


def test_what_comes_after_the_budget_is_known_by_its_name_until_the_next_run(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    body = "ROBOT_LIBRARY_SCOPE = 'TEST'\ndef look(): pass\n"
    origin.commit({"codebundles/a/runbook.robot": SOUND, "libraries/Looks.py": body})
    collection = origin.collection()
    (fetched,) = fetch([collection], tmp_path)
    spent, enough = Budget(0.0, "there was no time"), Budget(60.0, "there was no time")
    with parser(tmp_path, 2) as reader:
        for budget, known in ((spent, False), (enough, True), (spent, True)):
            (bundle,) = reader.parse(collection, fetched.bundles, budget).bundles
            libraries = reader.libraries(collection, fetched.libraries, set(), budget)
            assert (bundle.name, bool(bundle.tools), bool(libraries.libraries)) == ("a", known, known)
            told = [(one.code, one.message) for one in (*bundle.problems, *libraries.problems)]
            lost = "it could not be read: there was no time"
            assert (("not-read", lost) in told, ("library-not-read", lost) in told) == (not known, not known)


def test_bundles_that_hang_cost_the_budget_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("build.parse_cache.PARSE_BUNDLE", misbehaving.parse)
    origin = Repository(tmp_path / "origin")
    origin.commit({f"codebundles/{name}/runbook.robot": SOUND for name in [f"hangs-{n}" for n in range(40)] + ["a"]})
    (fetched,) = fetch([origin.collection()], tmp_path)
    with parser(tmp_path, 2) as reader:
        # The processes are there before the seconds begin.
        reader.parse(origin.collection(), fetched.bundles[:1])
        budget = Budget(1.0, "there was no time")
        parsed = reader.parse(origin.collection(), fetched.bundles, budget)
    said = {bundle.name: [one.message for one in bundle.problems][:1] for bundle in parsed.bundles if not bundle.tools}
    assert said == {f"hangs-{n}": ["it could not be read: there was no time"] for n in range(40)}
    assert (budget.left, parsed.readable) == (0, 1)


def test_the_version_has_every_module_that_parsing_uses() -> None:
    """A module that is forgotten would leave old results after a change of it."""
    used: set[Path] = set()
    todo = ["build.effects.read", "build.parse.bundle", "build.parse.libraries"]
    while todo:
        file = ROOT / f"{todo.pop().replace('.', '/')}.py"
        if file in used or not file.is_file():
            continue
        used.add(file)
        if file.parts[-2:] == ("fetch", "tree.py"):
            # It says which files are read, and what it says of git's trees is in their names.
            continue
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module:
                todo += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    tables = {file.with_suffix(".toml") for file in used if file.with_suffix(".toml").is_file()}
    assert tables
    assert used | tables <= set(parse_cache.parser_files())
    assert len(parser_version()) == 16


def test_nothing_half_written_is_left(origin: Repository, tmp_path: Path) -> None:
    run(origin.collection(), tmp_path)
    assert {file.suffix for file in (tmp_path / "parse").rglob("*") if file.is_file()} == {".json"}
