"""The interface is as its OpenAPI description says, for whatever schemathesis thinks of."""

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from search_fn.settings import PACKAGE
from tests.support.made_up import records

CHECKS = """
# Its own list lacks 413: what breaks a schema can be too long to be read at all.
[checks]
negative_data_rejection.expected-statuses = [400, 404, 405, 406, 413, 415, 422]

# The arguments that a tool takes depend on the tool; its answer to others says what to send.
[[operations]]
include-path = "/tools/call"
checks.positive_data_acceptance.enabled = false

# Names that there are, among others that there are not.
[[operations]]
include-path = "/api/v1/collections/{collection}/codebundles/{bundle}"
parameters.collection = "%(collection)s"
parameters.bundle = "%(bundle)s"
"""


def found_by_schemathesis(api: httpx2.Client, folder: Path, examples: int) -> tuple[int, list[str]]:
    """The number of cases that were tried, and what was found wrong."""
    collection, _, bundle = records()[0].id.partition("/")
    configuration = folder / "schemathesis.toml"
    configuration.write_text(CHECKS % {"collection": collection, "bundle": bundle}, encoding="utf-8")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration)),
            *("run", str(api.base_url.join("/openapi.json")), "--checks", "all", "--phases", "coverage,fuzzing"),
            *("--max-examples", str(examples), "--seed", "20261125", "--generation-database", "none", "--no-color"),
        ],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=570,
        check=False,
    )
    cases = re.search(r"(\d+) generated", ran.stdout)
    assert cases, ran.stdout + ran.stderr
    return int(cases[1]), [ran.stdout] if ran.returncode else []


def operations(api: httpx2.Client) -> int:
    return sum(len(methods) for methods in json.loads(api.get("/openapi.json").content)["paths"].values())


def test_no_answer_is_undocumented_and_none_is_a_crash(api: httpx2.Client, tmp_path: Path) -> None:
    cases, wrong = found_by_schemathesis(api, tmp_path, 100)
    assert wrong == [], "\n".join(wrong)
    assert cases >= 60 * operations(api)


@pytest.mark.slow
def test_no_answer_is_undocumented_after_three_times_as_many_cases(api: httpx2.Client, tmp_path: Path) -> None:
    cases, wrong = found_by_schemathesis(api, tmp_path, 300)
    assert wrong == [], "\n".join(wrong)
    assert cases >= 150 * operations(api)


def test_the_documentation_names_every_path(api: httpx2.Client) -> None:
    text = (PACKAGE / "docs" / "api.md").read_text(encoding="utf-8")
    paths = set(json.loads(api.get("/openapi.json").content)["paths"])
    assert {path for path in paths if f"{path}`" not in text} == set()
    said = set(re.findall(r"^\| `(/[^`]+)`", text.partition("## Upstream")[0], re.MULTILINE))
    assert said <= paths
