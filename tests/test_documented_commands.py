"""Every command that the README and docs/ tell somebody to type exists, with each of its options."""

import re
import shlex
from collections.abc import Iterator

import pytest
from place import ROOT
from typer.testing import CliRunner

from build.cli import app

PAGES = [
    *ROOT.glob("*.md"),
    *(page for page in (ROOT / "docs").rglob("*.md") if "reference" not in page.parts and page.name != "agents.md"),
]
# What is not ours, and what it is for; docs/agents.md has a test of its own.
OTHERS = {
    "aws": "AWS", "sam": "AWS", "docker": "a container", "kubectl": "Kubernetes", "gh": "GitHub", "git": "git",
    "python3": "a virtual environment", "curl": "an address", "cd": "a folder", ".venv/bin/pip": "nox",
}  # fmt: skip


def commands() -> Iterator[tuple[str, list[str]]]:
    """Page and words of each command: of blocks of shell, and of code within a line that begins as ours do."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
        lines += [" ".join(one.split()) for one in re.findall(r"`((?:python -m build|nox -s)\s[^`]*)`", text)]
        for line in lines:
            for command in re.split(r"&&|\|\|", re.sub(r"\s#.*", "", line)):
                if words := shlex.split(command):
                    yield page.relative_to(ROOT).as_posix(), words


COMMANDS = list(commands())


def test_there_are_commands() -> None:
    assert len(COMMANDS) > 20
    assert {page for page, _ in COMMANDS} >= {"README.md", "docs/quick-start.md", "docs/operating/index.md"}


@pytest.mark.parametrize(("page", "words"), COMMANDS, ids=[f"{page}: {' '.join(words)}" for page, words in COMMANDS])
def test_the_command_exists(page: str, words: list[str]) -> None:
    if words[:3] == ["python", "-m", "build"]:
        name, *rest = words[3:] or ["--help"]
        if name.isupper():  # a placeholder
            return
        said = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
        assert said.exit_code == 0, said.output
        options = [word.partition("=")[0] for word in rest if word.startswith("--")]
        assert [option for option in options if option not in said.output] == []
    elif words[0].endswith("nox"):
        noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
        own = words[: words.index("--")] if "--" in words else words
        sessions = own[own.index("-s") + 1 :] if "-s" in own else []
        known = {*re.findall(r"^def (\w+)\(session", noxfile, re.MULTILINE), "format"}
        assert set(sessions) <= known
    else:
        assert words[0] in OTHERS or re.fullmatch(r"[A-Z_]+=.*", words[0]), "whose command is it?"
