"""The first phase: all that others have, at one moment."""

import os
from collections.abc import Sequence
from typing import NamedTuple, cast

from build.documentation import (
    DocumentationPage,
)
from build.fetch.baseline import Baseline, Selection
from build.fetch.collections import Fetched, fetch
from build.fetch.documentation import with_contents
from build.fetch.github_issues import read_open_requests
from build.open_requests import OpenRequests
from build.phases.context import RunContext
from build.publish.published import read_baseline, read_published


class Sources(NamedTuple):
    """What was fetched: `collections` at one commit each, `documentation` with its pages' sections, and the open
    `requests` for CodeBundles, None where nobody asked. `baseline` is what is published meanwhile.
    """

    collections: Sequence[Fetched]
    baseline: Baseline
    documentation: Sequence[DocumentationPage] = ()
    requests: OpenRequests | None = None


def fetch_sources(run: RunContext) -> Sources:
    """Fetch the collections; for a run with outputs the pages of sources.yaml and the issue tracker's requests, too."""
    options = run.options
    with run.phase("fetch") as track:
        selection = Selection(tuple(options.only or ()))
        baseline = read_baseline(options.index, selection, accept_shrink=options.accept_shrink)
        collections = fetch(
            track(run.collections, len(run.collections)),
            options.cache,
            selection=selection,
            baseline=baseline,
            offline=options.offline,
        )
    if not run.outputs:
        return Sources(collections, baseline)
    with run.phase("documentation"):
        requests = cast("OpenRequests | None", read_published(options.site, "requests"))
        if not options.offline:
            requests, problems = read_open_requests(os.environ, requests)
            run.problems.extend(problems)
        # A run that is for some collections leaves it as it was read.
        unasked = options.offline or bool(options.only)
        documentation, problems = with_contents(run.documentation, options.cache, offline=unasked)
        run.problems.extend(problems)
    return Sources(collections, baseline, documentation, requests)
