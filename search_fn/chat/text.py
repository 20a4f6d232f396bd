"""The chat's answers as Markdown. What a repository or a model says is escaped within a line."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from search_fn.chat.sources import UNANSWERED, Source
from search_fn.index.facts import Manifest
from search_fn.search.access import stated
from search_fn.search.results import Result
from search_fn.text import addresses, escaped, inline
from search_fn.tools.markdown import address

EXAMPLES = Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
# One of each kind.
QUESTIONS: list[str] = [group["queries"][0] for group in json.loads(EXAMPLES)["examples"]]
_WEAK = 0.5
_SHOWN, _TOOLS, _NEEDS, _LONGEST = 3, 4, 8, 400


def grounded(claims: Sequence[tuple[str, Sequence[int]]], sources: Sequence[Source]) -> tuple[str, list[Result]]:
    """Claims with the numbers of their sources, and the results that these are, renumbered in the order of use."""
    used = list(dict.fromkeys(number for _, numbers in claims for number in numbers))
    lines = [f"{_linked(text)} {''.join(f'[{used.index(n) + 1}]' for n in numbers)}\n" for text, numbers in claims]
    results = [sources[number - 1].result for number in used]
    cited = (f"{number}. {_link(result)}" for number, result in enumerate(results, 1))
    return "\n".join([*lines, "Sources:\n", *cited]), results


def extract(sources: Sequence[Source], failed: bool) -> tuple[str, list[Result]]:
    """The best sources in the catalogue's own words, and their results."""
    why = "The language model gave no usable answer; this" if failed else "No language model is set up here; this"
    weak = " The match is weak: it may not be what you need." if sources[0].result.score < _WEAK else ""
    lines = [f"{why} is what the catalogue itself says.{weak}\n"]
    for number, (result, record) in enumerate(sources[:_SHOWN], 1):
        lines.append(f"{number}. **{inline(result.display_name)}**, {_link(result)}: {_short(result.description)}")
        if not record:
            continue
        lines.append(f"   - Access: {stated(record)}")
        tools = record["tools"]
        matching = {tool.name for tool in result.tools}
        best = [tool for tool in tools if tool["name"] in matching] or tools
        lines += [f"   - {tool['kind'].capitalize()} tool: {_short(tool['title'])}" for tool in best[:_TOOLS]]
        needed = [*_required(record["user_variables"], ""), *_required(record["secrets"], " (secret)")]
        more = f" and {len(needed) - _NEEDS} more" if len(needed) > _NEEDS else ""
        lines += [f"   - Needs: {', '.join(needed[:_NEEDS])}{more}"] if needed else []
    return "\n".join(lines), [source.result for source in sources[:_SHOWN]]


def nothing(near: Sequence[str], url: str) -> str:
    """That nothing answers, and what can be done about it."""
    lines = [UNANSWERED, ""]
    if near:
        lines += ["These come nearest, but may not be what you need:", "", *(f"- {inline(name)}" for name in near), ""]
    request = f"[request a CodeBundle](<{url}>): the form is filled in, and nothing has been sent."
    return "\n".join([*lines, f"If it is missing, {request}"])


def about(manifest: Manifest) -> str:
    """What can be asked here."""
    counts = manifest.counts
    head = (
        f"This is a catalogue of {counts.bundles} CodeBundles in {counts.collections} CodeCollections, with "
        f"{counts.runbook_tools} runbook and {counts.monitor_tools} monitor tools. Describe a symptom or a task, "
        "or name a CodeBundle. For example:"
    )
    questions = [f"- {question}" for question in QUESTIONS]
    collections = [f"- {inline(one.name)}: {one.bundles} CodeBundles" for one in manifest.collections]
    return "\n".join([head, "", *questions, "", "The CodeCollections:", "", *collections])


def _linked(text: str) -> str:
    """A claim within a line: an address in it, which is a source's, as a link."""
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
