"""Phase 1: each collection at one commit, as values. A collection that fails keeps its last good state."""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Literal, NamedTuple

from build.folder_repository import commit_folder, is_plain_folder
from build.folders import MAX_FILES, ROOT, is_read, list_bundles, list_libraries
from build.history import histories, releases, utc
from build.model import LIBRARIES, BundleSource, Collection, Problem, Snapshot
from build.problems import problem
from build.repository import FetchFailed, GitFailed, Mirror, last_word

MAY_SHRINK_TO = 0.8
_RELEASES = 20
Outcome = Literal["fetched", "unchanged", "offline", "kept", "stale", "unavailable"]


class Fetched(NamedTuple):
    """What became of one collection: `snapshot` is None when it was never fetched."""

    collection: Collection
    outcome: Outcome
    snapshot: Snapshot | None
    problems: tuple[Problem, ...]

    @property
    def bundles(self) -> tuple[BundleSource, ...]:
        return self.snapshot.bundles if self.snapshot else ()


class Kept(NamedTuple):
    """What is published and may stay so: commits by bundle's id (for `only`) and by collection, and how many bundles
    a collection has. A collection with less than four fifths of its count left stays at its commit.
    """

    only: tuple[str, ...] = ()
    bundles: Mapping[str, str] = {}
    collections: Mapping[str, str] = {}
    counts: Mapping[str, int] = {}

    def wants(self, collection: str, bundle: str | None = None) -> bool:
        """Whether a collection, or one of its bundles, is brought up to date."""
        if not self.only or collection in self.only:
            return True
        if bundle is None:
            return any(name.startswith(f"{collection}/") for name in self.only)
        return f"{collection}/{bundle}" in self.only

    def too_few(self, collection: str, bundles: int) -> bool:
        """Whether so many of a collection's bundles are gone that it rather stays as it is published."""
        return bundles < self.counts.get(collection, 0) * MAY_SHRINK_TO


NOTHING_KEPT = Kept()


def fetch(
    collections: Iterable[Collection],
    cache: Path,
    *,
    kept: Kept = NOTHING_KEPT,
    offline: bool = False,
) -> list[Fetched]:
    """Bring every collection up to date under `cache` and list its bundles; what is `kept` stays at the commit at
    which it is published. Call it within `git_environment()`.
    """
    return [_fetch(collection, cache, kept, offline) for collection in collections]


def read_contents(collection: Collection, cache: Path, bundles: Iterable[BundleSource]) -> list[BundleSource]:
    """The same bundles with the content of each file that the parser reads."""
    bundles = list(bundles)
    if not bundles:
        return []
    contents = read_blobs(collection, cache, {f.oid for bundle in bundles for f in bundle.files if is_read(f.path)})
    return [
        bundle.model_copy(
            update={"files": tuple(f.model_copy(update={"content": contents.get(f.oid)}) for f in bundle.files)}
        )
        for bundle in bundles
    ]


def read_blobs(collection: Collection, cache: Path, oids: Iterable[str]) -> dict[str, bytes]:
    """The contents of files of a collection by object id. Call it within `git_environment()`."""
    with closing(Mirror(_mirror_folder(collection, cache))) as mirror:
        return mirror.blobs(oids)


def _fetch(collection: Collection, cache: Path, kept: Kept, offline: bool) -> Fetched:
    problems: tuple[Problem, ...] = ()
    mirror = Mirror(_mirror_folder(collection, cache))
    try:
        before = mirror.head()
        outcome: Outcome = "offline" if offline else "kept"
        if kept.wants(collection.slug) and not offline:
            try:
                mirror.fetch(*_source(collection, cache))
                outcome = "unchanged" if mirror.head() == before else "fetched"
            except FetchFailed as failure:
                outcome = "stale" if before else "unavailable"
                kept_state = f"its state at {before[:12]} is kept" if before else "it is left out"
                message = f"the collection could not be fetched, {kept_state}: {failure}"
                hint = (
                    f"Check that {collection.git_url} exists, is public and has {collection.git_ref!r}; then run again."
                )
                problems = (problem("not-fetched", message, collection=collection.slug, hint=hint),)
        head = mirror.head()
        if head is None:
            message = "the collection was never fetched on this machine and is left out"
            never = problem("never-fetched", message, collection=collection.slug)
            return Fetched(collection, "unavailable", None, problems or (never,))
        fetched = Fetched(collection, outcome, _snapshot(collection, mirror, head, kept, outcome == "stale"), problems)
        return _unless_shrunk(fetched, mirror, kept, len(fetched.bundles))
    except GitFailed as failure:
        message = f"what was fetched of the collection cannot be read and is left out: {last_word(failure)}"
        hint = f"Remove {mirror.folder}; the next run fetches it anew."
        broken = problem("mirror-broken", message, collection=collection.slug, hint=hint)
        return Fetched(collection, "unavailable", None, (broken,))
    finally:
        mirror.close()


