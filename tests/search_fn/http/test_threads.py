"""Nobody waits while somebody else's provider is asked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import httpx2
import pytest

from search_fn.encoder.remote import RemoteEncoder
from search_fn.index.open import Index
from search_fn.provider import Provider
from search_fn.rest.application import create_app
from tests.support.made_up import settings_for
from tests.support.mcp_messages import message
from tests.support.serving import serving

CALL, HEADERS = message("legacy", "tools/call", {"name": "find_codebundle", "arguments": {"query": "pods"}})
ASKING = {
    "search": ("GET", "/api/v1/search?q=pods", None),
    "list": ("GET", "/api/v1/codebundles?search=pods", None),
    "tasks": ("GET", "/api/v1/registry/tasks?search=pods", None),
    "tool": ("POST", "/tools/call", {"tool_name": "find_codebundle", "arguments": {"query": "pods"}}),
    "mcp": ("POST", "/mcp", CALL),
    "chat": ("POST", "/api/v1/chat/query", {"question": "my pods keep restarting"}),
}


@pytest.fixture(scope="module")
def client(made_up) -> Iterator[httpx2.Client]:
    embeddings = RemoteEncoder(Provider("openai", "model-1", "key"), 64)
    with serving(create_app(replace(settings_for(made_up.folder), embeddings=embeddings))) as found:
        yield found


@pytest.mark.parametrize("asking", ASKING)
def test_while_a_provider_of_embeddings_is_slow_others_are_answered(
    client: httpx2.Client, asking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answering = Event(), Event()

    def encode(index: Index, text: str) -> None:
        asked.set()
        assert answering.wait(30)

    monkeypatch.setattr(Index, "encode", encode)
    method, path, body = ASKING[asking]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.request, method, path, json=body, headers=HEADERS if path == "/mcp" else {})
        try:
            assert asked.wait(30)
            with httpx2.Client(base_url=client.base_url, timeout=5) as other:
                assert other.get("/health").status_code == 200
            assert not waiting.done()
        finally:
            answering.set()
        assert waiting.result().status_code == 200
