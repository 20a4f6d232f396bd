"""Parameters that nothing has, values that are none, bodies of another type: over HTTP, and as Lambda hands them."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx2
import pytest

from search_fn.rest.application import create_app
from tests.support.handlers import handler_of, imported_anew
from tests.support.lambda_runtime import Event, function_url, load_balancer, rest_api
from tests.support.made_up import settings_for
from tests.support.serving import serving

ORIGIN = "https://site.example"


class Said(NamedTuple):
    status: int
    body: Any


Ask = Callable[..., Said]


@pytest.fixture(scope="module")
def ways(api: httpx2.Client, made_up) -> Iterator[dict[str, Ask]]:
    """The ways to ask the function: each takes path, query, method, headers and body."""

    def over_http(path: str, query: dict[str, str], **sent: Any) -> Said:
        headers, body = sent.get("headers"), sent.get("body")
        answer = api.request(sent.get("method", "GET"), path, params=query, headers=headers, content=body)
        return Said(answer.status_code, answer.json())

    with imported_anew():
        handler = handler_of(str(made_up.folder))

        def over(event: Callable[..., Event]) -> Ask:
            def ask(path: str, query: dict[str, str], **sent: Any) -> Said:
                answer = handler(event(path, query, **sent), None)
                return Said(answer["statusCode"], json.loads(answer["body"]))

            return ask

        yield {"http": over_http, **{event.__name__: over(event) for event in (function_url, rest_api, load_balancer)}}


@pytest.fixture(params=["http", "function_url", "rest_api", "load_balancer"])
def ask(ways: dict[str, Ask], request: pytest.FixtureRequest) -> Ask:
    return ways[request.param]


@pytest.mark.parametrize(
    ("path", "name", "nearest"),
    [
        ("/api/v1/search", "query", "q"),
        ("/api/v1/search", "Platform", "platform"),
        ("/api/v1/search", "platfrom", "platform"),
        ("/api/v1/search", "tags", "tag"),
        ("/api/v1/search", "access_level", "access"),
        ("/api/v1/search", "max_results", "limit"),
        ("/api/v1/search", "page", "offset"),
        ("/api/v1/codebundles", "q", "search"),
        ("/api/v1/codebundles", "acces_level", "access_level"),
        ("/api/v1/codebundles", "sort", "sort_by"),
        ("/api/v1/codebundles", "has-auto-discovery", "has_auto_discovery"),
        ("/api/v1/registry/tasks", "support_tag", "support_tags"),
        ("/api/v1/registry/tasks", "collection", "collection_slug"),
    ],
)
def test_an_unknown_parameter_is_named_with_the_nearest_and_with_all(
    ask: Ask, path: str, name: str, nearest: str
) -> None:
    status, body = ask(path, {name: "hidden-value", "limit": "1"})
    assert (status, body["status"], body["title"]) == (400, 400, "Bad Request")
    assert f'"{name}"; did you mean {nearest}?' in body["detail"]
    takes = body["detail"].partition("It takes ")[2]
    assert {"limit", "offset", nearest} <= set(takes.removesuffix(".").split(", "))
    assert "hidden-value" not in body["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/search", 400),
        ("/api/v1/codebundles", 400),
        ("/api/v1/registry/tasks", 400),
        ("/api/v1/registry/stats", 400),
        ("/api/v1/registry/collections/beacon-codecollection", 400),
        ("/api/v1/collections/beacon-codecollection/codebundles/k8s-pod-restarts", 400),
        ("/api/v1/index.json", 400),
        ("/api/v1/chat/health", 400),
        ("/tools", 400),
        ("/health", 400),
        # A file has no parameters: what is asked for is not there.
        ("/api/v1/codebundles.json", 404),
    ],
)
def test_no_path_takes_a_parameter_that_it_does_not_have(ask: Ask, path: str, status: int) -> None:
    assert ask(path, {}).status == 200
    found = ask(path, {"zebra": "1"})
    assert found.status == status
    assert status == 404 or '"zebra"' in found.body["detail"]


@pytest.mark.parametrize("name", ["\u202ereversed", "x" * 500, "a\x00b\nc", "\ud83d", "<script>", "ä" * 3])
def test_whatever_a_parameter_is_called_the_answer_is_a_short_problem(api: httpx2.Client, name: str) -> None:
    answer = api.get(f"/api/v1/search?{quote(name, errors='surrogatepass')}=1")
    assert answer.status_code == 400
    detail = answer.json()["detail"]
    assert len(detail) < 500
    assert not set(detail) & set("\u202e\x00\n")


def test_many_unknown_parameters_are_told_in_a_few_words(api: httpx2.Client) -> None:
    answer = api.get("/api/v1/search", params={f"unknown{number}": "1" for number in range(500)})
    assert answer.status_code == 400
    assert len(answer.json()["detail"]) < 600


def test_right_parameters_are_taken_wherever_they_stand(ask: Ask) -> None:
    for path, query in {
        "/api/v1/search": {"q": "pods", "types": "codebundle", "explain": "1", "offset": "0", "kind": "runbook"},
        "/api/v1/codebundles": {"search": "pods", "skip": "0", "sort_by": "tasks", "has_auto_discovery": "true"},
        "/api/v1/registry/tasks": {"search": "pods", "skip": "0", "support_tags": "Kubernetes"},
    }.items():
        assert ask(path, query).status == 200


# Upstream's


def test_upstreams_parameters_are_taken_and_one_without_a_meaning_is_told(ask: Ask) -> None:
    everything = ask("/api/v1/codebundles", {}).body
    assert everything["notes"] == []
    given = ask("/api/v1/codebundles", {"collection_id": "3"}).body
    (note,) = given["notes"]
    assert "collection_id" in note
    assert {**given, "notes": []} == everything
    slug = {"collection_slug": "anchor-codecollection"}
    assert ask("/api/v1/codebundles", slug) == ask("/api/v1/codebundles", {"collection": "anchor-codecollection"})


# Values that are none


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/search", "limit"),
        ("/api/v1/search", "explain"),
        ("/api/v1/codebundles", "limit"),
        ("/api/v1/codebundles", "sort_by"),
        ("/api/v1/codebundles", "has_auto_discovery"),
        ("/api/v1/registry/tasks", "skip"),
    ],
)
def test_a_parameter_without_a_value_is_told_to_be_left_out(ask: Ask, path: str, name: str) -> None:
    status, body = ask(path, {name: ""})
    assert status == 422
    assert f"{name} has no value: leave it out" in body["detail"]


@pytest.mark.parametrize("query", [{"q": ""}, {"platform": ""}, {"tag": ",, ,"}, {"types": ""}])
def test_a_filter_without_a_value_filters_nothing(ask: Ask, query: dict[str, str]) -> None:
    assert ask("/api/v1/search", query) == ask("/api/v1/search", {})


@pytest.mark.parametrize("value", ["0.0", "1.0", "1_0", "+1", " 1", "١", "1e0", "0x1"])
@pytest.mark.parametrize("name", ["limit", "offset"])
def test_a_number_is_written_with_digits_alone(api: httpx2.Client, name: str, value: str) -> None:
    answer = api.get("/api/v1/search", params={name: value})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{name}: ")


# Bodies

CALL = {"tool_name": "find_codebundle", "arguments": {"query": "pods keep restarting"}}
POSTED: list[tuple[str, dict[str, Any]]] = [
    ("/tools/call", CALL),
    ("/api/v1/chat/query", {"question": "hello"}),
    ("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping"}),
]
KINDS = [
    None,
    "application/x-www-form-urlencoded",
    "text/plain",
    "text/plain; charset=utf-8",
    "application/octet-stream",
    "nonsense",
    "application/vnd.example+json",
    "APPLICATION/JSON",
]


@pytest.mark.parametrize(("path", "body"), POSTED)
@pytest.mark.parametrize("kind", KINDS)
def test_a_body_is_json_whatever_its_type_says(ask: Ask, path: str, body: dict[str, Any], kind: str | None) -> None:
    wanted = ask(path, {}, method="POST", headers={"content-type": "application/json"}, body=json.dumps(body))
    assert wanted.status == 200
    headers = {"content-type": kind} if kind else {}
    assert ask(path, {}, method="POST", headers=headers, body=json.dumps(body)) == wanted


def test_a_body_of_another_type_in_base64_is_read_too(ways: dict[str, Ask], made_up) -> None:
    sent = function_url("/tools/call", method="POST", body=base64.b64encode(json.dumps(CALL).encode()).decode())
    with imported_anew():
        answer = handler_of(str(made_up.folder))({**sent, "isBase64Encoded": True}, None)
    assert json.loads(answer["body"])["success"] is True


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "body: Field required"),
        ("question=hello", "The body is not JSON"),
        ('{"question": "hello"', "The body is not JSON"),
        ('"hello"', "body: "),
        ("[]", "body: "),
        ("{}", "question: Field required"),
        ('{"question": 5}', "question: "),
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_what_is_wrong_with_a_body_is_named(ask: Ask, body: str, said: str, kind: str) -> None:
    status, problem = ask("/api/v1/chat/query", {}, method="POST", headers={"content-type": kind}, body=body)
    assert status == 422
    assert problem["detail"].startswith(said)


@pytest.mark.parametrize(("path", "body"), POSTED[:2])
def test_a_page_that_may_not_post_cannot_do_so_without_asking_first(made_up, path: str, body: dict[str, Any]) -> None:
    """A browser sends a form's type, or text, to another origin without a question; of JSON it asks."""
    settings = replace(settings_for(made_up.folder), allowed_origins=(ORIGIN,))
    with serving(create_app(settings)) as client:

        def post(**headers: str) -> httpx2.Response:
            return client.post(path, content=json.dumps(body), headers=headers)

        assert post(**{"content-type": "text/plain", "origin": ORIGIN}).status_code == 200
        assert post(**{"content-type": "text/plain"}).status_code == 200
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            answer = post(**{"content-type": kind, "origin": "https://other.example"})
            assert answer.status_code == 415
            assert "Content-Type: application/json" in answer.json()["detail"]
