"""The whole publication as one value: what the static API, the index and the pages are made from."""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from build.catalogue.record import Record
from build.model import DocumentationPage, Library, Problem, Release, Run
from build.storage import canonical
from search_fn.index.schema import CollectionFacts, Counts


class Catalogue(NamedTuple):
    """`records` are sorted by id, `collections` in the order of collections.yaml, `updated` is the newest commit's
    date: no clock is in it, so that the same commits make the same bytes. `runs` are those before this one; the id is
    not made of them. `requests` are the open ones for CodeBundles, None where nobody asked the issue tracker.
    `libraries` are in the order of their collections, `releases` by the slugs of these.
    """

    build_id: str
    updated: str | None
    collections: Sequence[CollectionFacts]
    records: Sequence[Record]
    problems: Sequence[Problem]
    requests: dict[str, Any] | None = None
    runs: Sequence[Run] = ()
    libraries: Sequence[Library] = ()
    documentation: Sequence[DocumentationPage] = ()
    releases: Mapping[str, Sequence[Release]] = MappingProxyType({})

    def counts(self, passages: int) -> Counts:
        """Totals over the catalogue."""
        runbook = sum(record["task_count"] for record in self.records)
        monitor = sum(record["sli_count"] for record in self.records)
        return Counts(
            collections=len(self.collections),
            bundles=len(self.records),
            tools=runbook + monitor,
            runbook_tools=runbook,
            monitor_tools=monitor,
            passages=passages,
        )


def catalogue(
    collections: Sequence[CollectionFacts],
    records: Sequence[Record],
    problems: Sequence[Problem],
    version: str,
    requests: dict[str, Any] | None = None,
    libraries: Sequence[Library] = (),
    documentation: Sequence[DocumentationPage] = (),
    releases: Mapping[str, Sequence[Release]] = MappingProxyType({}),
) -> Catalogue:
    """The catalogue of these facts; `version` stands for the code, templates and settings that shape its output."""
    digest = hashlib.sha256(version.encode())
    for part in (*(value.model_dump(mode="json") for value in (*collections, *problems)), *records, requests):
        digest.update(canonical(part).encode())
    # A hidden collection's are not told.
    releases = {facts.slug: releases.get(facts.slug, ()) for facts in collections}
    for value in (*libraries, *documentation, *(one for own in releases.values() for one in own)):
        digest.update(value.model_dump_json().encode())
    updated = max((facts.commit_date for facts in collections if facts.commit_date), default=None)
    return Catalogue(
        digest.hexdigest()[:16],
        updated,
        collections,
        records,
        problems,
        requests,
        (),
        libraries,
        documentation,
        releases,
    )
