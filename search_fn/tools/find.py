"""The answers of the tools that find and list CodeBundles and CodeCollections."""

from functools import partial
from typing import Any

from search_fn.index.corpus import fold_name
from search_fn.index.facets import FACETS, NO_FILTERS, Filters
from search_fn.index.open import Index
from search_fn.search.access import STATED
from search_fn.search.order import Sort
from search_fn.search.ranking import search
from search_fn.tools import schemas as s
from search_fn.tools.arguments import ArgumentsError, offset_of
from search_fn.tools.size import Draft

# The fields of a result with `detail: brief`.
_BRIEF = ("type", "id", "display_name", "url", "deprecated", "score", "match", "platforms", *sorted(STATED), "updated")
# Those with `format: summary`, where an answer may have a row for each bundle.
_SUMMARY = ("id", "display_name", "platforms", "access_level", "updated")


def search_page(
    index: Index, query: str, arguments: s.Page, filters: Filters = NO_FILTERS, types: tuple[str, ...] = ("codebundle",)
) -> Draft:
    """Return a page of a search's results.

    Args:
        index: The index.
        query: The query; "" lists all that pass the filters.
        arguments: The arguments of the tool: which page, and how much of each result.
        filters: Those that the results pass.
        types: Types of results, of search_fn.search.ranking.TYPES.
    """
    offset = offset_of(index, arguments.cursor)
    detail = getattr(arguments, "detail", "standard")
    sort: Sort = getattr(arguments, "sort", "relevance")
    full = detail == "full"
    # A list without a query, and a brief one, have no reasons.
    explain = detail != "brief" and bool(query)
    page = partial(search, types=types, limit=arguments.max_results, offset=offset, sort=sort)
    answer = page(index, query, filters, explain=explain, facets=full)
    data = {**answer.model_dump(mode="json", exclude={"likely"}), "sort": sort}
    if "codebundle" not in types:
        data["results"] = _only(tuple(s.PageResult.model_fields), data["results"])
    if detail == "brief":
        data["results"] = _only(_BRIEF, data["results"])
    if getattr(arguments, "format", "") == "summary":
        data["results"] = _only(_SUMMARY, data["results"])
    return Draft(data, "results", offset)


def _only(fields: tuple[str, ...], results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: result[name] for name in fields} for result in results]


def filters_of(arguments: s.Find | s.SearchCodebundles | s.ListCodebundles) -> Filters:
    """Return the filters among a tool's arguments."""
    values = {name: [getattr(arguments, name, "")] for name in (*FACETS, "needs", "since") if name != "tag"}
    return Filters.of(**values, tag=arguments.tags)


def find_codebundles(index: Index, arguments: s.Find | s.SearchCodebundles) -> Draft:
    """Return a page of the CodeBundles that match a query, or that pass filters.

    Raises:
        ArgumentsError: There is neither a query nor a filter.
    """
    filters = filters_of(arguments)
    if not arguments.query.strip() and filters == NO_FILTERS:
        raise ArgumentsError(
            "query: send what it should be about, or a filter such as platform or tags; list_codebundles lists all."
        )
    return search_page(index, arguments.query, arguments, filters)


def list_codebundles(index: Index, arguments: s.ListCodebundles) -> Draft:
    """Return a page of the CodeBundles that pass filters, or of the values that they have of one filter."""
    filters = filters_of(arguments)
    if arguments.values is None:
        draft = search_page(index, "", arguments, filters)
        return draft._replace(data={**draft.data, "values_of": None, "values": []})
    passing = index.passing(filters)
    counted = index.facets[arguments.values].counts(passing, len(index.facets[arguments.values].values))
    # Tags of access and data repeat the filter `access` and the field `data`.
    counted = [(value, count) for value, count in counted if not value.startswith(("access:", "data:"))]
    offset = offset_of(index, arguments.cursor)
    values = [{"value": value, "count": count} for value, count in counted[offset:][: arguments.max_results]]
    # The fields of a list without rows, as its schema has them.
    listed = search(index, "", filters, limit=0).model_dump(mode="json", exclude={"likely"}) | {
        "sort": arguments.sort,
        "facets": {},
    }
    return Draft({**listed, "values_of": arguments.values, "total": len(counted), "values": values}, "values", offset)


def find_collections(index: Index, arguments: s.Page) -> Draft:
    """Return a page of the CodeCollections, or of those that a query names or whose CodeBundles match it."""
    facts = {one.slug: {**one.model_dump(mode="json"), "matching": None} for one in index.manifest.collections}
    order = sorted(facts)
    query = getattr(arguments, "query", "")
    confident = True
    if query:
        answer = search(index, query, limit=100)
        counts = {value["value"]: value["count"] for value in answer.facets["collection"]}
        place = {one.collection: at for at, one in reversed(list(enumerate(answer.results)))}
        called = fold_name(query)
        named = {slug for slug in order if called and called in fold_name(f"{slug} {facts[slug]['name']}")}
        order = [slug for slug in order if slug in named or slug in counts]
        order.sort(key=lambda slug: (slug not in named, place.get(slug, 1_000), -counts.get(slug, 0)))
        for slug in order:
            facts[slug]["matching"] = counts.get(slug, 0)
        confident = bool(named) or answer.confident
    offset = offset_of(index, arguments.cursor)
    page = [facts[slug] for slug in order][offset:][: arguments.max_results]
    return Draft({"total": len(order), "confident": confident, "collections": page}, "collections", offset)
