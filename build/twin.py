"""A bundle as Markdown, for a reader without a browser: the file beside its page. Pure.

What a repository says stands in quotations, line by line: none of its lines can become a heading of ours.
"""

import re

from build.record import Record

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def twin(record: Record) -> str:
    """The Markdown of a bundle's public record."""
    collection = record["codecollection"]
    lines = [
        f"# {_inline(record['title'])}",
        "",
        f"- Id: {record['id']}",
        f"- Access: {record['access_level']}" + _source(record["access_level_source"]),
        f"- Platforms: {', '.join(map(_inline, record['platforms'])) or 'none named'}",
        f"- Author: {_inline(record['author'] or 'not named')}",
        f"- Source: <{record['runbook_source_url']}>",
        f"- Collection: {_inline(collection['name'])} at commit {collection['commit']}"
        + (
            f" of {collection['commit_date'][:10]} (stale: it could not be brought up to date)"
            if collection["stale"]
            else ""
        ),
        f"- Configuration: {record['configuration_type']['type']}",
        "",
        *_quote(record["doc"]),
        *_tools(record, "runbook", "Runbook tools (on demand)"),
        *_tools(record, "monitor", "Monitor tools (on a schedule)"),
        *_variables(record),
        *_secrets(record),
    ]
    if record["readme"]:
        lines += ["## README", "", *_quote(record["readme"])]
    return "\n".join(lines).rstrip() + "\n"


def _tools(record: Record, kind: str, heading: str) -> list[str]:
    tools = [tool for tool in record["tools"] if tool["kind"] == kind]
    lines = [f"## {heading}", ""] if tools else []
    for tool in tools:
        facts = [f"access {tool['access']}" if tool["access"] else "", f"<{tool['source_url']}>"]
        lines += [
            f"### {_inline(tool['title'])}",
            "",
            ", ".join(filter(None, facts)),
            "",
            *_quote(tool["documentation"]),
        ]
    return lines


def _variables(record: Record) -> list[str]:
    variables = record["user_variables"]
    if not variables:
        return []
    rows = [
        f"| {_inline(v['name'])} | {'yes' if v['required'] else 'no'} | {_inline(v['default'] or '')} "
        f"| {_inline(', '.join(v['enum']) or v['example'] or '')} | {_inline(v['description'] or '')} |"
        for v in variables
    ]
    head = ["| variable | required | default | choices or example | description |", "|---|---|---|---|---|"]
    return ["## Configuration", "", *head, *rows, ""]


def _secrets(record: Record) -> list[str]:
    rows = [
        f"- {_inline(secret['name'])}{'' if secret['required'] else ' (optional)'}: "
        f"{_inline(secret['description'] or '')}"
        for secret in record["secrets"]
    ]
    return ["## Secrets", "", *rows, ""] if rows else []


def _source(source: str | None) -> str:
    return f", from {source}" if source else ""


def _inline(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _quote(text: str | None) -> list[str]:
    return [*(f"> {line}".rstrip() for line in text.strip().splitlines()), ""] if text and text.strip() else []
