"""The chat's answers as Markdown. What a repository or a model says is escaped within a line."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from search_fn.chat.sources import UNANSWERED, Source, Sources
from search_fn.index.facts import Manifest
from search_fn.search.access import stated
from search_fn.search.results import Result
from search_fn.text import addresses, code_span, escaped, inline
from search_fn.tools.markdown import address

EXAMPLES = Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
# One of each kind.
QUESTIONS: list[str] = [group["queries"][0] for group in json.loads(EXAMPLES)["examples"]]
WITHOUT = "No language model is set up here; this is what the catalogue itself says."
_WEAK = 0.5
_SHOWN, _TOOLS, _NEEDS, _ALL, _LONGEST = 3, 4, 8, 30, 400
_VARIABLE = re.compile(r"`?\$\{([^{}]{1,200})\}`?")


def cite_claims(claims: Sequence[tuple[str, Sequence[int]]], sources: Sequence[Source]) -> tuple[str, list[Result]]:
    """Return claims as Markdown with the numbers of their sources, and those sources, renumbered in the order of
    use.
    """
    used = list(dict.fromkeys(number for _, numbers in claims for number in numbers))
    lines = [
        f"{_link_addresses(text)} {''.join(f'[{used.index(n) + 1}]' for n in numbers)}\n" for text, numbers in claims
    ]
    results = [sources[number - 1].result for number in used]
    cited = (f"{number}. {_link(result)}" for number, result in enumerate(results, 1))
    return "\n".join([*lines, "Sources:\n", *cited]), results


def extract(found: Sources, failed: bool, *, is_told: bool = False) -> tuple[str, list[Result]]:
    """Return the best sources in the catalogue's own words, and their results.

    Args:
        found: What answers the question, at least one. Where it is about one bundle that was named, that one alone is
            shown.
        failed: Whether a language model was asked, and gave no usable answer.
        is_told: Whether an answer before this one has said whose words these are.
    """
    sources, wishes = found.sources, found.wishes
    why = ["The language model gave no usable answer; this is what the catalogue itself says."] if failed else [WITHOUT]
    why = [] if is_told and not failed else why
    weak = ["The match is weak: it may not be what you need."] if sources[0].result.score < _WEAK else []
    only = ["Only what is read-only, by its code or its tags, is shown."] if wishes.reading else []
    head = " ".join([*why, *weak, *only])
    lines = [f"{head}\n"] if head else []
    # "It" is one, the first.
    shown = sources[: 1 if wishes.of_one and found.is_named and (wishes.needs or wishes.changes) else _SHOWN]
    for number, (result, record) in enumerate(shown, 1):
        lines.append(f"{number}. **{inline(result.display_name)}**, {_link(result)}: {_short(result.description)}")
        if not record:
            continue
        lines.append(f"   - Access: {stated(record)}")
        if wishes.changes and found.is_named:
            lines += _changes(record)
        elif wishes.needs and (found.is_named or number == 1):
            lines += _needs(record, f"{result.url}#configure")
        else:
            tools = record["tools"]
            matching = {tool.name for tool in result.tools}
            best = [tool for tool in tools if tool["name"] in matching] or tools
            lines += [f"   - {tool['kind'].capitalize()} tool: {_title(tool['title'])}" for tool in best[:_TOOLS]]
            needed = [*_required(record["user_variables"], ""), *_required(record["secrets"], " (secret)")]
            more = f" and {len(needed) - _NEEDS} more" if len(needed) > _NEEDS else ""
            lines += [f"   - Needs: {', '.join(needed[:_NEEDS])}{more}"] if needed else []
        lines.append(f"   - [Configure]({address(f'{result.url}#configure')})")
    return "\n".join(lines), [source.result for source in shown]


def _needs(record: Mapping[str, Any], url: str) -> list[str]:
    """Return a bundle's secrets, required variables and permissions as lines; what is optional is counted."""
    lines, optional = [], []
    secrets = {one["name"]: one for one in record["secrets"]}
    variables = {one["name"]: one for one in record["user_variables"] if one["name"] not in secrets}
    for heading, wanted in (("secret", secrets), ("variable", variables)):
        of_kind = [one for one in wanted.values() if one["required"]]
        lines += [f"   - Required {heading}: {_requirement(one)}" for one in of_kind[:_ALL]]
        lines += [f"   - and {len(of_kind) - _ALL} more"] if len(of_kind) > _ALL else []
        if rest := len(wanted) - len(of_kind):
            optional.append(f"{rest} optional {heading}{'s' if rest > 1 else ''}")
    lines += [f"   - [{' and '.join(optional)}]({address(url)})"] if optional else []
    permissions = [f"{one['platform']} {one['permission']}" for one in record["permissions"]]
    permissions = permissions or list(record["minimum_iam_requirements"])
    lines += [f"   - Permission: {code_span(one)}" for one in permissions[:_ALL]]
    lines += [f"   - and {len(permissions) - _ALL} more"] if len(permissions) > _ALL else []
    return lines or ["   - Needs: no variable, secret or permission that its files name"]


