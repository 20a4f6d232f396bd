"""What an agent needs of a CodeBundle, and what of it an answer does not say: by its own words."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from search_fn.text import visible

LEVELS = ("brief", "standard", "full")


def missing(record: Mapping[str, Any], files: Mapping[str, str], data: Mapping[str, Any], text: str) -> Iterator[str]:
    """Yield what a bundle needs that one of the two halves of an answer does not say, each as `HALF: WHAT`."""
    told = data["codebundle"]
    halves = {"text": _plain(text), "data": _plain(json.dumps(data, ensure_ascii=False))}
    for what, wanted in _needed(record, files):
        for half, said in halves.items():
            if _plain(wanted if half == "text" else json.dumps(wanted, ensure_ascii=False)[1:-1]) not in said:
                yield f"{half}: {what} {wanted[:80]}"
    for field in ("access_level", "access_level_claimed", "access_level_source", "effect"):
        if told.get(field, "none") != record[field]:
            yield f"data: {field}"
    for field, names in (
        ("tools", ("kind", "name", "access", "effect", "line")),
        ("user_variables", tuple(record["user_variables"][0]) if record["user_variables"] else ()),
        ("secrets", tuple(record["secrets"][0]) if record["secrets"] else ()),
    ):
        rows = [{name: one.get(name) for name in names} for one in told[field]]
        if rows != [{name: one[name] for name in names} for one in record[field]]:
            yield f"data: {field} are not whole"
    for tool, row in zip(record["tools"], told["tools"], strict=False):
        read = {(one["path"].rpartition("/")[2], one["line"]) for one in tool["commands"] if one["effect"] == "reads"}
        if read != _places(row):
            yield f"data: lines that only read of {tool['name']}"
        yield from (f"text: place {at}" for at in row.get("reads_at", ()) if f"`{at}`" not in text)
    if not re.search(rf"^Access: {record['access_level']}\b", text, re.MULTILINE):
        yield "text: no line Access"


def unsaid(data: Mapping[str, Any], text: str) -> Iterator[str]:
    """Yield each text of the structured content that the Markdown does not say, with its field."""
    said = _plain(_unquoted(text)).casefold()
    for field, value in _leaves(data["codebundle"], "codebundle"):
        # In other words, which the line Access has.
        if field == "codebundle.access_level_source":
            continue
        # Nobody sees the rest, which Markdown of ours leaves out.
        words = visible(value.replace("_", " ") if field.endswith(".declares") else value, "")
        if _plain(words).strip().casefold() not in said:
            yield f"{field}: {value[:80]}"


def _leaves(value: Any, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{field}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, field)
    elif isinstance(value, str):
        yield field, value


def _unquoted(text: str) -> str:
    return re.sub(r"^\s*> ?", "", text, flags=re.MULTILINE)


def _places(tool: Mapping[str, Any]) -> set[tuple[str, int]]:
    """Return file and line of each command that only reads, as an answer names them."""
    listed = [at.rpartition(":") for at in tool.get("reads_at", ())]
    result = {(path.rpartition("/")[2], int(line)) for path, _, lines in listed for line in lines.split(",")}
    return result | {(one["path"].rpartition("/")[2], one["line"]) for one in tool.get("reading_commands", ())}


def _needed(record: Mapping[str, Any], files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for tool in record["tools"]:
        yield "tool", tool["name"]
        yield "address of a tool", tool["source_url"]
        yield from (("evidence", one["command"]) for one in tool["commands"] if one["effect"] != "reads")
        yield from (("evidence", reason) for reason in tool["unclear_because"])
    for variable in record["user_variables"]:
        yield "variable", variable["name"]
        if variable["default"]:
            yield "default", variable["default"]
    yield from (("secret", one["name"]) for one in record["secrets"])
    yield from (("permission", one["permission"]) for one in record["permissions"])
    yield "address of the source", record["runbook_source_url"]
    yield "address of the page", record["url"]
    yield from (
        ("file beside it", f"codebundles/{quote(record['slug'])}/{name}") for name in files if name != "badge.svg"
    )


def _plain(text: str) -> str:
    """Return a text without what Markdown or JSON put before characters, and with one blank for each run of them."""
    return re.sub(r"\s+", " ", re.sub(r"\\(?=[^\sA-Za-z0-9])", "", text.replace("\\n", " ")))
