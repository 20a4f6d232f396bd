"""Tools' answers as Markdown.

What a repository says is escaped within a line or quoted line by line: none of it can become a heading, a link or a
sentence of ours.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from search_fn.search.access import stated
from search_fn.text import escaped, inline, quote

_UNSAFE = re.compile(r"[\s<>\\]|[^\x21-\x7e]")
_COMMANDS = 5
_PAGES = ("documentation", "library")
_LINK = re.compile(r"(<https://[^\s<>]+>)")

Data = Mapping[str, Any]


def found(data: Data) -> str:
    """A page of a search."""
    results = data["results"]
    sure = "" if data["confident"] else " None may answer the question: the match is weak."
    head = f"{len(results)} of {data['total']} that match, best first.{sure}" if data["query"] else _listed(data)
    lines = []
    for result in results:
        lines += [
            f"- Id: {inline(result['id'])}",
            f"  - Name: {inline(result['display_name'])}",
            f"  - Score: {result['score']:.2f}",
            *([f"  - Access: {stated(result)}"] if result.get("type") not in _PAGES else []),
            f"  - Platforms: {inline(', '.join(result['platforms']) or 'none named')}",
            f"  - Page: {address(result['url'])}",
            *_source(result["collection"], result["commit"], result["stale"]),
            *quote(result["description"], "    "),
            *(f"    > {tool['kind']} tool: {inline(tool['name'])}" for tool in result["tools"]),
        ]
    return _told(data, lines, head if results else f"Nothing on this page; {data['total']} match.")


def collections(data: Data) -> str:
    """A page of collections, or one with its `codebundles`."""
    lines = []
    for one in data["collections"]:
        matching = "" if one["matching"] is None else f", {one['matching']} of which match"
        lines += [
            f"- Slug: {inline(one['slug'])}",
            f"  - Name: {inline(one['name'])}",
            f"  - CodeBundles: {one['bundles']}{matching}",
            f"  - Tools: {one['tools']}",
            f"  - Repository: {address(one['git_url'])}",
            *_source(one["slug"], one["commit"], one["state"] == "stale"),
            *quote(one["description"], "    "),
        ]
    bundles = [f"- {inline(name)}" for name in data.get("codebundles", ())]
    return _told(data, [*lines, *(["", "## CodeBundles", "", *bundles] if bundles else [])], _listed(data))


def summary(data: Data) -> str:
    """A page of a search or of collections as ids."""
    rows = data.get("results") or data.get("collections") or ()
    return _told(data, [f"- {inline(one.get('id') or one['slug'])}" for one in rows], _listed(data))


def details(data: Data) -> str:
    """One CodeBundle."""
    one = data["codebundle"]
    collection = one["codecollection"]
    lines = [
        f"- Id: {inline(one['id'])}",
        f"- Name: {inline(one['title'])}",
        f"- Access: {stated(one)}",
        f"- Effect of its code: {one['effect']}",
        f"- Platforms: {inline(', '.join(one['platforms']) or 'none named')}",
        f"- Tags: {inline(', '.join(one['support_tags']) or 'none')}",
        f"- Author: {inline(one['author'] or 'not named')}",
        f"- Configuration: {one['configuration_type']['type']}",
        *_trust(one),
        f"- Page: {address(one['url'])}",
        f"- Source: {address(one['runbook_source_url'] or collection['git_url'])}",
        *_source(collection["slug"], collection["commit"], collection["stale"], ""),
        *quote(one.get("doc") or one["description"], "  "),
        *_enhanced(one),
    ]
    for kind, heading in (("runbook", "Runbook tools (on demand)"), ("monitor", "Monitor tools (on a schedule)")):
        tools = [tool for tool in one["tools"] if tool["kind"] == kind]
        lines += ["", f"## {heading}", ""] if tools else []
        for tool in tools:
            does = f"{tool['access']}, {tool['effect']}"
            lines += [f"- {inline(tool['title'])} ({does})", *quote(tool.get("documentation"), "  "), *_done(tool)]
    for field, heading in (("user_variables", "Variables"), ("secrets", "Secrets")):
        lines += ["", f"## {heading}", ""] if one.get(field) else []
        lines += [_needed(wanted) for wanted in one.get(field, ())]
    if one.get("minimum_iam_requirements"):
        lines += ["", "## Permissions", ""]
        lines += [f"- {inline(need)}" for need in one["minimum_iam_requirements"]]
    if one.get("readme"):
        lines += ["", "## README", "", *quote(one["readme"])]
    return _told(data, lines)


def request(data: Data) -> str:
    head = "Nothing was sent. A person can read, change and submit the request here:"
    if data["submitted"]:
        head = "The request was made before:" if data["notes"] else "The request is open:"
    lines = [f"{head}\n\n<{data['url']}>"]
    if data["similar"]:
        lines += ["", "CodeBundles that come near it:", *(f"- {inline(name)}" for name in data["similar"])]
    if data["requests"]:
        lines += ["", "Open requests that come near it:", *_open(data)]
    return _told(data, lines[1:], lines[0])


def requests(data: Data) -> str:
    return _told(data, _open(data), f"Search them on GitHub: <{data['url']}>")


def _open(data: Data) -> list[str]:
    return [f"- {inline(one['title'])} {address(one['url'])}" for one in data["requests"]]


def _done(tool: Data) -> list[str]:
    """What of a tool's code matters to whoever decides whether to run it."""
    changing = [one for one in tool.get("commands", ()) if one["effect"] == "changes"]
    lines = [
        f"  - changes: {inline(one['command'])} ({inline(one['path'].rpartition('/')[2])}:{one['line']})"
        + (f" {inline(one['condition'])}" if one["condition"] else "")
        for one in changing[:_COMMANDS]
    ]
    return [*lines, *(f"  - not decided: {inline(reason)}" for reason in tool.get("unclear_because", ())[:_COMMANDS])]


