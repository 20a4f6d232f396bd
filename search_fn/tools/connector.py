"""`search` and `fetch` as ChatGPT's connectors call them (https://platform.openai.com/docs/mcp): results of id, title
and url, and one document whole.
"""

from typing import Any

from search_fn.index.open import Index
from search_fn.search.ranking import TYPES
from search_fn.search.ranking import search as search_for
from search_fn.text import NOTICE, inline, quote
from search_fn.tools import details_text
from search_fn.tools import schemas as s
from search_fn.tools.addresses import with_addresses
from search_fn.tools.arguments import ToolError
from search_fn.tools.details import codebundle_details
from search_fn.tools.pages import keywords_of, libraries, page_of
from search_fn.tools.pages_text import library_text, page_text
from search_fn.tools.size import Draft, fitted, shorten

_RESULTS = 10
# Characters of a text, which stands in JSON.
_LONGEST = 60_000


def search(index: Index, given: s.Search, root: str) -> Draft:
    """Return what is found among CodeBundles, documentation and keywords, as ids that `fetch` takes, with addresses
    below `root`.
    """
    answer = search_for(index, given.query, types=TYPES, limit=_RESULTS, facets=False).model_dump(mode="json")
    results = [
        {"id": _id_of(one["type"], one["id"]), "title": one["display_name"], "url": one["url"]}
        for one in with_addresses(answer["results"], root)
    ]
    return Draft({"results": results, "confident": answer["confident"], "notes": answer["notes"]})


def fetch(index: Index, given: s.Fetch, root: str) -> Draft:
    """Return a CodeBundle, a page of documentation or a section of it, a keyword library or a keyword, as Markdown,
    with addresses below `root`.

    Raises:
        ToolError: Nothing has the id.
    """
    name, _, section = given.id.partition("#")
    scheme, _, rest = name.rpartition("://")
    found = None
    if scheme in ("", "codebundle"):
        found = _bundle(index, rest, root)
    if found is None and scheme in ("", "documentation"):
        found = _documentation(index, rest, section)
    if found is None and scheme in ("", "library"):
        found = _library(index, rest)
    if found is None:
        raise ToolError(
            f"Nothing has the id {inline(given.id[:200])}: send one that search gave, such as collection/codebundle."
        )
    return Draft({"id": given.id, **found}, cuts=[shorten("text", "text", most=_LONGEST)])


def _id_of(kind: str, name: str) -> str:
    """Return the id of a result: a CodeBundle's own, of others with what they are, since a bundle may be called so."""
    return name if kind == "codebundle" else f"{kind}://{name}"


def _bundle(index: Index, name: str, root: str) -> dict[str, Any] | None:
    if name not in index.positions:
        return None
    draft = codebundle_details(index, s.GetCodebundleDetails(slug=name, detail="full"))
    data = {"notes": [], "notice": NOTICE, **with_addresses(draft.data, root)}
    record = data["codebundle"]
    return {
        "title": record["title"],
        "text": fitted(draft._replace(data=data), details_text.details, _LONGEST).text,
        "url": record["url"],
        "metadata": {"type": "codebundle", "collection": record["codecollection"]["slug"]}
        | {each: record[each] for each in ("access_level", "effect", "platforms")},
    }


def _documentation(index: Index, name: str, section: str) -> dict[str, Any] | None:
    page = page_of(index, name)
    if page is None:
        return None
    return {
        "title": page["name"],
        "text": page_text(page, section),
        "url": page["url"] or index.pages.card(index.pages.positions[name])["url"],
        "metadata": {"type": "documentation", "collection": page["category"], "sections": _anchors(page)},
    }


def _anchors(page: dict[str, Any]) -> list[str]:
    return [section["anchor"] for section in page["sections"] if section["anchor"]]


def _library(index: Index, name: str) -> dict[str, Any] | None:
    known = libraries(index)
    position = index.pages.positions.get(name)
    if name in known:
        one, keywords = known[name], keywords_of(index, name)
        text, title, url = library_text(one, keywords), one["import_name"], one["url"]
    elif position is not None:
        card = index.pages.card(position)
        if card["type"] != "library":
            return None
        text = "\n".join(
            [NOTICE, "", f"- Keyword: {inline(card['display_name'])}", *quote(card["description"], "  "), ""]
        )
        title, url = card["display_name"], card["url"]
    else:
        return None
    return {"title": title, "text": text, "url": url, "metadata": {"type": "library", "collection": name.split("/")[0]}}
