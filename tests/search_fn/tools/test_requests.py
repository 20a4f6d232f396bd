"""Requests for CodeBundles that are missing."""

from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.support.mcp_messages import call
from tests.support.tool_calls import data, text


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


def test_what_is_about_something_else_is_not_said_to_come_near(api: httpx2.Client) -> None:
    wanted = {"platform": "Quuxmq", "tasks": ["Watch pods that restart", "List restarting pods"]}
    called = data(api, "request_codebundle", **wanted)
    assert called["similar"] == []
    assert 'No CodeBundle here has the word "Quuxmq".' in called["notes"]
    assert "Similar" not in parse_qs(urlsplit(called["url"]).query)["body"][0]
    assert data(api, "request_codebundle", **{**wanted, "platform": "Kubernetes"})["similar"]
