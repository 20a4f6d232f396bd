"""The static JSON API: path to text, for everything below `api/v1/`."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from build.catalogue.alerts import alerts
from build.catalogue.catalogue import Catalogue
from build.catalogue.models import CodeBundleRecord, HistoryRecord, Summary
from build.catalogue.record import library_record
from build.catalogue.source_links import Source
from build.releases.models import CollectionReleases
from build.site.api_page import OpenApi
from build.site.release_documents import release_documents
from build.storage import canonical
from search_fn.index.facts import PAGE_TEXTS, CollectionFacts
from search_fn.search.listing import task_rows
from search_fn.search.parts import BUNDLES, TOOLS, cut, next_part, part_path

Json = dict[str, object]

_RECENT = 20
# What upstream's list of tasks has of a bundle.
_OF_TASKS = {
    "id", "title", "slug", "codecollection", "support_tags", "author", "runbook_path", "tools",
}  # fmt: skip


def documents(catalogue: Catalogue, passages: int, openapi: OpenApi) -> dict[str, str]:
    """Return the documents that the function serves unchanged, by path below ROOT, without the ending.

    Equal catalogues give equal text.

    Args:
        catalogue: What is published.
        passages: How many passages the index has.
        openapi: The description of the function's interface.
    """
    documents: dict[str, Any] = {
        "index": index(catalogue, passages),
        "openapi": openapi,
        "report": report(catalogue),
        "alerts": {
            "alerts": [
                {"name": alert.name, "codebundles": [record.id for record in alert.records]}
                for alert in alerts(catalogue.records)
            ]
        },
        "registry/collections": [_collection(facts) for facts in catalogue.collections],
        "registry/stats": _stats(catalogue),
        "registry/recent-codebundles": [_recent(record, history) for record, history in catalogue.newest()[:_RECENT]],
        "registry/recent-tasks": _recent_tasks(catalogue),
        "registry/support-tags": _support_tags(catalogue),
        # No icon of another host is ever linked; pages draw their own.
        "registry/tag-icons": {"icons": {}},
    }
    if catalogue.requests is not None:
        documents["requests"] = catalogue.requests
    for facts in catalogue.collections:
        releases = _releases(facts, catalogue.releases.get(facts.slug))
        documents[f"registry/collections/{facts.slug}"] = {**_collection(facts), "releases": releases}
    documents |= release_documents(catalogue)
    return {path: canonical(value) for path, value in documents.items()}


def bundle_documents(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield the documents that the function assembles from the bundles' rows, by path as `documents` has them: one at
    a time, since together they are the largest part of a site.
    """
    for path, value in chain(_bundle_parts(catalogue), _task_parts(catalogue)):
        yield path, canonical(value)
    for record in catalogue.records:
        yield f"collections/{record.codecollection.slug}/codebundles/{record.slug}", canonical(record)


def page_documents(catalogue: Catalogue) -> dict[str, str]:
    """Return the documents of documentation and keyword libraries, by path as `documents` has them."""
    at = {facts.slug: Source(facts.git_url, facts.commit or "") for facts in catalogue.collections}
    full = [library_record(library, at[library.collection]) for library in catalogue.libraries]
    listed = [one.model_dump(mode="json", exclude={"keywords"}) for one in full]
    documents: dict[str, Any] = {"libraries": {"libraries": listed, "total_count": len(full)}}
    documents |= {f"libraries/{one.id}": one for one in full}
    pages = [page.model_dump(mode="json", exclude={"sections"}) for page in catalogue.documentation]
    documents["documentation"] = {"documentation": pages, "total_count": len(pages)}
    documents["called-libraries"] = {"libraries": catalogue.called, "total_count": len(catalogue.called)}
    return {path: canonical(value) for path, value in documents.items()}


def page_texts(catalogue: Catalogue) -> dict[str, str]:
    """Return each page of documentation with its sections, for the index alone: crawled text is searched, not
    published.
    """
    return {f"{PAGE_TEXTS}{page.id}": canonical(page) for page in catalogue.documentation}


