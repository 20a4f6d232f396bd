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
    """The catalogue of one publication.

    `records` are sorted by id, `collections` in the order of collections.yaml; `updated` is the newest commit's date,
    not that of a clock, so that the same commits make the same bytes. `runs` are those before this one, and the build
    id does not depend on them. `requests` are the open ones for CodeBundles, None where the issue tracker was not
    asked. `libraries` are in the order of their collections, `releases` by the slugs of those that could be read.
    `called` are the libraries that only calls show.
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
        """Return the totals over the catalogue; `passages` are counted by the index."""
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
        """Return the bundles that have a history, with it: latest change of their own first, equals by id. Commits over
        many bundles do not count.
        """
        dated = [(record, record.history) for record in self.records if record.history]
        # A sort with `reverse` leaves equals in their order, which is that of their ids.
        return sorted(dated, key=lambda pair: pair[1].last_own_date, reverse=True)

    def by_collection(self, records: Iterable[CodeBundleRecord]) -> dict[str, list[CodeBundleRecord]]:
        """Return these of the records by the slug of their collection, in their order; each collection has a list."""
        grouped: dict[str, list[CodeBundleRecord]] = {facts.slug: [] for facts in self.collections}
        for record in records:
            grouped[record.codecollection.slug].append(record)
        return grouped


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
    """Return the catalogue, with its build id.

    Args:
        collections: The public collections.
        records: Their bundles, sorted by id.
        problems: Those of all collections.
        version: A digest of the code, templates and settings that shape the output; it goes into the build id.
        requests: The open requests for CodeBundles.
        libraries: The keyword libraries.
        documentation: The pages of sources.yaml.
        releases: By slug; those of collections that are not public are left out.
        called: The libraries that only calls show.
    """
    digest = hashlib.sha256(version.encode())
    # The releases of hidden collections are not published.
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
