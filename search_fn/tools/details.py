"""The answer of get_codebundle_details: one CodeBundle's record, each fact once, at the level of detail asked for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from search_fn.index.open import Index
from search_fn.search.listing import find_bundle
from search_fn.tools import schemas as s
from search_fn.tools.details_levels import LEVELS, places
from search_fn.tools.named import find_record
from search_fn.tools.size import Data, Draft

CONFIGURATION = "config.yaml"
_API = "/api/v1/collections"
# Fields that repeat others: names repeat id and title, counts and kinds the tools, dates the history.
_REPEATED = frozenset({
    "name", "display_name", "platform", "tasks", "slis", "task_count", "sli_count", "data_classifications",
    "git_updated_at",
})  # fmt: skip
_OF_RULES = ("match_patterns", "templates", "output_items", "level_of_detail")
# The order of the fields, what a reader needs first; fields that are not named here come last.
_ORDER = (
    "id", "slug", "title", "url", "record_url", "description", "doc", "ai_enhanced_description", "author", "deprecated",
    "access_level", "access_level_source", "access_level_claimed", "effect", "platforms", "support_tags",
    "configuration_type", "codecollection", "runbook_source_url", "line_url", "runbook_path", "sli_path", "tools",
    "user_variables", "secrets", "services", "platform_variables", "declared_at_run_time", "permissions",
    "minimum_iam_requirements", "permission_files", "configuration", "ai", "overridden", "history", "changelog",
    "related", "sub_metrics", "problems",
)  # fmt: skip
# Fields of every answer; the others only where they have a value.
_ALWAYS = frozenset({
    "id", "slug", "title", "url", "description", "access_level", "access_level_source", "access_level_claimed",
    "effect", "platforms", "support_tags", "tools", "user_variables", "secrets", "permissions",
})  # fmt: skip
_OF_TOOL = frozenset({"access_declared", "unclear_because", "commands"})
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def codebundle_details(index: Index, arguments: s.GetCodebundleDetails) -> Draft:
    """Return the details of one bundle.

    Raises:
        ToolError: No bundle has that name, or several have it.
    """
    record = find_record(index, arguments.slug, arguments.collection_slug)
    files = find_bundle(index, record["codecollection"]["slug"], record["slug"], "files") or "{}"
    level = LEVELS[arguments.detail]
    return Draft({"codebundle": details_of(record, json.loads(files))}, cuts=level.cuts, more=level.more)


def details_of(record: Mapping[str, Any], files: Mapping[str, str]) -> Data:
    """Return everything about a bundle, as the level "full" has it.

    Args:
        record: Its record.
        files: The text of each file beside the record, by name.
    """
    place = f"{_API}/{record['codecollection']['slug']}/codebundles/{quote(record['slug'])}"
    beside = [{"name": name, "url": f"{place}/{name}", "text": text} for name, text in files.items()]
    folder = f"codebundles/{record['slug']}"
    fields = {
        **{name: value for name, value in record.items() if name not in _REPEATED},
        **_texts(record),
        "record_url": f"{place}.json",
        "configuration_type": _without_nothing(record["configuration_type"], _OF_RULES),
        "line_url": _line_url(record, folder),
        "tools": [_tool(tool) for tool in record["tools"]],
        "permissions": [_permission(one, folder) for one in record["permissions"]],
        "configuration": next((one for one in beside if one["name"] == CONFIGURATION), None),
        "permission_files": [one for one in beside if one["name"] not in (CONFIGURATION, "badge.svg")],
    }
    order = [*(name for name in _ORDER if name in fields), *(name for name in fields if name not in _ORDER)]
    return {name: fields[name] for name in order if name in _ALWAYS or fields[name] not in _EMPTY}


def _texts(record: Mapping[str, Any]) -> Data:
    """Return the description, and of the fields that mostly repeat it or another those that differ."""
    doc, description, ai = record["doc"] or "", record["description"], record["ai"] or {}
    texts: Data = dict.fromkeys(("doc", "ai_enhanced_description", "minimum_iam_requirements"))
    if " ".join(doc.strip().split("\n\n", 1)[0].split()) == description:
        description = doc
    elif doc:
        texts["doc"] = doc
    if record["ai_enhanced_description"] not in (description, ai.get("description")):
        texts["ai_enhanced_description"] = record["ai_enhanced_description"]
    if set(record["minimum_iam_requirements"]) != {one["permission"] for one in record["permissions"]}:
        texts["minimum_iam_requirements"] = record["minimum_iam_requirements"]
    return {**texts, "description": description}


def _tool(tool: Mapping[str, Any]) -> Data:
    reading = [one for one in tool["commands"] if one["effect"] == "reads"]
    fields = {
        **{name: value for name, value in tool.items() if name != "title" or value != tool["name"]},
        "commands": [one for one in tool["commands"] if one["effect"] != "reads"],
        # `line_url` gives their addresses, and the name of the field their effect.
        "reading_commands": [_without_nothing(one, ("effect", "source_url")) for one in reading],
    }
    return {name: value for name, value in fields.items() if name in _OF_TOOL or value not in _EMPTY}


def _permission(one: Mapping[str, Any], folder: str) -> Data:
    # The text of the commands is among the tools already.
    return {**_without_nothing(one, ("evidence",)), "at": places(one["evidence"], folder)}


def _without_nothing(value: Mapping[str, Any], without: Sequence[str]) -> Data:
    return {name: one for name, one in value.items() if name not in without and one not in _EMPTY}


def _line_url(record: Mapping[str, Any], folder: str) -> str | None:
    """Return the address of a line with FILE and LINE as placeholders: each host names lines in its own way."""
    for tool in record["tools"]:
        before, own, rest = tool["source_url"].partition(f"/{quote(folder)}/")
        mark = rest.partition("#")[2].removesuffix(str(tool["line"]))
        if own and mark:
            return f"{before}{own}FILE#{mark}LINE"
    return None
