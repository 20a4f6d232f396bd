"""Facts of old states are read once, and anew where what they depend on changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from build import release_cache
from build.environment import git_environment
from build.fetch.states import read_timeline
from build.workers import Budget, Columns
from tests.support.repositories import Repository
from tests.support.versioned import at, fetched_of, in_process, suite

LIBRARY = "import subprocess\ndef look():\n    subprocess.run(['kubectl', 'get', 'pods'])\n"
USES = suite("Look\n    RW.Own.Look").replace("Library    RW.CLI", "Library    RW.Own")


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "origin")
    found.commit({"codebundles/a/runbook.robot": USES, "codebundles/b/runbook.robot": suite("Look"),
                  "libraries/RW/__init__.py": "", "libraries/RW/Own.py": LIBRARY, "libraries/RW/Far.py": ""},
                 date=at(0))  # fmt: skip
    found.git("tag", "v1")
    return found


def read(origin: Repository, folder: Path, guarded: Any = in_process) -> release_cache.FactsOfStates:
    fetched = fetched_of(origin.collection(), folder / "cache")
    timeline = read_timeline(fetched, folder / "cache")
    budget = Budget(600, "it was too slow")
    return release_cache.read_facts(fetched.collection, timeline, {}, folder / "cache", guarded, budget)


def test_a_state_is_read_once_and_a_tag_costs_what_it_changed(origin: Repository, tmp_path: Path) -> None:
    assert read(origin, tmp_path).new == 2
    assert read(origin, tmp_path).new == 0
    origin.git("tag", "v1-too")
    assert read(origin, tmp_path).new == 0
    origin.commit({"codebundles/b/README.md": "# B"}, date=at(1))
    origin.git("tag", "v2")
    assert read(origin, tmp_path).new == 1
    # A library that nobody uses, then one that a bundle uses.
    origin.commit({"libraries/RW/Far.py": "x = 1"}, date=at(2))
    assert read(origin, tmp_path).new == 0
    origin.commit({"libraries/RW/Own.py": LIBRARY.replace("get", "delete")}, date=at(3))
    found = read(origin, tmp_path)
    assert found.new == 1
    assert found.facts[origin.head(), "a"].effect == "changes"
    assert found.facts[origin.git("rev-parse", "v2"), "a"].effect == "reads"


def test_a_state_that_fails_is_read_alone_then_told_and_tried_again(origin: Repository, tmp_path: Path) -> None:
    broken = suite("Break")
    origin.commit({"codebundles/a/runbook.robot": broken}, date=at(1))
    calls = []

    def fails(function: Any, arguments: Columns, budget: Budget, seconds: float) -> Iterator[Any]:
        for row in zip(*arguments, strict=True):
            calls.append([source.name for source in row[1]])
            harms = any(broken.encode() in (file.content or b"") for source in row[1] for file in source.files)
            yield "it took too much memory" if harms else function(*row)

    found = read(origin, tmp_path, fails)
    assert calls == [["a", "a"], ["b"], ["a"], ["a"]]
    assert found.facts[origin.head(), "a"].unread == "it took too much memory"
    assert found.facts[origin.git("rev-parse", "v1"), "a"].unread is None
    assert not found.is_final
    assert read(origin, tmp_path).new == 1
    assert read(origin, tmp_path).is_final


def test_what_there_is_no_time_for_is_left_for_the_next_run(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(1, 4):
        origin.commit({"codebundles/b/runbook.robot": suite(f"Look {day}")}, date=at(day))
        origin.git("tag", f"v{day + 1}")
    monkeypatch.setattr(release_cache, "MAX_STATES", 3)
    found = read(origin, tmp_path)
    tags = {name: origin.git("rev-parse", name) for name in ("v1", "v2", "v3", "v4")}
    # The newest first.
    assert found.unfinished == {tags["v1"], tags["v2"]}
    found = read(origin, tmp_path)
    assert (found.new, found.unfinished) == (2, frozenset())
    assert found.is_final


def test_a_kept_state_that_was_changed_since_is_read_again(origin: Repository, tmp_path: Path) -> None:
    read(origin, tmp_path)
    kept = sorted((tmp_path / "cache" / "releases").rglob("*.json"))
    kept[0].write_text(kept[0].read_text(encoding="utf-8").replace("reads", "changes"), encoding="utf-8")
    assert read(origin, tmp_path).new == 1
