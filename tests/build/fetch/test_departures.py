"""Renames followed over several commits, and what became of names; every log is git's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from build.environment import git_environment
from build.fetch.departures import departures, follow_renames
from build.fetch.git import Commit, Mirror
from tests.support.repositories import TASK, Repository
from tests.support.versioned import PlainGit, at

SCRIPT = "\n".join(f"echo line {number}" for number in range(40))


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "origin")
    found.commit({f"codebundles/{name}/{file}": text.replace("Look", f"Look {name}")
                  for name in ("a", "keep") for file, text in (("runbook.robot", TASK), ("x.sh", SCRIPT))},
                 date=at(0))  # fmt: skip
    return found


def renamed(origin: Repository, day: int, *steps: tuple[str, str]) -> str:
    for old, new in steps:
        origin.git("mv", f"codebundles/{old}", f"codebundles/{new}")
    return origin.commit({}, date=at(day))


def log_of(origin: Repository, folder: Path) -> list[Commit]:
    mirror = Mirror(folder / f"mirror-{origin.head()[:8]}.git")
    mirror.fetch(str(origin.folder), "main")
    found = mirror.log(origin.head(), "codebundles")
    mirror.close()
    return found


def fates(origin: Repository, folder: Path) -> dict[str, str | None]:
    living = PlainGit(origin.git).bundles("HEAD")
    found = departures(log_of(origin, folder), living, lambda commit: PlainGit(origin.git).bundles(commit))
    return {name: one.to for name, one in found.items()}


def test_renames_are_followed_over_several(origin: Repository, tmp_path: Path) -> None:
    for day, step in enumerate((("a", "b"), ("b", "c"), ("c", "d")), 1):
        last = renamed(origin, day, step)
    assert fates(origin, tmp_path) == {"a": "d", "b": "d", "c": "d"}
    log = log_of(origin, tmp_path)
    assert follow_renames(log, {"a"}, {"d"}) == {"a": "d"}
    assert follow_renames(log[:1], {"c"}, {"d"}) == {"c": "d"}
    assert follow_renames(log, {"a"}, {"other"}) == {}
    (found,) = {one.commit.oid for name, one in departures(
        log, {"d", "keep"}, lambda commit: PlainGit(origin.git).bundles(commit)).items() if name == "c"}  # fmt: skip
    assert found == last


def test_rings_of_renames_end(origin: Repository, tmp_path: Path) -> None:
    for day, step in enumerate((("a", "b"), ("b", "c"), ("c", "a"), ("a", "b"), ("b", "a")), 1):
        renamed(origin, day, step)
    assert fates(origin, tmp_path) == {"b": "a", "c": "a"}


def test_two_that_change_their_names_with_each_other_are_both_there(origin: Repository, tmp_path: Path) -> None:
    renamed(origin, 1, ("a", "swap"), ("keep", "a"), ("swap", "keep"))
    assert fates(origin, tmp_path) == {}


def test_what_was_removed_after_a_rename_leads_nowhere(origin: Repository, tmp_path: Path) -> None:
    renamed(origin, 1, ("a", "b"))
    origin.git("rm", "-r", "--quiet", "codebundles/b")
    gone = origin.commit({}, date=at(2))
    found = departures(log_of(origin, tmp_path), {"keep"}, lambda commit: PlainGit(origin.git).bundles(commit))
    assert {name: (one.to, one.commit.oid) for name, one in found.items()} == {"a": (None, gone), "b": (None, gone)}
    # At which commit each of them was last.
    assert [PlainGit(origin.git).bundles(found[name].before) for name in "ab"] == [{"b", "keep"}] * 2


def test_a_name_that_is_used_again_is_the_living_bundle_s(origin: Repository, tmp_path: Path) -> None:
    renamed(origin, 1, ("a", "b"))
    other = "*** Tasks ***\nSomething Else Altogether\n    Log    quite another thing\n"
    origin.commit({"codebundles/a/sli.robot": other}, date=at(2))
    assert fates(origin, tmp_path) == {}
    # Gone once more: the old name leads to what the last bundle of that name became.
    origin.git("rm", "-r", "--quiet", "codebundles/a")
    origin.commit({}, date=at(3))
    assert fates(origin, tmp_path) == {"a": None}


def test_a_folder_that_lost_its_robot_file_is_no_bundle_any_more(origin: Repository, tmp_path: Path) -> None:
    origin.commit({"codebundles/a/runbook.robot": None}, date=at(1))
    assert fates(origin, tmp_path) == {"a": None}


def test_a_removal_on_a_merged_branch_is_found(origin: Repository, tmp_path: Path) -> None:
    origin.git("checkout", "--quiet", "-b", "side")
    origin.git("rm", "-r", "--quiet", "codebundles/a")
    gone = origin.commit({}, date=at(1))
    origin.git("checkout", "--quiet", "main")
    origin.commit({"codebundles/keep/note.txt": "x"}, date=at(2))
    origin.git("merge", "--quiet", "--no-ff", "--message=Merge", "side", date=at(3))
    found = departures(log_of(origin, tmp_path), {"keep"}, lambda commit: PlainGit(origin.git).bundles(commit))
    assert {name: (one.to, one.commit.oid) for name, one in found.items()} == {"a": (None, gone)}
