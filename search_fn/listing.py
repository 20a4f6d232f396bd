"""The list and the detail of bundles as upstream's clients ask for them: stored JSON, put together unread."""

from collections.abc import Callable
from typing import Any, Literal

from search_fn.filters import Filters
from search_fn.index import Index
from search_fn.search import rank

Sort = Literal["name", "updated", "tasks"]
_KEYS: dict[Sort, Callable[[dict[str, Any]], tuple[Any, ...]]] = {
    "name": lambda facts: (facts["name"].casefold(), facts["id"]),
    # Newest first; "" is no date.
    "updated": lambda facts: (not facts["updated"], tuple(-ord(c) for c in facts["updated"]), facts["id"]),
    "tasks": lambda facts: (-facts["task_count"], facts["id"]),
}


def list_bundles(
    index: Index,
    q: str,
    filters: Filters,
    has_auto_discovery: bool | None,
    sort_by: Sort | None,
    limit: int,
    offset: int,
) -> str:
    """`{codebundles, total_count, pagination}` as JSON text, ranked by the one search unless sorted."""
    found = rank(index, q, filters).order
    if has_auto_discovery is not None:
        found = [position for position in found if index.facts[position]["discovered"] == has_auto_discovery]
    if sort_by is not None or not q.strip():
        key = _KEYS[sort_by or "name"]
        found = sorted(found, key=lambda position: key(index.facts[position]))
    page = found[offset : offset + limit]
    more = "true" if offset + limit < len(found) else "false"
    return (
        f'{{"codebundles":[{",".join(index.column(page, "summary"))}],"total_count":{len(found)},'
        f'"pagination":{{"limit":{limit},"offset":{offset},"has_more":{more}}}}}'
    )


def find_bundle(index: Index, collection: str, bundle: str) -> str | None:
    """The record of `collection/bundle` as JSON text; upstream's slug, with `-` for `_`, is an alias."""
    wanted = f"{collection}/{bundle}"
    position = index.positions.get(wanted)
    if position is None:
        alias = wanted.casefold().replace("_", "-")
        position = next((p for i, p in index.positions.items() if i.casefold().replace("_", "-") == alias), None)
    return None if position is None else index.column([position], "record")[0]
