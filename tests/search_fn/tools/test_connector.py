"""search and fetch as connectors call them."""

import json

import httpx2
import pytest

from tests.support.mcp_messages import call
from tests.support.tool_calls import data, error, text


def test_results_have_id_title_and_url_as_json_and_as_data(pages: httpx2.Client) -> None:
    called = call(pages, "search", {"query": "pods keep restarting"})
    (content,) = called["content"]
    assert json.loads(content["text"]) == called["structuredContent"]
    results = called["structuredContent"]["results"]
    assert results[0]["id"] == "beacon-codecollection/k8s-pod-restarts"
    assert all(set(one) == {"id", "title", "url"} and one["url"].startswith("http") for one in results)


@pytest.mark.parametrize("query", ["pods keep restarting", "book a berth", "RW.Core.Add Issue", "generation rules"])
def test_what_is_found_can_be_read(pages: httpx2.Client, query: str) -> None:
    for one in data(pages, "search", query=query)["results"]:
        called = call(pages, "fetch", {"id": one["id"]})
        found = called["structuredContent"]
        assert json.loads(text(called)) == found
        assert {"id", "title", "text", "url", "metadata"} <= set(found)
        assert (found["id"], found["title"], found["url"].partition("#")[0]) == (
            one["id"],
            one["title"],
            one["url"].partition("#")[0],
        )
        assert found["text"]


def test_a_bundle_is_read_as_its_details(pages: httpx2.Client) -> None:
    name = "beacon-codecollection/k8s-pod-restarts"
    details = text(call(pages, "get_codebundle_details", {"slug": name, "detail": "full"}))
    assert data(pages, "fetch", id=name)["text"] == details
    assert data(pages, "fetch", id=f"codebundle://{name}")["text"] == details


def test_documentation_is_read_by_section(pages: httpx2.Client) -> None:
    whole = data(pages, "fetch", id="documentation://documentation/rules")
    assert whole["metadata"]["sections"] == ["where", "templates"]
    part = data(pages, "fetch", id="documentation://documentation/rules#templates")["text"]
    assert "output items" in part
    assert "Rules lie" not in part
    assert "it has `where`, `templates`" in error(pages, "fetch", id="documentation/rules#none")


def test_a_library_and_a_keyword_are_read(pages: httpx2.Client) -> None:
    assert "Weigh Cargo" in data(pages, "fetch", id="library://beacon/RW.Harbour")["text"]
    assert "Called 40 times" in data(pages, "fetch", id="library://called/RW.Core.Add Issue")["text"]


@pytest.mark.parametrize("name", ["x", "a/b", "library://faq/secrets", "codebundle://none", "://", "#x"])
def test_what_nothing_has_is_told(pages: httpx2.Client, name: str) -> None:
    assert "send one that search gave" in error(pages, "fetch", id=name)