def unless_unreadable(fetched: Fetched, cache: Path, kept: Kept, readable: int) -> Fetched:
    """The collection as it was fetched; where no more than `readable` of its bundles could be parsed and that is too
    few, as it is published.
    """
    with closing(Mirror(_mirror_folder(fetched.collection, cache))) as mirror:
        return _unless_shrunk(fetched, mirror, kept, readable)


def _unless_shrunk(fetched: Fetched, mirror: Mirror, kept: Kept, bundles: int) -> Fetched:
    collection, snapshot = fetched.collection, fetched.snapshot
    published = kept.collections.get(collection.slug)
    if snapshot is None or published is None or not kept.too_few(collection.slug, bundles) or not mirror.has(published):
        return fetched
    message = (
        f"the collection went from {kept.counts[collection.slug]} to {bundles} readable bundles at "
        f"{snapshot.commit[:12]}; its state at {published[:12]} is kept"
    )
    problems = (*fetched.problems, problem("shrunk", message, collection=collection.slug))
    return Fetched(collection, "stale", _at(collection, mirror, published, stale=True), problems)


def _snapshot(collection: Collection, mirror: Mirror, head: str, kept: Kept, stale: bool) -> Snapshot:
    """The collection at `head`, but for the bundles that stay as they are published."""
    published = kept.collections.get(collection.slug)
    if kept.only and collection.slug not in kept.only and published and mirror.has(published):
        commits = {
            name.split("/", 1)[1]: c for name, c in kept.bundles.items() if name.startswith(f"{collection.slug}/")
        }
        head_bundles, _ = _list(collection, mirror, head)
        bundles = [bundle for bundle in head_bundles if kept.wants(collection.slug, bundle.name)]
        for commit in sorted({commit for commit in commits.values() if mirror.has(commit)}):
            at_commit, _ = _list(collection, mirror, commit)
            bundles += [
                b for b in at_commit if commits.get(b.name) == commit and not kept.wants(collection.slug, b.name)
            ]
        bundles.sort(key=lambda bundle: bundle.name)
        return _at(collection, mirror, published, stale).model_copy(update={"bundles": tuple(bundles)})
    return _at(collection, mirror, head, stale)


def _at(collection: Collection, mirror: Mirror, commit: str, stale: bool) -> Snapshot:
    bundles, problems = _list(collection, mirror, commit)
    libraries, refused = list_libraries(collection.slug, mirror.tree(commit, LIBRARIES, MAX_FILES))
    return Snapshot(
        commit=commit,
        commit_date=utc(mirror.date(commit)),
        stale=stale,
        bundles=tuple(bundles),
        libraries=tuple(libraries),
        problems=(*problems, *refused),
        releases=releases(mirror.tags(_RELEASES)),
    )


def _list(collection: Collection, mirror: Mirror, commit: str) -> tuple[list[BundleSource], list[Problem]]:
    tree = mirror.tree(commit, ROOT, MAX_FILES)
    return list_bundles(collection.slug, commit, utc(mirror.date(commit)), tree, histories(mirror.log(commit, ROOT)))


def _source(collection: Collection, cache: Path) -> tuple[str, str]:
    """Where to fetch from, and which ref."""
    source = collection.clone_url or collection.git_url
    if is_plain_folder(source):
        return commit_folder(Path(source), cache / "folders" / f"{collection.slug}.git")
    return source, collection.git_ref


def _mirror_folder(collection: Collection, cache: Path) -> Path:
    # Another source or ref is another mirror: its last good state must not pass for this one's.
    source = f"{collection.clone_url or collection.git_url} {collection.git_ref}"
    return cache / "git" / f"{collection.slug}-{hashlib.sha256(source.encode()).hexdigest()[:12]}.git"
