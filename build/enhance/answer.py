"""A model's answer about a bundle: its schema, and the validation of what it says."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from build.model import SCRIPTS, AccessLevel, CatalogueEntry, Problem, Value
from build.problems import problem
from build.untrusted.credentials import without_keys
from build.untrusted.prompt_injection import find_prompt_injections
from search_fn.text import addresses, visible

# Characters: of a text and of a list's item at most, of evidence at least. Items: of a list of texts, and of tools or
# permissions, at most.
_LONGEST, _LONGEST_ITEM, _SHORTEST, _MOST, _MOST_PARTS = 1_500, 300, 4, 12, 100
# An alert's name as monitoring systems show it: one line with a letter, 3 to 100 characters.
_ALERT = re.compile(r"(?=.*[^\W\d_])[^`]{3,100}")
# How each platform spells a permission or a role.
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


# Fields that stored answers of earlier releases lack.
ADDED = ("alerts", "errors")
# The schema that the provider is sent. It has the docstrings of the models above, and is part of an answer's key: with
# another text every bundle would be asked about again.
SCHEMA = Answer.model_json_schema()


class Tokens(Value):
    prompt: int
    completion: int


class Enhancement(Value):
    """A stored answer. `content` is a key of the files that it was made from, `key` of the question, the schema and the
    model too; `date` is YYYY-MM-DD, `seconds` how long the answer took. `sha256` is the digest of all other fields, by
    which a changed file is recognised; "" in files of earlier releases.
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


def keep_valid(answer: Answer, entry: CatalogueEntry, texts: Mapping[str, str]) -> tuple[Answer, tuple[Problem, ...]]:
    """Return the valid parts of an answer, and problems: of each part that is dropped, and of scripts that have
    instructions to a model.

    Args:
        answer: The model's answer.
        entry: The bundle that it is about.
        texts: The files that were sent, by path.
    """
    dropped: dict[str, None] = {}
    content = _one_line(" ".join(texts.values()))

    def accept_unless(wrong: bool, reason: str) -> bool:
        """Return whether a part is accepted; record the reason where it is not."""
        if wrong:
            dropped[f"left out: {reason}"] = None
        return not wrong

    def clean(value: Any, most: int = _LONGEST) -> Any:
        """Return a value without its invalid texts, which become "", each of at most `most` characters."""
        if isinstance(value, dict):
            # A tool's name stays as it is, since it is compared with those of the bundle.
            return {name: item if name == "name" else clean(item) for name, item in value.items()}
        if isinstance(value, tuple):
            most_items = _MOST if value and isinstance(value[0], str) else _MOST_PARTS
            items = [item for item in map(partial(clean, most=_LONGEST_ITEM), value[:most_items]) if item]
            return [item for position, item in enumerate(items) if item not in items[:position]]
        value = without_keys(_one_line(value)).text
        if not accept_unless(
            any(address not in content for address in addresses(value)),
            "a text with an address that is not in the bundle",
        ):
            return ""
        orders = next((words for _, _, words in find_prompt_injections({"": value})), "")
        if not accept_unless(bool(orders), f"a text with words for a model, {orders!r}"):
            return ""
        return value if len(value) <= most else f"{value[:most]} …"

    def accept_permission(need: Permission) -> bool:
        what, evidence = need.requirement, _one_line(need.evidence)
        if not _PERMISSIONS[need.platform].fullmatch(what):
            return accept_unless(True, f"{what!r} is no permission of {need.platform}")
        unfounded = len(evidence) < _SHORTEST or evidence not in content
        return accept_unless(unfounded, f"no file shows that it needs {what!r}")

    names = {tool.name for tool in entry.bundle.tools}
    # In this order, which is that of the problems: permissions, alerts, tools, then texts.
    permissions = {need.requirement: need for need in answer.iam_requirements if accept_permission(need)}
    alerts = [
        alert for alert in answer.alerts if accept_unless(not _ALERT.fullmatch(alert), f"{alert!r} is no alert's name")
    ]
    tools = [tool for tool in answer.tools if accept_unless(tool.name not in names, f"it has no tool {tool.name!r}")]
    lists = {"iam_requirements": tuple(permissions.values()), "alerts": tuple(alerts), "tools": tuple(tools)}
    valid = clean(answer.model_copy(update=lists).model_dump())
    report = partial(problem, collection=entry.collection.slug, bundle=entry.bundle.name)
    # Only of scripts: the parser has reported the other files.
    scripts = {
        f"codebundles/{entry.bundle.name}/{path}": text for path, text in texts.items() if path.endswith(SCRIPTS)
    }
    orders = (
        report("instructs-model", f"it says {words!r}", path=p, line=line)
        for p, line, words in find_prompt_injections(scripts)
    )
    problems = [report("ai-item-dropped", reason) for reason in list(dropped)[:_MOST]]
    return Answer.model_validate(valid), (*orders, *problems)


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())
