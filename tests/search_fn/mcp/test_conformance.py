"""The protocol's public conformance suite, at one release, against the function over real HTTP."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from search_fn.rest.application import create_app
from tests.support.made_up import settings_for
from tests.support.node import npx
from tests.support.serving import serving

SUITE = "@modelcontextprotocol/conformance@0.2.0-alpha.12"
EXPECTED = Path(__file__).with_name("conformance.yaml")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def suite() -> list[str]:
    """The command that runs the suite."""
    return npx(SUITE, "conformance")


@pytest.mark.parametrize("version", ["2025-06-18", "2025-11-25", "2026-07-28"])
def test_the_suite_finds_nothing_but_what_is_expected(suite: list[str], made_up, tmp_path: Path, version: str) -> None:
    # The suite asks for what a server on somebody's own machine has to do: to refuse other names.
    settings = replace(settings_for(made_up.folder), allowed_hosts=("127.0.0.1", "localhost"))
    with serving(create_app(settings)) as client:
        address = f"{client.base_url}/mcp".replace("//mcp", "/mcp")
        options = ["--suite", "all", "--spec-version", version, "--expected-failures", str(EXPECTED)]
        ran = subprocess.run(
            [*suite, "server", "--url", address, *options, "--output-dir", str(tmp_path)],
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
    assert ran.returncode == 0, ran.stdout[-4_000:] + ran.stderr[-1_000:]
    counts = re.search(r"^Total: (\d+) passed, (\d+) failed$", ran.stdout, re.MULTILINE)
    assert counts, ran.stdout[-2_000:]
    # Each scenario that uses something of a test server has one check that passes, of the connection.
    assert int(counts[1]) >= 30


@pytest.mark.parametrize("scenario", ["enumeration", "manifest", "directory"])
def test_skills_are_as_the_extension_wants_them(
    suite: list[str], api: httpx2.Client, tmp_path: Path, scenario: str
) -> None:
    """The manifest's warnings are of resources/list, which has no skills: skills/list tells their descriptions."""
    address = f"{api.base_url}/mcp".replace("//mcp", "/mcp")
    options = ["--scenario", f"sep-2640-skills-{scenario}", "--output-dir", str(tmp_path)]
    ran = subprocess.run(
        [*suite, "server", "--url", address, *options], capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stdout[-4_000:] + ran.stderr[-1_000:]
    counts = re.search(r"^Passed: (\d+)/(\d+), 0 failed", ran.stdout, re.MULTILINE)
    assert counts, ran.stdout[-2_000:]
    assert counts[1] == counts[2]
