"""The command line: what each command offers, and how it ends."""

import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from build.cli import app
from tests.support.place import ROOT

SHARED = {"collections", "index", "cache", "only", "allow-local", "jobs", "engine"}
OFFERED = {
    "run": {
        *SHARED, "site", "enhancements", "offline", "accept-shrink", "site-url", "search-url",
        "max-calls", "max-tokens", "max-seconds",
    },
    "fetch": {*SHARED, "offline", "accept-shrink"},
    "parse": {*SHARED, "accept-shrink"},
    "index": {*SHARED, "site", "enhancements", "accept-shrink", "site-url", "search-url"},
    "site": {*SHARED, "site", "enhancements", "accept-shrink", "site-url", "search-url"},
    "enhance": {
        *SHARED, "enhancements", "offline", "max-calls", "max-tokens", "max-seconds", "limit", "force", "dry-run",
        "price-prompt", "price-completion",
    },
}  # fmt: skip


def shown(command: str, option: str) -> set[str]:
    done = CliRunner().invoke(app, [command, option], env={"COLUMNS": "200", "TERM": "dumb"})
    assert done.exit_code == 0
    return set(re.findall(r"^\W*--([a-z-]+)", done.stdout, re.MULTILINE)) - {"json", "help"}


@pytest.mark.parametrize("command", OFFERED)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_a_command_shows_the_options_that_it_uses(command: str, option: str) -> None:
    assert shown(command, option) == OFFERED[command]


def test_what_a_command_does_not_use_is_taken_as_before() -> None:
    for command in ("fetch", "parse", "index", "site"):
        unused = [f"--{name}=1" for name in sorted(OFFERED["run"] - OFFERED[command] - {"offline"})]
        done = CliRunner().invoke(app, [command, *unused, "--offline", "--no-such-option"])
        assert (done.exit_code, "No such option: --no-such-option" in done.output) == (2, True)


def test_the_version_is_that_of_the_project() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "build", "--version"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    (version,) = re.findall(
        r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[")[1], re.M
    )
    assert done.stdout.startswith(f"codecollection-registry {version} (Python ")
