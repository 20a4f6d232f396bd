"""Reads the bundles of all states of a collection in processes that can be stopped, and keeps their facts."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from build.fetch.collections import read_blobs
from build.fetch.states import Timeline
from build.fetch.tree import is_followed, is_read
from build.model import Bundle, BundleSource, Collection, SourceFile, Value
from build.parse.metadata_files import TEMPLATES
from build.parse_cache import parser_version, shared_resources
from build.releases.facts import Facts, facts_of
from build.releases.used_libraries import Libraries, imported_modules, library_names, merge_names
from build.storage import code_files, code_version, file_of, keep, load_kept
from build.workers import CODE_SECONDS, Budget, ByName, Guarded

# Wall clock for the old states of one collection. The largest public one takes 40 s of a processor, once.
RELEASES_SECONDS = 300.0
# Old states that are read in one run, newest first; what is left is for the next one.
MAX_STATES = 5_000
# States of one bundle that are read by one call, and the wall clock for them.
_AT_ONCE = 24
_SECONDS = 6 * CODE_SECONDS
_RELEASES = ("build/releases/*.py", "build/fetch/states.py", "build/fetch/departures.py", "build/fetch/tags.py",
             "build/fetch/renames.py", "build/release_cache.py")  # fmt: skip
# By name, since Robot takes a while to import, and only the processes that read need it.
_READ_STATES = ByName("build.releases.reading", "read_facts_of_states")
_READING = ("build/releases/facts.py", "build/releases/reading.py", "build/releases/used_libraries.py")


_NONE: tuple[SourceFile, ...] = ()


class Wanted(NamedTuple):
    """A bundle at one state of its collection."""

    source: BundleSource
    libraries: tuple[SourceFile, ...]
    resources: tuple[SourceFile, ...]


class Known(Value):
    """The facts of one content of a bundle by the digest of the libraries that it used; `imports` names these."""

    imports: tuple[str, ...] | None
    facts: dict[str, Facts]


class FactsOfStates(NamedTuple):
    """The facts of each bundle by commit and name; `new` counts those that were read, not found in the cache, and
    `unfinished` are the commits of which some had to be left for the next run. They are final where the next run would
    find the same.
    """

    facts: Mapping[tuple[str, str], Facts]
    new: int
    unfinished: frozenset[str]
    is_final: bool


def reading_version() -> str:
    """Return a key of all that the facts of a state depend on besides its files."""
    return code_version(code_files(_READING), ()) + parser_version()


def releases_version() -> str:
    """Return a key of all that a collection's releases depend on besides its repository."""
    return code_version(code_files(_RELEASES), ()) + parser_version()


def read_facts(
    collection: Collection,
    timeline: Timeline,
    head: Mapping[tuple[str, str], Bundle],
    cache: Path,
    guarded: Guarded,
    budget: Budget,
) -> FactsOfStates:
    """Return the facts of every bundle at every state, and of those that are gone as they were last.

    Args:
        collection: Whose states they are.
        timeline: What git says of it.
        head: The bundles as they were parsed of the catalogued commit, by name and tree.
        cache: Where facts are kept.
        guarded: Calls the parser.
        budget: Ends the reading; what comes after it is left for the next run.
    """
    return _Reading(collection, cache, guarded, budget).run(timeline, head)


class _Task(NamedTuple):
    """Files that are read once for all states that share them; `place` is the position of the first state."""

    place: int
    file: Path
    digest: str
    wanted: Wanted


