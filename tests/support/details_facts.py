"""What an agent needs of a CodeBundle, and what of it an answer does not say: by its own words."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

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
    if not re.search(rf"^Access: {record['access_level']}\b", text, re.MULTILINE):
        yield "text: no line Access"


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
    yield from (("file beside it", f"codebundles/{quote(record['slug'])}/{name}") for name in files)


def _plain(text: str) -> str:
    """A text without what Markdown or JSON put before characters, and with one blank for each run of them."""
    return re.sub(r"\s+", " ", re.sub(r"\\(?=[^\sA-Za-z0-9])", "", text.replace("\\n", " ")))
