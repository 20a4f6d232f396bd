"""States of a collection at its tags, read from real repositories, good and bad."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from build.environment import git_environment
from build.fetch.states import Timeline, read_timeline
from tests.support.repositories import TASK, Repository
from tests.support.versioned import PlainGit, at, fetched_of


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "origin")
    found.commit({"codebundles/one/runbook.robot": TASK, "codebundles/one/x.sh": "a", "codebundles/none/x.sh": "b",
                  "libraries/RW/x.py": "1"}, date=at(0))  # fmt: skip
    return found


def timeline(origin: Repository, folder: Path) -> Timeline:
    return read_timeline(fetched_of(origin.collection(), folder / "cache"), folder / "cache")


def pairs(found: Timeline) -> list[tuple[str | None, str | None]]:
    tags = [(step.state.tag, step.before.tag if step.before else None) for step in found.steps]
    return [(tag.name if tag else None, before.name if before else None) for tag, before in tags]


def test_each_tag_is_compared_with_the_next_older_one_of_another_commit(origin: Repository, tmp_path: Path) -> None:
    first = origin.head()
    for name in ("v1", "release/1", "v1-again"):
        origin.git("tag", name, first)
    origin.commit({"codebundles/two/sli.robot": TASK}, date=at(1))
    origin.git("tag", "--annotate", "--message=x", "v2", date=at(2))
    origin.git("tag", "blob", origin.git("rev-parse", "HEAD:codebundles/one/x.sh"))
    # Of another branch, and so no release of this one.
    origin.git("checkout", "--quiet", "-b", "side")
    origin.commit({"codebundles/three/sli.robot": TASK}, date=at(3))
    origin.git("tag", "v3")
    origin.git("checkout", "--quiet", "main")
    found = timeline(origin, tmp_path)
    assert pairs(found) == [(None, "v2"), ("v2", "release/1"), ("release/1", None), ("v1", None), ("v1-again", None)]
    for step in found.steps:
        assert step.state.bundles.keys() == PlainGit(origin.git).bundles(step.state.commit)
        assert [file.path for file in step.state.libraries] == ["libraries/RW/x.py"]
    # The same folder is read once.
    assert found.steps[0].state.bundles["one"] is found.steps[2].state.bundles["one"]


def test_a_tag_that_moved_is_where_it_is_now_and_one_that_is_gone_is_none(origin: Repository, tmp_path: Path) -> None:
    first = origin.head()
    origin.git("tag", "latest")
    origin.git("tag", "mistake")
    assert pairs(timeline(origin, tmp_path)) == [(None, "latest"), ("latest", None), ("mistake", None)]
    second = origin.commit({"codebundles/two/sli.robot": TASK}, date=at(1))
    origin.git("tag", "--force", "latest")
    origin.git("tag", "--delete", "mistake")
    found = timeline(origin, tmp_path)
    assert pairs(found) == [(None, "latest"), ("latest", None)]
    assert [step.state.commit for step in found.steps] == [second, second]
    assert first not in {step.state.commit for step in found.steps}


def test_a_history_that_was_rewritten_has_the_tags_that_it_contains(origin: Repository, tmp_path: Path) -> None:
    origin.git("tag", "v1")
    origin.commit({"codebundles/two/sli.robot": TASK}, date=at(1))
    origin.git("tag", "v2")
    assert pairs(timeline(origin, tmp_path)) == [(None, "v2"), ("v2", "v1"), ("v1", None)]
    origin.git("checkout", "--quiet", "--orphan", "new")
    origin.git("rm", "-r", "--quiet", "--force", "codebundles/two")
    origin.commit({"codebundles/four/sli.robot": TASK}, date=at(2))
    origin.git("branch", "--force", "main", "new")
    origin.git("checkout", "--quiet", "main")
    found = timeline(origin, tmp_path)
    # No bundle ever was in what is catalogued but those that there are.
    assert (pairs(found), found.gone) == ([(None, None)], ())


def test_what_is_gone_comes_with_what_it_was_last(origin: Repository, tmp_path: Path) -> None:
    origin.git("tag", "v1")
    last = origin.commit({"codebundles/one/x.sh": "new"}, date=at(1))
    origin.git("rm", "-r", "--quiet", "codebundles/one")
    gone = origin.commit({"codebundles/two/sli.robot": "*** Tasks ***\nQuite Another\n    No Operation\n"}, date=at(2))
    (found,) = timeline(origin, tmp_path).gone
    assert (found.name, found.departure.to, found.departure.commit.oid, found.departure.before) == (
        "one", None, gone, last,
    )  # fmt: skip
    assert found.source
    assert found.source.tree == origin.git("rev-parse", f"{last}:codebundles/one")


def test_bundles_renamed_between_two_tags_are_told(origin: Repository, tmp_path: Path) -> None:
    origin.git("tag", "v1")
    for day, (old, new) in enumerate((("one", "two"), ("two", "three")), 1):
        origin.git("mv", f"codebundles/{old}", f"codebundles/{new}")
        origin.commit({}, date=at(day))
    origin.git("tag", "v2")
    found = timeline(origin, tmp_path)
    assert [dict(step.renamed) for step in found.steps] == [{}, {"one": "three"}, {}]


def test_a_collection_that_was_never_fetched_has_no_states(origin: Repository, tmp_path: Path) -> None:
    fetched = fetched_of(origin.collection(), tmp_path / "cache")
    assert read_timeline(fetched._replace(commit=None), tmp_path / "cache") == Timeline((), ())
