"""The answer of get_codebundle_details: one CodeBundle's record, as much of it as was asked for."""

import json

from search_fn.index.open import Index
from search_fn.search.listing import alias_of, find_bundle
from search_fn.search.ranking import search
from search_fn.text import inline
from search_fn.tools import schemas as s
from search_fn.tools.arguments import ToolError
from search_fn.tools.size import Draft

_BRIEF = (
    "id", "name", "slug", "display_name", "title", "url", "description", "author", "access_level",
    "access_level_source", "access_level_claimed", "effect", "platforms", "support_tags", "task_count", "sli_count",
    "runbook_source_url", "git_updated_at", "configuration_type", "codecollection", "related",
)  # fmt: skip


_OF_TOOL = ("kind", "name", "title", "access", "access_declared", "effect", "line")
# `minimum_iam_requirements` name the permissions.
_LONG = (
    "readme", "scripts", "templates", "generation_rules", "problems", "meta", "skill_template", "permissions",
)  # fmt: skip
# Of each tool, in an answer that is not the full one.
_CHANGING = 3


def codebundle_details(index: Index, given: s.GetCodebundleDetails) -> Draft:
    collection, _, slug = given.slug.rpartition("/")
    collection = given.collection_slug or collection
    text = find_bundle(index, collection, slug) if collection else _only_one(index, slug)
    if text is None:
        near = [one.id for one in search(index, slug.replace("-", " "), limit=3).results]
        raise ToolError(_choose("There is no such CodeBundle. The nearest ids, to send as slug:", near))
    record = json.loads(text)
    if given.detail != "full":
        # The whole README is rarely what was asked for, and often longer than everything else.
        for field in _LONG:
            record.pop(field, None)
        # What changes things decides; what only reads is in the full answer.
        for tool in record["tools"]:
            tool["commands"] = [one for one in tool["commands"] if one["effect"] == "changes"][:_CHANGING]
    if given.detail == "brief":
        tools = [{name: tool[name] for name in _OF_TOOL} for tool in record["tools"]]
        record = {name: record[name] for name in _BRIEF} | {"tools": tools}
    return Draft({"codebundle": record})


def _only_one(index: Index, slug: str) -> str | None:
    alias = alias_of(slug)
    ids = [name for name in index.ids if alias_of(name.split("/", 1)[1]) == alias]
    # As it is written goes before an alias.
    ids = [name for name in ids if name.endswith(f"/{slug}")] or ids
    if len(ids) > 1:
        raise ToolError(_choose("Several collections have it; send one of these ids as slug:", ids[:20]))
    return find_bundle(index, *ids[0].split("/", 1)) if ids else None


def _choose(sentence: str, ids: list[str]) -> str:
    return "\n".join([sentence, *(f"- {inline(name)}" for name in ids)])
