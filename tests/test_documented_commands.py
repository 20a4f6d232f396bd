"""Every command that the README and docs/ tell somebody to type exists, with each of its options; those of the build
are run as they stand there, over the samples.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from build.cli import app
from tests.support.fake_provider import KEY, fake_provider
from tests.support.object_storage import ObjectStorage
from tests.support.place import ROOT

PAGES = [
    *ROOT.glob("*.md"),
    *(page for page in (ROOT / "docs").rglob("*.md") if "reference" not in page.parts and page.name != "agents.md"),
]
# What is not ours, and what it is for; docs/agents.md has a test of its own.
OTHERS = {
    "aws": "AWS", "sam": "AWS", "docker": "a container", "kubectl": "Kubernetes", "gh": "GitHub", "git": "git",
    "python3": "a virtual environment", "curl": "an address", "cd": "a folder", ".venv/bin/pip": "nox",
    "uvx": "the linter's package",
}  # fmt: skip

# Named in a sentence, without what they need or with a word for it; other tests run them.
MENTIONED = {("form",), ("form", "EVENT", "FOLDER"), ("push",), ("push", "URI", "--index", "FOLDER")}


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
        # Its own name, where it has one; else that of its function.
        named = re.findall(r'^@nox\.session(?:\((?:name="([^"]+)")?.*\))?\ndef (\w+)\(session', noxfile, re.MULTILINE)
        known = {name or function for name, function in named}
        assert set(sessions) <= known
    else:
        assert words[0] in OTHERS or re.fullmatch(r"[A-Z_]+=.*|\*/30", words[0]), "whose command is it?"


def test_ci_runs_the_readmes_one_command() -> None:
    readme, ci = ((ROOT / name).read_text("utf-8") for name in ("README.md", ".github/workflows/ci.yml"))
    first = re.findall(r"^```sh\n(.*)\n```", readme, re.MULTILINE)[0]
    assert first.endswith("nox -s demo serve")
    assert f"          {first} &\n          curl -sSf" in ci


@pytest.mark.slow
def test_the_builds_commands_run(tmp_path: Path, s3: ObjectStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {tuple(words[3:]) for _, words in COMMANDS if words[:3] == ["python", "-m", "build"] and len(words) > 3}
    harbor = ROOT / "samples" / "harbor-codecollection"
    shutil.copytree(harbor, tmp_path / "my-collection")
    shutil.copytree(harbor / "codebundles" / "k8s-pod-restarts", tmp_path / "my-collection/codebundles/my-bundle")
    for name in ("registry", "ours"):
        shutil.copytree(ROOT / "samples", tmp_path / name)
    here = {
        "COLLECTION/BUNDLE": "harbor-codecollection/k8s-pod-restarts", "COLLECTION": "harbor-codecollection",
        "PATH": "../my-collection",
        "QUERIES.jsonl": "queries.jsonl", "s3://BUCKET/index": s3.place(), "s3://bucket/index": s3.place(),
    }  # fmt: skip
    # Of the packages that a kit is given.
    (tmp_path / "registry" / "wheels").mkdir()
    (tmp_path / "registry" / "wheels" / "some-1-py3-none-any.whl").touch()
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # Where Ray keeps a token.
    monkeypatch.setenv("HOME", str(tmp_path))
    with fake_provider() as model:
        provider = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.address, "AI_MODEL": "made-up"}
        for name, value in {**provider, "AI_ENHANCEMENT_ENABLED": "true"}.items():
            monkeypatch.setenv(name, value)
        # `run` comes first: the others read what it has built.
        for command in sorted(ours, key=lambda words: (words[0] != "run", words)):
            words = [sys.executable, "-m", "build", *(here.get(word, word) for word in command)]
            if command in MENTIONED:
                continue
            if command[0] == "serve":
                assert served([*words, "--port", "0"], tmp_path / "registry") == 200
                continue
            if command[0] in ("run", "fetch", "parse", "enhance", "images"):
                words.append("--allow-local")  # instead of GitHub
            done = subprocess.run(
                words, cwd=tmp_path / "registry", env=os.environ, capture_output=True, encoding="utf-8", timeout=300
            )
            assert done.returncode in (0, 3), f"{command}: {done.stderr}"
        assert model.requests
    assert {words[0] for words in ours} == {
        "run",
        "fetch",
        "form",
        "parse",
        "enhance",
        "lint",
        "push",
        "eval",
        "serve",
        "images",
        "kit",
        "report",
    }


def served(command: list[str], folder: Path) -> int:
    """What its first page answers."""
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, encoding="utf-8") as server:
        try:
            assert server.stderr is not None
            address = next(line.split()[0] for line in server.stderr if line.startswith("http://"))
            return httpx2.get(address, timeout=30).status_code
        finally:
            server.terminate()
