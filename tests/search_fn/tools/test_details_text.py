"""One CodeBundle as Markdown: its sections, its line of access, names as the robot file has them."""

import re
from typing import Any

import httpx2
import pytest

from search_fn.tools.details import as_told
from search_fn.tools.details_text import details
from tests.support.catalogues import as_json, entry, full_bundle
from tests.support.mcp_messages import call
from tests.support.quoted import not_quoted
from tests.support.tool_calls import text

PODS = "beacon-codecollection/k8s-pod-restarts"


def said(**changes: Any) -> str:
    from build.catalogue.record import record

    made = as_json(record(entry(full_bundle("pod-bearing", "Words", "# Words"))))
    files = {"config.yaml": "kind: Runbook\n", "aws-policy.json": '{"a": "```"}\n'}
    return details({"codebundle": {**as_told(made, files), **changes}, "notice": "Data.", "notes": ["Cut."]})


def test_the_text_has_tools_needs_and_source(api: httpx2.Client) -> None:
    told = text(call(api, "get_codebundle_details", {"slug": PODS}))
    for part in (
        "`NAMESPACE` (required",
        "`kubeconfig` (required",
        "/tree/0123456789abcdef",
        "at commit 0123456789abcdef",
    ):
        assert part in told
    # The name of the made-up tool has ticks.
    assert "- `` List Restarting Pods in `${NAMESPACE}` `` (read-only" in told
    assert "\\" not in told.partition("## Variables")[0].partition("## Tools")[2]


def test_the_level_stands_at_the_beginning_of_a_line() -> None:
    assert re.findall(
        r"^Access: .*$",
        said(access_level="unknown", access_level_source=None, access_level_claimed="read-only"),
        re.MULTILINE,
    ) == ["Access: unknown, claimed to be read-only"]


def test_sections_are_those_that_say_something() -> None:
    told = said()
    sections = re.findall(r"^## (.*)$", told, re.MULTILINE)
    assert sections == [
        "Tools", "Variables", "Secrets", "From the platform", "Permissions", "Configuration", "History", "Problems",
        "README", "The rest of the record",
    ]  # fmt: skip
    assert re.findall(r"^### (.*)$", told, re.MULTILINE) == [
        "Runbook tools (on demand)",
        "Monitor tools (on a schedule)",
    ]
    assert "## Secrets" not in said(secrets=[])
    assert told.startswith("Data.\n\nAccess: ")
    assert told.endswith("\n\nCut.\n")


def test_files_stand_in_fences_that_they_cannot_end() -> None:
    told = said()
    assert "\n```yaml\nkind: Runbook\n```\n" in told
    assert '\n````json\n{"a": "```"}\n````\n' in told
    assert list(not_quoted(told, "Words")) == []


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("https://r.example/b/", "- Page: <https://r.example/b/>\n"),
        ("codebundle://c/b", "- Resource, for want of a site: `codebundle://c/b`\n"),
    ],
)
def test_without_a_site_there_is_the_resource(url: str, line: str) -> None:
    assert line in said(url=url)


def test_a_field_that_nobody_knows_yet_is_told_too() -> None:
    assert '"since": "v1"' in said(since="v1").partition("## The rest of the record")[2]
