"""The function as Lambda runs it: its own folder, which it cannot write to, under Lambda's client."""

import base64
import compileall
import json
import shutil
import statistics
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from search_fn.index.facets import Filters
from search_fn.index.open import Index
from search_fn.search.ranking import search
from search_fn.settings import PACKAGE
from tests.support.asking import requests
from tests.support.lambda_runtime import (
    Answer,
    Event,
    LambdaRuntime,
    RuntimeFailureError,
    function_url,
    load_balancer,
    rest_api,
)
from tests.support.made_up import copy_index
from tests.support.mcp_messages import ERAS, Era, message
from tests.support.official_client import over_lambda, use_everything
from tests.support.sandbox import read_only

QUERIES = ["pods keep restarting", "certificate", "http-endpoint-check", "buckets anyone can read", "disk", "", "🙂 '"]


class Image(NamedTuple):
    """The function's folder, read-only, and what starts a Python that this binds."""

    root: Path
    python: tuple[str, ...]

    def start(self, env: Mapping[str, str] | None = None) -> LambdaRuntime:
        return LambdaRuntime(self.root, env, command=self.python)


@pytest.fixture(scope="module")
def image(made_up, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """What the image has: search_fn, compiled, and index_data."""
    folder = tmp_path_factory.mktemp("task")
    shutil.copytree(PACKAGE / "search_fn", folder / "search_fn", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(folder, quiet=1)
    copy_index(made_up.folder, folder / "index_data")
    with read_only(folder) as python:
        yield Image(folder, python)


@pytest.fixture(scope="module")
def function(image: Image) -> Iterator[LambdaRuntime]:
    with image.start() as runtime:
        yield runtime


def result(answer: Answer) -> object:
    assert answer.kind == "response", answer.body
    assert answer.body["statusCode"] == 200, answer.body
    return json.loads(answer.body["body"])


def expected(index: Index, query: str) -> object:
    return search(index, query).model_dump(mode="json")


def test_the_first_answer_is_right(image: Image, index: Index) -> None:
    with image.start() as runtime:
        assert result(runtime.invoke(function_url("/api/v1/search", {"q": QUERIES[0]}))) == expected(index, QUERIES[0])


@pytest.mark.parametrize("event", [function_url, rest_api, load_balancer])
def test_every_kind_of_event_is_answered(function: LambdaRuntime, index: Index, event: Callable[..., Event]) -> None:
    for query in QUERIES:
        assert result(function.invoke(event("/api/v1/search", {"q": query}))) == expected(index, query)


def agents_call(event: Callable[..., Event], era: Era, query: str) -> Event:
    body, headers = message(era, "tools/call", {"name": "find_codebundle", "arguments": {"query": query}})
    return event("/mcp", method="POST", headers=headers, body=json.dumps(body))


def tool_result(answer: Answer) -> Any:
    found = result(answer)
    assert isinstance(found, dict)
    return found["result"]["structuredContent"]["results"]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("event", [function_url, rest_api, load_balancer])
def test_agents_are_answered_in_every_kind_of_event(
    function: LambdaRuntime, index: Index, event: Callable[..., Event], era: Era
) -> None:
    wanted = [one.model_dump(mode="json") for one in search(index, QUERIES[0], explain=True).results]
    sent = agents_call(event, era, QUERIES[0])
    encoded = {**sent, "body": base64.b64encode(sent["body"].encode()).decode(), "isBase64Encoded": True}
    for each in (sent, encoded):
        assert tool_result(function.invoke(each)) == wanted
    notification = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"})
    accepted = function.invoke(event("/mcp", method="POST", body=notification))
    assert (accepted.body["statusCode"], accepted.body["body"]) == (202, "")
    assert function.invoke(event("/mcp")).body["statusCode"] == 405


@pytest.mark.parametrize("mode", ["2026-07-28", "legacy"])
@pytest.mark.parametrize(
    ("event", "encoded"), [(function_url, False), (function_url, True), (rest_api, True), (load_balancer, False)]
)
def test_the_official_client_can_use_everything_in_every_kind_of_event(
    function: LambdaRuntime, event: Callable[..., Event], encoded: bool, mode: str
) -> None:
    use_everything(over_lambda(function, event, encoded), mode)


@pytest.mark.parametrize("calls", [100, pytest.param(1_000, marks=pytest.mark.slow)])
def test_warm_calls_give_the_answers_of_search(function: LambdaRuntime, index: Index, calls: int) -> None:
    for query in requests(calls, seed=calls):
        values = {name: [value] for name, value in query.items() if name in Filters._fields}
        wanted = search(
            index,
            query["q"],
            Filters.of(**values),
            limit=int(query.get("limit", 10)),
            offset=int(query.get("offset", 0)),
            explain="explain" in query,
        )
        assert result(function.invoke(function_url("/api/v1/search", query))) == wanted.model_dump(mode="json")


@pytest.mark.parametrize("event", [{}, {"garbage": 1}, [], "text", None])
def test_an_event_that_is_no_request_is_told_so_and_the_next_call_works(function: LambdaRuntime, event: Event) -> None:
    answer = function.invoke(event)
    assert (answer.kind, answer.body["statusCode"]) == ("response", 400)
    assert "no HTTP request" in answer.body["body"]
    assert result(function.invoke(function_url("/health")))


def test_a_scheduled_event_only_warms(function: LambdaRuntime) -> None:
    assert function.invoke({"source": "aws.events", "detail": {}})[:2] == ("response", {"warm": True})


def test_problems_come_as_text(function: LambdaRuntime) -> None:
    answer = function.invoke(function_url("/nothing"))
    assert answer.body["statusCode"] == 404
    assert answer.body["isBase64Encoded"] is False
    assert json.loads(answer.body["body"])["status"] == 404


def test_without_an_index_it_runs_and_says_so(image: Image) -> None:
    with image.start({"INDEX_URI": "elsewhere"}) as runtime:
        for _ in range(2):
            answer = runtime.invoke(function_url("/api/v1/search", {"q": "pods"}))
            assert answer.body["statusCode"] == 503
            assert "no readable index" in json.loads(answer.body["body"])["detail"]


def test_a_function_that_cannot_start_fails_with_what_it_printed(tmp_path: Path) -> None:
    with LambdaRuntime(tmp_path) as runtime, pytest.raises(RuntimeFailureError, match="No module named 'search_fn'"):
        runtime.invoke(function_url("/health"))


def test_a_function_that_hangs_is_given_up_on(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time\ndef handler(event, context): time.sleep(60)\n", encoding="utf-8")
    with (
        LambdaRuntime(tmp_path, handler="slow.handler", timeout=1.0) as runtime,
        pytest.raises(RuntimeFailureError, match="No answer in 1 seconds"),
    ):
        runtime.invoke({})


@pytest.mark.slow
def test_a_thousand_calls_leave_its_memory_flat(image: Image, index: Index) -> None:
    wanted = {query: expected(index, query) for query in QUERIES}
    with image.start() as runtime:

        def calls(count: int) -> float:
            for number in range(count):
                query = QUERIES[number % len(QUERIES)]
                answer = runtime.invoke(function_url("/api/v1/search", {"q": query, "offset": str(number % 3)}))
                assert answer.kind == "response"
                if number % 3 == 0:
                    assert result(answer) == wanted[query]
            return runtime.resident_mb()

        # Caches fill at first, and the allocator's arenas with them.
        calls(200)
        grown = [calls(200) for _ in range(5)]
        assert statistics.median(grown[-2:]) - grown[0] < 4, grown


@pytest.mark.slow
def test_twelve_hundred_calls_of_agents_have_no_error_and_leave_its_memory_flat(image: Image, index: Index) -> None:
    # Never the empty one: agents have to ask something.
    queries = [query for query in QUERIES if query]
    wanted = {
        query: [one.model_dump(mode="json") for one in search(index, query, explain=True).results] for query in queries
    }
    with image.start() as runtime:

        def calls(count: int) -> float:
            for number in range(count):
                query = queries[number % len(queries)]
                sent = agents_call(function_url, ERAS[number % 2], query)
                assert tool_result(runtime.invoke(sent)) == wanted[query]
            return runtime.resident_mb()

        calls(200)
        grown = [calls(200) for _ in range(5)]
        assert statistics.median(grown[-2:]) - grown[0] < 4, grown