def _trust(one: Data) -> list[str]:
    """Who maintains it, and what shows that it is tested; an index of an earlier release says neither."""
    if "tests" not in one:
        return []
    tests = one["tests"]
    where = [f"{inline(run['path'])}:{run['line']}" for run in tests["evidence"][:1]]
    what = f"in its folder{', run by ' + where[0] if where else ', in no workflow'}" if tests["present"] else "none"
    by = one["codecollection"]["maintained_by"]
    return [f"- Maintained by: {inline(by or 'not named')}", f"- Tests: {what}"]


def _enhanced(one: Data) -> list[str]:
    ai = one.get("ai")
    if not ai:
        return []
    by = f"the model {inline(ai['model'])}, {ai['date']}" if ai["model"] else "this registry's maintainers"
    said = [need["requirement"] for need in ai["iam_requirements"]]
    needs = [f"- Permissions: {inline(', '.join(said))}"] if said else []
    return [f"- In the words of {by}:", *quote(ai["description"], "  "), *needs]


def _listed(data: Data) -> str:
    rows, what = ("collections", "CodeCollections") if "collections" in data else ("results", "CodeBundles, by id")
    return f"{len(data[rows])} of {data['total']} {what}."


def _told(data: Data, lines: Sequence[str], head: str = "") -> str:
    """`lines` quote what repositories say, `head` does not."""
    more = data.get("next_cursor")
    cursor = f"The next page: cursor {more}" if more else ""
    parts = [head, data["notice"] if lines else "", "\n".join(lines), cursor, *map(_note, data["notes"])]
    return "\n\n".join(filter(None, parts)) + "\n"


def _note(text: str) -> str:
    """A note, in which addresses that we name are links and nothing that is quoted is anything."""
    return "".join(part if place % 2 else escaped(part) for place, part in enumerate(_LINK.split(text)))


def _source(collection: str, commit: str | None, stale: bool, indent: str = "  ") -> list[str]:
    state = " (stale: it could not be brought up to date)" if stale else ""
    return [f"{indent}- Quoted from {inline(collection)} at commit {commit or 'unknown'}{state}:"]


def _needed(wanted: Data) -> str:
    given = wanted.get("default")
    default = f", default {inline(given)}" if given else ""
    said = f": {inline(wanted['description'])}" if wanted.get("description") else ""
    return f"- {inline(wanted['name'])} ({'required' if wanted['required'] else 'optional'}{default}){said}"


def address(url: str | None) -> str:
    # Ours or built from a checked git_url, but a folder's name is in it.
    return f"<{_UNSAFE.sub('', url)}>" if url else "none"
