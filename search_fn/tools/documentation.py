"""The answers of the tools that find documentation and keywords."""

from typing import Any

from search_fn.index.facets import NO_FILTERS, Filters
from search_fn.index.open import Index
from search_fn.search.ranking import is_qualified, search
from search_fn.tools import schemas as s
from search_fn.tools.find import search_page
from search_fn.tools.pages import page_of
from search_fn.tools.size import Draft

_AUTHORS = "https://docs.runwhen.com/authors/"
_ROBOT = "https://robotframework.org/robotframework/latest/RobotFrameworkUserGuide.html"
# Characters of the sections of one page that an answer has: some 1,000 tokens.
_SECTIONS = 4_000


def find_keywords(index: Index, arguments: s.KeywordUsageHelp) -> Draft:
    """Return a page of keywords; of documentation too where no keyword matches with confidence."""
    query, name = arguments.query, is_qualified(arguments.query)
    if arguments.category != "all" and not name:
        # Keywords have no categories, so the category's name is one more word of the query.
        query = f"{query} {arguments.category}"
    sure = search(index, query, types=["library"], limit=1).confident
    draft = search_page(index, query, arguments, types=("library",) if sure else ("library", "documentation"))
    notes = []
    if not sure and name:
        notes.append(f'No keyword here has the name "{arguments.query[:200]}"; what is nearest is listed.')
    elif not sure:
        notes.append("No keyword here answers that surely: documentation was searched too.")
    return _pointing(draft, "keyword library", _ROBOT, notes if draft.data["total"] else [])


def find_documentation(index: Index, arguments: s.FindDocumentation) -> Draft:
    """Return a page of documentation, each entry with the section that answers best."""
    only = NO_FILTERS if arguments.category == "all" else Filters.of(collection=[arguments.category])
    draft = search_page(index, arguments.query, arguments, only, ("documentation",))
    return _pointing(draft, "documentation page", _AUTHORS)


def development_requirements(index: Index, arguments: s.GetDevelopmentRequirements) -> Draft:
    """Return a page of documentation, each entry with its sections, the best matching one first."""
    draft = search_page(index, arguments.feature, arguments, types=("documentation",))
    for result in draft.data["results"]:
        result["sections"] = _sections(index, result)
    return _pointing(draft, "documentation page", _AUTHORS)


def _sections(index: Index, result: dict[str, Any]) -> list[dict[str, str]]:
    page = page_of(index, result["id"])
    if page is None:
        return []
    anchor = result["url"].rpartition("#")[2]
    sections, left = [], _SECTIONS
    for section in sorted(page["sections"], key=lambda section: not anchor or section["anchor"] != anchor):
        if left <= 0:
            break
        sections.append({**section, "text": section["text"][:left]})
        left -= len(section["text"])
    return sections


def _pointing(draft: Draft, what: str, pointer: str, notes: list[str] | None = None) -> Draft:
    """Return the draft with further notes; one that has no results names the address where people look further."""
    more = notes or []
    if not draft.data["total"]:
        more = [*more, f"No {what} of this build answers that; see <{pointer}>."]
    return draft._replace(data={**draft.data, "notes": [*draft.data["notes"], *more]})
