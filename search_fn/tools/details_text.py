"""One CodeBundle as Markdown, as get_codebundle_details and its resource say it."""

from search_fn.search.access import stated
from search_fn.text import inline, quote
from search_fn.tools.markdown import Data, address, answer_text, quoted_from

_COMMANDS = 5


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
        f"- Page: {address(one['url'])}",
        f"- Source: {address(one['runbook_source_url'] or collection['git_url'])}",
        *quoted_from(collection["slug"], collection["commit"], collection["stale"], ""),
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
    return answer_text(data, lines)


def _done(tool: Data) -> list[str]:
    """What of a tool's code matters to whoever decides whether to run it."""
    changing = [one for one in tool.get("commands", ()) if one["effect"] == "changes"]
    lines = [
        f"  - changes: {inline(one['command'])} ({inline(one['path'].rpartition('/')[2])}:{one['line']})"
        + (f" {inline(one['condition'])}" if one["condition"] else "")
        for one in changing[:_COMMANDS]
    ]
    return [*lines, *(f"  - not decided: {inline(reason)}" for reason in tool.get("unclear_because", ())[:_COMMANDS])]


def _enhanced(one: Data) -> list[str]:
    ai = one.get("ai")
    if not ai:
        return []
    by = f"the model {inline(ai['model'])}, {ai['date']}" if ai["model"] else "this registry's maintainers"
    said = [need["requirement"] for need in ai["iam_requirements"]]
    needs = [f"- Permissions: {inline(', '.join(said))}"] if said else []
    return [f"- In the words of {by}:", *quote(ai["description"], "  "), *needs]


def _needed(wanted: Data) -> str:
    given = wanted.get("default")
    default = f", default {inline(given)}" if given else ""
    said = f": {inline(wanted['description'])}" if wanted.get("description") else ""
    return f"- {inline(wanted['name'])} ({'required' if wanted['required'] else 'optional'}{default}){said}"
