"""Phase 1: each collection at one commit, as values. A collection that fails keeps its last good state."""

import os
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from build.errors import RegistryError, number_of
from build.fetch.baseline import EVERYTHING, NO_BASELINE, Baseline, Selection
from build.fetch.git import GIT_ERRORS, Commit, FetchError, Mirror, last_word
from build.fetch.history import Dated, correct_dates, histories, utc
from build.fetch.local_folder import commit_folder
from build.fetch.refs import is_plain_folder, mirror_folder, source_of
from build.fetch.tags import usable_tags
from build.fetch.tree import (
    MAX_FILES,
    ROOT,
    WORKFLOWS,
    is_followed,
    is_read,
    list_bundles,
    list_libraries,
    list_workflows,
    printable,
)
from build.fetch.without_bundles import no_bundles_problem
from build.model import LIBRARIES, BundleSource, Collection, Problem, SourceFile, Tag
from build.problems import problem
from build.runs import Outcome
from build.storage import CHECKSUMS, find_damage, write_checksums

# Commits with wrong dates that are reported of one collection: one wrong clock needs no more.
_MISDATED = 20


class Fetched(NamedTuple):
    """A collection at one commit, None when it was never fetched; `stale` is the outcome where that is its last good
    state. `libraries` are files by their whole path, `tags` those that the commit contains, newest first; `log` has the
    commits that changed bundles, with dates that may be believed; `refused` are problems of folders, files and tags
    that are left out. `workflows` are those of GitHub Actions, by their whole path.
    """

    collection: Collection
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    commit: str | None = None
    commit_date: datetime | None = None
    bundles: tuple[BundleSource, ...] = ()
    libraries: tuple[SourceFile, ...] = ()
    refused: tuple[Problem, ...] = ()
    tags: tuple[Tag, ...] = ()
    log: tuple[Commit, ...] = ()
    workflows: tuple[SourceFile, ...] = ()


class Update(NamedTuple):
    """A collection whose mirror is up to date, or as it was, and is not read yet; `damage` is a file of the mirror that
    is still damaged.
    """

    fetched: Fetched
    damage: str | None = None


def fetch(
    collections: Iterable[Collection],
    cache: Path,
    *,
    selection: Selection = EVERYTHING,
    baseline: Baseline = NO_BASELINE,
    offline: bool = False,
    updates: Mapping[str, Update] = MappingProxyType({}),
) -> list[Fetched]:
    """Bring every collection up to date, and list its bundles.

    Args:
        collections: Where they are.
        cache: Where mirrors are kept.
        selection: What is brought up to date; the rest stays as it is published.
        baseline: What is published now.
        offline: Ask no network: the last fetched state.
        updates: What became of mirrors that are up to date already, by slug.
    """
    return [
        _read(
            updates.get(collection.slug) or update(collection, cache, selection, offline=offline),
            *(cache, selection, baseline),
        )
        for collection in collections
    ]


def read_contents(collection: Collection, cache: Path, bundles: Sequence[BundleSource]) -> list[BundleSource]:
    """Return the bundles with the content of each file that the parser reads, and of their tools' code.

    Args:
        collection: The collection of the bundles.
        cache: The folder with the collection's mirror.
        bundles: Bundles as listed, without contents.

    Raises:
        RegistryError: The mirror cannot be read.
    """
    oids = {f.oid for bundle in bundles for f in bundle.files if is_read(f.path) or is_followed(f.path)}
    contents = read_blobs(collection, cache, oids)
    return [
        bundle.model_copy(
            update={"files": tuple(f.model_copy(update={"content": contents.get(f.oid)}) for f in bundle.files)}
        )
        for bundle in bundles
    ]


