"""What the tools that find documentation, keyword libraries and keywords answer."""

from functools import partial
from typing import Any

from search_fn.index.facets import NO_FILTERS, Filters
from search_fn.index.open import Index
from search_fn.tools import schemas as s
from search_fn.tools.find import found_page
from search_fn.tools.size import Draft

_AUTHORS = "https://docs.runwhen.com/authors/"
_ROBOT = "https://robotframework.org/robotframework/latest/RobotFrameworkUserGuide.html"


def _passages(type_: str, what: str, pointer: str, index: Index, given: Any) -> Draft:
    query = given.feature if isinstance(given, s.GetDevelopmentRequirements) else given.query
    category = getattr(given, "category", "all")
    only = NO_FILTERS
    if category != "all" and type_ == "documentation":
        only = Filters.of(collection=[category])
    elif category != "all":
        # Keywords have no categories: the word leans the search.
        query = f"{query} {category}"
    draft = found_page(index, query, given, only, types=(type_,))
    if not draft.data["total"]:
        draft.data["notes"] = [f"No {what} of this build answers that; see <{pointer}>."]
    return draft


find_keywords = partial(_passages, "library", "keyword library", _ROBOT)


find_libraries = partial(_passages, "library", "keyword library", _AUTHORS)


find_documentation = partial(_passages, "documentation", "documentation page", _AUTHORS)
