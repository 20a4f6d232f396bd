"""The bundle that an agent names: by its slug, its id, or a spelling of either."""

import json
from typing import Any

from search_fn.index.open import Index
from search_fn.search.listing import alias_of, find_bundle
from search_fn.search.ranking import search
from search_fn.text import inline
from search_fn.tools.arguments import ToolError


def record_named(index: Index, slug: str, collection: str = "") -> dict[str, Any]:
    """Return the record of a bundle.

    Args:
        index: Where it is.
        slug: Its slug, or its id.
        collection: Its collection's slug; "" where the slug alone says which it is, or is an id.

    Raises:
        ToolError: There is none, or several collections have it; the message names those that there are.
        IndexUnavailable: As `Index.stored` raises it.
    """
    own, _, slug = slug.rpartition("/")
    collection = collection or own
    text = find_bundle(index, collection, slug) if collection else _only_one(index, slug)
    if text is None:
        near = [one.id for one in search(index, slug.replace("-", " "), limit=3).results]
        raise ToolError(_choose("There is no such CodeBundle. The nearest ids, to send as slug:", near))
    record: dict[str, Any] = json.loads(text)
    return record


def _only_one(index: Index, slug: str) -> str | None:
    alias = alias_of(slug)
    ids = [name for name in index.ids if alias_of(name.split("/", 1)[1]) == alias]
    # As it is written goes before an alias.
    ids = [name for name in ids if name.endswith(f"/{slug}")] or ids
    if len(ids) > 1:
        raise ToolError(_choose("Several collections have it; send one of these ids as slug:", ids[:20]))
    return find_bundle(index, *ids[0].split("/", 1)) if ids else None


def _choose(sentence: str, ids: list[str]) -> str:
    return "\n".join([sentence, *(f"- {inline(name)}" for name in ids)])
