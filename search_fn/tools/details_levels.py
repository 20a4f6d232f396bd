"""The levels of detail of a CodeBundle: what each leaves out, and what else is cut, in which order, from a long answer.

What is needed to judge, configure or run a bundle is in every level: access and its evidence, the names of tools,
variables, secrets, permissions and addresses. What only describes it is cut first.
"""

from collections.abc import Mapping, Sequence
from posixpath import relpath
from typing import Any, NamedTuple

from search_fn.tools.size import HARD_SIZE, Cut, Data, shorten

NEEDED_SIZE = 32_000
"""Characters of an answer above which evidence and configuration are given as addresses alone: 8,000 tokens."""


class Level(NamedTuple):
    """A level of detail: its cuts in their order, and the sentence that says where all of it is."""

    cuts: Sequence[Cut]
    more: str


def places(commands: Sequence[Mapping[str, Any]], folder: str) -> list[str]:
    """Return the places of commands: `FILE:LINE,LINE` for each file, whose path is relative to the bundle's folder."""
    lines: dict[str, set[int]] = {}
    for one in commands:
        lines.setdefault(relpath(one["path"], folder), set()).add(one["line"])
    return [f"{path}:{','.join(map(str, sorted(at)))}" for path, at in lines.items()]


def _reading_commands(over: int | None) -> Cut:
    """Return the cut that replaces commands that only read by their places: they are long, and decide nothing."""

    def give(data: Data) -> tuple[Data, str]:
        bundle = data["codebundle"]
        count = sum(len(tool.get("reading_commands", ())) for tool in bundle["tools"])
        if not count:
            return data, ""
        tools = [_with_places(tool, f"codebundles/{bundle['slug']}") for tool in bundle["tools"]]
        return {**data, "codebundle": {**bundle, "tools": tools}}, f" ({count:,})"

    return Cut("the text of commands that only read", give, over)


def _with_places(tool: Data, folder: str) -> Data:
    reading = tool.get("reading_commands")
    rest = {name: value for name, value in tool.items() if name != "reading_commands"}
    return {**rest, "reads_at": places(reading, folder)} if reading else rest


def _field(what: str, *path: str, most: int = 0, over: int | None = None) -> Cut:
    return shorten(what, "codebundle", *path, most=most, over=over)


def _fields(over: int | None, **named: str) -> list[Cut]:
    return [_field(what, *path.split("__"), over=over) for path, what in named.items()]


# What describes how a bundle is built: each field has its file in the repository.
_INSIDE = {
    "readme": "README", "files": "files", "scripts": "scripts", "templates": "templates",
    "generation_rules": "generation rules", "skill_template": "SKILL-TEMPLATE.md", "meta": "meta.yaml",
    "ai__tools": "what the model says of tools",
}  # fmt: skip
# What sets it apart from other bundles, and its past.
_AROUND = {
    "changelog": "changes", "problems": "problems", "related": "related bundles", "sub_metrics": "sub-metrics",
    "ai": "the words of the model", "history": "history",
}  # fmt: skip
_OF_MODEL = {
    "ai__aliases": "other names by the model",
    "ai__alerts": "alerts by the model",
    "ai__errors": "errors by the model",
    "ai__access_level": "the model's guess of access",
    "ai__access_reason": "its reason",
}
_OF_TOOLS = {
    "tools__documentation": "documentation of tools", "tools__tags": "tags of tools", "tools__data": "data of tools",
    "tools__scripts": "scripts of tools", "tools__raises_issues": "which tools raise issues",
    "tools__variables": "variables of tools",
}  # fmt: skip
_FILES = {"configuration__text": "text of the configuration", "permission_files__text": "text of the permission files"}


def _descriptions() -> list[Cut]:
    """Return the cuts of what only describes, for an answer that is too long, in their order."""
    return [
        _field("changes", "changelog"),
        _field("problems", "problems"),
        *_fields(None, ai__limitations="limits that the model sees", ai__use_cases="use cases of the model"),
        _field("documentation of tools", "tools", "documentation", most=200),
        _field("description", "description", most=1_000),
        _field("the author's description", "doc", most=1_000),
        _field("sub-metrics", "sub_metrics", most=20),
        *_fields(None, related="related bundles", ai="the words of the model", history="history"),
        *_fields(None, **_OF_TOOLS),
        # The longest of 237 public bundles has 356 characters.
        _field("descriptions of variables", "user_variables", "description", most=1_000),
        _field("descriptions of secrets", "secrets", "description", most=1_000),
    ]


def _evidence(over: int | None) -> list[Cut]:
    """Return the cuts of evidence and configuration, whose addresses stay in the answer."""
    return [
        *_fields(over, **_FILES),
        *_fields(over, tools__reads_at="lines of commands that only read", permissions__at="lines of permissions"),
        _field("changing commands of a tool", "tools", "commands", most=3, over=over),
        # Of 237 public bundles none is long enough to come here. Names are never cut, their descriptions are.
        _field("descriptions of variables", "user_variables", "description", most=200, over=over),
        _field("descriptions of secrets", "secrets", "description", most=200, over=over),
        _field("reasons why a tool is not decided", "tools", "unclear_because", most=3, over=over),
        _field("tags", "support_tags", most=50, over=over),
        _field("resource types", "configuration_type", "resource_types", most=50, over=over),
    ]


LEVELS = {
    "brief": Level(
        (
            _reading_commands(0),
            *_fields(0, **_INSIDE, **_AROUND, **_OF_TOOLS, **_FILES),
            _field("description", "description", most=300, over=0),
            _field("the author's description", "doc", over=0),
            *_descriptions(),
            *_evidence(NEEDED_SIZE),
        ),
        "detail: standard has the most asked for, detail: full all of it.",
    ),
    "standard": Level(
        (
            _reading_commands(0),
            *_fields(0, **_INSIDE, **_OF_MODEL),
            _field("changes", "changelog", most=3, over=0),
            _field("problems", "problems", most=5, over=0),
            *_descriptions(),
            *_evidence(NEEDED_SIZE),
        ),
        "detail: full has all of it.",
    ),
    "full": Level(
        (
            _field("README", "readme", most=HARD_SIZE // 4),
            _reading_commands(None),
            *_fields(None, **_INSIDE),
            *_descriptions(),
            *_evidence(None),
        ),
        "The record has all of it, at record_url where there is a site.",
    ),
}
"""By the names that the argument `detail` takes."""
