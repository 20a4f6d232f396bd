"""Tools as upstream's clients list them, one a row: its "tasks"."""

import json
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import Any

from search_fn.filters import Filters
from search_fn.index import Index
from search_fn.search import rank


def task_rows(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The tools of a bundle's record in upstream's shape; an id is the same in every build that has the tool there."""
    collection = record["codecollection"]
    return [
        {
            "id": f"{record['id']}#{position}",
            "name": tool["name"],
            "type": "TaskSet" if tool["kind"] == "runbook" else "SLI",
            "codebundle_id": record["id"],
            "codebundle_name": record["title"],
            "codebundle_slug": record["slug"],
            "collection_name": collection["name"],
            "collection_slug": collection["slug"],
            "description": tool["documentation"],
            "support_tags": record["support_tags"],
            "author": record["author"],
            "runbook_path": record["runbook_path"],
            "runbook_source_url": tool["source_url"],
            "git_url": collection["git_url"],
            "git_ref": collection["git_ref"],
        }
        for position, tool in enumerate(record["tools"])
    ]


def list_tasks(index: Index, q: str, filters: Filters, limit: int | None, offset: int) -> dict[str, Any]:
    """The tools of the bundles that match, ranked by the one search, or by id where nothing is asked; without `limit`
    all, and no word on paging. Upstream's `limit` and `offset` count bundles; here they count what is listed.
    """
    found: list[int] = rank(index, q, filters).order.tolist()
    runbook, monitor = index.values("task_count"), index.values("sli_count")
    # The bundle at a place of `found` has the rows from starts[place] up to the next.
    starts = list(accumulate((runbook[position] + monitor[position] for position in found), initial=0))
    total = starts[-1]
    last = total if limit is None else min(offset + limit, total)
    first, end = bisect_right(starts, offset) - 1, bisect_left(starts, last)
    rows = [row for text in index.stored(found[first:end], "record") for row in task_rows(json.loads(text))]
    paging = {"pagination": {"limit": limit, "offset": offset, "has_more": last < total}} if limit is not None else {}
    return {
        "tasks": rows[offset - starts[first] : last - starts[first]],
        "total_count": total,
        "codebundles_count": len(found),
        "support_tags": json.loads(index.documents.get("registry/support-tags", "[]")),
        **paging,
    }
