"""The static JSON API: path to text, for everything below `api/v1/`. Pure."""

from collections import Counter
from typing import Any

from build.catalogue import Catalogue
from build.index import canonical
from build.record import Record, summary
from search_fn.schema import CollectionFacts

ROOT = "api/v1"
_RECENT = 20


def documents(catalogue: Catalogue, passages: int) -> dict[str, str]:
    """Every document of the API; equal catalogues give equal text."""
    made: dict[str, Any] = {
        "index": index(catalogue, passages),
        "codebundles": {
            "codebundles": [summary(record) for record in catalogue.records],
            "total_count": len(catalogue.records),
        },
        "report": report(catalogue),
        "registry/collections": [_collection(facts) for facts in catalogue.collections],
        "registry/tasks": _tasks(catalogue),
        "registry/stats": _stats(catalogue),
        "registry/recent-codebundles": [_recent(record) for record in _newest(catalogue)],
        "registry/recent-tasks": _recent_tasks(catalogue),
        # No icon of another host is ever linked; pages draw their own.
        "registry/tag-icons": {"icons": {}},
    }
    made |= {f"registry/collections/{facts.slug}": _collection(facts) for facts in catalogue.collections}
    made |= {
        f"collections/{record['codecollection']['slug']}/codebundles/{record['slug']}": record
        for record in catalogue.records
    }
    return {f"{ROOT}/{name}.json": canonical(value) for name, value in made.items()}


def index(catalogue: Catalogue, passages: int) -> Record:
    """What the publication holds: build id, dates, counts, collections with commit and state."""
    return {
        "build_id": catalogue.build_id,
        "updated": catalogue.updated,
        "counts": catalogue.counts(passages).model_dump(),
        "collections": [facts.model_dump(mode="json") for facts in catalogue.collections],
    }


def report(catalogue: Catalogue) -> Record:
    """Every problem, how many there are of each severity and code, and the runs before this one."""
    return {
        "build_id": catalogue.build_id,
        "updated": catalogue.updated,
        "severities": dict(sorted(Counter(problem.severity for problem in catalogue.problems).items())),
        "codes": dict(sorted(Counter(problem.code for problem in catalogue.problems).items())),
        "collections": [facts.model_dump(mode="json") for facts in catalogue.collections],
        "problems": [problem.model_dump(mode="json") for problem in catalogue.problems],
        "runs": [run.model_dump(mode="json") for run in catalogue.runs],
    }


def _collection(facts: CollectionFacts) -> Record:
    return {
        **facts.model_dump(mode="json"),
        "last_synced": facts.commit_date,
        "is_active": facts.state != "unavailable",
        "statistics": {"codebundle_count": facts.bundles, "total_tasks": facts.tools},
    }


def _stats(catalogue: Catalogue) -> Record:
    counts = catalogue.counts(0)
    # Upstream's `tasks` counts both kinds.
    return {
        "collections": counts.collections,
        "codebundles": counts.bundles,
        "tasks": counts.tools,
        "slis": counts.monitor_tools,
    }


def _tasks(catalogue: Catalogue) -> Record:
    tasks = [
        {
            "id": f"{record['id']}#{position}",
            "name": tool["name"],
            "type": "TaskSet" if tool["kind"] == "runbook" else "SLI",
            "codebundle_id": record["id"],
            "codebundle_name": record["title"],
            "codebundle_slug": record["slug"],
            "collection_name": record["codecollection"]["name"],
            "collection_slug": record["codecollection"]["slug"],
            "description": tool["documentation"],
            "support_tags": record["support_tags"],
            "author": record["author"],
            "runbook_path": record["runbook_path"],
            "runbook_source_url": tool["source_url"],
            "git_url": record["codecollection"]["git_url"],
            "git_ref": record["codecollection"]["git_ref"],
        }
        for record in catalogue.records
        for position, tool in enumerate(record["tools"])
    ]
    return {
        "tasks": tasks,
        "total_count": len(tasks),
        "codebundles_count": len(catalogue.records),
        "support_tags": sorted({tag for record in catalogue.records for tag in record["support_tags"]}),
    }


def _newest(catalogue: Catalogue) -> list[Record]:
    """By own change: a sweep over a whole collection is no news of a bundle."""
    dated = [record for record in catalogue.records if record["history"]]
    return sorted(dated, key=lambda record: record["history"]["last_own_date"], reverse=True)[:_RECENT]


def _recent(record: Record) -> Record:
    return {
        "name": record["name"],
        "slug": record["slug"],
        "display_name": record["title"],
        "description": record["description"],
        "collection_name": record["codecollection"]["name"],
        "collection_slug": record["codecollection"]["slug"],
        "platform": record["platform"] or "Unknown",
        "task_count": record["task_count"],
        "git_updated_at": record["git_updated_at"],
        "updated_at": record["history"]["last_own_date"],
    }


def _recent_tasks(catalogue: Catalogue) -> list[Record]:
    found = [
        {
            "task_name": name,
            "codebundle_name": record["title"],
            "codebundle_slug": record["slug"],
            "collection_name": record["codecollection"]["name"],
            "collection_slug": record["codecollection"]["slug"],
            "git_updated_at": record["git_updated_at"],
        }
        for record in _newest(catalogue)
        for name in record["tasks"]
    ]
    return found[:_RECENT]
