"""The pages and schemas under docs/ that are made from the code: `nox -s docs` writes them, a test compares them."""

import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import typer.cli
from pydantic import BaseModel
from typer.testing import CliRunner

from build import problems
from build.commands import rooms
from build.config.overrides import Override
from build.enhance.answer import Enhancement
from build.model import Collection
from build.options import CODE
from search_fn.index.facts import Manifest
from search_fn.mcp.methods import tool_list
from search_fn.rest.schemas import CodeBundleList, CodeBundleRecord, CodeBundles, TaskList
from search_fn.search.results import SearchAnswer

# What other programs write for the build, or read of it.
_SCHEMAS: dict[str, type[BaseModel]] = {
    "collection": Collection,
    "override": Override,
    "enhancement": Enhancement,
    "manifest": Manifest,
    "search-answer": SearchAnswer,
    "codebundle": CodeBundleRecord,
    "codebundles": CodeBundles,
    "codebundle-list": CodeBundleList,
    "task-list": TaskList,
}

_DRAWN, _DRAWN_END = "<!-- drawn from the code -->", "<!-- end of the drawing -->"
# A command and what it does, as its section says.
_SECTION = re.compile(r"^## `python -m build ([a-z-]+)`\n\n(.*?)\n\n\*\*Usage", re.MULTILINE | re.DOTALL)
_SHIPPED = (
    ("all-MiniLM-L6-v2, the query encoder's weights", "Apache-2.0"),
    ("Material for MkDocs, its styles, scripts and icons", "MIT"),
    ("Simple Icons, Material Design Icons", "CC0-1.0, Apache-2.0"),
    ("Font Awesome Free, one brand's sign", "CC-BY-4.0"),
)


def documents() -> Iterator[tuple[str, str]]:
    """Yield the path below docs/ and the text of each generated document."""
    yield "problems.md", problems.document()
    yield "architecture.md", _with_drawing((CODE / "docs" / "architecture.md").read_text(encoding="utf-8"))
    yield "reference/modules.md", rooms.module_map()
    yield "reference/command-line.md", _command_line()
    yield "reference/tools.md", _tools()
    yield "reference/licences.md", _licences()
    for name, model in _SCHEMAS.items():
        yield f"reference/schemas/{name}.json", json.dumps(model.model_json_schema(), indent=2, sort_keys=True) + "\n"


def _with_drawing(text: str) -> str:
    """Return the page with the rooms as they are now between its two marks."""
    before, mark, rest = text.partition(_DRAWN)
    _, end, after = rest.partition(_DRAWN_END)
    if not (mark and end):
        raise ValueError("docs/architecture.md has lost the marks between which the rooms are drawn")
    return f"{before}{mark}\n\n{rooms.drawing()}\n{end}{after}"


def _command_line() -> str:
    """Return the page of all commands, from their --help."""
    output = CliRunner().invoke(typer.cli.app, ["build.cli", "utils", "docs", "--name", "python -m build"])
    # Escaped for HTML, even where Markdown has it as code; and cut to what a line of a terminal has.
    text = html.unescape(output.stdout)
    whole = {name: " ".join(about.split()) for name, about in _SECTION.findall(text)}
    listed = re.sub(
        r"^\* `([a-z-]+)`: .*\.\.\.$", lambda one: f"* `{one[1]}`: {whole[one[1]]}", text, flags=re.MULTILINE
    )
    return listed.replace("# `python -m build`", "# Command line: `python -m build`", 1)


def _tools() -> str:
    """Return the page of the tools for agents, with the arguments of each."""
    lines = [
        "# Tools for agents: arguments and answers",
        "",
        "By MCP, and by `POST /tools/call`: [how to connect](../agents.md).",
        "",
    ]
    for tool in tool_list():
        lines += [f"## {tool['name']}", "", tool["description"], "", "| argument | what it may be |", "|---|---|"]
        schema = tool["inputSchema"]
        for name, value in schema.get("properties", {}).items():
            needed = " (needed)" if name in schema.get("required", []) else ""
            lines.append(f"| `{name}`{needed} | {_cell(value)} |")
        lines.append("")
    return "\n".join(lines)


def _cell(schema: dict[str, object]) -> str:
    constraints = {name: value for name, value in schema.items() if name not in ("title", "description")}
    about = str(schema.get("description", ""))
    return " · ".join(filter(None, [f"`{json.dumps(constraints)}`", about])).replace("|", "\\|")


def _licences() -> str:
    """Return the page of licences: of the function's packages by their metadata, and of what is no package."""
    lines = ["# Licences", "", "Of what the function's image and the site bring along besides this project.", ""]
    lines += ["| what | licence |", "|---|---|", *(f"| {what} | {licence} |" for what, licence in _SHIPPED)]
    lock = (CODE / "requirements" / "function.txt").read_text(encoding="utf-8")
    for name in dict.fromkeys(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)):
        # The lock is for all systems: some packages are of others.
        with suppress(PackageNotFoundError):
            facts = metadata(name).json
            named = facts.get("license_expression") or facts.get("license")
            classified = [one.rpartition(" :: ")[2] for one in facts.get("classifier", []) if "License" in one]
            lines.append(f"| {name} | {named or ', '.join(classified)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for place, text in documents():
        path: Path = CODE / "docs" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
