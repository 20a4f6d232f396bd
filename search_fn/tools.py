"""The tools that agents call: upstream's twelve, over the one search and the stored records."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from pydantic import ValidationError

from search_fn import tool_schemas as s
from search_fn import tool_text
from search_fn.answer_size import DEFAULT_SIZE, HARD_SIZE, Answer, Draft, compact, fitted
from search_fn.characters import inline
from search_fn.filters import NO_FILTERS, Filters, encodable
from search_fn.index import Index
from search_fn.issue_requests import ISSUES, open_requests, request_for
from search_fn.issue_tracker import LABEL, TrackerUnavailable, submit
from search_fn.listing import find_bundle
from search_fn.search import search
from search_fn.shelf import fold_name

_AUTHORS = "https://docs.runwhen.com/authors/"
_ROBOT = "https://robotframework.org/robotframework/latest/RobotFrameworkUserGuide.html"
_BRIEF = (
    "id", "name", "slug", "display_name", "title", "url", "description", "author", "access_level",
    "access_level_source", "platforms", "support_tags", "task_count", "sli_count", "runbook_source_url",
    "git_updated_at", "configuration_type", "codecollection", "related",
)  # fmt: skip


class ToolError(Exception):
    """A call that has no answer; the message says what to send instead."""


class WrongArguments(ToolError):
    """The arguments are not those that the tool takes."""


class Tool(NamedTuple):
    """`run` answers checked arguments with the fields of `answer`; `text` makes Markdown of them."""

    name: str
    category: str
    title: str
    description: str
    arguments: type[s.Arguments]
    answer: Mapping[str, Any]
    run: Callable[[Index, Any], Draft]
    text: Callable[[tool_text.Data], str]


Checked = TypeVar("Checked", bound=s.Arguments)


def call(tool: Tool, index: Callable[[], Index], given: Mapping[str, Any]) -> Answer:
    """Call a tool; an argument that is null counts as left out. Raises WrongArguments if `given` is not what it takes,
    ToolError if there is nothing that it could mean, and IndexUnavailable.
    """
    arguments = checked(tool.name, tool.arguments, given)
    # Whoever asks for more has room for it.
    more = "max_results" in arguments.model_fields_set or getattr(arguments, "detail", "") == "full"
    text = {"json": compact, "summary": tool_text.summary}.get(getattr(arguments, "format", ""), tool.text)
    opened = index()
    return answered(opened, tool.run(opened, arguments), text, HARD_SIZE if more else DEFAULT_SIZE)


def answered(index: Index, draft: Draft, text: Callable[[tool_text.Data], str], size: int) -> Answer:
    """A draft with what all answers have, in at most `size` characters."""
    shared = {"build_id": index.manifest.build_id, "notes": [], "notice": s.NOTICE}
    return fitted(draft._replace(data={**shared, **draft.data}), text, size)


def checked(name: str, model: type[Checked], given: Mapping[str, Any]) -> Checked:
    """The arguments of the tool or prompt `name`; null counts as left out. Raises WrongArguments where they are not."""
    try:
        return model.model_validate({encodable(each): value for each, value in given.items() if value is not None})
    except ValidationError as error:
        items = error.errors(include_url=False, include_input=False, include_context=False)[:10]
    wrong = (
        f"{'.'.join(map(str, item['loc']))[:60]}: "
        f"{'there is no such argument' if item['type'] == 'extra_forbidden' else item['msg']}"
        for item in items
    )
    takes = (
        f"{each} ({'required' if field.is_required() else 'optional'})" for each, field in model.model_fields.items()
    )
    raise WrongArguments(f"{'; '.join(wrong)}. {name} takes {', '.join(takes)}.")


def offset_of(index: Index, cursor: str) -> int:
    """Where the page of a cursor begins; "" is the first. Raises ToolError if nobody gave it, or for an older index."""
    if not cursor:
        return 0
    number, _, build = cursor.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        raise WrongArguments("cursor: send `next_cursor` of an answer as it is, or none for the first page.")
    if build != index.manifest.build_id:
        raise ToolError("The index was published anew since that page; begin again without cursor.")
    return int(number)


def _page(
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


def _find(index: Index, given: s.Find) -> Draft:
    filters = Filters.of(collection=[given.collection], platform=[given.platform], tag=given.tags)
    return _page(index, given.query, given, filters)


def _list(index: Index, given: s.ListCodebundles) -> Draft:
    return _page(index, "", given, Filters.of(collection=[given.collection_slug]))


def _details(index: Index, given: s.GetCodebundleDetails) -> Draft:
    collection, _, slug = given.slug.rpartition("/")
    collection = given.collection_slug or collection
    text = find_bundle(index, collection, slug) if collection else _only_one(index, slug)
    if text is None:
        near = [one.id for one in search(index, slug.replace("-", " "), limit=3).results]
        raise ToolError(_choose("There is no such CodeBundle. The nearest ids, to send as slug:", near))
    record = json.loads(text)
    if given.detail != "full":
        # The whole README is rarely what was asked for, and often longer than everything else.
        for field in ("readme", "scripts", "templates", "generation_rules", "problems", "meta", "skill_template"):
            record.pop(field, None)
    if given.detail == "brief":
        tools = [{name: tool[name] for name in ("kind", "name", "title", "access", "line")} for tool in record["tools"]]
        record = {name: record[name] for name in _BRIEF} | {"tools": tools}
    return Draft({"codebundle": record})


def _only_one(index: Index, slug: str) -> str | None:
    alias = slug.casefold().replace("_", "-")
    ids = [name for name in index.ids if name.split("/", 1)[1].casefold().replace("_", "-") == alias]
    # As it is written goes before an alias.
    ids = [name for name in ids if name.endswith(f"/{slug}")] or ids
    if len(ids) > 1:
        raise ToolError(_choose("Several collections have it; send one of these ids as slug:", ids[:20]))
    return find_bundle(index, *ids[0].split("/", 1)) if ids else None


def _choose(sentence: str, ids: list[str]) -> str:
    return "\n".join([sentence, *(f"- {inline(name)}" for name in ids)])


def _collections(index: Index, given: s.Page) -> Draft:
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


def _passages(type_: str, what: str, pointer: str, index: Index, given: Any) -> Draft:
    query = given.feature if isinstance(given, s.GetDevelopmentRequirements) else given.query
    category = getattr(given, "category", "all")
    only = NO_FILTERS
    if category != "all" and type_ == "documentation":
        only = Filters.of(collection=[category])
    elif category != "all":
        # Keywords have no categories: the word leans the search.
        query = f"{query} {category}"
    draft = _page(index, query, given, only, types=(type_,))
    if not draft.data["total"]:
        draft.data["notes"] = [f"No {what} of this build answers that; see <{pointer}>."]
    return draft


_keywords = partial(_passages, "library", "keyword library", _ROBOT)
_libraries = partial(_passages, "library", "keyword library", _AUTHORS)
_documentation = partial(_passages, "documentation", "documentation page", _AUTHORS)


def _request(index: Index, given: s.RequestCodebundle) -> Draft:
    query = given.original_query or " ".join([given.platform, *given.tasks])
    found = search(index, query, limit=5)
    similar = [result.id for result in found.results] if found.confident else []
    requests = open_requests(index.documents.get("requests"), query, given.platform) or []
    wanted = request_for(
        given.platform,
        given.tasks,
        similar,
        requests,
        query=given.original_query,
        context=given.context,
        contact_ok=given.contact_ok,
    )
    url, notes = wanted.url, ["The text is cut: an address holds no more."] if wanted.cut else []
    if given.submit:
        try:
            url, notes = submit(wanted.title, wanted.body, wanted.key), []
        except TrackerUnavailable as error:
            notes.append(str(error))
    submitted = url != wanted.url
    data = {"url": url, "title": wanted.title, "submitted": submitted, "similar": similar, "requests": requests}
    return Draft(data | {"notes": notes})


def _requests(index: Index, given: s.CheckExistingRequests) -> Draft:
    term = encodable(given.search_term)
    url = f"{ISSUES}?{urlencode({'q': f'is:issue is:open label:{LABEL} {term}'})}"
    known = open_requests(index.documents.get("requests"), term)
    notes = [] if known is not None else ["This build has no snapshot of the open requests."]
    return Draft({"search_term": term, "known": known is not None, "requests": known or [], "url": url, "notes": notes})


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("find_codebundle", "search", "Find CodeBundles",
             "Find CodeBundles (skill templates) for a symptom, question or name, best first.",
             s.Find, s.FOUND, _find, tool_text.found),
        Tool("search_codebundles", "search", "Search CodeBundles by tag",
             "Find CodeBundles among those with one of the given support tags.",
             s.Find, s.FOUND, _find, tool_text.found),
        Tool("list_codebundles", "info", "List CodeBundles",
             "List the CodeBundles of the catalogue or of one CodeCollection, by id.",
             s.ListCodebundles, s.FOUND, _list, tool_text.found),
        Tool("get_codebundle_details", "info", "CodeBundle in detail",
             "What one CodeBundle does and needs: tools, variables, secrets, access, source.",
             s.GetCodebundleDetails, s.DETAILS, _details, tool_text.details),
        Tool("find_codecollection", "search", "Find CodeCollections",
             "Find the CodeCollections of a name, or with CodeBundles for a need.",
             s.FindCodecollection, s.COLLECTIONS, _collections, tool_text.collections),
        Tool("list_codecollections", "info", "List CodeCollections",
             "List the CodeCollections of the catalogue with commit and state.",
             s.ListCodecollections, s.COLLECTIONS, _collections, tool_text.collections),
        Tool("keyword_usage_help", "search", "Keyword usage",
             "How Robot Framework keywords of the indexed libraries are used.",
             s.KeywordUsageHelp, s.FOUND, _keywords, tool_text.found),
        Tool("find_library_info", "search", "Keyword libraries",
             "Find keyword libraries that CodeBundles can use.",
             s.FindLibraryInfo, s.FOUND, _libraries, tool_text.found),
        Tool("find_documentation", "search", "Find documentation",
             "Find documentation pages on writing and running CodeBundles.",
             s.FindDocumentation, s.FOUND, _documentation, tool_text.found),
        Tool("get_development_requirements", "info", "Development requirements",
             "What a CodeBundle has to have to use a feature.",
             s.GetDevelopmentRequirements, s.FOUND, _documentation, tool_text.found),
        Tool("request_codebundle", "action", "Request a CodeBundle",
             "Make the address of a filled-in request for a CodeBundle that is missing; sends it only with submit.",
             s.RequestCodebundle, s.REQUEST, _request, tool_text.request),
        Tool("check_existing_requests", "info", "Existing requests",
             "Whether a CodeBundle has been requested already.",
             s.CheckExistingRequests, s.REQUESTS, _requests, tool_text.requests),
    )
}  # fmt: skip
"""By name, in the order in which they are listed."""
