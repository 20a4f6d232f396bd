"""A repository with a history of tags, what of it plain git says, and its releases as the build reads them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from build.fetch.collections import Fetched, fetch
from build.fetch.states import Timeline, read_timeline
from build.model import Collection
from build.release_cache import FactsOfStates, read_facts
from build.releases.assemble import collection_releases
from build.releases.models import CollectionReleases, Release
from build.workers import Budget, Columns
from tests.support.repositories import Repository

_DAY = 86_400
_START = 1_700_000_000


def at(day: int) -> str:
    """Return a date as git takes it, so many days after the first."""
    return f"{_START + day * _DAY} +0000"


def suite(*tasks: str, variables: Mapping[str, str] | None = None, secrets: Sequence[str] = (), doc: str = "") -> str:
    """Return a robot file with these tasks, each a name with its body behind a line's end; variables have the words
    of their import.
    """
    imports = [f"    Import User Variable    {name}    {words}".rstrip() for name, words in (variables or {}).items()]
    imports += [f"    Import Secret    {name}" for name in secrets]
    head = ["*** Settings ***", f"Documentation    {doc or 'What it does'}", "Metadata    Author    somebody",
            "Library    RW.Core", "Library    RW.CLI", "Suite Setup    Prepare", ""]  # fmt: skip
    bodies = [task if "\n" in task else f"{task}\n    Log    here" for task in tasks]
    body = ["*** Tasks ***", *bodies, "", "*** Keywords ***", "Prepare", *(imports or ["    No Operation"])]
    return "\n".join([*head, *body, ""])


def in_process(function: Any, arguments: Columns, budget: Budget, seconds: float) -> Iterator[Any]:
    """Call the function here, as workers would."""
    for row in zip(*arguments, strict=True):
        yield function(*row) if budget.left else budget.spent


def fetched_of(collection: Collection, cache: Path) -> Fetched:
    """Return the collection as it is fetched."""
    (result,) = fetch([collection], cache)
    return result


def facts_of_states(fetched: Fetched, timeline: Timeline, cache: Path, seconds: float = 600.0) -> FactsOfStates:
    """Return the facts of all states, read here."""
    return read_facts(fetched.collection, timeline, {}, cache, in_process, Budget(seconds, "it was too slow"))


def releases_of(collection: Collection, cache: Path) -> CollectionReleases:
    """Return the releases of a collection, as a run reads them."""
    fetched = fetched_of(collection, cache)
    timeline = read_timeline(fetched, cache)
    facts = facts_of_states(fetched, timeline, cache)
    return collection_releases(collection.slug, timeline, facts.facts, lambda commit, path: f"{commit}/{path}")


# What git alone says, without any code of the build's.

# A call in any of Robot's spellings, up to its first argument; cells stand apart by two blanks, a tab or a pipe.
_IMPORT = re.compile(
    r"(?im)^(?:(?!#).)*?(?:^|\s{2}|\t|\| )(?:RW\.Core\.)?Import[ _]?User[ _]?Variable"
    r"(?:[ ]{2,}|\t+|[ ]+\|[ ]+)(?:name=)?(\w+)"
)
_CONTINUED = re.compile(r"\n(?:[ \t|]*(?:#[^\n]*)?\n)*[ \t|]*\.\.\.(?:[ \t]+)")


class PlainGit:
    """What commands of git say of a repository; each is asked once."""

    def __init__(self, run: Callable[..., str]) -> None:
        """Take what runs git with arguments and returns its output."""
        self._run = run
        self._paths: dict[str, list[str]] = {}
        self._variables: dict[str, frozenset[str]] = {}
        self._objects: dict[str, dict[str, str]] = {}

    def bundles(self, commit: str) -> set[str]:
        """Return the names of folders below codebundles/ with a robot file."""
        result = (re.fullmatch(r"codebundles/([^/]+)/(?:runbook|sli)\.robot", path) for path in self._at(commit))
        return {match[1] for match in result if match}

    def files_changed(self, before: str, after: str, name: str, old: str) -> int:
        """Return how many files of a bundle differ between two commits; it was called `old`."""
        if name != old:
            trees = [f"{before}:codebundles/{old}", f"{after}:codebundles/{name}"]
            return len(self._diff(*trees))
        key = f"{before} {after}"
        if key not in self._paths:
            self._paths[key] = self._diff(before, after, "--", "codebundles")
        return sum(path.startswith(f"codebundles/{name}/") for path in self._paths[key])

    def variables(self, commit: str, name: str) -> frozenset[str]:
        """Return the names of the user variables that the robot files of a bundle import."""
        paths = (f"codebundles/{name}/{file}.robot" for file in ("runbook", "sli"))
        result = [self._variables_in(oid) for path in paths if (oid := self._at(commit).get(path))]
        return frozenset().union(*result)

    def _variables_in(self, oid: str) -> frozenset[str]:
        if oid not in self._variables:
            text = self._run("cat-file", "blob", oid).replace("\r\n", "\n")
            self._variables[oid] = frozenset(_IMPORT.findall(_CONTINUED.sub("    ", text)))
        return self._variables[oid]

    def _at(self, commit: str) -> dict[str, str]:
        """Return the object ids of the files below codebundles/ by their paths."""
        if commit not in self._objects:
            listed = self._run("ls-tree", "-r", "-z", commit, "codebundles").split("\0")
            entries = (entry.partition("\t") for entry in listed if entry)
            self._objects[commit] = {path: head.split()[2] for head, _, path in entries}
        return self._objects[commit]

    def _diff(self, *arguments: str) -> list[str]:
        return [path for path in self._run("diff", "--no-renames", "--name-only", "-z", *arguments).split("\0") if path]


class Difference(NamedTuple):
    """What a release and git say of a bundle, or of all, where they do not say the same."""

    tag: str | None
    what: str
    told: object
    by_git: object


def compare_with_git(git: PlainGit, release: Release, before: str | None) -> tuple[int, list[Difference]]:
    """Compare a release with what git says; return how many variables came or went, and each difference.

    Args:
        git: What git says.
        release: The release.
        before: The commit that it is compared with, None for the first.
    """
    wrong: list[Difference] = []

    def same(what: str, told: object, by_git: object) -> None:
        if told != by_git:
            wrong.append(Difference(release.tag, what, told, by_git))

    now = git.bundles(release.commit)
    old = git.bundles(before) if before else set()
    origins = {_name(one["to"]): _name(one["from"]) for one in release.renamed}
    same("added", {_name(one) for one in release.added}, now - old - origins.keys())
    same("removed", {_name(one) for one in release.removed}, old - now - set(origins.values()))
    same("renamed to what was there", origins.keys() - (now - old), set())
    same("renamed from what is there", set(origins.values()) - (old - now), set())
    if not before:
        same("changed in the first release", release.changed, ())
        return 0, wrong
    told = {_name(change.bundle): change for change in release.changed}
    count = 0
    for name in now:
        origin = origins.get(name, name)
        if origin not in old:
            continue
        files = git.files_changed(before, release.commit, name, origin)
        change = told.get(name)
        same(f"files of {name}", change.files_changed if change else 0, files)
        same(f"why {name} is named", bool(change is None or files or change.because), True)
        was, has = git.variables(before, origin), git.variables(release.commit, name)
        facts = change.changes if change else ()
        renamed = [one for one in facts if one.kind == "variable-renamed"]
        came = {one.name for one in facts if one.kind == "variable-added"} | {one.after for one in renamed}
        went = {one.name for one in facts if one.kind == "variable-removed"} | {one.before for one in renamed}
        same(f"new variables of {name}", came, has - was)
        same(f"variables gone from {name}", went, was - has)
        count += len(was ^ has)
    return count, wrong


def check_against_git(repository: Repository, release: Release, before: str | None) -> int:
    """Return how many variables came or went. Raises AssertionError: release and git differ."""
    count, wrong = compare_with_git(PlainGit(repository.git), release, before)
    assert wrong == []
    return count


def _name(bundle: str) -> str:
    return bundle.partition("/")[2]
