"""The answer of get_codebundle_details: one CodeBundle's record, each fact once, as much of it as was asked for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from search_fn.index.open import Index
from search_fn.search.listing import find_bundle
from search_fn.tools import schemas as s
from search_fn.tools.details_levels import LEVELS, places
from search_fn.tools.named import record_named
from search_fn.tools.size import Data, Draft

CONFIGURATION = "config.yaml"
_API = "/api/v1/collections"
# Told by other fields: names by id and title, counts and kinds by tools, dates by history.
_TWICE = frozenset({
    "name", "display_name", "platform", "tasks", "slis", "task_count", "sli_count", "data_classifications",
    "git_updated_at",
})  # fmt: skip
_OF_RULES = ("match_patterns", "templates", "output_items", "level_of_detail")
# The order in which it is read; what is not named here comes last.
_ORDER = (
    "id", "slug", "title", "url", "record_url", "description", "doc", "ai_enhanced_description", "author", "deprecated",
    "access_level", "access_level_source", "access_level_claimed", "effect", "platforms", "support_tags",
    "configuration_type", "codecollection", "runbook_source_url", "line_url", "runbook_path", "sli_path", "tools",
    "user_variables", "secrets", "services", "platform_variables", "declared_at_run_time", "permissions",
    "minimum_iam_requirements", "permission_files", "configuration", "ai", "overridden", "history", "changelog",
    "related", "sub_metrics", "problems",
)  # fmt: skip
# In every answer; of the others those that say something.
_ALWAYS = frozenset({
    "id", "slug", "title", "url", "description", "access_level", "access_level_source", "access_level_claimed",
    "effect", "platforms", "support_tags", "tools", "user_variables", "secrets", "permissions",
})  # fmt: skip
_OF_TOOL = frozenset({"access_declared", "unclear_because", "commands"})
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def codebundle_details(index: Index, given: s.GetCodebundleDetails) -> Draft:
    """Return the details of the bundle that is named. Raises ToolError where none or several are meant."""
    record = record_named(index, given.slug, given.collection_slug)
    files = find_bundle(index, record["codecollection"]["slug"], record["slug"], "files") or "{}"
    level = LEVELS[given.detail]
    return Draft({"codebundle": as_told(record, json.loads(files))}, cuts=level.cuts, more=level.more)


def as_told(record: Mapping[str, Any], files: Mapping[str, str]) -> Data:
    """Return all that is told of a bundle.

    Args:
        record: Its record.
        files: The text of each file beside the record, by name.
    """
    place = f"{_API}/{record['codecollection']['slug']}/codebundles/{quote(record['slug'])}"
    beside = [{"name": name, "url": f"{place}/{name}", "text": text} for name, text in files.items()]
    folder = f"codebundles/{record['slug']}"
    found = {
        **{name: value for name, value in record.items() if name not in _TWICE},
        **_said_once(record),
        "record_url": f"{place}.json",
        "configuration_type": _without_nothing(record["configuration_type"], _OF_RULES),
        "line_url": _line_url(record, folder),
        "tools": [_tool(tool) for tool in record["tools"]],
        "permissions": [_permission(one, folder) for one in record["permissions"]],
        "configuration": next((one for one in beside if one["name"] == CONFIGURATION), None),
        "permission_files": [one for one in beside if one["name"] not in (CONFIGURATION, "badge.svg")],
    }
    order = [*(name for name in _ORDER if name in found), *(name for name in found if name not in _ORDER)]
    return {name: found[name] for name in order if name in _ALWAYS or found[name] not in _NOTHING}


def _said_once(record: Mapping[str, Any]) -> Data:
    """Return the fields that mostly say what another says: people may have written them."""
    doc, description, ai = record["doc"] or "", record["description"], record["ai"] or {}
    found: Data = dict.fromkeys(("doc", "ai_enhanced_description", "minimum_iam_requirements"))
    if " ".join(doc.strip().split("\n\n", 1)[0].split()) == description:
        description = doc
    elif doc:
        found["doc"] = doc
    if record["ai_enhanced_description"] not in (description, ai.get("description")):
        found["ai_enhanced_description"] = record["ai_enhanced_description"]
    if set(record["minimum_iam_requirements"]) != {one["permission"] for one in record["permissions"]}:
        found["minimum_iam_requirements"] = record["minimum_iam_requirements"]
    return {**found, "description": description}


def _tool(tool: Mapping[str, Any]) -> Data:
    reading = [one for one in tool["commands"] if one["effect"] == "reads"]
    found = {
        **{name: value for name, value in tool.items() if name != "title" or value != tool["name"]},
        "commands": [one for one in tool["commands"] if one["effect"] != "reads"],
        # Where they stand is said by `line_url`, what they do by the name of the field.
        "reading_commands": [_without_nothing(one, ("effect", "source_url")) for one in reading],
    }
    return {name: value for name, value in found.items() if name in _OF_TOOL or value not in _NOTHING}


def _permission(one: Mapping[str, Any], folder: str) -> Data:
    # The commands themselves are those of the tools.
    return {**_without_nothing(one, ("evidence",)), "at": places(one["evidence"], folder)}


def _without_nothing(value: Mapping[str, Any], without: Sequence[str]) -> Data:
    return {name: one for name, one in value.items() if name not in without and one not in _NOTHING}


def _line_url(record: Mapping[str, Any], folder: str) -> str | None:
    """Return the address of a line, with FILE and LINE for which: each host has its own way of naming lines."""
    for tool in record["tools"]:
        before, own, rest = tool["source_url"].partition(f"/{quote(folder)}/")
        mark = rest.partition("#")[2].removesuffix(str(tool["line"]))
        if own and mark:
            return f"{before}{own}FILE#{mark}LINE"
    return None
