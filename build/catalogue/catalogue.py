"""The whole publication as one value: what the static API, the index and the pages are made from."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from build.catalogue.models import CodeBundleRecord, HistoryRecord
from build.documentation import (
    DocumentationPage,
)
from build.keyword_libraries import (
    CalledLibrary,
    Library,
)
from build.model import Problem
from build.open_requests import OpenRequests
from build.releases.models import CollectionReleases
from build.runs import (
    Run,
)
from build.storage import canonical
from search_fn.index.facts import CollectionFacts, Counts


class Catalogue(NamedTuple):
    """`records` are sorted by id, `collections` in the order of collections.yaml, `updated` is the newest commit's
    date: no clock is in it, so that the same commits make the same bytes. `runs` are those before this one; the id is
    not made of them. `requests` are the open ones for CodeBundles, None where nobody asked the issue tracker.
    `libraries` are in the order of their collections, `releases` by the slugs of those that could be read. `called` are
    the libraries that only calls show.
    """

    build_id: str
    updated: str | None
    collections: Sequence[CollectionFacts]
    records: Sequence[CodeBundleRecord]
    problems: Sequence[Problem]
    requests: OpenRequests | None = None
    runs: Sequence[Run] = ()
    libraries: Sequence[Library] = ()
    documentation: Sequence[DocumentationPage] = ()
    releases: Mapping[str, CollectionReleases] = MappingProxyType({})
    called: Sequence[CalledLibrary] = ()

    def counts(self, passages: int) -> Counts:
        """Totals over the catalogue."""
        runbook = sum(record.task_count for record in self.records)
        monitor = sum(record.sli_count for record in self.records)
        return Counts(
            collections=len(self.collections),
            bundles=len(self.records),
            tools=runbook + monitor,
            runbook_tools=runbook,
            monitor_tools=monitor,
            passages=passages,
        )

    def newest(self) -> list[tuple[CodeBundleRecord, HistoryRecord]]:
        """Return the bundles that git knows, with what it says of them: latest own change first, equals by id. A sweep
        over a whole collection is no news of a bundle.
        """
        dated = [(record, record.history) for record in self.records if record.history]
        # `reverse` leaves equals in their order.
        return sorted(dated, key=lambda pair: pair[1].last_own_date, reverse=True)

    def by_collection(self, records: Iterable[CodeBundleRecord]) -> dict[str, list[CodeBundleRecord]]:
        """Return these of the records by the slug of their collection, in their order; each collection has a list."""
        found: dict[str, list[CodeBundleRecord]] = {facts.slug: [] for facts in self.collections}
        for record in records:
            found[record.codecollection.slug].append(record)
        return found


def catalogue(
    collections: Sequence[CollectionFacts],
    records: Sequence[CodeBundleRecord],
    problems: Sequence[Problem],
    version: str,
    requests: OpenRequests | None = None,
    libraries: Sequence[Library] = (),
    documentation: Sequence[DocumentationPage] = (),
    releases: Mapping[str, CollectionReleases] = MappingProxyType({}),
    called: Sequence[CalledLibrary] = (),
) -> Catalogue:
    """The catalogue of these facts; `version` stands for the code, templates and settings that shape its output."""
    digest = hashlib.sha256(version.encode())
    # A hidden collection's are not told.
    releases = {facts.slug: releases[facts.slug] for facts in collections if facts.slug in releases}
    for part in (*collections, *problems, *records, requests, *libraries, *called, *documentation, *releases.values()):
        digest.update(canonical(part).encode())
    updated = max((facts.commit_date for facts in collections if facts.commit_date), default=None)
    return Catalogue(
        build_id=digest.hexdigest()[:16],
        updated=updated,
        collections=collections,
        records=records,
        problems=problems,
        requests=requests,
        libraries=libraries,
        documentation=documentation,
        releases=releases,
        called=called,
    )
