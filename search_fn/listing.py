"""The list and the detail of bundles as upstream's clients ask for them: stored JSON, put together unread."""

from typing import Literal

from search_fn.filters import Filters
from search_fn.index import Index
from search_fn.search import rank

Sort = Literal["name", "updated", "tasks"]


def matching(
    index: Index, q: str, filters: Filters, has_auto_discovery: bool | None = None, sort_by: Sort | None = None
) -> list[int]:
    """The positions of what matches: ranked by the one search, or by name, the newest first, or those with most
    runbook tools; by name where nothing is asked.
    """
    found: list[int] = rank(index, q, filters).order.tolist()
    if has_auto_discovery is not None:
        discovered = index.values("discovered")
        found = [position for position in found if discovered[position] == has_auto_discovery]
    if q.strip() and sort_by is None:
        return found
    # Ids decide between equals.
    found.sort()
    if sort_by in ("updated", "tasks"):
        values = index.values("updated" if sort_by == "updated" else "task_count")
        # `reverse` leaves equals in the order of their ids. "", no date, comes last.
        return sorted(found, key=lambda position: values[position], reverse=True)
    names = index.values("name")
    return sorted(found, key=lambda position: names[position].casefold())


def list_bundles(index: Index, found: list[int], limit: int | None, offset: int) -> str:
    """`{codebundles, total_count, pagination}` as JSON text: a page of the bundles at the positions `found`; without
    `limit` all, and no word on paging.
    """
    page, paging = found, ""
    if limit is not None:
        page, more = found[offset : offset + limit], "true" if offset + limit < len(found) else "false"
        paging = f',"pagination":{{"limit":{limit},"offset":{offset},"has_more":{more}}}'
    return f'{{"codebundles":[{",".join(index.stored(page, "summary"))}],"total_count":{len(found)}{paging}}}'


def find_bundle(index: Index, collection: str, bundle: str) -> str | None:
    """The record of `collection/bundle` as JSON text; upstream's slug, with `-` for `_`, is an alias."""
    wanted = f"{collection}/{bundle}"
    position = index.positions.get(wanted)
    if position is None:
        alias = wanted.casefold().replace("_", "-")
        position = next((p for i, p in index.positions.items() if i.casefold().replace("_", "-") == alias), None)
    return None if position is None else index.stored([position], "record")[0]
