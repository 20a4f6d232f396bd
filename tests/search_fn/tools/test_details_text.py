"""One CodeBundle as Markdown: its sections, its line of access, names as the robot file has them."""

import re
from itertools import pairwise
from typing import Any

import httpx2
import pytest
from markdown_it import MarkdownIt

from build.catalogue.merge import enrich
from build.catalogue.record import record
from search_fn.tools.details import details_of
from search_fn.tools.details_text import details
from tests.support.catalogues import as_json, entry, full_bundle, written
from tests.support.injections import EVIL, INJECTIONS
from tests.support.mcp_messages import call
from tests.support.quoted import not_quoted
from tests.support.tool_calls import text

PODS = "beacon-codecollection/k8s-pod-restarts"


def said(words: str = "Words", file: str = "kind: Runbook\n", **changes: Any) -> str:
    made = as_json(enrich(record(entry(full_bundle("pod-bearing", words, f"# {words}"))), written(words), None))
    files = {"config.yaml": file, "aws-policy.json": '{"a": "```"}\n'}
    return details({"codebundle": {**details_of(made, files), **changes}, "notice": "Data.", "notes": ["Cut."]})


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
        "Tools", "Variables", "Secrets", "From the platform", "Permissions", "Configuration",
        "Symptoms and questions", "History", "Problems", "README", "The rest of the record",
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


def test_tools_and_variables_say_since_when_they_are_there() -> None:
    made = details_of(as_json(record(entry(full_bundle("pod-bearing", "Words", "")))), {})
    since: dict[str, Any] = {
        part: [{**one, "since": f"v{place}"} for place, one in enumerate(made[part])]
        for part in ("tools", "user_variables")
    }
    told = said(**since)
    for part in since.values():
        for one in part:
            assert f"Since `{one['since']}`" in told


def test_a_field_that_nobody_knows_yet_is_told_too() -> None:
    assert '"since": "v1"' in said(since="v1").partition("## The rest of the record")[2]


def shape(text: str) -> list[str]:
    """Return the headings of a Markdown text and the first words of each paragraph outside quotations and lists."""
    tokens, depth, found = MarkdownIt("commonmark", {"html": True}).parse(text), 0, []
    for before, token in pairwise(tokens):
        depth += {"blockquote_open": 1, "blockquote_close": -1, "list_item_open": 1, "list_item_close": -1}.get(
            token.type, 0
        )
        if token.type == "inline" and before.type == "heading_open" and not depth:
            found.append(f"{before.markup} {token.content}")
        elif token.type == "inline" and not depth:
            found.append(token.content[:9])
        elif token.type == "fence" and not depth:
            found.append(f"fence {token.info}")
    return found


@pytest.mark.parametrize("words", INJECTIONS)
def test_nothing_that_a_stranger_writes_changes_the_form(words: str) -> None:
    told = said(words, file=f"# {words}\n")
    assert list(not_quoted(told, EVIL)) == []
    assert shape(told) == shape(said())
