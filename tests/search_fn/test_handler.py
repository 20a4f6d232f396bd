"""The handler in this process, with the events that Lambda hands it and no context."""

import base64
import gc
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from search_fn.index.facets import Filters
from search_fn.index.open import Index
from search_fn.search.ranking import search
from tests.support.handlers import Handler, handler_of, imported_anew
from tests.support.lambda_runtime import Event, function_url, load_balancer, rest_api

EVENTS = [function_url, rest_api, load_balancer]


@pytest.fixture(scope="module")
def handler(made_up) -> Iterator[Handler]:
    with imported_anew():
        yield handler_of(str(made_up.folder))


def body(answer: dict[str, Any]) -> Any:
    assert answer["isBase64Encoded"] is False
    return json.loads(answer["body"])


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("query", ["pods keep restarting", "O'Brien & Söhne + 50 %", "überlauf 🙂", ""])
def test_every_kind_of_event_has_the_answer_of_search(
    handler: Handler, index: Index, event: Callable[..., Event], query: str
) -> None:
    answer = handler(event("/api/v1/search", {"q": query, "platform": "kubernetes,azure", "limit": "3"}), None)
    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"] == "application/json"
    filters = Filters.of(platform=["kubernetes", "azure"])
    assert body(answer) == search(index, query, filters, limit=3).model_dump(mode="json")


@pytest.mark.parametrize("event", EVENTS)
def test_other_paths_answer_too(handler: Handler, event: Callable[..., Event]) -> None:
    assert body(handler(event("/health"), None))["status"] == "ok"
    detail = body(handler(event("/api/v1/collections/beacon-codecollection/codebundles/k8s_volume-fill.json"), None))
    assert detail["slug"] == "k8s_volume-fill"
    page = handler(event("/api/docs"), None)
    assert (page["isBase64Encoded"], page["body"].lstrip()[:9]) == (False, "<!doctype")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize(
    ("path", "query", "method", "status"),
    [
        ("/nothing", {}, "GET", 404),
        ("/health", {}, "DELETE", 405),
        ("/api/v1/search", {"limit": "many"}, "GET", 422),
    ],
)
def test_problems_are_text_and_not_base64(
    handler: Handler, event: Callable[..., Event], path: str, query: dict[str, str], method: str, status: int
) -> None:
    answer = handler(event(path, query, method=method), None)
    assert answer["statusCode"] == status
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert body(answer)["status"] == status


GETS = [
    "/health",
    "/api/v1/search",
    "/api/v1/codebundles",
    "/api/v1/index",
    "/api/v1/registry/tasks.json",
    "/tools",
    "/mcp",
]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("path", [*GETS, "/api/docs", "/openapi.json", "/nothing"])
def test_head_is_what_get_is_without_the_body(handler: Handler, event: Callable[..., Event], path: str) -> None:
    got, head = (handler(event(path, method=method), None) for method in ("GET", "HEAD"))
    assert (head["statusCode"], head["body"]) == (got["statusCode"], "")
    timed = {"server-timing": ""}
    assert {**headers_of(head), **timed} == {**headers_of(got), **timed}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_form_of_if_none_match_is_known(handler: Handler, event: Callable[..., Event], method: str) -> None:
    tag = headers_of(handler(event("/api/v1/index"), None))["etag"]
    strong = tag.removeprefix("W/")
    for lines in (["*"], [tag], [strong], [f'"a", {tag}'], [f'"a",{strong}'], ['"a"', tag]):
        # A Function URL joins the lines of a header; the others hand over the last, or all apart.
        sent = event("/api/v1/index", method=method, headers={"If-None-Match": ",".join(lines)})
        if "multiValueHeaders" in sent:
            sent["multiValueHeaders"]["If-None-Match"] = lines
        answer = handler(sent, None)
        assert (answer["statusCode"], answer["body"]) == (304, ""), lines
    unknown = handler(event("/api/v1/index", headers={"If-None-Match": '"a"'}), None)
    assert unknown["statusCode"] == 200


@pytest.mark.parametrize("event", [function_url, rest_api])
def test_a_repeated_filter_means_any_of_its_values(handler: Handler, event: Callable[..., Event]) -> None:
    for path, name in (("/api/v1/search", "platform"), ("/api/v1/codebundles", "platform")):
        sent = event(path, {name: "GCP"})
        if event is function_url:
            sent["rawQueryString"] = f"{name}=AWS&{name}=GCP"
        else:
            sent["multiValueQueryStringParameters"] = {name: ["AWS", "GCP"]}
        found = body(handler(sent, None))
        assert found == body(handler(event(path, {name: "AWS,GCP"}), None))
        assert found.get("total", found.get("total_count")) == 2


def headers_of(answer: dict[str, Any]) -> dict[str, Any]:
    many = {name: values[-1] for name, values in answer.get("multiValueHeaders", {}).items()}
    return {**many, **answer.get("headers", {})}


@pytest.mark.parametrize("event", EVENTS)
def test_a_body_in_base64_is_no_trouble(handler: Handler, event: Callable[..., Event]) -> None:
    posted = event("/health", method="POST", body=base64.b64encode(b"\xff\x00").decode())
    assert handler({**posted, "isBase64Encoded": True}, None)["statusCode"] == 405


def test_a_scheduled_event_only_warms(handler: Handler) -> None:
    scheduled = {"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
    assert handler(scheduled, None) == {"warm": True}


SQS = {"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": "{}"}]}
EVENT_BRIDGE = {"version": "0", "source": "my.app", "detail-type": "Order", "detail": {}}
HALF_A_REQUEST = [
    {"requestContext": {}},
    {"version": "2.0", "requestContext": {"http": 1}},
    {"requestContext": {"elb": {}}},
]


@pytest.mark.parametrize("event", [{}, None, [], "text", SQS, EVENT_BRIDGE, *HALF_A_REQUEST])
def test_an_event_that_is_no_request_is_told_so_and_the_next_call_works(handler: Handler, event: Any) -> None:
    answer = handler(event, None)
    assert answer["statusCode"] == 400
    assert "no HTTP request" in json.loads(answer["body"])["detail"]
    assert handler(function_url("/health"), None)["statusCode"] == 200


@pytest.mark.parametrize("event", EVENTS)
def test_a_body_that_is_no_base64_is_told_so(handler: Handler, event: Callable[..., Event]) -> None:
    assert handler({**event("/mcp", method="POST", body="%"), "isBase64Encoded": True}, None)["statusCode"] == 400


def test_without_an_index_it_starts_and_answers_with_a_problem(tmp_path) -> None:
    with imported_anew():
        handler = handler_of(str(tmp_path / "none"))
        answer = handler(function_url("/api/v1/search", {"q": "pods"}), None)
        assert answer["statusCode"] == 503
        assert "no readable index" in body(answer)["detail"]
        assert handler(function_url("/health"), None)["statusCode"] == 503


def test_the_collector_does_not_come_in_the_midst_of_searches(made_up) -> None:
    before = gc.get_threshold()
    gc.set_threshold(700)
    try:
        with imported_anew():
            handler_of(str(made_up.folder))
            assert gc.isenabled()
            assert gc.get_threshold()[0] >= 10_000
    finally:
        gc.set_threshold(*before)
