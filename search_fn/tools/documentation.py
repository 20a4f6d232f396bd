"""What the tools that find documentation and keywords answer."""

from typing import Any

from search_fn.index.facets import NO_FILTERS, Filters
from search_fn.index.open import Index
from search_fn.search.ranking import is_qualified, search
from search_fn.tools import schemas as s
from search_fn.tools.find import found_page
from search_fn.tools.pages import page_of
from search_fn.tools.size import Draft

_AUTHORS = "https://docs.runwhen.com/authors/"
_ROBOT = "https://robotframework.org/robotframework/latest/RobotFrameworkUserGuide.html"
# Characters of the sections that are told of one page.
_SECTIONS = 4_000


def find_keywords(index: Index, given: s.KeywordUsageHelp) -> Draft:
    """Return a page of keywords; of documentation too where no keyword answers surely."""
    query, name = given.query, is_qualified(given.query)
    if given.category != "all" and not name:
        # Keywords have no categories: the word leans the search.
        query = f"{query} {given.category}"
    sure = search(index, query, types=["library"], limit=1).confident
    draft = found_page(index, query, given, types=("library",) if sure else ("library", "documentation"))
    notes = []
    if not sure and name:
        notes.append(f'No keyword here has the name "{given.query[:200]}"; what is nearest is listed.')
    elif not sure:
        notes.append("No keyword here answers that surely: documentation was searched too.")
    return _pointing(draft, "keyword library", _ROBOT, notes if draft.data["total"] else [])


def find_documentation(index: Index, given: s.FindDocumentation) -> Draft:
    """Return a page of documentation, each entry with the section that answers best."""
    only = NO_FILTERS if given.category == "all" else Filters.of(collection=[given.category])
    draft = found_page(index, given.query, given, only, ("documentation",))
    return _pointing(draft, "documentation page", _AUTHORS)


def development_requirements(index: Index, given: s.GetDevelopmentRequirements) -> Draft:
    """Return a page of documentation, each entry with its sections, that which answers best first."""
    draft = found_page(index, given.feature, given, types=("documentation",))
    for result in draft.data["results"]:
        result["sections"] = _sections(index, result)
    return _pointing(draft, "documentation page", _AUTHORS)


def _sections(index: Index, result: dict[str, Any]) -> list[dict[str, str]]:
    page = page_of(index, result["id"])
    if page is None:
        return []
    anchor = result["url"].rpartition("#")[2]
    found = sorted(page["sections"], key=lambda section: not anchor or section["anchor"] != anchor)
    kept, left = [], _SECTIONS
    for section in found:
        if left <= 0:
            break
        kept.append({**section, "text": section["text"][:left]})
        left -= len(section["text"])
    return kept


def _pointing(draft: Draft, what: str, pointer: str, notes: list[str] | None = None) -> Draft:
    found = notes or []
    if not draft.data["total"]:
        found = [*found, f"No {what} of this build answers that; see <{pointer}>."]
    return draft._replace(data={**draft.data, "notes": [*draft.data["notes"], *found]})