def index(catalogue: Catalogue, passages: int) -> Json:
    """Return the summary of the publication: build id, dates, counts, collections with commit and state."""
    return {
        "build_id": catalogue.build_id,
        "updated": catalogue.updated,
        "counts": catalogue.counts(passages).model_dump(),
        "collections": [facts.model_dump(mode="json") for facts in catalogue.collections],
    }


def report(catalogue: Catalogue) -> Json:
    """Return every problem, the counts by severity and code, and the runs before this one."""
    return {
        "build_id": catalogue.build_id,
        "updated": catalogue.updated,
        "severities": dict(sorted(Counter(problem.severity for problem in catalogue.problems).items())),
        "codes": dict(sorted(Counter(problem.code for problem in catalogue.problems).items())),
        "collections": [facts.model_dump(mode="json") for facts in catalogue.collections],
        "problems": [problem.model_dump(mode="json") for problem in catalogue.problems],
        "runs": [run.model_dump(mode="json") for run in catalogue.runs],
    }


def _collection(facts: CollectionFacts) -> Json:
    return {
        **facts.model_dump(mode="json"),
        "last_synced": facts.commit_date,
        "is_active": facts.state != "unavailable",
        "statistics": {"codebundle_count": facts.bundles, "total_tasks": facts.tools},
    }


def _releases(facts: CollectionFacts, own: CollectionReleases | None) -> list[Json]:
    return [
        {
            "name": release.tag,
            "commit": release.commit,
            "date": release.date,
            "url": Source(facts.git_url, release.commit).folder(""),
        }
        for release in (own.releases if own else ())
    ]


def _stats(catalogue: Catalogue) -> Json:
    counts = catalogue.counts(0)
    # Upstream's `tasks` counts both kinds.
    return {
        "collections": counts.collections,
        "codebundles": counts.bundles,
        "tasks": counts.tools,
        "slis": counts.monitor_tools,
    }


def _support_tags(catalogue: Catalogue) -> list[str]:
    return sorted({tag for record in catalogue.records for tag in record.support_tags})


def _bundle_parts(catalogue: Catalogue) -> Iterator[tuple[str, Json]]:
    records, path = catalogue.records, "codebundles"
    parts = cut(len(records), len(records), BUNDLES)
    for number, rows in enumerate(parts, 1):
        yield (
            part_path(path, number),
            {
                "codebundles": [Summary.of(record) for record in records[rows.start : rows.stop]],
                "total_count": len(records),
                **next_part(path, number, len(parts)),
            },
        )


def _task_parts(catalogue: Catalogue) -> Iterator[tuple[str, Json]]:
    total = sum(len(record.tools) for record in catalogue.records)
    tasks = (row for record in catalogue.records for row in task_rows(record.model_dump(include=_OF_TASKS)))
    parts, path, tags = cut(len(catalogue.records), total, TOOLS), "registry/tasks", _support_tags(catalogue)
    for number, rows in enumerate(parts, 1):
        yield (
            part_path(path, number),
            {
                "tasks": list(islice(tasks, len(rows))),
                "total_count": total,
                "codebundles_count": len(catalogue.records),
                # As long as the rows, and the same in each.
                "support_tags": tags if number == 1 else [],
                **next_part(path, number, len(parts)),
            },
        )


def _recent(record: CodeBundleRecord, history: HistoryRecord) -> Json:
    return {
        "name": record.name,
        "slug": record.slug,
        "display_name": record.title,
        "description": record.description,
        "collection_name": record.codecollection.name,
        "collection_slug": record.codecollection.slug,
        "platform": record.platform or "Unknown",
        "task_count": record.task_count,
        "git_updated_at": record.git_updated_at,
        "updated_at": history.last_own_date,
    }


def _recent_tasks(catalogue: Catalogue) -> list[Json]:
    result: list[Json] = [
        {
            "task_name": name,
            "codebundle_name": record.title,
            "codebundle_slug": record.slug,
            "collection_name": record.codecollection.name,
            "collection_slug": record.codecollection.slug,
            "git_updated_at": record.git_updated_at,
        }
        for record, _ in catalogue.newest()[:_RECENT]
        for name in record.tasks
    ]
    return result[:_RECENT]
