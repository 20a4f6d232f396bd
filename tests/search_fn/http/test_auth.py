"""Who may ask, and what is written down of it."""

import json
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped,unused-ignore]
import httpx2
import pytest

from search_fn.http.auth import _name
from search_fn.rest.application import create_app
from search_fn.secrets import SecretUnavailableError, secret
from search_fn.settings import Settings
from tests.support.object_storage import ObjectStorage
from tests.support.serving import serving

SEARCH, MCP, HEALTH = "/api/v1/search?q=pods", "/mcp", "/health"


def statuses(made_up, header: dict[bytes, bytes], *paths: str, **settings: Any) -> list[int]:
    with serving(create_app(Settings(str(made_up.folder), made_up.folder, **settings))) as client:
        return [client.get(path, headers=header).status_code for path in paths]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Bearer one", 200),
        ("bearer two", 200),
        ("Bearer  two", 200),
        ("Bearer three", 401),
        ("Bearer on", 401),
        ("Bearer one two", 401),
        ("Bearer", 401),
        ("Basic one", 401),
        ("one", 401),
        ("Bearer \xe9", 401),
        (None, 401),
    ],
)
def test_with_tokens_only_their_bearers_are_answered(made_up, header: str | None, expected: int) -> None:
    sent = {} if header is None else {b"Authorization": header.encode("latin-1")}
    found = statuses(made_up, sent, SEARCH, "/api/v1/codebundles", HEALTH, tokens=("one", "two"))
    assert found == [expected, expected, 200]


def test_without_a_token_the_answer_says_what_to_send(made_up) -> None:
    with serving(create_app(Settings(str(made_up.folder), made_up.folder, tokens=("one",)))) as client:
        answer = client.get(SEARCH, headers={"Origin": "https://site.example"})
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Bearer" in answer.json()["detail"]
        # A browser asks first, and cannot send a token with that.
        asked = {"Origin": "https://site.example", "Access-Control-Request-Method": "GET"}
        assert client.options(SEARCH, headers=asked).status_code == 200


def test_only_the_paths_that_are_named_want_a_token(made_up) -> None:
    found = statuses(made_up, {}, SEARCH, MCP, "/tools", tokens=("one",), protected=("/mcp", "/tools"))
    assert found == [200, 401, 401]


def test_a_host_that_is_not_named_is_refused(made_up) -> None:
    names = ("registry.example", "127.0.0.1", "[::1]")
    for host, expected in (
        ("registry.example", 200),
        ("REGISTRY.example:8443", 200),
        ("127.0.0.1:9", 200),
        ("[::1]", 200),
        ("[::1]:80", 200),
        ("evil.example", 400),
        ("registry.example.evil.example", 400),
        ("evil.example:registry.example", 400),
    ):
        assert statuses(made_up, {b"Host": host.encode()}, SEARCH, allowed_hosts=names) == [expected], host
    assert statuses(made_up, {b"Host": b"evil.example"}, SEARCH) == [200]


def test_a_host_is_read_without_its_port() -> None:
    found = {host: _name(host) for host in ("a:1", "A", "[::1]:1", "[::1]", "a:b", ":1", "")}
    assert found == {"a:1": "a", "A": "a", "[::1]:1": "[::1]", "[::1]": "[::1]", "a:b": "a:b", ":1": ":1", "": ""}


# Where tokens come from


def test_a_secret_is_a_value_or_a_reference(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert secret("REGISTRY_TEST_SECRET") == ""
    monkeypatch.setenv("REGISTRY_TEST_SECRET", " one, two ")
    assert secret("REGISTRY_TEST_SECRET") == "one, two"
    (tmp_path / "tokens").write_text("three\n", encoding="utf-8")
    monkeypatch.setenv("REGISTRY_TEST_SECRET", f"file:{tmp_path / 'tokens'}")
    assert secret("REGISTRY_TEST_SECRET") == "three"


def test_a_secret_of_aws_is_read_where_it_is(s3: ObjectStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    # The same server has AWS's other services, too.
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.address)
    manager = boto3.client("secretsmanager", region_name="eu-north-1")
    arn = manager.create_secret(Name="tokens", SecretString="four,five")["ARN"]
    monkeypatch.setenv("API_TOKENS", arn)
    assert Settings.from_environment().tokens == ("four", "five")
    monkeypatch.setenv("API_TOKENS", arn.replace("tokens", "absent"))
    with pytest.raises(SecretUnavailableError, match="API_TOKENS names a secret that cannot be read"):
        Settings.from_environment()


def test_a_secret_that_cannot_be_read_is_told_and_opens_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("API_TOKENS", f"file:{tmp_path / 'absent'}")
    with pytest.raises(SecretUnavailableError, match="FileNotFoundError"):
        Settings.from_environment()


# What is logged


def logged(made_up, capfd: pytest.CaptureFixture[str], **settings: Any) -> list[dict[str, Any]]:
    with serving(create_app(Settings(str(made_up.folder), made_up.folder, **settings))) as client:
        client.get("/api/v1/search?q=canary%0aforged")
        client.post("/tools/call", json={"tool_name": "find_codebundle", "arguments": {"query": "canary"}})
        client.get("/%0a%7b%22forged%22:1%7d", headers={"Authorization": "Bearer canary"})
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def test_each_request_is_a_line_without_what_it_asked(made_up, capfd: pytest.CaptureFixture[str]) -> None:
    lines = logged(made_up, capfd, log=True)
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/api/v1/search", 200),
        ("POST", "/tools/call", 200),
        ("GET", '/\n{"forged":1}', 404),
    ]
    assert all(set(line) == {"time", "method", "path", "status", "milliseconds"} for line in lines)
    assert "canary" not in json.dumps(lines)


def test_what_was_asked_is_logged_where_that_is_wanted(made_up, capfd: pytest.CaptureFixture[str]) -> None:
    assert logged(made_up, capfd, log=True, log_queries=True)[0]["query"] == "q=canary%0aforged"


def test_without_a_log_nothing_is_written(made_up, capfd: pytest.CaptureFixture[str]) -> None:
    assert logged(made_up, capfd) == []


def test_an_error_of_ours_is_a_problem_without_its_reason(made_up, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings(str(made_up.folder), made_up.folder))
    monkeypatch.setattr("search_fn.rest.application.search", lambda *_, **__: 1 / 0)
    with serving(app) as client:
        answer: httpx2.Response = client.get(SEARCH)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "division" not in answer.text
