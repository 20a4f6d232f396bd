"""What is found and listed, as Markdown: results, values of filters, keyword libraries."""

from search_fn.search.access import stated
from search_fn.text import code_span, inline, quote
from search_fn.tools.markdown import Data, address, answer_text, deprecation, doubt, quoted_from
from search_fn.tools.pages_text import keyword_lines, library_facts, sections

_PAGES = ("documentation", "library")
_ORDERS = {"updated": "newest first", "name": "by name"}


def found(data: Data) -> str:
    """A page of a search."""
    results = data["results"]
    head = f"{len(results)} of {data['total']} that match, {_order(data, 'best first')}.{doubt(data)}"
    if not data["query"]:
        head = _listed(data)
    lines = []
    for result in results:
        lines += [
            f"- Id: {code_span(result['id'])}",
            f"  - Name: {inline(result['display_name'])}",
            *_fit(result, data["query"]),
            *(_of_page(result) if result["type"] in _PAGES else _of_bundle(result)),
            f"  - Page: {address(result['url'])}",
            *_quoted(result),
        ]
    return answer_text(data, lines, head if results else f"Nothing on this page; {data['total']} match.")


def _fit(result: Data, query: str) -> list[str]:
    """How well a result fits, and why it was found."""
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
    # Nobody says of a page for which platform it is, or what its access is.
    return [f"  - Kind: {'documentation' if result['type'] == 'documentation' else 'keyword or keyword library'}"]


def _quoted(result: Data) -> list[str]:
    if "description" not in result:
        return []
    # Documentation has no commit, and keywords that only calls show are of many.
    source = quoted_from(result["collection"], result["commit"], result["stale"]) if result["commit"] else []
    tools = (f"    > {tool['kind']} tool: {code_span(tool['title'])}" for tool in result.get("tools", ()))
    said = result.get("sections") or [{"heading": "", "anchor": "", "text": result["description"]}]
    return [*source, *tools, *sections(said, "    ")]


def listed(data: Data) -> str:
    """A page of CodeBundles, or the values that there are of a filter."""
    return values(data) if data["values_of"] else found(data)


def values(data: Data) -> str:
    """The values that there are of a filter."""
    lines = [f"- {code_span(one['value'])} ({one['count']})" for one in data["values"]]
    head = f"{len(lines)} of {data['total']} values of {data['values_of']}, with how many CodeBundles have each."
    return answer_text(data, lines, head)


def summary(data: Data) -> str:
    """A page of a search or of collections in a line each."""
    if "collections" in data:
        rows = [f"- {code_span(one['slug'])}: {one['bundles']} CodeBundles" for one in data["collections"]]
        return answer_text(data, rows, f"{len(rows)} of {data['total']} CodeCollections.")
    if data.get("values_of"):
        return values(data)
    return answer_text(data, [_line(one) for one in data["results"]], _listed(data))


def libraries(data: Data) -> str:
    """A page of keyword libraries, or one with its keywords."""
    if data["library"]:
        lines = [f"- Id: {code_span(data['library']['id'])}", *library_facts(data["library"], "  ")]
        lines += [line for one in data["keywords"] for line in keyword_lines(one)]
        return answer_text(data, lines, f"{len(data['keywords'])} of {data['total']} keywords of the library.")
    lines = []
    for one in data["results"]:
        lines += [f"- Id: {code_span(one['id'])}", *library_facts(one, "  "), f"  - Page: {address(one['url'])}"]
        lines += [f"  - Keywords that match: {', '.join(map(code_span, one['keywords']))}"] if one["keywords"] else []
        lines += quote(one["description"], "    ")
    return answer_text(data, lines, f"{len(data['results'])} of {data['total']} keyword libraries.{doubt(data)}")


def _line(result: Data) -> str:
    facts = [result["display_name"], result["access_level"], ", ".join(result["platforms"])]
    facts.append((result["updated"] or "")[:10])
    return f"- {code_span(result['id'])}: {inline('; '.join(filter(None, facts)))}"


def _listed(data: Data) -> str:
    return f"{len(data['results'])} of {data['total']} CodeBundles, {_order(data, 'by id')}."


def _order(data: Data, usual: str) -> str:
    return _ORDERS.get(data["sort"], usual)
