"""What each tool answers: records, collections, pointers and requests."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from search_fn.rest.application import create_app
from tests.support.made_up import records, settings_for, write_made_up_index
from tests.support.mcp_messages import call
from tests.support.serving import serving
from tests.support.tool_calls import data, ids, text

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


@pytest.mark.parametrize(
    ("tool", "argument"),
    [
        ("keyword_usage_help", "query"),
        ("find_library_info", "query"),
        ("find_documentation", "query"),
        ("get_development_requirements", "feature"),
    ],
)
def test_what_is_not_indexed_is_said_with_a_pointer(api: httpx2.Client, tool: str, argument: str) -> None:
    called = call(api, tool, {argument: "pods"})
    assert (called["structuredContent"]["total"], called["structuredContent"]["results"]) == (0, [])
    assert re.search(r"of this build answers that; see <https://", text(called))


def test_a_request_is_an_address_with_all_that_was_said(api: httpx2.Client) -> None:
    called = data(
        api,
        "request_codebundle",
        platform="AWS & friends",
        tasks=["List public buckets", "Close\n## them"],
        original_query="buckets anyone can read",
        context="We have many.",
        contact_ok=True,
    )
    url = urlsplit(called["url"])
    assert url.hostname == "github.com"
    assert url.path == "/runwhen-contrib/codecollection-registry/issues/new"
    fields = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert fields["title"] == "[new-codebundle-request] - AWS & friends" == called["title"]
    for part in (
        "1. List public buckets",
        "2. Close ## them",
        "buckets anyone can read",
        "We have many.",
        "asked back",
    ):
        assert part in fields["body"]
    assert called["similar"][0] == "beacon-codecollection/aws-bucket-exposure"
    assert "beacon-codecollection/aws-bucket-exposure" in fields["body"]


def test_a_request_of_any_length_fits_an_address(api: httpx2.Client) -> None:
    long = {"platform": "ü" * 200, "tasks": ["🙂" * 500] * 50, "context": "ü" * 10_000}
    called = data(api, "request_codebundle", **long)
    assert len(called["url"]) <= 7_500
    assert called["notes"]
    assert not data(api, "request_codebundle", platform="x", tasks=["y"])["notes"]


def test_requests_that_are_not_known_are_said_to_be_so(api: httpx2.Client) -> None:
    called = call(api, "check_existing_requests", {"search_term": "azure & co"})
    assert (called["structuredContent"]["known"], called["structuredContent"]["requests"]) == (False, [])
    assert "no snapshot" in text(called)
    assert parse_qs(urlsplit(called["structuredContent"]["url"]).query)["q"][0].endswith("azure & co")
