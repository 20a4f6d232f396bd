"""The first phase: all that others have, at one moment."""

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

from build.documentation import (
    DocumentationPage,
)
from build.fetch.baseline import Baseline, Selection
from build.fetch.refs import digest_of_refs, mirror_folder, mirror_refs, unmoved
from build.open_requests import OpenRequests
from build.phases.context import RunContext
from build.publish.published import read_baseline, read_published

if TYPE_CHECKING:
    from build.fetch.collections import Fetched, Update

# What came of collections that are as their sources have them.
UP_TO_DATE = ("fetched", "unchanged")


class Sources(NamedTuple):
    """What was fetched: `collections` at one commit each, `documentation` with its pages' sections, and the open
    `requests` for CodeBundles, None where nobody asked. `baseline` is what is published meanwhile.
    """

    collections: "Sequence[Fetched]"
    baseline: Baseline
    documentation: Sequence[DocumentationPage] = ()
    requests: OpenRequests | None = None


class Updates(NamedTuple):
    """What was fetched and is not read yet.

    Attributes:
        refs: A digest of the refs of each mirror that has all that its source has, by slug.
        fetched: What became of the mirrors whose sources may have had something new, by slug.
        documentation: The pages, with their sections.
        requests: The open requests, None where nobody asked.
    """

    refs: Mapping[str, str]
    fetched: "Mapping[str, Update]" = MappingProxyType({})
    documentation: Sequence[DocumentationPage] = ()
    requests: OpenRequests | None = None


def fetch_sources(run: RunContext) -> Sources:
    """Fetch the collections; for a run with outputs the pages of sources.yaml and the issue tracker's requests, too."""
    return read_sources(run, update_sources(run))


def update_sources(run: RunContext) -> Updates:
    """Fetch what `fetch_sources` does, and read nothing of the collections: where nothing is new, nobody has to."""
    options, selection = run.options, Selection(tuple(run.options.only or ()))
    with run.phase("fetch") as track:
        asked = [] if options.offline else [one for one in run.collections if selection.includes(one.slug)]
        refs = unmoved(asked, options.cache)
        updates = {}
        for collection in track(run.collections, len(run.collections)):
            if collection.slug not in refs:
                # Late, here and below: a run in which nothing is new needs none of it.
                from build.fetch.collections import update

                updates[collection.slug] = update(collection, options.cache, selection, offline=options.offline)
                if updates[collection.slug].fetched.outcome in UP_TO_DATE:
                    own = mirror_refs(mirror_folder(collection, options.cache))
                    refs[collection.slug] = digest_of_refs(own)
    if not run.outputs:
        return Updates(refs, updates)
    with run.phase("documentation"):
        requests = cast("OpenRequests | None", read_published(options.site, "requests"))
        if not options.offline:
            from build.fetch.github_issues import read_open_requests

            requests, problems = read_open_requests(os.environ, requests)
            run.problems.extend(problems)
        from build.fetch.documentation import with_contents

        # A run that is for some collections leaves it as it was read.
        unasked = options.offline or bool(options.only)
        documentation, problems = with_contents(run.documentation, options.cache, offline=unasked)
        run.problems.extend(problems)
    return Updates(refs, updates, documentation, requests)


def read_sources(run: RunContext, updates: Updates) -> Sources:
    """Return what was fetched, with each collection's bundles, history and tags."""
    from build.fetch.collections import Fetched, Update, fetch

    options, selection = run.options, Selection(tuple(run.options.only or ()))
    with run.phase("fetch") as track:
        baseline = read_baseline(options.index, selection, accept_shrink=options.accept_shrink)
        unchanged = {one.slug: Update(Fetched(one, "unchanged")) for one in run.collections if one.slug in updates.refs}
        collections = fetch(
            track(run.collections, len(run.collections)),
            options.cache,
            selection=selection,
            baseline=baseline,
            offline=options.offline,
            updates=unchanged | dict(updates.fetched),
        )
    return Sources(collections, baseline, updates.documentation, updates.requests)
