"""Releases of generated repositories, held against what git alone says of them."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from build.environment import git_environment
from build.fetch.states import read_timeline
from build.releases.assemble import collection_releases
from build.releases.models import CollectionReleases
from tests.support.repositories import Repository
from tests.support.versioned import at, check_against_git, facts_of_states, fetched_of, releases_of, suite

LOOK = "Look At Pods\n    ${out}=    RW.CLI.Run Cli    cmd=kubectl get pods -n ${NAMESPACE}"
DELETE = "Look At Pods\n    ${out}=    RW.CLI.Run Cli    cmd=kubectl delete pods -n ${NAMESPACE}"
NAMESPACE = {"NAMESPACE": "description=Where"}
LIBRARY = """
import subprocess
def look(name):
    subprocess.run(["kubectl", "{verb}", "pods", name])
"""
USES = suite("Look\n    RW.Own.Look    x").replace("Library    RW.CLI", "Library    RW.Own")


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


def checked(origin: Repository, folder: Path) -> CollectionReleases:
    """Return the releases, all of which are as git says."""
    found = releases_of(origin.collection(), folder / "cache")
    commits = {one.tag: one.commit for one in found.releases}
    for one in (found.unreleased, *found.releases):
        if one is found.unreleased and one.before and commits[one.before] == one.commit:
            assert one.is_empty
        else:
            check_against_git(origin, one, commits[one.before] if one.before else None)
    return found


def test_a_history_of_random_work_is_told_as_git_tells_it(tmp_path: Path) -> None:
    choose = random.Random(8)
    origin = Repository(tmp_path / "origin")
    names = [f"bundle-{number}" for number in range(9)]
    words = ["ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT"]
    versions, count = [], 0
    for day in range(14):
        files: dict[str, str | bytes | None] = {}
        for name in choose.sample(names, 4):
            variables = {word: choose.choice(["default=1", "default=2", ""]) for word in choose.sample(words, 3)}
            files[f"codebundles/{name}/{choose.choice(['runbook', 'sli'])}.robot"] = suite(
                f"Task of {name}", variables=variables, doc=f"{day}"
            )
            files[f"codebundles/{name}/notes-{choose.randrange(3)}.txt"] = f"{day}"
        origin.commit(files, date=at(day))
        there = sorted(path.name for path in (origin.folder / "codebundles").iterdir())
        if day % 3 == 2:
            origin.git("rm", "-r", "--quiet", f"codebundles/{choose.choice(there)}")
            origin.commit({}, date=at(day))
        if day % 4 == 3:
            old = choose.choice(sorted(path.name for path in (origin.folder / "codebundles").iterdir()))
            origin.git("mv", f"codebundles/{old}", f"codebundles/{old}-moved-{day}")
            origin.commit({}, date=at(day))
        if day % 2:
            origin.git("tag", f"v{day}")
    found = releases_of(origin.collection(), tmp_path / "cache")
    commits = {one.tag: one.commit for one in found.releases}
    for one in (found.unreleased, *found.releases):
        versions.append(one.tag)
        count += check_against_git(origin, one, commits[one.before] if one.before else None)
    assert versions == [None, *(f"v{day}" for day in range(13, 0, -2))]
    assert count > 30


def test_facts_of_a_release(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/a/runbook.robot": suite(LOOK, variables=NAMESPACE)}, date=at(0))
    origin.git("tag", "v1")
    after = suite(DELETE, "Say More", variables=NAMESPACE | {"LIMIT": "", "OTHER": "default=3"})
    origin.commit({"codebundles/a/runbook.robot": after}, date=at(1))
    origin.git("tag", "v2")
    found = checked(origin, tmp_path)
    (change,) = found.releases[0].changed
    assert (change.bundle, change.files_changed, change.because) == ("beacon/a", 1, None)
    told = [(one.kind, one.name, one.before, one.after, one.breaking) for one in change.changes]
    assert told == [
        ("variable-added", "LIMIT", None, {"required": True, "default": None}, True),
        ("access-changed", None, "read-only", "read-write", True),
        ("access-changed", "Look At Pods", "read-only", "read-write", True),
        ("effect-changed", None, "reads", "changes", True),
        ("effect-changed", "Look At Pods", "reads", "changes", True),
        ("variable-added", "OTHER", None, {"required": False, "default": "3"}, False),
        ("tool-added", "Say More", None, {"kind": "runbook", "access": "read-only"}, False),
        ("permissions-changed", None, ["list pods"], ["delete pods", "list pods"], False),
    ]
    assert found.releases[0].breaking
    since = found.since["a"]
    assert (since.bundle, since.variables) == ("v1", {"NAMESPACE": "v1", "LIMIT": "v2", "OTHER": "v2"})
    assert since.tools == {"runbook": {"Look At Pods": "v1", "Say More": "v2"}}


def test_a_changed_library_is_named_where_no_file_of_the_bundle_changed(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    other = suite("Look\n    Log    x")
    origin.commit({"codebundles/a/runbook.robot": USES, "codebundles/b/runbook.robot": other,
                   "libraries/RW/__init__.py": "", "libraries/RW/Own.py": LIBRARY.format(verb="get")},
                  date=at(0))  # fmt: skip
    origin.git("tag", "v1")
    origin.commit({"libraries/RW/Own.py": LIBRARY.format(verb="delete")}, date=at(1))
    origin.git("tag", "v2")
    found = checked(origin, tmp_path)
    (change,) = found.releases[0].changed
    assert (change.bundle, change.files_changed) == ("beacon/a", 0)
    assert change.because == "a keyword library changed that it uses: libraries/RW/Own.py"
    assert ("effect-changed", "reads", "changes") in [(one.kind, one.before, one.after) for one in change.changes]


def test_bundles_that_are_gone_and_come_again(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    first = {"codebundles/a/runbook.robot": suite("Look At A", variables=NAMESPACE, doc="Of pods"),
             "codebundles/b/sli.robot": suite("Measure B Well", doc="Of b")}  # fmt: skip
    origin.commit(first, date=at(0))
    origin.git("tag", "release/1.0")
    origin.git("mv", "codebundles/a", "codebundles/z")
    origin.git("rm", "-r", "--quiet", "codebundles/b")
    moved = origin.commit({}, date=at(1))
    origin.git("tag", "release/2.0")
    origin.commit({"codebundles/c/sli.robot": suite("Something Else", doc="New")}, date=at(2))
    found = checked(origin, tmp_path)
    last, oldest = found.releases
    assert (last.tag, last.before) == ("release/2.0", "release/1.0")
    assert last.renamed == ({"from": "beacon/a", "to": "beacon/z"},)
    assert (last.added, last.removed, last.changed) == ((), ("beacon/b",), ())
    assert (oldest.added, oldest.before) == (("beacon/a", "beacon/b"), None)
    assert (found.unreleased.added, found.unreleased.before) == (("beacon/c",), "release/2.0")
    assert {name: (one.to, one.commit) for name, one in found.moved.items()} == {
        "beacon/a": ("beacon/z", moved),
        "beacon/b": (None, moved),
    }
    (gone,) = found.removed
    assert (gone.id, gone.description, gone.last_tag) == ("beacon/b", "Of b", "release/1.0")
    assert [tool.name for tool in gone.tools] == ["Measure B Well"]
    assert gone.source_url == f"{gone.last_commit}/codebundles/b"
    # A name says nothing of what it was before.
    assert found.since["z"].bundle == "release/2.0"
    assert found.since["c"].bundle is None
    # A living bundle of an old name.
    origin.commit({"codebundles/a/sli.robot": suite("Quite Another", doc="Newer")}, date=at(3))
    assert "beacon/a" not in checked(origin, tmp_path).moved


def test_a_collection_without_tags_has_all_that_is_not_released(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/a/runbook.robot": suite("Look")}, date=at(0))
    found = checked(origin, tmp_path)
    assert (found.releases, found.unreleased.before, found.unreleased.added) == ((), None, ("beacon/a",))
    assert found.since["a"].bundle is None


def test_what_could_not_be_read_is_said_and_of_the_others_all_is_told(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    files: dict[str, str | bytes | None] = {f"codebundles/{name}/runbook.robot": suite("Look") for name in "ab"}
    origin.commit(files, date=at(0))
    origin.git("tag", "v1")
    new = {path: suite("Look", variables={"A": ""}) for path in files}
    origin.commit(new, date=at(1))
    origin.git("tag", "v2")
    fetched = fetched_of(origin.collection(), tmp_path / "cache")
    timeline = read_timeline(fetched, tmp_path / "cache")
    facts = dict(facts_of_states(fetched, timeline, tmp_path / "cache").facts)
    old = timeline.steps[-1].state.commit
    facts[old, "a"] = facts[old, "a"].model_copy(update={"unread": "it took too long"})
    told = collection_releases("beacon", timeline, facts, lambda commit, path: path).releases[0].changed
    assert [(one.bundle, one.files_changed, one.because, len(one.changes)) for one in told] == [
        ("beacon/a", 1, "at v1 it could not be read: it took too long", 0),
        ("beacon/b", 1, None, 1),
    ]
    del facts[old, "b"]
    told = collection_releases("beacon", timeline, facts, lambda commit, path: path).releases[0].changed
    assert told[1].because == "at v1 it has not been read yet"
