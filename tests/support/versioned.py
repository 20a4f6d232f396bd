"""A repository with a history of tags, what of it plain git says, and its releases as the build reads them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

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
    (found,) = fetch([collection], cache)
    return found


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


def bundles_at(repository: Repository, commit: str) -> set[str]:
    """Return the names of folders below codebundles/ with a robot file."""
    listed = repository.git("ls-tree", "-r", "--name-only", commit, "codebundles").splitlines()
    found = (re.fullmatch(r"codebundles/([^/]+)/(?:runbook|sli)\.robot", path) for path in listed)
    return {match[1] for match in found if match}


def files_changed(repository: Repository, before: str, after: str, name: str, old: str = "") -> int:
    """Return how many files of a bundle differ between two commits."""
    trees = [f"{before}:codebundles/{old or name}", f"{after}:codebundles/{name}"]
    return len(repository.git("diff", "--no-renames", "--name-only", *trees).splitlines())


def variables_at(repository: Repository, commit: str, name: str) -> set[str]:
    """Return the names of the user variables that the robot files of a bundle import."""
    found: set[str] = set()
    for file in ("runbook", "sli"):
        path = f"codebundles/{name}/{file}.robot"
        if repository.git("ls-tree", "--name-only", commit, path):
            text = re.sub(r"\n\s*\.\.\.\s+", "    ", repository.git("show", f"{commit}:{path}"))
            text = re.sub(r"(?m)^\s*#.*$", "", text)
            found |= set(re.findall(r"Import User Variable\s{2,}(\w+)", text))
    return found


def check_against_git(repository: Repository, release: Release, before: str | None) -> int:
    """Compare a release with what git says; return how many variables came or went. Raises AssertionError: they differ.

    Args:
        repository: Where the commits are.
        release: The release.
        before: The commit that it is compared with, None for the first.
    """
    now = bundles_at(repository, release.commit)
    old = bundles_at(repository, before) if before else set()
    origins = {_name(one["to"]): _name(one["from"]) for one in release.renamed}
    assert {_name(one) for one in release.added} == now - old - origins.keys()
    assert {_name(one) for one in release.removed} == old - now - set(origins.values())
    assert origins.keys() <= now - old
    assert set(origins.values()) <= old - now
    if not before:
        assert release.changed == ()
        return 0
    told = {_name(change.bundle): change for change in release.changed}
    count = 0
    for name in now:
        origin = origins.get(name, name)
        if origin not in old:
            continue
        files = files_changed(repository, before, release.commit, name, origin)
        change = told.get(name)
        assert (change.files_changed if change else 0) == files
        assert change is None or files or change.because
        was, has = variables_at(repository, before, origin), variables_at(repository, release.commit, name)
        facts = change.changes if change else ()
        came = {one.name for one in facts if one.kind == "variable-added"}
        went = {one.name for one in facts if one.kind == "variable-removed"}
        renamed = [one for one in facts if one.kind == "variable-renamed"]
        assert came | {one.after for one in renamed} == has - was, (release.tag, name)
        assert went | {one.before for one in renamed} == was - has, (release.tag, name)
        count += len(was ^ has)
    return count


def _name(bundle: str) -> str:
    return bundle.partition("/")[2]
