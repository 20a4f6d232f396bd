"""The answer of find_library_info: all keyword libraries, those for a need, or one whole."""

from typing import Any

from search_fn.index.open import Index
from search_fn.search.ranking import MAX_LIMIT, search
from search_fn.tools import schemas as s
from search_fn.tools.arguments import offset_of
from search_fn.tools.pages import keywords_of, libraries, library_ids
from search_fn.tools.size import Draft

# Keywords that a result of a search names of its library.
_NAMED = 5


def find_libraries(index: Index, arguments: s.FindLibraryInfo) -> Draft:
    """Return a page of keyword libraries, or of the keywords of one that is named."""
    query, offset = arguments.query.strip(), offset_of(index, arguments.cursor)
    ids = library_ids(index, query) if query else []
    if ids:
        return _whole(index, arguments, ids, offset)
    rows, sure = [{**one, "keywords": []} for one in libraries(index).values()], True
    if query:
        asked = query if arguments.category == "all" else f"{query} {arguments.category}"
        rows, sure = _with_keywords(index, asked)
    else:
        rows.sort(key=lambda one: (-one["used_by"], one["id"]))
    data: dict[str, Any] = {"query": query, "total": len(rows), "confident": sure, "library": None}
    page = rows[offset:][: arguments.max_results]
    return Draft({**data, "results": page, "keywords": []}, "results", offset)


def _whole(index: Index, arguments: s.FindLibraryInfo, ids: list[str], offset: int) -> Draft:
    keywords = keywords_of(index, ids[0])
    others = [f"Other CodeCollections have one of that name: {', '.join(ids[1:])}."] if ids[1:] else []
    # A library that is named is answered whole unless a number of results is asked for.
    count = arguments.max_results if "max_results" in arguments.model_fields_set else len(keywords)
    data: dict[str, Any] = {
        "query": arguments.query.strip(),
        "total": len(keywords),
        "confident": True,
        "library": libraries(index)[ids[0]],
        "results": [],
        "keywords": keywords[offset:][:count],
        "notes": others,
    }
    return Draft(data, "keywords", offset)


def _with_keywords(index: Index, query: str) -> tuple[list[dict[str, Any]], bool]:
    """Return the libraries that match, or whose keywords do, best first, and whether the match is confident."""
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
