"""What each tool answers: the one search and the stored records, as data."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from search_fn.index.facets import NO_FILTERS, Filters, encodable
from search_fn.index.open import Index
from search_fn.index.shelf import fold_name
from search_fn.issues.github import LABEL, Tracker, TrackerUnavailable
from search_fn.issues.request import issues_address, open_requests, request_for
from search_fn.search.ranking import search
from search_fn.tools import schemas as s
from search_fn.tools.arguments import offset_of
from search_fn.tools.named import record_named
from search_fn.tools.size import Draft

_AUTHORS = "https://docs.runwhen.com/authors/"

_CLOSED = "It was requested before and has been closed: say there if it is still wanted."
_ROBOT = "https://robotframework.org/robotframework/latest/RobotFrameworkUserGuide.html"

_BRIEF = (
    "id", "name", "slug", "display_name", "title", "url", "description", "author", "access_level",
    "access_level_source", "access_level_claimed", "effect", "platforms", "support_tags", "task_count", "sli_count",
    "runbook_source_url", "git_updated_at", "configuration_type", "codecollection", "related",
)  # fmt: skip


_OF_TOOL = ("kind", "name", "title", "access", "access_declared", "effect", "line")
# `minimum_iam_requirements` name the permissions.
_LONG = (
    "readme", "scripts", "files", "file_count", "templates", "generation_rules", "problems", "meta", "skill_template",
    "permissions",
)  # fmt: skip
# Of each tool, in an answer that is not the full one.
_CHANGING = 3


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


def find_codebundles(index: Index, given: s.Find) -> Draft:
    filters = Filters.of(
        collection=[given.collection],
        platform=[given.platform],
        tag=given.tags,
        access=[given.access],
        effect=[given.effect],
        needs=[given.needs],
    )
    return _page(index, given.query, given, filters)


def list_codebundles(index: Index, given: s.ListCodebundles) -> Draft:
    filters = Filters.of(collection=[given.collection_slug], access=[given.access], effect=[given.effect])
    return _page(index, "", given, filters)


def codebundle_details(index: Index, given: s.GetCodebundleDetails) -> Draft:
    record = record_named(index, given.slug, given.collection_slug)
    if given.detail != "full":
        # The whole README is rarely what was asked for, and often longer than everything else.
        for field in _LONG:
            record.pop(field, None)
        # What changes things decides; what only reads is in the full answer.
        for tool in record["tools"]:
            tool["commands"] = [one for one in tool["commands"] if one["effect"] == "changes"][:_CHANGING]
    if given.detail == "brief":
        tools = [{name: tool[name] for name in _OF_TOOL} for tool in record["tools"]]
        record = {name: record[name] for name in _BRIEF} | {"tools": tools}
    return Draft({"codebundle": record})


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


find_keywords = partial(_passages, "library", "keyword library", _ROBOT)


find_libraries = partial(_passages, "library", "keyword library", _AUTHORS)


find_documentation = partial(_passages, "documentation", "documentation page", _AUTHORS)


def request_codebundle(index: Index, given: s.RequestCodebundle, tracker: Tracker) -> Draft:
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
        repository=tracker.repository,
    )
    url, notes = wanted.url, ["The text is cut: an address holds no more."] if wanted.cut else []
    submitted = False
    if given.submit:
        try:
            url, is_open = tracker.submit(wanted.title, wanted.body, wanted.key)
            submitted, notes = True, [] if is_open else [_CLOSED]
        except TrackerUnavailable as error:
            notes.append(str(error))
    data = {"url": url, "title": wanted.title, "submitted": submitted, "similar": similar, "requests": requests}
    return Draft(data | {"notes": notes})


def existing_requests(index: Index, given: s.CheckExistingRequests, tracker: Tracker) -> Draft:
    term = encodable(given.search_term)
    url = f"{issues_address(tracker.repository)}?{urlencode({'q': f'is:issue is:open label:{LABEL} {term}'})}"
    known = open_requests(index.documents.get("requests"), term)
    notes = [] if known is not None else ["This build has no snapshot of the open requests."]
    return Draft({"search_term": term, "known": known is not None, "requests": known or [], "url": url, "notes": notes})
