"""The second phase: what the files of each collection say."""

from collections.abc import Sequence
from typing import NamedTuple

from build.catalogue.library_usage import with_usage
from build.fetch.baseline import Baseline
from build.fetch.collections import Fetched, keep_published_if_shrunk, read_blobs
from build.fetch.history import iso
from build.file_cache import store_texts
from build.keyword_libraries import (
    Library,
)
from build.model import Bundle, CatalogueEntry
from build.parse.workflows import CiTest, find_ci_tests
from build.parse_cache import Parser, parser
from build.phases import bounds
from build.phases.bounds import within_bounds
from build.phases.context import RunContext
from build.phases.fetch import Sources
from build.publish.report import CollectionRow
from build.render_cache import render_bundles
from build.workers import collection_budget


class ParsedState(NamedTuple):
    """A public collection at the commit that is catalogued, what was parsed of its bundles, in their order, and which
    lines of its workflows run tests.
    """

    fetched: Fetched
    bundles: Sequence[Bundle]
    ci_tests: Sequence[CiTest] = ()


class Parsed(NamedTuple):
    """Every bundle of the public collections, sorted by id, their keyword libraries, and what these are of."""

    entries: Sequence[CatalogueEntry]
    libraries: Sequence[Library]
    states: Sequence[ParsedState] = ()


def parse_collections(run: RunContext, sources: Sources) -> Parsed:
    """Parse the bundles and libraries of each collection; for a run with outputs, which publishes them, render their
    Markdown and read the texts of their files, too.
    """
    options, collections = run.options, sources.collections
    with parser(options.cache, options.jobs, options.engine) as bundles, run.phase("parse") as track:
        parsed = [
            parse_collection(run, bundles, fetched, sources.baseline)
            for fetched in track(collections, len(collections))
        ]
    entries = sorted((entry for one in parsed for entry in one.entries), key=lambda entry: entry.id)
    libraries = with_usage([library for one in parsed for library in one.libraries], entries)
    return Parsed(entries, libraries, [state for one in parsed for state in one.states])


def parse_collection(run: RunContext, bundles: Parser, fetched: Fetched, baseline: Baseline) -> Parsed:
    """Parse one collection, or its published state where too few of its bundles can be read.

    A hidden collection is reported like any other, and gives nothing.

    Args:
        run: The run, which gets the problems.
        bundles: Parses them, or takes them from the cache.
        fetched: The collection at its commit.
        baseline: What is published, by which a loss is measured.
    """
    collection, cache = fetched.collection, run.options.cache
    budget = collection_budget()
    fetched = _with_few_bundles(fetched)
    parsed = bundles.parse(collection, fetched.bundles, budget, fetched.libraries)
    if baseline.shrank(collection.slug, parsed.readable):
        fetched = _with_few_bundles(keep_published_if_shrunk(fetched, cache, baseline, parsed.readable))
        # The new state may have used all of it up; what is published was read in time before.
        budget = collection_budget()
        parsed = bundles.parse(collection, fetched.bundles, budget, fetched.libraries)
    libraries = bundles.libraries(collection, fetched.libraries, parsed.library_names, budget)
    bounded = within_bounds(collection.slug, parsed.bundles, libraries.libraries)
    parsed = parsed._replace(bundles=parsed.bundles[: bounded.bundles])
    sources = fetched.bundles[: bounded.bundles]
    rendered = parsed.bundles
    if run.outputs:
        if collection.visibility == "public":
            sources = store_texts(collection, sources, bundles.guarded, cache, budget)
        rendered = render_bundles(collection, sources, parsed.bundles, bundles.guarded, cache, budget)
    contents = read_blobs(collection, cache, {file.oid for file in fetched.workflows})
    tests = find_ci_tests(
        collection.slug, fetched.commit or "", {file.path: contents[file.oid] for file in fetched.workflows}
    )
    run.problems.extend([*fetched.problems, *fetched.refused, *bounded.problems, *tests.problems])
    run.problems.extend(problem for bundle in rendered for problem in bundle.problems)
    run.problems.extend(libraries.problems)
    run.report.rows.append(
        CollectionRow(
            slug=collection.slug,
            outcome=fetched.outcome,
            commit=fetched.commit,
            commit_date=iso(fetched.commit_date) if fetched.commit_date else None,
            bundles=len(parsed.bundles),
            readable=parsed.readable,
            tools=sum(len(bundle.tools) for bundle in parsed.bundles),
            parsed=parsed.new,
        )
    )
    if collection.visibility == "hidden":
        return Parsed([], [])
    entries = [
        CatalogueEntry(
            collection=collection,
            commit=source.commit,
            commit_date=source.commit_date,
            stale=fetched.outcome == "stale",
            bundle=bundle,
            history=source.history,
            files=source.files,
            left_out=source.left_out,
        )
        for source, bundle in zip(sources, rendered, strict=True)
    ]
    return Parsed(entries, bounded.libraries, [ParsedState(fetched, parsed.bundles, tests.runs)])


def _with_few_bundles(fetched: Fetched) -> Fetched:
    """Return the collection with as many bundles as are read of one, and the problem where it has more."""
    if len(fetched.bundles) <= bounds.MAX_BUNDLES:
        return fetched
    first = fetched.bundles[bounds.MAX_BUNDLES].name
    large = bounds.too_large(fetched.collection.slug, f"{bounds.MAX_BUNDLES:,} bundles", first)
    return fetched._replace(bundles=fetched.bundles[: bounds.MAX_BUNDLES], problems=(*fetched.problems, large))