def read_blobs(collection: Collection, cache: Path, oids: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of files by object id.

    Args:
        collection: The collection of the files.
        cache: The folder with the collection's mirror.
        oids: Object ids of git, in hexadecimal.

    Raises:
        RegistryError: The mirror cannot be read.
    """
    folder = mirror_folder(collection, cache)
    with closing(Mirror(folder)) as mirror:
        try:
            return mirror.blobs(oids)
        except GIT_ERRORS as failure:
            raise RegistryError(
                f"{folder}, the copy of {collection.slug}, cannot be read ({last_word(failure)}); "
                "remove it, and the next run with a network fetches it anew."
            ) from failure


def update(collection: Collection, cache: Path, selection: Selection = EVERYTHING, *, offline: bool = False) -> Update:
    """Fetch into a collection's mirror, or where that is damaged into a new one, as far as the run may.

    Args:
        collection: Where it is.
        cache: Where mirrors are kept.
        selection: What is brought up to date.
        offline: Ask no network.
    """
    fetched = Fetched(collection, "offline" if offline else "kept")
    folder = mirror_folder(collection, cache)
    damage = find_damage(folder) if folder.exists() else None
    if not offline and selection.includes(collection.slug):
        return _update_mirror(fetched, folder, cache, damage)
    if not offline and damage not in (None, CHECKSUMS):
        renewed, damage = _update_mirror(fetched, folder, cache, damage)
        fetched = fetched._replace(problems=renewed.problems)
    return Update(fetched, damage)


def _read(updated: Update, cache: Path, selection: Selection, baseline: Baseline) -> Fetched:
    fetched, damage = updated
    collection = fetched.collection
    folder = mirror_folder(collection, cache)
    # A mirror of an earlier release has no digests: it is used where a new one cannot be had.
    if damage not in (None, CHECKSUMS):
        return _mirror_broken(fetched, folder, f"{damage} was changed since")
    with closing(Mirror(folder)) as mirror:
        try:
            head = mirror.head()
            if head is None:
                message = "the collection was never fetched on this machine and is left out"
                never = problem("never-fetched", message, collection=collection.slug)
                return fetched._replace(outcome="unavailable", problems=fetched.problems or (never,))
            fetched = _snapshot(fetched, mirror, head, selection, baseline)
            return _published_if_shrunk(fetched, mirror, baseline, len(fetched.bundles))
        except GIT_ERRORS as failure:
            return _mirror_broken(fetched, folder, last_word(failure))


def _mirror_broken(fetched: Fetched, folder: Path, why: str) -> Fetched:
    message = f"what was fetched of the collection cannot be read and is left out: {why}"
    hint = f"Remove {folder}; the next run with a network fetches it anew."
    broken = problem("mirror-broken", message, collection=fetched.collection.slug, hint=hint)
    return Fetched(fetched.collection, "unavailable", (broken, *fetched.problems))


def _update_mirror(fetched: Fetched, folder: Path, cache: Path, damage: str | None) -> Update:
    """Fetch into the mirror, or where it is damaged into a new one that takes its place.

    Returns:
        What became of the attempt, nothing being read yet; and what is still damaged.
    """
    collection, target = fetched.collection, folder
    if damage:
        target = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(target, ignore_errors=True)
    try:
        with closing(Mirror(target)) as mirror:
            before = mirror.head()
            _fetch_into(mirror, collection, cache)
            outcome: Outcome = "unchanged" if mirror.head() == before else "fetched"
        write_checksums(target)
        if damage:
            shutil.rmtree(folder)
            target.rename(folder)
        return Update(fetched._replace(outcome=outcome))
    except FetchError as failure:
        if (number := number_of(str(failure))) is not None:
            # The collection is not to blame, and the others would fare no better.
            raise OSError(number, os.strerror(number), str(cache)) from failure
        if damage:
            shutil.rmtree(target, ignore_errors=True)
        with closing(Mirror(folder)) as mirror:
            before = mirror.head()
        kept_state = f"its state at {before[:12]} is kept" if before else "it is left out"
        message = f"the collection could not be fetched, {kept_state}: {failure}"
        hint = f"Check that {collection.git_url} exists, is public and has {collection.git_ref!r}; then run again."
        if "dubious ownership" in str(failure):
            place = str(failure).rpartition(" at ")[2].strip("'")
            hint = (
                f"It belongs to another user: run `git config --global --add safe.directory {place}` if you trust who "
                "it belongs to, or build as that user."
            )
        failed = problem("not-fetched", message, collection=collection.slug, hint=hint)
        return Update(fetched._replace(outcome="stale" if before else "unavailable", problems=(failed,)), damage)


def keep_published_if_shrunk(fetched: Fetched, cache: Path, baseline: Baseline, readable: int) -> Fetched:
    """Return `fetched`, or the published state where too few of the published bundles could be parsed.

    Args:
        fetched: The collection as fetched.
        cache: The folder with its mirror.
        baseline: What is published now.
        readable: How many bundles could be parsed; below MAY_SHRINK_TO of the published ones is too few.
    """
    with closing(Mirror(mirror_folder(fetched.collection, cache))) as mirror:
        return _published_if_shrunk(fetched, mirror, baseline, readable)


def _published_if_shrunk(fetched: Fetched, mirror: Mirror, baseline: Baseline, bundles: int) -> Fetched:
    slug = fetched.collection.slug
    published = baseline.collections.get(slug)
    if fetched.commit is None or published is None or not baseline.shrank(slug, bundles) or not mirror.has(published):
        return fetched
    message = (
        f"the collection went from {baseline.counts[slug]} to {bundles} readable bundles at {fetched.commit[:12]}; "
        f"its state at {published[:12]} is kept"
    )
    problems = (*fetched.problems, problem("shrunk", message, collection=slug))
    return _read_commit(fetched._replace(outcome="stale", problems=problems), mirror, published)


def _snapshot(fetched: Fetched, mirror: Mirror, head: str, selection: Selection, baseline: Baseline) -> Fetched:
    """Return the collection at `head`, but for the bundles outside the selection, which stay as published."""
    slug = fetched.collection.slug
    published = baseline.collections.get(slug)
    if selection.is_whole(slug) or not published or not mirror.has(published):
        return _read_commit(fetched, mirror, head)
    commits = {name.split("/", 1)[1]: c for name, c in baseline.bundles.items() if name.startswith(f"{slug}/")}
    bundles = [bundle for bundle in _list(slug, mirror, head).bundles if selection.includes(slug, bundle.name)]
    for commit in sorted({commit for commit in commits.values() if mirror.has(commit)}):
        at_commit = _list(slug, mirror, commit).bundles
        bundles += [b for b in at_commit if commits.get(b.name) == commit and not selection.includes(slug, b.name)]
    bundles.sort(key=lambda bundle: bundle.name)
    return _read_commit(fetched, mirror, published)._replace(bundles=tuple(bundles))


def _read_commit(fetched: Fetched, mirror: Mirror, commit: str) -> Fetched:
    slug = fetched.collection.slug
    bundles, problems, dated = _list(slug, mirror, commit)
    workflows, unread = list_workflows(slug, mirror.tree(commit, WORKFLOWS, MAX_FILES))
    libraries, refused = list_libraries(slug, mirror.tree(commit, LIBRARIES, MAX_FILES))
    tags, unusable = usable_tags(slug, mirror.tags(commit), mirror.tags_of_no_commit(), dated)
    return fetched._replace(
        commit=commit,
        commit_date=utc(dated.newest),
        bundles=tuple(bundles),
        libraries=tuple(libraries),
        refused=(*problems, *refused, *unusable, *unread),
        tags=tags,
        log=dated.log,
        workflows=tuple(workflows),
    )


class _Listing(NamedTuple):
    """The bundles at a commit, the problems of their folders, and the dated log."""

    bundles: list[BundleSource]
    problems: list[Problem]
    dated: Dated


def _list(slug: str, mirror: Mirror, commit: str) -> _Listing:
    tree = mirror.tree(commit, ROOT, MAX_FILES)
    dated = correct_dates(mirror.log(commit, ROOT), mirror.date(commit), int(time.time()))
    bundles, problems = list_bundles(slug, commit, utc(dated.newest), tree, histories(dated.log))
    if not any(entry.type == "tree" for entry in tree):
        problems.append(no_bundles_problem(slug, mirror, commit))
    return _Listing(bundles, [*problems, *(_date_problem(slug, wrong) for wrong in dated.wrong[:_MISDATED])], dated)


def _date_problem(slug: str, commit: Commit) -> Problem:
    folders = [printable(name) for name in sorted(commit.folders)]
    what = f"commit {commit.oid[:12]} of {', '.join(folders[:3])}{' and others' if len(folders) > 3 else ''}"
    alone = folders[0] if len(folders) == 1 else None
    message = f"{what} is dated {utc(commit.date):%Y-%m-%d}, after today; the commits around it say when it was made"
    path = f"{ROOT}/{alone}" if alone else ROOT
    return problem("date-in-future", message, collection=slug, bundle=alone, path=path)


def _fetch_into(mirror: Mirror, collection: Collection, cache: Path) -> None:
    source = source_of(collection)
    if not is_plain_folder(source):
        mirror.fetch(source, collection.git_ref)
        return
    derived = cache / "folders" / f"{collection.slug}.git"
    try:
        mirror.fetch(*commit_folder(Path(source), derived))
    except FetchError:
        # It can be made of the folder at any time, so what git does not like of it is not kept.
        shutil.rmtree(derived, ignore_errors=True)
        mirror.fetch(*commit_folder(Path(source), derived))
