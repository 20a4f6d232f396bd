"""Runs the parser for what is new, in processes that can be stopped, and keeps each result under the cache."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from build.fetch.collections import read_blobs, read_contents
from build.fetch.tree import KEYWORD_FILES, is_resource
from build.keyword_libraries import Libraries
from build.model import (
    FILE_OF,
    LIBRARIES,
    RESOURCES,
    Bundle,
    BundleSource,
    Collection,
    SourceFile,
)
from build.options import Engine
from build.problems import Findings, problem
from build.storage import code_files, code_version, file_of, keep, load_kept
from build.workers import (
    BUNDLE_SECONDS,
    CODE_SECONDS,
    Budget,
    ByName,
    Guarded,
    Packed,
    Processes,
    collection_budget,
    pool,
    run_guarded,
    run_guarded_on_ray,
)

# All that shapes what the parser makes of a bundle: modules and their tables.
_PARSER = ("build/parse", "build/effects", "build/effects/programs",
           "build/fetch/tree.py", "build/untrusted", "build/model.py", "build/keyword_libraries.py",
           "build/platforms.*", "build/problems.*", "search_fn/text.py")  # fmt: skip
# By name, since Robot takes a while to import, and only the processes that parse need it.
_READ_BUNDLE = ByName("build.effects.read", "read_bundle")
_READ_FACTS = ByName("build.effects.read", "read_facts")
PARSE_BUNDLE = ByName("build.parse.bundle", "parse_bundle")
READ_LIBRARIES = ByName("build.parse.libraries", "read_libraries")
# Resource files of one collection that its bundles may share.
_MAX_SHARED = 200


class Parsed(NamedTuple):
    """Bundles in the order asked for; `new` counts those that were parsed, not found in the cache."""

    bundles: list[Bundle]
    new: int

    @property
    def readable(self) -> int:
        """Return how many bundles were parsed, so that more than their names is known."""
        return sum(all(problem.code != "not-read" for problem in bundle.problems) for bundle in self.bundles)

    @property
    def library_names(self) -> set[str]:
        """Return the names by which the bundles import Python libraries."""
        return {one.name for bundle in self.bundles for one in bundle.imports if one.setting == "Library"}


class Parser:
    """Parses one collection after the other with the same workers."""

    def __init__(self, guarded: Guarded, cache: Path) -> None:
        self.guarded, self._cache = guarded, cache
        self._folder = cache / "parse" / parser_version()

    def parse(
        self,
        collection: Collection,
        sources: Sequence[BundleSource],
        budget: Budget | None = None,
        libraries: Sequence[SourceFile] = (),
    ) -> Parsed:
        """Return the bundles of `sources`; the files of those that the cache does not have are read from the mirror.

        Args:
            collection: Whose bundles they are.
            sources: The bundles as fetched.
            budget: Ends the parsing: bundles that come after it are known by their names. None starts a new one.
            libraries: The collection's keyword libraries, which the bundles' tools call; bundles may import resource
                files among them, and those of other bundles.

        Raises:
            RegistryError: The mirror cannot be read.
        """
        slug, budget = collection.slug, budget or collection_budget()
        shared = shared_resources(sources, libraries)
        known = [f"{file.oid} {file.path}" for file in (*shared, *libraries)]
        # A folder's object id says nothing of the folder's name, nor of the files that were refused.
        files = {
            s.name: file_of(self._folder, slug, s.name, s.tree, *(f.path for f in s.files), "", *known) for s in sources
        }
        result = {name: load_kept(file, Bundle) for name, file in files.items()}
        new = [source for source in sources if result[source.name] is None]
        if new:
            contents = read_contents(collection, self._cache, new)
            resources, code = self._with_content(collection, shared), self._with_content(collection, libraries)
            used = [resources if _imports(source) else [] for source in contents]
            columns = ([PARSE_BUNDLE] * len(new), [slug] * len(new), contents, [Packed.of(code)] * len(new), used)
            parsed = self.guarded(_READ_BUNDLE, columns, budget, CODE_SECONDS)
            # All of them first: what is left of the budget is for those that failed.
            for source, full, resource_files, outcome in zip(new, contents, used, list(parsed), strict=True):
                if isinstance(outcome, Bundle):
                    keep(files[source.name], outcome)
                # A failure is not cached: this machine may have been too slow. The next run tries the bundle again.
                else:
                    outcome = self._facts_alone(slug, full, resource_files, outcome, budget)
                result[source.name] = outcome if isinstance(outcome, Bundle) else _unread(slug, source, outcome)
        return Parsed([bundle for source in sources if (bundle := result[source.name])], len(new))

    def libraries(
        self,
        collection: Collection,
        sources: Sequence[SourceFile],
        imported: Iterable[str],
        budget: Budget | None = None,
    ) -> Libraries:
        """Return the keyword libraries that a collection's files make.

        Args:
            collection: Whose files they are.
            sources: Files that may define keywords, as fetched.
            imported: Names by which bundles import libraries; a module with such a name is one.
            budget: Ends the parsing: files that come after it are reported as not read. None starts a new one.

        Raises:
            RegistryError: The mirror cannot be read.
        """
        imported, budget = sorted(set(imported)), budget or collection_budget()
        sources = [source for source in sources if source.path.endswith(KEYWORD_FILES)]
        key = (collection.slug, *(f"{source.oid} {source.path}" for source in sources), "", *imported)
        file = file_of(self._folder / "libraries", *key)
        known = load_kept(file, Libraries) if sources else Libraries()
        if known is not None:
            return known
        slug, full = collection.slug, self._with_content(collection, sources)
        (read,) = self.guarded(READ_LIBRARIES, ([slug], [full], [imported]), budget, BUNDLE_SECONDS)
        lost: dict[str, str] = {}
        if isinstance(read, str):
            # Then each alone, so that a file which harms its process harms no other.
            columns = ([slug] * len(full), [[source] for source in full], [()] * len(full))
            alone = self.guarded(READ_LIBRARIES, columns, budget, BUNDLE_SECONDS)
            lost = {source.path: why for source, why in zip(full, alone, strict=True) if isinstance(why, str)}
            sound = [source for source in full if source.path not in lost]
            (read,) = self.guarded(READ_LIBRARIES, ([slug], [sound], [imported]), budget, BUNDLE_SECONDS)
        if isinstance(read, str):
            lost[LIBRARIES], read = read, Libraries()
        if not lost:
            keep(file, read)
        problems = (
            problem("library-not-read", f"it could not be read: {why}", collection=slug, path=path)
            for path, why in lost.items()
        )
        return Libraries(libraries=read.libraries, problems=(*problems, *read.problems))

    def _facts_alone(
        self, slug: str, source: BundleSource, resources: Sequence[SourceFile], why: str, budget: Budget
    ) -> Bundle | str:
        """Return what a bundle says of itself where its code takes too long to follow, or why that is not known."""
        # Imported here because Robot takes a while to import, and few runs get here.
        from build.effects.read import without_effects

        (bundle,) = self.guarded(_READ_FACTS, ([PARSE_BUNDLE], [slug], [source], [resources]), budget, BUNDLE_SECONDS)
        return without_effects(slug, source, bundle, why) if isinstance(bundle, Bundle) else bundle

    def _with_content(self, collection: Collection, files: Sequence[SourceFile]) -> list[SourceFile]:
        contents = read_blobs(collection, self._cache, {file.oid for file in files}) if files else {}
        return [file.model_copy(update={"content": contents[file.oid]}) for file in files]


@contextmanager
def parser(cache: Path, jobs: int | None, engine: Engine = "local") -> Iterator[Parser]:
    """Yield a parser whose worker processes end with the context.

    Args:
        cache: Where parse results are kept.
        jobs: Worker processes; None starts one per core.
        engine: Where they run: on this machine, or on a Ray cluster.
    """
    if engine == "ray":
        with pool(engine, jobs) as workers:
            yield Parser(partial(run_guarded_on_ray, workers), cache)
        return
    with Processes(jobs or os.cpu_count() or 1) as workers:
        yield Parser(partial(run_guarded, workers), cache)


def shared_resources(sources: Iterable[BundleSource], libraries: Sequence[SourceFile]) -> list[SourceFile]:
    """Return the resource files of a collection, by their paths from its root."""
    own = [file for file in libraries if file.path.endswith(RESOURCES)]
    for source in sources:
        own += [
            file.model_copy(update={"path": f"{source.folder}/{file.path}"})
            for file in source.files
            if is_resource(file.path) and file.path not in FILE_OF.values()
        ]
    return sorted(own, key=lambda file: file.path)[:_MAX_SHARED]


def _imports(source: BundleSource) -> bool:
    """Return whether a bundle names a resource file, so that the parser needs the collection's shared ones."""
    own = (file.content or b"" for file in source.files if file.path.endswith(RESOURCES))
    return any(ending.encode() in content for content in own for ending in RESOURCES)


def _unread(collection: str, source: BundleSource, reason: str) -> Bundle:
    """Return a bundle of which only the name is known, with the reason as its problem."""
    findings = Findings(collection, source)
    findings.add("not-read", "", f"it could not be read: {reason}")
    present = {file.path for file in source.files}
    return Bundle(
        name=source.name,
        has_runbook="runbook.robot" in present,
        has_monitor="sli.robot" in present,
        problems=tuple(findings.problems),
    )


def parser_version() -> str:
    """Return a key of all that a result depends on besides the bundle: the parser's files and Robot's release."""
    return code_version(parser_files(), ["jinja2", "pyyaml", "robotframework", "tree-sitter", "tree-sitter-bash"])


def parser_files() -> list[Path]:
    """Return the files of the parser, and the tables beside them."""
    return code_files(_PARSER)
