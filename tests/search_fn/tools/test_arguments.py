"""Wrong arguments are told in one sentence, with what the tool takes."""

import httpx2
import pytest

from search_fn.tools.registry import TOOLS
from tests.support.tool_calls import data, error


def test_a_cursor_that_nobody_gave_is_refused(api: httpx2.Client) -> None:
    for cursor in ("x", "-1.made-up-0123456789", "4", "²"):
        said = error(api, "find_codebundle", query="pods", cursor=cursor)
        assert "cursor" in said
    assert "anew" in error(api, "find_codebundle", query="pods", cursor="2.another-build")


@pytest.mark.parametrize("tool", TOOLS)
def test_wrong_arguments_are_told_what_to_send(api: httpx2.Client, tool: str) -> None:
    said = error(api, tool, no_such_argument="secret value")
    assert "no_such_argument" in said
    assert "secret value" not in said
    for name, field in TOOLS[tool].arguments.model_fields.items():
        assert f"{name} ({'required' if field.is_required() else 'optional'})" in said
        assert name in error(api, tool, **{name: {"an": "object"}})


def test_arguments_out_of_range_are_told_the_range(api: httpx2.Client) -> None:
    assert "less than or equal to 100" in error(api, "find_codebundle", query="x", max_results=101)
    assert "at most 2000" in error(api, "find_codebundle", query="x" * 2_001)
    assert "'brief', 'standard' or 'full'" in error(api, "find_codebundle", query="x", detail="all")
    assert "query" in error(api, "find_codebundle", query="")
    assert "query" in error(api, "find_documentation", query="")


def test_null_counts_as_left_out(api: httpx2.Client) -> None:
    assert data(api, "find_codebundle", query="disk", platform=None) == data(api, "find_codebundle", query="disk")
    assert "query" in error(api, "find_codebundle", query=None)


def test_what_is_empty_and_optional_counts_as_left_out(api: httpx2.Client) -> None:
    filled = {"platform": "", "tags": [], "detail": "", "sort": "", "cursor": "", "collection": ""}
    assert data(api, "find_codebundle", query="disk", **filled) == data(api, "find_codebundle", query="disk")


@pytest.mark.parametrize("name", ["collection", "collection_slug"])
@pytest.mark.parametrize("tool", ["find_codebundle", "search_codebundles", "list_codebundles"])
def test_a_collection_goes_by_both_of_its_names(api: httpx2.Client, tool: str, name: str) -> None:
    query = {} if tool == "list_codebundles" else {"query": "http"}
    found = data(api, tool, **query, **{name: "anchor-codecollection"})
    assert {one["collection"] for one in found["results"]} == {"anchor-codecollection"}
    details = data(api, "get_codebundle_details", slug="http-endpoint-check", **{name: "anchor-codecollection"})
    assert details["codebundle"]["id"] == "anchor-codecollection/http-endpoint-check"


def test_two_names_for_one_argument_are_told(api: httpx2.Client) -> None:
    said = error(api, "find_codebundle", query="x", collection="a", collection_slug="b")
    assert "collection: it is given twice" in said
