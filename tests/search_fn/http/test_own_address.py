"""The address that answers are whole with: that of settings, else the one that was asked."""

import pytest
from starlette.requests import Request

from search_fn.http.own_address import own_address
from search_fn.settings import Settings


def asked(host: str | None, scheme: str = "https") -> Request:
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    return Request({"type": "http", "scheme": scheme, "path": "/mcp", "query_string": b"", "headers": headers})


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("registry.example.org", "https://registry.example.org"),
        ("127.0.0.1:8080", "https://127.0.0.1:8080"),
        ("[::1]:80", "https://[::1]:80"),
        (None, ""),
        ("", ""),
        ("a b", ""),
        ("evil.example/x?", ""),
        ("user@evil.example", ""),
        ("a" * 400, ""),
        ("<script>", ""),
        ("xn--ä.example", ""),
    ],
)
def test_a_request_says_its_host_or_nothing(host: str | None, wanted: str) -> None:
    assert own_address(asked(host), Settings()) == wanted


def test_settings_know_better() -> None:
    own = Settings(public_url="https://api.example")
    assert own_address(asked("10.0.0.1", "http"), own) == "https://api.example"
    assert own_address(asked(None), Settings(public_url="https://a.example", site_url="https://b.example/x")) == (
        "https://b.example/x"
    )
