"""Results, values of filters and keyword libraries as Markdown."""

from search_fn.search.access import stated
from search_fn.text import code_span, inline, quote
from search_fn.tools.markdown import Data, address, answer_text, deprecation, quoted_from, weak_match
from search_fn.tools.pages_text import keyword_lines, library_facts, sections

_PAGES = ("documentation", "library")
_ORDERS = {"updated": "newest first", "name": "by name"}


def results(data: Data) -> str:
    """Return a page of a search."""
    rows = data["results"]
    head = f"{len(rows)} of {data['total']} that match, {_order(data, 'best first')}.{weak_match(data)}"
    if not data["query"]:
        head = _listed(data)
    lines = []
    for result in rows:
        lines += [
            f"- Id: {code_span(result['id'])}",
            f"  - Name: {inline(result['display_name'])}",
            *_fit(result, data["query"]),
            *(_of_page(result) if result["type"] in _PAGES else _of_bundle(result)),
            f"  - Page: {address(result['url'])}",
            *_quoted(result),
        ]
    return answer_text(data, lines, head if rows else f"Nothing on this page; {data['total']} match.")


def _fit(result: Data, query: str) -> list[str]:
    """Return the lines on how well a result matches, and why; none without a query."""
    if not query:
        return []
    why = (result.get("why") or {}).get("because")
    match = f" ({result['match']} match)" if result.get("match") else ""
    return [f"  - Score: {result['score']:.2f}{match}", *([f"  - Found by {inline('; '.join(why))}"] if why else [])]


def _of_bundle(result: Data) -> list[str]:
    updated = result["updated"]
    return [
        f"  - Access: {stated(result)}",
        *(f"  - {line}" for line in deprecation(result)),
        *([f"  - Platforms: {inline(', '.join(result['platforms']))}"] if result["platforms"] else []),
        *([f"  - Updated: {updated[:10]}"] if updated else []),
    ]


def _of_page(result: Data) -> list[str]:
    # A page has no platform and no access.
    return [f"  - Kind: {'documentation' if result['type'] == 'documentation' else 'keyword or keyword library'}"]


def _quoted(result: Data) -> list[str]:
    if "description" not in result:
        return []
    # Documentation has no commit, nor have keywords that are known by calls alone.
    source = quoted_from(result["collection"], result["commit"], result["stale"]) if result["commit"] else []
    tools = (f"    > {tool['kind']} tool: {code_span(tool['title'])}" for tool in result.get("tools", ()))
    parts = result.get("sections") or [{"heading": "", "anchor": "", "text": result["description"]}]
    return [*source, *tools, *sections(parts, "    ")]


def bundle_list(data: Data) -> str:
    """Return a page of CodeBundles, or of the values of a filter."""
    return values(data) if data["values_of"] else results(data)


def values(data: Data) -> str:
    """Return a page of the values of a filter."""
    lines = [f"- {code_span(one['value'])} ({one['count']})" for one in data["values"]]
    head = f"{len(lines)} of {data['total']} values of {data['values_of']}, with how many CodeBundles have each."
    return answer_text(data, lines, head)


def summary(data: Data) -> str:
    """Return a page of a search or of collections, in a line each."""
    if "collections" in data:
        rows = [f"- {code_span(one['slug'])}: {one['bundles']} CodeBundles" for one in data["collections"]]
        return answer_text(data, rows, f"{len(rows)} of {data['total']} CodeCollections.")
    if data.get("values_of"):
        return values(data)
    return answer_text(data, [_line(one) for one in data["results"]], _listed(data))


def libraries(data: Data) -> str:
    """Return a page of keyword libraries, or one library with its keywords."""
    if data["library"]:
        lines = [f"- Id: {code_span(data['library']['id'])}", *library_facts(data["library"], "  ")]
        lines += [line for one in data["keywords"] for line in keyword_lines(one)]
        return answer_text(data, lines, f"{len(data['keywords'])} of {data['total']} keywords of the library.")
    lines = []
    for one in data["results"]:
        lines += [f"- Id: {code_span(one['id'])}", *library_facts(one, "  "), f"  - Page: {address(one['url'])}"]
        lines += [f"  - Keywords that match: {', '.join(map(code_span, one['keywords']))}"] if one["keywords"] else []
        lines += quote(one["description"], "    ")
    return answer_text(data, lines, f"{len(data['results'])} of {data['total']} keyword libraries.{weak_match(data)}")


def _line(result: Data) -> str:
    facts = [result["display_name"], result["access_level"], ", ".join(result["platforms"])]
    facts.append((result["updated"] or "")[:10])
    return f"- {code_span(result['id'])}: {inline('; '.join(filter(None, facts)))}"


def _listed(data: Data) -> str:
    return f"{len(data['results'])} of {data['total']} CodeBundles, {_order(data, 'by id')}."


def _order(data: Data, usual: str) -> str:
    return _ORDERS.get(data["sort"], usual)