def _requirement(one: Mapping[str, Any]) -> str:
    about = f": {_short(one['description'])}" if one.get("description") else ""
    default = f" (default {code_span(one['default'])})" if one.get("default") else ""
    return f"{code_span(one['name'])}{about}{default}"


def _changes(record: Mapping[str, Any]) -> list[str]:
    """Return as lines which tools change something, or have an unclear effect."""
    labels = {"changes": "Changes things", "unclear": "Its code does not tell"}
    lines = [
        f"   - {what}: {_title(tool['title'])}"
        for effect, what in labels.items()
        for tool in [tool for tool in record["tools"] if tool["effect"] == effect][:_ALL]
    ]
    return lines or [f"   - None of its {len(record['tools'])} tools changes anything, by its code"]


def _title(title: str) -> str:
    """Return a tool's title with the names of variables as code, as pages have them."""
    parts = _VARIABLE.split(title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…")
    return "".join(code_span(part) if at % 2 else _within(part) for at, part in enumerate(parts))


def _within(text: str) -> str:
    """Return a part of a line, with the blanks at its ends."""
    before = " " if text.startswith(" ") else ""
    after = " " if text.endswith(" ") and text.strip() else ""
    return f"{before}{inline(text)}{after}"


def no_answer(near: Sequence[str], url: str, *, reading: bool = False) -> str:
    """Return the answer that nothing matches, and what can be done about it.

    Args:
        near: Names of what comes nearest.
        url: The form that requests a Skill Template.
        reading: Whether only what is read-only was looked at.
    """
    only = ["Only what is read-only, by its code or its tags, was looked at."] if reading else []
    lines = [" ".join([UNANSWERED, *only]), ""]
    if near:
        lines += ["These come nearest, but may not be what you need:", "", *(f"- {inline(name)}" for name in near), ""]
    request = f"[request a Skill Template](<{url}>): the form is filled in, and nothing has been sent."
    return "\n".join([*lines, f"If it is missing, {request}"])


def about(manifest: Manifest) -> str:
    """Return what can be asked here."""
    counts = manifest.counts
    head = (
        f"This is a catalogue of {counts.bundles} Skill Templates in {counts.collections} CodeCollections, with "
        f"{counts.runbook_tools} runbook and {counts.monitor_tools} monitor tools. Describe a symptom or a task, "
        "or name a Skill Template. For example:"
    )
    questions = [f"- {question}" for question in QUESTIONS]
    collections = [f"- {inline(one.name)}: {one.bundles} Skill Templates" for one in manifest.collections]
    return "\n".join([head, "", *questions, "", "The CodeCollections:", "", *collections])


def _link_addresses(text: str) -> str:
    """Return a claim within a line: an address in it, which is a source's, as a link."""
    parts: list[str] = []
    for known in addresses(text):
        before, _, text = text.partition(known)
        parts += [escaped(before), address(known)]
    return "".join([*parts, escaped(text)])


def _link(result: Result) -> str:
    return f"[{inline(result.id)}]({address(result.url)})"


def _required(wanted: Sequence[Mapping[str, Any]], what: str) -> list[str]:
    return [f"{inline(one['name'])}{what}" for one in wanted if one["required"]]


def _short(text: str) -> str:
    return inline(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
