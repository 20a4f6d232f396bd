"""What the tools that find and list CodeBundles and CodeCollections answer."""

from search_fn.index.facets import NO_FILTERS, Filters
from search_fn.index.open import Index
from search_fn.index.shelf import fold_name
from search_fn.search.ranking import search
from search_fn.tools import schemas as s
from search_fn.tools.arguments import offset_of
from search_fn.tools.size import Draft


def found_page(
    index: Index, query: str, given: s.Page, filters: Filters = NO_FILTERS, types: tuple[str, ...] = ("codebundle",)
) -> Draft:
    offset = offset_of(index, given.cursor)
    detail = getattr(given, "detail", "standard")
    full = detail == "full"
    answer = search(index, query, filters, types=types, limit=given.max_results, offset=offset, explain=full)
    data = answer.model_dump(mode="json")
    if not full:
        data["facets"] = {}
    if detail == "brief":
        data["results"] = [{**result, "tools": [], "description": ""} for result in data["results"]]
    return Draft(data, "results", offset)


def find_codebundles(index: Index, given: s.Find) -> Draft:
    filters = Filters.of(
        collection=[given.collection],
        platform=[given.platform],
        tag=given.tags,
        access=[given.access],
        effect=[given.effect],
        needs=[given.needs],
    )
    return found_page(index, given.query, given, filters)


def list_codebundles(index: Index, given: s.ListCodebundles) -> Draft:
    filters = Filters.of(collection=[given.collection_slug], access=[given.access], effect=[given.effect])
    return found_page(index, "", given, filters)


def find_collections(index: Index, given: s.Page) -> Draft:
    facts = {one.slug: {**one.model_dump(mode="json"), "matching": None} for one in index.manifest.collections}
    order = sorted(facts)
    query = getattr(given, "query", "")
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
    offset = offset_of(index, given.cursor)
    page = [facts[slug] for slug in order][offset:][: given.max_results]
    return Draft({"total": len(order), "collections": page}, "collections", offset)
