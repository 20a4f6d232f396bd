"""What a model says of a bundle: the shape of its answer, and what of an answer can be kept."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from build.model import SCRIPTS, AccessLevel, CatalogueEntry, Problem, Value
from build.problems import problem
from build.untrusted.credentials import without_keys
from build.untrusted.prompt_injection import find_prompt_injections
from search_fn.text import addresses, visible

# Characters, and items of a list.
_LONGEST, _LONGEST_ITEM, _SHORTEST, _MOST, _MOST_PARTS = 1_500, 300, 4, 12, 100
# An alert's name, as monitoring systems show it in a line.
_ALERT = re.compile(r"(?=.*[^\W\d_])[^`]{3,100}")
# How each platform writes what somebody may do.
_PERMISSIONS = {
    "AWS": re.compile(r"[a-z][a-z0-9-]{1,40}:(\*|[A-Z][A-Za-z0-9]{1,80}\*?)"),
    "Kubernetes": re.compile(
        r"(\*|[a-z][a-z0-9./-]{1,100}):"
        r"(\*|get|list|watch|create|update|patch|delete|deletecollection|proxy|use|bind|escalate|impersonate)"
    ),
    "Azure": re.compile(r"[A-Z][A-Za-z0-9 ()/&-]{2,80}"),
    "GCP": re.compile(r"roles/[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*"),
}


class Permission(Value):
    """A permission that the bundle needs. `evidence` is a line or command of its files."""

    platform: Literal["AWS", "Kubernetes", "Azure", "GCP"]
    requirement: str
    evidence: str


class ToolText(Value):
    """`name` as the robot file has it."""

    name: str
    purpose: str
    function: str
    requirements: tuple[str, ...]


class Answer(Value):
    """A model's answer. Each field is required: a strict schema knows no other."""

    description: str
    use_cases: tuple[str, ...]
    questions: tuple[str, ...]
    symptoms: tuple[str, ...]
    aliases: tuple[str, ...]
    alerts: tuple[str, ...]
    errors: tuple[str, ...]
    access_level: AccessLevel
    access_reason: str
    iam_requirements: tuple[Permission, ...]
    tools: tuple[ToolText, ...]
    limitations: str


# Of a kept answer, what earlier releases did not ask for.
ADDED = ("alerts", "errors")
# What is asked for, as the provider wants it.
SCHEMA = Answer.model_json_schema()


class Tokens(Value):
    prompt: int
    completion: int


class Enhancement(Value):
    """What is kept of an answer. `content` is a key of the files that it was made from, `key` of the question, the
    schema and the model too; `date` is YYYY-MM-DD, `seconds` how long the answer took. `sha256` is the digest of all
    others, by which a file is known that something has changed; those of earlier releases have none.
    """

    key: str
    content: str
    model: str
    date: str
    tokens: Tokens
    seconds: float
    answer: Answer
    problems: tuple[Problem, ...] = ()
    sha256: str = ""


def checked(answer: Answer, entry: CatalogueEntry, texts: Mapping[str, str]) -> tuple[Answer, tuple[Problem, ...]]:
    """What of an answer can be stood by, and what is told: each part that is left out, and scripts with sentences for
    a model. `texts` are what was sent.
    """
    dropped: dict[str, None] = {}
    content = _one_line(" ".join(texts.values()))

    def stands(wrong: bool, said: str) -> bool:
        if wrong:
            dropped[f"left out: {said}"] = None
        return not wrong

    def clean(value: Any, most: int = _LONGEST) -> Any:
        if isinstance(value, dict):
            # A tool's name is its key.
            return {name: item if name == "name" else clean(item) for name, item in value.items()}
        if isinstance(value, tuple):
            most_items = _MOST if value and isinstance(value[0], str) else _MOST_PARTS
            found = [item for item in map(partial(clean, most=_LONGEST_ITEM), value[:most_items]) if item]
            return [item for position, item in enumerate(found) if item not in found[:position]]
        value = without_keys(_one_line(value)).text
        if not stands(
            any(address not in content for address in addresses(value)),
            "a text with an address that is not in the bundle",
        ):
            return ""
        orders = next((words for _, _, words in find_prompt_injections({"": value})), "")
        if not stands(bool(orders), f"a text with words for a model, {orders!r}"):
            return ""
        return value if len(value) <= most else f"{value[:most]} …"

    def needed(need: Permission) -> bool:
        what, evidence = need.requirement, _one_line(need.evidence)
        known = _PERMISSIONS[need.platform].fullmatch(what)
        return stands(known is None, f"{what!r} is no permission of {need.platform}") and stands(
            len(evidence) < _SHORTEST or evidence not in content, f"no file shows that it needs {what!r}"
        )

    names = {tool.name for tool in entry.bundle.tools}
    kept = clean(
        answer.model_copy(
            update={
                "iam_requirements": tuple({n.requirement: n for n in answer.iam_requirements if needed(n)}.values()),
                "alerts": tuple(
                    a for a in answer.alerts if stands(not _ALERT.fullmatch(a), f"{a!r} is no alert's name")
                ),
                "tools": tuple(t for t in answer.tools if stands(t.name not in names, f"it has no tool {t.name!r}")),
            }
        ).model_dump()
    )
    tell = partial(problem, collection=entry.collection.slug, bundle=entry.bundle.name)
    # The parser has told of the other files.
    scripts = {
        f"codebundles/{entry.bundle.name}/{path}": text for path, text in texts.items() if path.endswith(SCRIPTS)
    }
    orders = (
        tell("instructs-model", f"it says {words!r}", path=p, line=line)
        for p, line, words in find_prompt_injections(scripts)
    )
    return Answer.model_validate(kept), (*orders, *(tell("ai-item-dropped", said) for said in list(dropped)[:_MOST]))


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())
