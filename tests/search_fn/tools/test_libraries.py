"""Keyword libraries as agents find them: all, those for a need, one whole."""

import httpx2
import pytest

from tests.support.mcp_messages import call
from tests.support.tool_calls import data, text


def test_all_are_listed_with_who_defines_them(pages: httpx2.Client) -> None:
    found = data(pages, "find_library_info")
    rows = [(one["id"], one["defined"], one["keyword_count"], one["used_by"]) for one in found["results"]]
    assert rows == [("called/RW.Core", False, 2, 9), ("beacon/RW.Harbour", True, 2, 0)]
    assert found["results"][0]["url"] == "https://registry.example.org/libraries/called/RW.Core/"
    first = data(pages, "find_library_info", max_results=1)
    assert data(pages, "find_library_info", cursor=first["next_cursor"])["results"] == found["results"][1:]


@pytest.mark.parametrize("query", ["RW.Harbour", "rw harbour", "beacon/RW.Harbour"])
def test_one_that_is_named_is_told_whole(pages: httpx2.Client, query: str) -> None:
    called = call(pages, "find_library_info", {"query": query})
    found = called["structuredContent"]
    assert found["library"]["id"] == "beacon/RW.Harbour"
    assert [one["name"] for one in found["keywords"]] == ["Book Berth", "Weigh Cargo"]
    assert "Arguments: `ship: str`, `days: int = 1`" in text(called)


def test_one_that_is_only_called_is_told_by_its_calls(pages: httpx2.Client) -> None:
    called = call(pages, "find_library_info", {"query": "RW.Core"})
    assert [one["name"] for one in called["structuredContent"]["keywords"]] == ["Add Issue", "Push Metric"]
    for part in ("this is what calls show", "40 calls, in 8 CodeBundles", "`runbook.robot` line 7"):
        assert part in text(called)


def test_those_for_a_need_are_named_with_their_keywords(pages: httpx2.Client) -> None:
    found = data(pages, "find_library_info", query="weigh the cargo of a ship")
    assert found["results"][0]["id"] == "beacon/RW.Harbour"
    assert found["results"][0]["keywords"][0] == "Weigh Cargo"
    assert data(pages, "find_library_info", query="bake bread of vanilla")["confident"] is False
