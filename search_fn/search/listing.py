"""Bundles and their tools ("tasks") as upstream's clients ask for them: stored JSON, mostly put together unread."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Literal

from search_fn.index.facets import Filters
from search_fn.index.open import Index
from search_fn.search.order import in_order
from search_fn.search.parts import BUNDLES, TOOLS, cut, next_part
from search_fn.search.ranking import Ranking, rank
from search_fn.text import canonical

Sort = Literal["name", "updated", "tasks"]


def matching(
    index: Index, q: str, filters: Filters, has_auto_discovery: bool | None = None, sort_by: Sort | None = None
) -> list[int]:
    """Return the positions of what matches `q` and passes `filters`, in the order of `arranged`, whose arguments these
    are.
    """
    return arranged(index, q, rank(index, q, filters), has_auto_discovery, sort_by)


def arranged(
    index: Index, q: str, ranking: Ranking, has_auto_discovery: bool | None = None, sort_by: Sort | None = None
) -> list[int]:
    """Return the positions of a ranking in the order that is asked for.

    Args:
        index: The open index.
        q: What was asked.
        ranking: That of `q`.
        has_auto_discovery: Leaves those that RunWhen Local discovers, or the others; None leaves both.
        sort_by: By name, the newest first, or those with most runbook tools first; None stands for the ranking's order,
            or for names where nothing is asked.
    """
    found: list[int] = ranking.order.tolist()
    if has_auto_discovery is not None:
        discovered = index.values("discovered")
        found = [position for position in found if discovered[position] == has_auto_discovery]
    if q.strip() and sort_by is None:
        return found
    column = "task_count" if sort_by == "tasks" else sort_by or "name"
    return [position for _, position in in_order([(index, found)], column)]


def list_bundles(
    index: Index,
    found: list[int],
    limit: int,
    offset: int,
    notes: Sequence[str] = (),
    confident: bool = True,
) -> str:
    """Return `{codebundles, total_count, pagination, confident, notes}` as JSON text.

    Args:
        index: The open index.
        found: Positions of bundles, in the order in which they are listed.
        limit: How many are listed.
        offset: How many are passed over.
        notes: What the answer says beside what it found.
        confident: Whether something that was found answers the query.
    """
    page = {"limit": limit, "offset": offset, "has_more": offset + limit < len(found)}
    more = {"pagination": page, "confident": confident, "notes": list(notes)}
    return _bundles(index, found[offset : offset + limit], {"total_count": len(found), **more})


def part_of_bundles(index: Index, path: str, number: int) -> str | None:
    """Return a part of the list of all bundles as JSON text, None where there are fewer; `path` is the list's."""
    total = len(index.ids)
    parts = cut(total, total, BUNDLES)
    if not 1 <= number <= len(parts):
        return None
    return _bundles(index, list(parts[number - 1]), {"total_count": total, **next_part(path, number, len(parts))})


def _bundles(index: Index, page: list[int], more: Mapping[str, Any]) -> str:
    return f'{{"codebundles":[{",".join(index.stored(page, "summary"))}],{canonical(more)[1:]}'


def find_bundle(index: Index, collection: str, bundle: str, column: str = "record") -> str | None:
    """Return the record of a bundle as JSON text; None where there is no such bundle.

    Args:
        index: The open index.
        collection: The collection's slug.
        bundle: The bundle's; upstream's spelling, with `-` for `_`, is an alias.
        column: Another column in the record's place.
    """
    wanted = f"{collection}/{bundle}"
    position = index.positions.get(wanted)
    if position is None:
        alias = alias_of(wanted)
        position = next((p for i, p in index.positions.items() if alias_of(i) == alias), None)
    return None if position is None else index.stored([position], column)[0]


def alias_of(name: str) -> str:
    """Return a slug or an id as upstream spells it."""
    return name.casefold().replace("_", "-")


def task_rows(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tools of a bundle's record in upstream's shape; an id is the same in every build that has the
    tool there.
    """
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


def list_tasks(
    index: Index,
    found: list[int],
    limit: int,
    offset: int,
    notes: Sequence[str] = (),
    confident: bool = True,
) -> dict[str, Any]:
    """Return the tools of some bundles, as a page of a list.

    Args:
        index: The open index.
        found: The bundles' positions.
        limit: Tools at most; upstream's limit counts bundles.
        offset: Tools before the first.
        notes: What is remarked on the request.
        confident: Whether something answers it.
    """
    starts = _starts(index, found)
    page = {"limit": limit, "offset": offset, "has_more": offset + limit < starts[-1]}
    listed = _tasks(index, found, starts, offset, min(offset + limit, starts[-1]))
    return {**listed, "pagination": page, "confident": confident, "notes": notes}


def part_of_tasks(index: Index, path: str, number: int) -> dict[str, Any] | None:
    """Return a part of the list of all tools, None where there are fewer; `path` is the list's."""
    found = list(range(len(index.ids)))
    starts = _starts(index, found)
    parts = cut(len(found), starts[-1], TOOLS)
    if not 1 <= number <= len(parts):
        return None
    rows = parts[number - 1]
    result = _tasks(index, found, starts, rows.start, rows.stop)
    if number > 1:
        # As long as the rows, and the same in each.
        result["support_tags"] = []
    return {**result, **next_part(path, number, len(parts))}


def _starts(index: Index, found: list[int]) -> list[int]:
    """Return where the rows of each bundle begin, and at last how many rows there are."""
    runbook, monitor = index.values("task_count"), index.values("sli_count")
    return list(accumulate((runbook[position] + monitor[position] for position in found), initial=0))


def _tasks(index: Index, found: list[int], starts: list[int], offset: int, last: int) -> dict[str, Any]:
    first, end = bisect_right(starts, offset) - 1, bisect_left(starts, last)
    rows = [row for text in index.stored(found[first:end], "record") for row in task_rows(json.loads(text))]
    return {
        "tasks": rows[offset - starts[first] : last - starts[first]],
        "total_count": starts[-1],
        "codebundles_count": len(found),
        "support_tags": json.loads(index.documents.get("registry/support-tags", "[]")),
    }
