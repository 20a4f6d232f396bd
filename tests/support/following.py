"""Bundles of one task, and what is said of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from textwrap import dedent, indent

from build.effects.read import read_bundle
from build.model import Bundle, BundleSource, ExecutedCommand, SourceFile, Tool
from build.parse.bundle import parse_bundle

_HEAD = """\
*** Settings ***
Library    RW.Core
Library    RW.CLI
Library    OperatingSystem
Library    Process
{settings}

*** Tasks ***
Task
{steps}
"""


def bundle_of(files: Mapping[str, str], libraries: Mapping[str, str] | None = None) -> Bundle:
    """Return a bundle with these files as they lie in its folder, and what its tools do."""
    source = BundleSource(
        name="bundle",
        tree="0" * 40,
        commit="0" * 40,
        commit_date=datetime(2026, 1, 1, tzinfo=UTC),
        files=tuple(SourceFile(path=path, oid=path, content=text.encode()) for path, text in files.items()),
    )
    shared = [SourceFile(path=path, oid=path, content=text.encode()) for path, text in (libraries or {}).items()]
    return read_bundle(parse_bundle, "collection", source, shared)


def task(
    steps: str, files: Mapping[str, str] | None = None, *, settings: str = "", rest: str = "", **libraries: str
) -> Tool:
    """Return the tool of a runbook with one task.

    Args:
        steps: Its steps.
        files: The bundle's other files.
        settings: More lines of the section of settings.
        rest: More sections.
        libraries: Python modules of the collection's library, by their names.
    """
    robot = _HEAD.format(settings=settings, steps=indent(dedent(steps).strip(), "    ")) + dedent(rest)
    shared = {f"libraries/{name}.py": dedent(text) for name, text in libraries.items()}
    (tool,) = bundle_of({"runbook.robot": robot, **(files or {})}, shared).tools
    return tool


def script(text: str, *, env: Mapping[str, str] | None = None, **files: str) -> Tool:
    """Return a tool that runs a shell script, with the variables that it hands on."""
    pairs = "    ".join(f"{name}={value}" for name, value in (env or {}).items())
    steps = f"${{env}}=    Create Dictionary    {pairs}\nRW.CLI.Run Bash File    bash_file=run.sh    env=${{env}}"
    named = {name.replace("__", "."): dedent(body) for name, body in files.items()}
    return task(steps, {"run.sh": "#!/bin/bash\n" + dedent(text), **named})


def changing(tool: Tool) -> list[ExecutedCommand]:
    """Return the commands of a tool that change things."""
    return [command for command in tool.commands if command.effect == "changes"]
