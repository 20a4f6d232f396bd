"""Pages of documentation and keyword libraries, whole, as the index has them."""

import json
from typing import Any

from search_fn.index.corpus import fold_name
from search_fn.index.facts import PAGE_TEXTS
from search_fn.index.open import Index

Json = dict[str, Any]


def page_of(index: Index, name: str) -> Json | None:
    """Return a page of documentation by its id, with its sections, or None."""
    text = index.documents.get(f"{PAGE_TEXTS}{name}")
    page: Json | None = None if text is None else json.loads(text)
    return page


def libraries(index: Index) -> dict[str, Json]:
    """Return the facts of all keyword libraries by id; `defined` says whether a CodeCollection of the catalogue has the
    library, or only calls show it.
    """
    facts = {**{one["id"]: one for one in _listed(index, "libraries")}, **_called(index)}
    return {
        name: {
            "id": name,
            "type": "library",
            "import_name": one["import_name"],
            "collection": name.split("/", 1)[0],
            "defined": "keyword_count" in one,
            "used_by": one["used_by"],
            "keyword_count": one["keyword_count"] if "keyword_count" in one else len(one["keywords"]),
            "description": one.get("documentation", ""),
            "url": _address(index, name),
        }
        for name, one in facts.items()
    }


def library_ids(index: Index, named: str) -> list[str]:
    """Return the ids of the libraries of an id or an import's name, the most used first."""
    known = libraries(index)
    if named in known:
        return [named]
    folded = fold_name(named)
    ids = [name for name, one in known.items() if folded and fold_name(one["import_name"]) == folded]
    return sorted(ids, key=lambda name: (-known[name]["used_by"], name))


def keywords_of(index: Index, library: str) -> list[Json]:
    """Return the keywords of a library by its id, as its document has them."""
    called = _called(index).get(library)
    keywords: list[Json] = (called or json.loads(index.documents[f"libraries/{library}"]))["keywords"]
    return keywords


def _called(index: Index) -> dict[str, Json]:
    return {one["id"]: one for one in _listed(index, "called-libraries")}


def _listed(index: Index, document: str) -> list[Json]:
    rows: list[Json] = json.loads(index.documents.get(document, '{"libraries": []}'))["libraries"]
    return rows


def _address(index: Index, name: str) -> str:
    position = index.pages.positions.get(name)
    return "" if position is None else str(index.pages.card(position)["url"])
