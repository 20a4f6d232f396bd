"""Tools' answers as Markdown. Pure.

What a repository says is escaped within a line or quoted line by line: none of it can become a heading, a link or a
sentence of ours.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from search_fn.characters import visible

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_UNSAFE = re.compile(r"[\s<>\\]|[^\x21-\x7e]")

Data = Mapping[str, Any]


def inline(text: object) -> str:
    """A text within a line."""
    return _escaped(" ".join(visible(str(text).replace("\n", " "), "").split()))


def quote(text: str | None, indent: str = "") -> list[str]:
    """A text as quoted lines."""
    lines = visible((text or "").replace("\r\n", "\n"), "").strip().split("\n")
    return [f"{indent}> {_escaped(line)}".rstrip() for line in lines] if any(lines) else []


def found(data: Data) -> str:
    """A page of a search."""
    results = data["results"]
    if not results:
        return _end([f"Nothing on this page; {data['total']} match."], data)
    sure = "" if data["confident"] else " None may answer the question: the match is weak."
    head = f"{len(results)} of {data['total']} that match, best first.{sure}" if data["query"] else _listed(data)
    lines = [head, "", *_notice(data)]
    for result in results:
        lines += [
            f"- Id: {inline(result['id'])}",
            f"  - Name: {inline(result['display_name'])}",
            f"  - Score: {result['score']:.2f}",
            f"  - Access: {_access(result)}",
            f"  - Platforms: {inline(', '.join(result['platforms']) or 'none named')}",
            f"  - Page: {_address(result['url'])}",
            *_source(result["collection"], result["commit"], result["stale"]),
            *quote(result["description"], "    "),
            *(f"    > {tool['kind']} tool: {inline(tool['name'])}" for tool in result["tools"]),
        ]
    return _end(lines, data)


def summary(data: Data) -> str:
    """A page of a search as ids."""
    return _end([_listed(data), "", *_notice(data), *(f"- {inline(one['id'])}" for one in data["results"])], data)


def collections(data: Data) -> str:
    lines = [f"{len(data['collections'])} of {data['total']} CodeCollections.", "", *_notice(data)]
    for one in data["collections"]:
        matching = "" if one["matching"] is None else f", {one['matching']} of which match"
        lines += [
            f"- Slug: {inline(one['slug'])}",
            f"  - Name: {inline(one['name'])}",
            f"  - CodeBundles: {one['bundles']}{matching}",
            f"  - Tools: {one['tools']}",
            f"  - Repository: {_address(one['git_url'])}",
            *_source(one["slug"], one["commit"], one["state"] == "stale"),
            *quote(one["description"], "    "),
        ]
    return _end(lines, data)


def collection_names(data: Data) -> str:
    names = (f"- {inline(one['slug'])}: {one['bundles']} CodeBundles" for one in data["collections"])
    return _end([f"{data['total']} CodeCollections.", "", *_notice(data), *names], data)


def details(data: Data) -> str:
    """One CodeBundle."""
    one = data["codebundle"]
    collection = one["codecollection"]
    lines = [
        *_notice(data),
        f"- Id: {inline(one['id'])}",
        f"- Name: {inline(one['title'])}",
        f"- Access: {_access(one)}",
        f"- Platforms: {inline(', '.join(one['platforms']) or 'none named')}",
        f"- Tags: {inline(', '.join(one['support_tags']) or 'none')}",
        f"- Author: {inline(one['author'] or 'not named')}",
        f"- Configuration: {one['configuration_type']['type']}",
        f"- Page: {_address(one['url'])}",
        f"- Source: {_address(one['runbook_source_url'] or collection['git_url'])}",
        *_source(collection["slug"], collection["commit"], collection["stale"], ""),
        *quote(one.get("doc") or one["description"], "  "),
    ]
    for kind, heading in (("runbook", "Runbook tools (on demand)"), ("monitor", "Monitor tools (on a schedule)")):
        tools = [tool for tool in one["tools"] if tool["kind"] == kind]
        lines += ["", f"## {heading}", ""] if tools else []
        for tool in tools:
            access = f" ({tool['access']})" if tool["access"] else ""
            lines += [f"- {inline(tool['title'])}{access}", *quote(tool.get("documentation"), "  ")]
    for field, heading in (("user_variables", "Variables"), ("secrets", "Secrets")):
        lines += ["", f"## {heading}", ""] if one.get(field) else []
        lines += [_needed(wanted) for wanted in one.get(field, ())]
    if one.get("readme"):
        lines += ["", "## README", "", *quote(one["readme"])]
    return _end(lines, data)


def request(data: Data) -> str:
    lines = ["Nothing was sent. A person can read, change and submit the request here:", "", f"<{data['url']}>", ""]
    if data["similar"]:
        lines += ["CodeBundles that come near it:", "", *(f"- {inline(name)}" for name in data["similar"])]
    return _end(lines, data)


def requests(data: Data) -> str:
    return _end([f"Search them on GitHub: <{data['url']}>"], data)


def as_json(data: Data) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _escaped(line: str) -> str:
    return _SPECIAL.sub(r"\\\1", line)


def _access(one: Data) -> str:
    # Nobody checks what SKILL-TEMPLATE.md says, and an agent may act on this.
    claimed = one["access_level_source"] == "SKILL-TEMPLATE"
    return f"unknown, claimed to be {one['access_level']}" if claimed else str(one["access_level"])


def _listed(data: Data) -> str:
    return f"{len(data['results'])} of {data['total']} CodeBundles, by id."


def _notice(data: Data) -> list[str]:
    return [data["notice"], ""] if data.get("results") or data.get("collections") or data.get("codebundle") else []


def _end(lines: Sequence[str], data: Data) -> str:
    more = data.get("next_cursor")
    return (
        "\n".join(
            [
                *lines,
                *(["", f"The next page: cursor {more}"] if more else []),
                *(line for note in data["notes"] for line in ("", note)),
            ]
        ).strip()
        + "\n"
    )


def _source(collection: str, commit: str | None, stale: bool, indent: str = "  ") -> list[str]:
    state = " (stale: it could not be brought up to date)" if stale else ""
    return [f"{indent}- Quoted from {inline(collection)} at commit {commit or 'unknown'}{state}:"]


def _needed(wanted: Data) -> str:
    given = wanted.get("default")
    default = f", default {inline(given)}" if given else ""
    said = f": {inline(wanted['description'])}" if wanted.get("description") else ""
    return f"- {inline(wanted['name'])} ({'required' if wanted['required'] else 'optional'}{default}){said}"


def _address(url: str | None) -> str:
    # Ours or built from a checked git_url, but a folder's name is in it.
    return f"<{_UNSAFE.sub('', url)}>" if url else "none"
