"""What find_library_info answers: the keyword libraries that there are, those that can do something, or one whole."""

from typing import Any

from search_fn.index.open import Index
from search_fn.search.ranking import MAX_LIMIT, search
from search_fn.tools import schemas as s
from search_fn.tools.arguments import offset_of
from search_fn.tools.pages import keywords_of, libraries, library_ids
from search_fn.tools.size import Draft

# Keywords that are named of a library that is found.
_NAMED = 5


def find_libraries(index: Index, given: s.FindLibraryInfo) -> Draft:
    """Return a page of keyword libraries, or of the keywords of one that is named."""
    query, offset = given.query.strip(), offset_of(index, given.cursor)
    ids = library_ids(index, query) if query else []
    if ids:
        return _whole(index, given, ids, offset)
    rows, sure = [{**one, "keywords": []} for one in libraries(index).values()], True
    if query:
        asked = query if given.category == "all" else f"{query} {given.category}"
        rows, sure = _with_keywords(index, asked)
    else:
        rows.sort(key=lambda one: (-one["used_by"], one["id"]))
    data: dict[str, Any] = {"query": query, "total": len(rows), "confident": sure, "library": None}
    page = rows[offset:][: given.max_results]
    return Draft({**data, "results": page, "keywords": []}, "results", offset)


def _whole(index: Index, given: s.FindLibraryInfo, ids: list[str], offset: int) -> Draft:
    keywords = keywords_of(index, ids[0])
    others = [f"Other CodeCollections have one of that name: {', '.join(ids[1:])}."] if ids[1:] else []
    # Whoever names a library asks for all of it.
    count = given.max_results if "max_results" in given.model_fields_set else len(keywords)
    data: dict[str, Any] = {
        "query": given.query.strip(),
        "total": len(keywords),
        "confident": True,
        "library": libraries(index)[ids[0]],
        "results": [],
        "keywords": keywords[offset:][:count],
        "notes": others,
    }
    return Draft(data, "keywords", offset)


def _with_keywords(index: Index, query: str) -> tuple[list[dict[str, Any]], bool]:
    """Return the libraries that are found, or whose keywords are, best first, and whether that answers."""
    known = libraries(index)
    answer = search(index, query, types=["library"], limit=MAX_LIMIT)
    named: dict[str, list[str]] = {}
    for result in answer.results:
        owner = _owner(result.id, known)
        if owner is not None:
            own = named.setdefault(owner, [])
            own += [result.display_name] if result.id != owner else []
    return [{**known[name], "keywords": own[:_NAMED]} for name, own in named.items()], answer.confident


def _owner(name: str, known: dict[str, Any]) -> str | None:
    """Return the library that an entry is, or is a keyword of; both names may have dots in them."""
    parts = name.split(".")
    return next((own for end in range(len(parts), 0, -1) if (own := ".".join(parts[:end])) in known), None)
