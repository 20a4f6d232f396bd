"""One CodeBundle as Markdown, for get_codebundle_details and its resource: all that the data has, and no more.

Names are in code spans as the robot files have them, files in fences that they cannot end, prose in quotations.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from search_fn.search.access import stated
from search_fn.text import code_block, code_span, inline, quote
from search_fn.tools.markdown import Data, address, answer_text, deprecation, quoted_from

# Fields that have lines of their own; all others are shown as JSON at the end.
_SHOWN = frozenset({
    "id", "slug", "title", "url", "record_url", "description", "doc", "ai_enhanced_description", "author", "deprecated",
    "access_level", "access_level_source", "access_level_claimed", "effect", "platforms", "support_tags",
    "configuration_type", "codecollection", "runbook_source_url", "line_url", "runbook_path", "sli_path", "tools",
    "user_variables", "secrets", "services", "platform_variables", "declared_at_run_time", "permissions",
    "minimum_iam_requirements", "permission_files", "configuration", "ai", "overridden", "history", "changelog",
    "related", "sub_metrics", "problems", "readme", "scripts", "file_count",
    "tests",
})  # fmt: skip
_KINDS = {"runbook": "Runbook tools (on demand)", "monitor": "Monitor tools (on a schedule)"}
_FENCES = {"yaml": "yaml", "json": "json"}


def details(data: Data) -> str:
    """Return one CodeBundle."""
    one = data["codebundle"]
    sections: list[tuple[str, Sequence[str]]] = [
        ("Tools", _tools(one["tools"])),
        ("Variables", [_needed(variable) for variable in one["user_variables"]]),
        ("Secrets", [_needed(secret) for secret in one["secrets"]]),
        ("From the platform", _from_platform(one)),
        ("Permissions", _permissions(one)),
        ("Configuration", _file(one["configuration"]) if one.get("configuration") else []),
        ("Symptoms and questions", _model(one.get("ai"))),
        ("History", _history(one)),
        ("Problems", [_problem(problem) for problem in one.get("problems", ())]),
        ("README", quote(one.get("readme"))),
        ("The rest of the record", _rest(one)),
    ]
    lines = [f"Access: {stated(one)}", "", *(f"- {line}" for line in deprecation(one)), *_head(one)]
    for heading, section in sections:
        lines += ["", f"## {heading}", "", *section] if section else []
    return answer_text(data, lines)


def _head(one: Data) -> list[str]:
    collection = one["codecollection"]
    page = one["url"]
    return [
        f"- Id: {code_span(one['id'])}",
        f"- Name: {inline(one['title'])}",
        f"- Effect of its code: {one['effect']}",
        f"- Platforms: {inline(', '.join(one['platforms']) or 'none named')}",
        f"- Tags: {inline(', '.join(one['support_tags']) or 'none')}",
        f"- Author: {inline(one.get('author') or 'not named')}",
        f"- Configuration: {_configured(one['configuration_type'])}",
        *_trust(one),
        f"- Page: {address(page)}" if page.startswith("http") else f"- Resource, for want of a site: {code_span(page)}",
        *_address("Record", one.get("record_url")),
        f"- Source: {address(one['runbook_source_url'])}, files {_names(_paths(one))}",
        *_address("A line of a file", one.get("line_url")),
        f"- Collection: {inline(collection['name'])}, branch {code_span(collection['git_ref'])} of "
        f"{address(collection['git_url'])}, as of {collection['commit_date']}",
        *([f"- Files: {one['file_count']}, which get_codebundle_file reads"] if one.get("file_count") else []),
        *_listed("Scripts", one.get("scripts")),
        *_listed("Sub-metrics", one.get("sub_metrics")),
        *_listed("Related", one.get("related")),
        *_listed("By this registry's maintainers", one.get("overridden")),
        *quoted_from(collection["slug"], collection["commit"], collection["stale"], ""),
        *quote(one["description"], "  "),
        *(["- In the author's words:", *quote(one["doc"], "  ")] if one.get("doc") else []),
        *(["- Described by others:", *quote(text, "  ")] if (text := one.get("ai_enhanced_description")) else []),
    ]


def _trust(one: Data) -> list[str]:
    """Return the lines on who maintains a bundle and whether it is tested."""
    tests, by = one.get("tests"), one["codecollection"].get("maintained_by")
    lines = [f"- Maintained by: {inline(by)}"] if by else []
    if tests is None:
        return lines
    where = [f"{code_span(run['path'])} line {run['line']}" for run in tests["evidence"][:3]]
    ran = f"run by {', '.join(where)}" if where else "which no workflow of its repository names"
    return [*lines, f"- Tests: in its folder, {ran}" if tests["present"] else "- Tests: none in its folder"]


def _paths(one: Data) -> list[str]:
    return [one[name] for name in ("runbook_path", "sli_path") if one.get(name)]


def _configured(how: Data) -> str:
    parts = [str(how["type"])]
    if how.get("platform"):
        parts.append(f"on {inline(how['platform'])}")
    if how.get("resource_types"):
        parts.append(f"for {_names(how['resource_types'])}")
    if how.get("runwhen_directory_path"):
        parts.append(f"by the rules in {code_span(how['runwhen_directory_path'])}")
    return " ".join(parts)


def _tools(tools: Sequence[Data]) -> list[str]:
    lines: list[str] = []
    for kind, heading in _KINDS.items():
        own = [tool for tool in tools if tool["kind"] == kind]
        lines += [*([""] if lines else []), f"### {heading}", ""] if own else []
        for tool in own:
            lines += _tool(tool)
    return lines


def _tool(tool: Data) -> list[str]:
    declared = f", tagged {tool['access_declared']}" if tool.get("access_declared") else ""
    facts = [
        *([f"Title: {inline(tool['title'])}"] if "title" in tool else []),
        *([f"Tags: {inline(', '.join(tool['tags']))}"] if tool.get("tags") else []),
        *([f"Reads data: {inline(', '.join(tool['data']))}"] if tool.get("data") else []),
        *([f"Variables: {_names(tool['variables'])}"] if tool.get("variables") else []),
        *([f"Scripts: {_names(tool['scripts'])}"] if tool.get("scripts") else []),
        *(["Raises issues"] if tool.get("raises_issues") else []),
        *([f"Since {code_span(tool['since'])}"] if tool.get("since") else []),
    ]
    at = f"line {tool['line']}, {address(tool['source_url'])}"
    return [
        f"- {code_span(tool['name'])} ({tool['access']}{declared}, {tool['effect']}), {at}",
        *quote(tool.get("documentation"), "  "),
        *([f"  - {'. '.join(facts)}"] if facts else []),
        *(f"  - {_command(one)}" for one in tool["commands"]),
        *(f"  - not decided: {code_span(reason)}" for reason in tool["unclear_because"]),
        *(f"  - {_command({**one, 'effect': 'reads'})}" for one in tool.get("reading_commands", ())),
        *([f"  - reads at {_names(tool['reads_at'])}"] if tool.get("reads_at") else []),
    ]


def _command(one: Data) -> str:
    """Return a command of a tool: its effect, text, place and condition, on which the decision to run it rests."""
    condition = f" {code_span(one['condition'])}" if one.get("condition") else ""
    where = f", {address(one['source_url'])}" if one.get("source_url") else ""
    place = code_span(f"{one['path']}:{one['line']}")
    return f"{one['effect']}: {code_span(one['command'])} ({place}{where}){condition}"


def _needed(need: Data) -> str:
    """Return the line of a variable, a secret or a service."""
    facts = ["required" if need["required"] else "optional"] if "required" in need else []
    facts += [str(need["type"])] if need.get("type") else []
    facts += ["credential"] if need.get("sensitive") else []
    facts += [f"of {' and '.join(need['used_by'])}"]
    facts += [f"line {need['line']}"] if need.get("line") else []
    # "" is a default too; None is none.
    default = need.get("default")
    more = [
        *([f"Default: {code_span(default) if default else 'empty'}."] if default is not None else []),
        *([f"Example: {code_span(need['example'])}."] if need.get("example") else []),
        *([f"One of: {_names(need['enum'])}."] if need.get("enum") else []),
        *([f"Pattern: {code_span(need['pattern'])}."] if need.get("pattern") else []),
        *([f"Instead of it: {_names(need['alternatives'])}."] if need.get("alternatives") else []),
        *([f"Since {code_span(need['since'])}."] if need.get("since") else []),
    ]
    about = f": {inline(need['description'])}" if need.get("description") else ""
    return f"- {code_span(need['name'])} ({', '.join(map(inline, facts))}){about}{' ' if more else ''}{' '.join(more)}"


def _from_platform(one: Data) -> list[str]:
    return [
        *(f"{_needed(service)} (service)" for service in one.get("services", ())),
        *(f"{_needed(variable)} (variable of the platform)" for variable in one.get("platform_variables", ())),
        *(
            f"- {code_span(name['name'])}: a {inline(name['declares'].replace('_', ' '))} whose name only a run makes "
            f"({name['kind']}, line {name['line']})"
            for name in one.get("declared_at_run_time", ())
        ),
    ]


def _permissions(one: Data) -> list[str]:
    # Only an override by this registry's maintainers can differ from what the code shows.
    decided = one.get("minimum_iam_requirements")
    lines = [f"- By this registry's maintainers: {_names(decided)}"] if decided else []
    for need in one["permissions"]:
        how = ", ".join(inline(need[name]) for name in ("operation", "scope") if need.get(name))
        at = f" at {_names(need['at'])}" if need.get("at") else ""
        lines.append(f"- {inline(need['platform'])}: {code_span(need['permission'])}{f' ({how})' if how else ''}{at}")
    for file in one.get("permission_files", ()):
        lines += ["", *_file(file)]
    return lines


def _file(file: Data) -> list[str]:
    where = f": {address(file['url'])}" if file.get("url") else ""
    text = file.get("text")
    shown = ["", *code_block(text, _FENCES.get(file["name"].rpartition(".")[2], ""))] if text else []
    return [f"{code_span(file['name'])}{where}", *shown]


def _model(ai: Data | None) -> list[str]:
    if not ai:
        return []
    by = (
        f"the model {code_span(ai['model'])}, {ai['date']}, not of the author"
        if ai["model"]
        else "this registry's maintainers"
    )
    listed: Iterable[tuple[str, Any]] = (
        ("Symptoms", ai.get("symptoms")),
        ("Questions", ai.get("questions")),
        ("Use it when", ai.get("use_cases")),
        ("Also called", ai.get("aliases")),
        ("Comes up for the alerts", ai.get("alerts")),
        ("Comes up for the errors", ai.get("errors")),
        ("Limits", [ai["limitations"]] if ai.get("limitations") else []),
    )
    level = ": ".join(filter(None, (ai.get("access_level"), ai.get("access_reason"))))
    lines = [f"In the words of {by}:", "", *quote(ai.get("description"))]
    lines += [f"- {heading}: {'; '.join(map(inline, texts))}" for heading, texts in listed if texts]
    lines += [f"- Its guess of access: {inline(level)}"] if level else []
    for need in ai.get("iam_requirements", ()):
        basis = "; ".join(inline(need[name]) for name in ("platform", "evidence") if need.get(name))
        lines.append(f"- Its guess of permissions: {inline(need['requirement'])}{f' ({basis})' if basis else ''}")
    for name, tool in ai.get("tools", {}).items():
        about = " ".join(inline(text) for text in (tool["purpose"], tool["function"], *tool["requirements"]))
        lines.append(f"- {code_span(name)}: {about}")
    return lines


def _history(one: Data) -> list[str]:
    lines = []
    history = one.get("history")
    if history:
        by = f", by {_names(history['authors'])}" if history.get("authors") else ""
        lines.append(
            f"- {history['commits']} commits from {history['first_date']} ({code_span(history['first_commit'])}) to "
            f"{history['last_date']} ({code_span(history['last_commit'])}), the last of its own on "
            f"{history['last_own_date']}{by}"
        )
    for change in one.get("changelog", ()):
        sweep = " (with many other bundles)" if change["sweep"] else ""
        lines.append(f"- {change['date']} {code_span(change['commit'])} {inline(change['subject'])}{sweep}")
    return lines


def _problem(problem: Data) -> str:
    place = f"{problem['path']}:{problem['line']}" if problem.get("line") else problem.get("path")
    where = f" ({code_span(place)})" if place else ""
    text = f"{code_span(problem['message'])}{where} {inline(problem['hint'])}"
    return f"- {problem['severity']}, {code_span(problem['code'])}: {text}"


def _rest(one: Data) -> list[str]:
    rest = {name: value for name, value in one.items() if name not in _SHOWN}
    return code_block(json.dumps(rest, ensure_ascii=False, indent=1), "json") if rest else []


def _address(what: str, url: str | None) -> list[str]:
    return [f"- {what}: {address(url)}"] if url else []


def _listed(what: str, names: Sequence[str] | None) -> list[str]:
    return [f"- {what}: {_names(names)}"] if names else []


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(code_span, names))
