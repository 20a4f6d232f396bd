"""A slash at the end of a path, over HTTP and as Lambda hands it. With the site: tests/build/commands/test_serve.py."""

import json
from collections.abc import Callable, Iterator

import httpx2
import pytest

from search_fn.rest.application import create_app
from search_fn.settings import Settings
from tests.support.handlers import Handler, handler_of, imported_anew
from tests.support.lambda_runtime import Event, function_url, load_balancer, rest_api
from tests.support.serving import serving

BUNDLE = "/api/v1/collections/beacon-codecollection/codebundles/k8s-pod-restarts"
PATHS = [
    *("/health", "/api/v1/health", "/tools", "/tools/by-category/info", "/openapi.json", "/api/docs", "/mcp"),
    *("/api/v1/search", "/api/v1/codebundles", "/api/v1/codebundles.json", BUNDLE, f"{BUNDLE}.json"),
    *("/api/v1/registry/tasks", "/api/v1/registry/tasks.json", "/api/v1/registry/collections", "/api/v1/index"),
    *("/api/v1/registry/collections/beacon-codecollection", "/api/v1/report.json", "/api/v1/chat/examples"),
]
NOTHING = ["/nothing", "/api/v1/nothing", "/api/v1/a/b/c", "/api/v1/search/x", "/api/v1", "/api"]
EVENTS = [function_url, rest_api, load_balancer]


@pytest.fixture(scope="module")
def handler(made_up) -> Iterator[Handler]:
    with imported_anew():
        yield handler_of(str(made_up.folder))


@pytest.mark.parametrize("slashes", ["/", "//"])
@pytest.mark.parametrize("path", [*PATHS, *NOTHING])
def test_it_means_nothing(api: httpx2.Client, path: str, slashes: str) -> None:
    plain, slashed = api.get(path), api.get(f"{path}{slashes}", follow_redirects=False)
    assert (slashed.status_code, slashed.content) == (plain.status_code, plain.content)
    assert slashed.headers["content-type"] == plain.headers["content-type"]
    assert slashed.headers.get("etag") == plain.headers.get("etag")
    head = api.head(f"{path}{slashes}")
    assert (head.status_code, head.content) == (plain.status_code, b"")
    assert "location" not in slashed.headers


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("path", [*PATHS, *NOTHING])
def test_it_means_nothing_in_an_event(handler: Handler, event: Callable[..., Event], path: str) -> None:
    plain, slashed, head = (
        handler(event(path), None),
        handler(event(f"{path}/"), None),
        handler(event(f"{path}/", method="HEAD"), None),
    )
    assert (slashed["statusCode"], slashed["body"]) == (plain["statusCode"], plain["body"])
    assert (head["statusCode"], head["body"]) == (plain["statusCode"], "")
    assert head["headers"]["content-type"] == plain["headers"]["content-type"]


@pytest.mark.parametrize("path", ["/mcp/", "/tools/call/", "/api/v1/chat/query/"])
def test_a_body_is_not_lost(api: httpx2.Client, handler: Handler, path: str) -> None:
    bodies = {
        "/mcp/": {"jsonrpc": "2.0", "id": 1, "method": "ping"},
        "/tools/call/": {"tool_name": "find_codebundle", "arguments": {"query": "pods"}},
        "/api/v1/chat/query/": {"question": "hello"},
    }
    plain = api.post(path.rstrip("/"), json=bodies[path])
    slashed = api.post(path, json=bodies[path], follow_redirects=False)
    assert (plain.status_code, slashed.status_code, slashed.content) == (200, 200, plain.content)
    for event in EVENTS:
        answer = handler(event(path, method="POST", body=json.dumps(bodies[path])), None)
        assert (answer["statusCode"], answer["body"].encode()) == (200, plain.content)


def test_a_wrong_method_is_told_those_that_are_right(api: httpx2.Client) -> None:
    for path, allowed in (
        ("/health", "GET, HEAD"),
        ("/tools/call", "POST"),
        ("/mcp", "POST"),
        ("/api/v1/index", "GET, HEAD"),
    ):
        for asked in (path, f"{path}/"):
            answer = api.request("PUT", asked)
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_a_load_balancer_that_asks_with_a_slash_needs_no_token_either(made_up) -> None:
    with serving(create_app(Settings(str(made_up.folder), made_up.folder, tokens=("t",)))) as client:
        assert client.get("/health/").status_code == client.get("/health").status_code == 200
        assert client.get("/api/v1/search/").status_code == 401
