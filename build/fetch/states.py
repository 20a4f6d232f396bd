"""What a collection had at each of its tags and at the catalogued commit, and which names are gone from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from build.fetch.collections import Fetched
from build.fetch.departures import Departure, departures, follow_renames
from build.fetch.git import Commit, Mirror, TreeEntry
from build.fetch.refs import mirror_folder
from build.fetch.tree import MAX_FILES, ROOT, list_bundles, list_libraries
from build.model import FILE_OF, LIBRARIES, BundleSource, SourceFile, Tag
from build.untrusted.names import address_key, is_name

_ROBOT_FILES = frozenset(name.encode() for name in FILE_OF.values())


class Folder(NamedTuple):
    """A bundle's folder: the bundle without content, and mode and object id of all files in it by their paths there."""

    source: BundleSource
    files: Mapping[bytes, tuple[str, str]]


class State(NamedTuple):
    """A collection at one commit, its bundles by their names."""

    tag: Tag | None
    commit: str
    date: datetime
    bundles: Mapping[str, Folder]
    libraries: tuple[SourceFile, ...]


class Step(NamedTuple):
    """A state with the one that it is compared with, None for the first, and the bundles renamed between them: new
    names by the old ones.
    """

    state: State
    before: State | None
    renamed: Mapping[str, str]


class Gone(NamedTuple):
    """A name that no bundle has any more, by what commit, and the bundle as it was last, with the libraries of then."""

    name: str
    departure: Departure
    source: BundleSource | None
    libraries: tuple[SourceFile, ...]


class Timeline(NamedTuple):
    """All that git says of a collection's versions: `steps` newest first, that to the catalogued commit before all."""

    steps: tuple[Step, ...]
    gone: tuple[Gone, ...]


def read_timeline(fetched: Fetched, cache: Path) -> Timeline:
    """Read the states of a fetched collection from its mirror.

    Raises:
        GIT_ERRORS: The mirror is broken.
    """
    if fetched.commit is None or fetched.commit_date is None:
        return Timeline((), ())
    with closing(Mirror(mirror_folder(fetched.collection, cache))) as mirror:
        reader = _Reader(fetched.collection.slug, mirror, fetched.log)
        newest = reader.state(None, fetched.commit, fetched.commit_date)
        states = [newest, *(reader.state(tag, tag.commit, tag.date) for tag in fetched.tags)]
        living = {*newest.bundles, *(source.name for source in fetched.bundles)}
        return Timeline(
            tuple(reader.step(state, before) for state, before in _pairs(states)),
            tuple(reader.gone(living, fetched.commit_date)),
        )


def _pairs(states: Sequence[State]) -> Iterable[tuple[State, State | None]]:
    """Yield each state with the next older tag of another commit; with the newest tag where it is the catalogued
    commit.
    """
    yield states[0], states[1] if len(states) > 1 else None
    for at, state in enumerate(states[1:], 1):
        yield state, next((older for older in states[at + 1 :] if older.commit != state.commit), None)


class _Reader:
    """Reads each tree once, however many states have it."""

    def __init__(self, slug: str, mirror: Mirror, log: Sequence[Commit]) -> None:
        self._slug, self._mirror, self._log = slug, mirror, log
        self._folders: dict[tuple[bytes, str], Folder | None] = {}
        self._libraries: dict[str, tuple[SourceFile, ...]] = {}
        self._is_bundle: dict[str, bool] = {}
        self._states: dict[str, State] = {}
        self._names_at: dict[str, frozenset[str]] = {}

    def state(self, tag: Tag | None, commit: str, date: datetime) -> State:
        known = self._states.get(commit)
        if known is None:
            entries = sorted(self._mirror.entries(commit, ROOT), key=lambda entry: entry.path)
            result: dict[str, Folder] = {}
            for entry in entries:
                folder = self._folder(entry, commit, date) if entry.type == "tree" else None
                if folder:
                    # Where an address cannot tell two folders apart, the first is the bundle, as in the catalogue.
                    result.setdefault(address_key(folder.source.name), folder)
            bundles = {folder.source.name: folder for folder in result.values()}
            known = self._states[commit] = State(tag, commit, date, bundles, self._libraries_at(commit))
        return known._replace(tag=tag, date=date)

    def step(self, state: State, before: State | None) -> Step:
        """Return the state with that before it, and what git says was renamed between them."""
        gone = before.bundles.keys() - state.bundles.keys() if before else ()
        new = state.bundles.keys() - before.bundles.keys() if before else ()
        if not before or not gone or not new:
            return Step(state, before, {})
        within = self._mirror.between(before.commit, state.commit)
        log = (commit for commit in self._log if commit.oid in within)
        return Step(state, before, follow_renames(log, gone, new))

    def gone(self, living: set[str], date: datetime) -> Iterator[Gone]:
        """Yield each name that a bundle had and none has any more, by name."""
        for name, departure in sorted(departures(self._log, living, self._bundles_at).items()):
            source = None
            if departure.to is None:
                entries = self._mirror.entries(departure.before, ROOT)
                at = next(entry for entry in entries if entry.path == f"{ROOT}/{name}".encode())
                folder = self._folder(at, departure.before, date)
                source = folder.source if folder else None
            yield Gone(name, departure, source, self._libraries_at(departure.before) if source else ())

    def _folder(self, entry: TreeEntry, commit: str, date: datetime) -> Folder | None:
        key = entry.path, entry.oid
        if key not in self._folders:
            below = self._mirror.below(entry, MAX_FILES)
            result = list_bundles(self._slug, commit, date, below, {})[0] if below else []
            files = {one.path[len(entry.path) + 1 :]: (one.mode, one.oid) for one in below or () if one.type != "tree"}
            self._folders[key] = Folder(result[0], files) if result else None
        return self._folders[key]

    def _libraries_at(self, commit: str) -> tuple[SourceFile, ...]:
        tree = next((e.oid for e in self._mirror.entries(commit, "") if e.path == LIBRARIES.encode()), "")
        if tree not in self._libraries:
            files = list_libraries(self._slug, self._mirror.tree(commit, LIBRARIES, MAX_FILES))[0] if tree else ()
            self._libraries[tree] = tuple(files)
        return self._libraries[tree]

    def _bundles_at(self, commit: str) -> frozenset[str]:
        """Return the names of the bundles at a commit."""
        result = self._names_at.get(commit)
        if result is None:
            entries = self._mirror.entries(commit, ROOT)
            names = (e.path.rpartition(b"/")[2].decode("utf-8", "replace") for e in entries if self._has_robot_file(e))
            result = self._names_at[commit] = frozenset(filter(is_name, names))
        return result

    def _has_robot_file(self, entry: TreeEntry) -> bool:
        if entry.type != "tree":
            return False
        if entry.oid not in self._is_bundle:
            names = {inside.path for inside in self._mirror.entries(entry.oid) if inside.type == "blob"}
            self._is_bundle[entry.oid] = not _ROBOT_FILES.isdisjoint(names)
        return self._is_bundle[entry.oid]