class _Reading:
    def __init__(self, collection: Collection, cache: Path, guarded: Guarded, budget: Budget) -> None:
        self._collection, self._cache, self._guarded, self._budget = collection, cache, guarded, budget
        self._folder = cache / "releases" / reading_version()
        self._known: dict[Path, Known | None] = {}
        # By the identity of the files, which the timeline holds: states share them.
        self._libraries: dict[int, Libraries] = {}
        self._imports: dict[str, frozenset[str]] = {}
        # Of a bundle's file, by its object id.
        self._names: dict[str, frozenset[str] | None] = {}
        self._blobs: dict[str, bytes] = {}
        self._full: dict[int, list[SourceFile]] = {}
        self._changed: set[Path] = set()

    def run(self, timeline: Timeline, head: Mapping[tuple[str, str], Bundle]) -> FactsOfStates:
        wanted = list(_wanted(timeline))
        files = [self._file(one.source) for _, one in wanted]
        for file in set(files):
            self._known[file] = load_kept(file, Known)
        self._learn_imports([(file, one) for file, (_, one) in zip(files, wanted, strict=True)])
        digests = [self._digest(file, one) for file, (_, one) in zip(files, wanted, strict=True)]
        tasks: dict[tuple[Path, str], _Task] = {}
        newest = timeline.steps[0].state.commit if timeline.steps else ""
        for place, (file, digest, (commit, one)) in enumerate(zip(files, digests, wanted, strict=True)):
            if (file, digest) in tasks or self._facts(file, digest):
                continue
            bundle = head.get((one.source.name, one.source.tree)) if commit == newest else None
            if bundle:
                known = self._known[file]
                self._add(file, digest, facts_of(bundle, known.imports if known else None))
            else:
                tasks[file, digest] = _Task(place, file, digest, one)
        unread = self._read(list(tasks.values()))
        for file in sorted(self._changed):
            if known := self._known[file]:
                keep(file, known)
        facts: dict[tuple[str, str], Facts] = {}
        unfinished = set()
        for file, digest, (commit, one) in zip(files, digests, wanted, strict=True):
            result = self._facts(file, digest) or unread.get((file, digest))
            if result:
                facts[commit, one.source.name] = result
            else:
                unfinished.add(commit)
        return FactsOfStates(facts, len(tasks), frozenset(unfinished), not unfinished and not unread)

    def _file(self, source: BundleSource) -> Path:
        # A folder's object id says nothing of its name, nor of the files that were refused.
        paths = (file.path for file in source.files)
        return file_of(self._folder, self._collection.slug, source.name, source.tree, *paths)

    def _facts(self, file: Path, digest: str) -> Facts | None:
        known = self._known[file]
        return known.facts.get(digest) if known else None

    def _add(self, file: Path, digest: str, facts: Facts) -> None:
        known = self._known[file] or Known(imports=None, facts={})
        self._known[file] = known.model_copy(update={"facts": {**known.facts, digest: facts}})
        self._changed.add(file)

    def _learn_imports(self, wanted: Sequence[tuple[Path, Wanted]]) -> None:
        """Look into the files of bundles of which nothing is known for what they import."""
        new = {file: one.source for file, one in wanted if self._known[file] is None}
        self._fetch(file for source in new.values() for file in source.files if is_followed(file.path))
        for path, source in new.items():
            names = [self._names_in(file) for file in source.files if is_followed(file.path)]
            self._known[path] = Known(imports=merge_names(names), facts={})
        self._fetch(file for _, one in wanted for file in one.libraries)

    def _names_in(self, file: SourceFile) -> frozenset[str] | None:
        # Most of a bundle's files are the same at its next state.
        if file.oid not in self._names:
            self._names[file.oid] = library_names(self._blobs[file.oid])
        return self._names[file.oid]

    def _fetch(self, files: Iterable[SourceFile]) -> None:
        missing = {file.oid for file in files} - self._blobs.keys()
        if missing:
            self._blobs |= read_blobs(self._collection, self._cache, sorted(missing))

    def _digest(self, file: Path, one: Wanted) -> str:
        known = self._known[file]
        imports = known.imports if known else None
        result = self._at(one.libraries).digest(imports)
        if imports is not None:
            return result
        # Who names files of others may import any resource.
        return "\n".join([result, *(f"{resource.oid} {resource.path}" for resource in one.resources)])

    def _at(self, files: tuple[SourceFile, ...]) -> Libraries:
        known = self._libraries.get(id(files))
        if known is None:
            for file in files:
                if file.oid not in self._imports and file.path.endswith(".py"):
                    self._imports[file.oid] = imported_modules(file.path, self._blobs[file.oid])
            known = self._libraries[id(files)] = Libraries(files, self._imports)
        return known

    def _read(self, tasks: Sequence[_Task]) -> dict[tuple[Path, str], Facts]:
        """Read what the tasks name, and return what could not be read, which is not kept."""
        by_name: dict[str, list[_Task]] = {}
        for task in tasks[:MAX_STATES]:
            by_name.setdefault(task.wanted.source.name, []).append(task)
        chunks = [own[at : at + _AT_ONCE] for own in by_name.values() for at in range(0, len(own), _AT_ONCE)]
        # The newest states first, should there be no time for all.
        chunks.sort(key=lambda chunk: chunk[0].place)
        again = self._call(chunks, _SECONDS)
        failed = self._call([[task] for chunk, _ in again for task in chunk], CODE_SECONDS)
        unread: dict[tuple[Path, str], Facts] = {}
        for (task,), why in failed:
            if self._budget.left:
                bundle = Bundle(name=task.wanted.source.name)
                unread[task.file, task.digest] = facts_of(bundle, ()).model_copy(update={"unread": why})
        return unread

    def _call(self, chunks: Sequence[Sequence[_Task]], seconds: float) -> list[tuple[Sequence[_Task], str]]:
        """Read chunks of states, and return those of which none could be read, with the reason."""
        if not chunks:
            return []
        # One call of git for all that is read, not one for each state.
        tasks = [task for chunk in chunks for task in chunk]
        self._fetch(file for task in tasks for file in task.wanted.source.files if _has_content(file.path))
        slug = self._collection.slug
        columns = (
            [slug] * len(chunks),
            [[self._with_content(task.wanted.source) for task in chunk] for chunk in chunks],
            [[self._contents(task.wanted.libraries) for task in chunk] for chunk in chunks],
            [[self._contents(self._resources(task)) for task in chunk] for chunk in chunks],
            [[self._imports_of(task) for task in chunk] for chunk in chunks],
        )
        failed = []
        for chunk, outcome in zip(chunks, self._guarded(_READ_STATES, columns, self._budget, seconds), strict=True):
            if isinstance(outcome, str):
                failed.append((chunk, outcome))
                continue
            for task, facts in zip(chunk, outcome.facts, strict=True):
                self._add(task.file, task.digest, facts)
        return failed

    def _imports_of(self, task: _Task) -> tuple[str, ...] | None:
        known = self._known[task.file]
        return known.imports if known else None

    def _resources(self, task: _Task) -> tuple[SourceFile, ...]:
        return task.wanted.resources if self._imports_of(task) is None else _NONE

    def _with_content(self, source: BundleSource) -> BundleSource:
        files = [file for file in source.files if _has_content(file.path)]
        self._fetch(files)
        contents = {file.oid: self._blobs[file.oid] for file in files}
        return source.model_copy(
            update={"files": tuple(f.model_copy(update={"content": contents.get(f.oid)}) for f in source.files)}
        )

    def _contents(self, files: tuple[SourceFile, ...]) -> list[SourceFile]:
        # The same list for the same files, which then go to a worker once.
        if id(files) not in self._full:
            self._fetch(files)
            self._full[id(files)] = [file.model_copy(update={"content": self._blobs[file.oid]}) for file in files]
        return self._full[id(files)]


def _has_content(path: str) -> bool:
    # Templates are no facts that are compared.
    return is_followed(path) or (is_read(path) and not path.startswith(TEMPLATES))


def _wanted(timeline: Timeline) -> Iterable[tuple[str, Wanted]]:
    """Yield the commit of each state with each of its bundles, newest first, then what is gone."""
    seen: set[str] = set()
    for step in timeline.steps:
        state = step.state
        if state.commit in seen:
            continue
        seen.add(state.commit)
        sources = [folder.source for folder in state.bundles.values()]
        resources = tuple(shared_resources(sources, state.libraries))
        for source in sources:
            yield state.commit, Wanted(source, state.libraries, resources)
    for gone in timeline.gone:
        if gone.source:
            yield gone.departure.before, Wanted(gone.source, gone.libraries, ())
