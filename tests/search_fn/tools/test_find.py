"""CodeBundles and CodeCollections as agents find and list them."""

from pathlib import Path
from typing import Any, get_args

import httpx2
import pytest

from search_fn.rest.application import create_app
from search_fn.tools.schemas import FilterName
from tests.support.made_up import records, settings_for, write_made_up_index
from tests.support.mcp_messages import call
from tests.support.serving import serving
from tests.support.tool_calls import data, error, ids, size, text

PODS = "beacon-codecollection/k8s-pod-restarts"


def test_collections_are_found_by_name_and_by_what_they_have(api: httpx2.Client) -> None:
    listed = data(api, "list_codecollections")
    assert [one["slug"] for one in listed["collections"]] == ["anchor-codecollection", "beacon-codecollection"]
    assert [one["bundles"] for one in listed["collections"]] == [6, 7]
    assert data(api, "find_codecollection", query="beacon")["collections"][0]["slug"] == "beacon-codecollection"
    found = data(api, "find_codecollection", query="postgres replica lag")["collections"]
    assert (found[0]["slug"], found[0]["matching"]) == ("anchor-codecollection", 1)


def test_a_collection_of_that_name_goes_before_bundles_of_it(encoder_path: Path, tmp_path: Path) -> None:
    made = [one.model_copy(update={"title": "Anchor"}) if one.id == PODS else one for one in records()]
    write_made_up_index(tmp_path / "index_data", encoder_path, made)
    with serving(create_app(settings_for(tmp_path / "index_data"))) as client:
        assert ids(data(client, "find_codebundle", query="anchor"))[0] == PODS
        found = data(client, "find_codecollection", query="anchor")["collections"]
        assert [one["slug"] for one in found] == ["anchor-codecollection", "beacon-codecollection"]


def test_filters_do_without_a_query(api: httpx2.Client) -> None:
    wanted = api.get("/api/v1/search", params={"access": "read-write", "limit": "100"}).json()
    assert data(api, "find_codebundle", access="read-write")["results"] == wanted["results"] != []
    assert "list_codebundles" in error(api, "find_codebundle")
    assert "list_codebundles" in error(api, "find_codebundle", query=" ", platform="")


@pytest.mark.parametrize(
    ("filters", "values"),
    [
        ({"kind": "monitor"}, {"kind": "monitor"}),
        ({"tag": "HTTP"}, {"tag": "HTTP"}),
        ({"resource_type": "deployment"}, {"resource_type": "deployment"}),
        ({"access": "read-write", "platform": ["AWS", "GCP"]}, {"access": "read-write", "platform": "AWS,GCP"}),
    ],
)
def test_lists_are_narrowed_as_rest_does(api: httpx2.Client, filters: dict[str, Any], values: dict[str, str]) -> None:
    wanted = api.get("/api/v1/search", params={**values, "limit": "100"}).json()
    listed = data(api, "list_codebundles", **filters)
    assert listed["results"] == wanted["results"]
    assert 0 < listed["total"] < 13


@pytest.mark.parametrize("tool", ["find_codebundle", "list_codebundles"])
@pytest.mark.parametrize("order", ["updated", "name"])
def test_an_order_is_that_of_rest(api: httpx2.Client, tool: str, order: str) -> None:
    query = {"query": "check pods or endpoints"} if tool == "find_codebundle" else {}
    parameters = {"q": query.get("query", ""), "sort": order, "limit": "100", "explain": str(int(bool(query)))}
    wanted = api.get("/api/v1/search", params=parameters).json()
    found = data(api, tool, **query, sort=order, max_results=100)["results"]
    assert found == wanted["results"]
    column = [one["updated"] or "" if order == "updated" else one["display_name"].casefold() for one in found]
    assert column == sorted(column, reverse=order == "updated")
    assert len(set(column)) > 1


def test_everything_is_listed_in_one_call(api: httpx2.Client) -> None:
    whole = data(api, "list_codebundles", format="summary", max_results=500)
    assert ids(whole) == ids(data(api, "list_codebundles", max_results=100))
    assert (whole["next_cursor"], len(whole["results"])) == (None, whole["total"])
    # The row of a bundle in data and text.
    assert size(call(api, "list_codebundles", {"format": "summary"})) / whole["total"] < 350


@pytest.mark.parametrize("name", get_args(FilterName))
def test_values_that_there_are_can_be_asked_for(api: httpx2.Client, name: str) -> None:
    found = data(api, "list_codebundles", values=name, max_results=500)
    facets = api.get("/api/v1/search", params={"limit": "1"}).json()["facets"][name]
    # These two are filters of their own.
    facets = [one for one in facets if not one["value"].startswith(("access:", "data:"))]
    # A facet of an answer has the most frequent ones.
    assert found["values"][: len(facets)] == facets
    assert (found["total"], found["results"]) == (len(found["values"]), [])
    assert found["total"] > 0 or name == "author"
    first = data(api, "list_codebundles", values=name, max_results=1)
    assert (first["values"], bool(first["next_cursor"])) == (facets[:1], found["total"] > 1)
    some = data(api, "list_codebundles", values=name, collection="anchor-codecollection")["values"]
    counts = [sum(one["count"] for one in values) for values in (some, found["values"])]
    assert counts[0] < counts[1] or name == "author"


def test_a_weak_match_of_collections_is_called_one(api: httpx2.Client) -> None:
    called = call(api, "find_codecollection", {"query": "how to bake bread with pods of vanilla"})
    assert called["structuredContent"]["confident"] is False
    assert "weak" in text(called)
