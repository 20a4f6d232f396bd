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
from search_fn.tools.size import Draft, fit_to_size, shorten

_RESULTS = 10
# Characters of the text of one document: some 15,000 tokens.
_LONGEST = 60_000


def search(index: Index, arguments: s.Search, root: str) -> Draft:
    """Return the best results among CodeBundles, documentation and keywords, with ids that `fetch` takes.

    Args:
        index: The index.
        arguments: The query.
        root: The address below which pages lie.
    """
    answer = search_for(index, arguments.query, types=TYPES, limit=_RESULTS, facets=False).model_dump(mode="json")
    results = [
        {"id": _id_of(one["type"], one["id"]), "title": one["display_name"], "url": one["url"]}
        for one in with_addresses(answer["results"], root)
    ]
    return Draft({"results": results, "confident": answer["confident"], "notes": answer["notes"]})


def fetch(index: Index, arguments: s.Fetch, root: str) -> Draft:
    """Return a CodeBundle, a page of documentation or a section of it, a keyword library or a keyword, as Markdown.

    Args:
        index: The index.
        arguments: The id of a result; `#ANCHOR` behind it names a section.
        root: The address below which pages lie.

    Raises:
        ToolError: Nothing has the id.
    """
    name, _, section = arguments.id.partition("#")
    scheme, _, rest = name.rpartition("://")
    document = None
    if scheme in ("", "codebundle"):
        document = _bundle(index, rest, root)
    if document is None and scheme in ("", "documentation"):
        document = _documentation(index, rest, section)
    if document is None and scheme in ("", "library"):
        document = _library(index, rest)
    if document is None:
        raise ToolError(
            f"Nothing has the id {inline(arguments.id[:200])}: send one that search gave, "
            "such as collection/codebundle."
        )
    return Draft({"id": arguments.id, **document}, cuts=[shorten("text", "text", most=_LONGEST)])


def _id_of(kind: str, name: str) -> str:
    """Return the id of a result: a CodeBundle's own, of other results with their kind, since a bundle may have
    that id.
    """
    return name if kind == "codebundle" else f"{kind}://{name}"


def _bundle(index: Index, name: str, root: str) -> dict[str, Any] | None:
    if name not in index.positions:
        return None
    draft = codebundle_details(index, s.GetCodebundleDetails(slug=name, detail="full"))
    data = {"notes": [], "notice": NOTICE, **with_addresses(draft.data, root)}
    record = data["codebundle"]
    return {
        "title": record["title"],
        "text": fit_to_size(draft._replace(data=data), details_text.details, _LONGEST).text,
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
