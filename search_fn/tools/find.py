"""What the tools that find and list CodeBundles and CodeCollections answer."""

from functools import partial
from typing import Any

from search_fn.index.facets import FACETS, NO_FILTERS, Filters
from search_fn.index.open import Index
from search_fn.index.shelf import fold_name
from search_fn.search.access import STATED
from search_fn.search.order import Sort
from search_fn.search.ranking import search
from search_fn.tools import schemas as s
from search_fn.tools.arguments import WrongArguments, offset_of
from search_fn.tools.size import Draft

# What is left of a result where little is asked for.
_BRIEF = ("type", "id", "display_name", "url", "deprecated", "score", "match", "platforms", *sorted(STATED), "updated")
# With `summary` there are as many rows as there are bundles: they are ids and little else.
_SUMMARY = ("id", "display_name", "platforms", "access_level", "updated")


def found_page(
    index: Index, query: str, given: s.Page, filters: Filters = NO_FILTERS, types: tuple[str, ...] = ("codebundle",)
) -> Draft:
    """Return a page of what a search found.

    Args:
        index: The index.
        query: What is asked; "" lists.
        given: Which page, and how much of each result.
        filters: What the results have.
        types: What is searched, as search_fn.search.ranking has it.
    """
    offset = offset_of(index, given.cursor)
    detail = getattr(given, "detail", "standard")
    sort: Sort = getattr(given, "sort", "relevance")
    full = detail == "full"
    # Of lists of hundreds nobody reads why each stands there.
    explain = detail != "brief" and bool(query)
    page = partial(search, types=types, limit=given.max_results, offset=offset, sort=sort)
    answer = page(index, query, filters, explain=explain, facets=full)
    data = {**answer.model_dump(mode="json", exclude={"likely"}), "sort": sort}
    if "codebundle" not in types:
        data["results"] = _only(tuple(s.PageFound.model_fields), data["results"])
    if detail == "brief":
        data["results"] = _only(_BRIEF, data["results"])
    if getattr(given, "format", "") == "summary":
        data["results"] = _only(_SUMMARY, data["results"])
    return Draft(data, "results", offset)


def _only(fields: tuple[str, ...], results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: result[name] for name in fields} for result in results]


def filters_of(given: s.Find | s.SearchCodebundles | s.ListCodebundles) -> Filters:
    """Return the filters among a tool's arguments."""
    values = {name: [getattr(given, name, "")] for name in (*FACETS, "needs", "since") if name != "tag"}
    return Filters.of(**values, tag=given.tags)


def find_codebundles(index: Index, given: s.Find | s.SearchCodebundles) -> Draft:
    """Return a page of the CodeBundles that answer a query, or that pass filters.

    Raises:
        WrongArguments: There is neither a query nor a filter.
    """
    filters = filters_of(given)
    if not given.query.strip() and filters == NO_FILTERS:
        raise WrongArguments(
            "query: send what it should be about, or a filter such as platform or tags; list_codebundles lists all."
        )
    return found_page(index, given.query, given, filters)


def list_codebundles(index: Index, given: s.ListCodebundles) -> Draft:
    """Return a page of the CodeBundles that pass filters, or the values of a filter that they have."""
    filters = filters_of(given)
    if given.values is None:
        draft = found_page(index, "", given, filters)
        return draft._replace(data={**draft.data, "values_of": None, "values": []})
    passing = index.passing(filters)
    counted = index.facets[given.values].counts(passing, len(index.facets[given.values].values))
    # These two are filters and facts of their own.
    counted = [(value, count) for value, count in counted if not value.startswith(("access:", "data:"))]
    offset = offset_of(index, given.cursor)
    values = [{"value": value, "count": count} for value, count in counted[offset:][: given.max_results]]
    # The fields of a list without rows, as its schema has them.
    listed = search(index, "", filters, limit=0).model_dump(mode="json", exclude={"likely"}) | {
        "sort": given.sort,
        "facets": {},
    }
    return Draft({**listed, "values_of": given.values, "total": len(counted), "values": values}, "values", offset)


def find_collections(index: Index, given: s.Page) -> Draft:
    """Return a page of the CodeCollections, or of those that a query is about."""
    facts = {one.slug: {**one.model_dump(mode="json"), "matching": None} for one in index.manifest.collections}
    order = sorted(facts)
    query = getattr(given, "query", "")
    confident = True
    if query:
        answer = search(index, query, limit=100)
        counts = {value.value: value.count for value in answer.facets["collection"]}
        place = {one.collection: at for at, one in reversed(list(enumerate(answer.results)))}
        called = fold_name(query)
        named = {slug for slug in order if called and called in fold_name(f"{slug} {facts[slug]['name']}")}
        order = [slug for slug in order if slug in named or slug in counts]
        order.sort(key=lambda slug: (slug not in named, place.get(slug, 1_000), -counts.get(slug, 0)))
        for slug in order:
            facts[slug]["matching"] = counts.get(slug, 0)
        confident = bool(named) or answer.confident
    offset = offset_of(index, given.cursor)
    page = [facts[slug] for slug in order][offset:][: given.max_results]
    return Draft({"total": len(order), "confident": confident, "collections": page}, "collections", offset)
