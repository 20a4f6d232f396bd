"""What the chat takes and refuses."""

from typing import Any

import httpx2
import pytest


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": ""},
        {"question": "x" * 2_001},
        {"question": "x", "context_limit": 0},
        {"question": "x", "context_limit": 21},
        {"question": "x", "conversation_history": [{"role": "user", "content": "x"}] * 21},
        {"question": "x", "conversation_history": [{"role": "user", "content": "x" * 20_001}]},
        {"question": "x", "conversation_history": [{"role": "x" * 21, "content": "x"}]},
        {"question": "x", "conversation_history": ["x"]},
    ],
)
def test_a_request_out_of_bounds_is_a_problem(api: httpx2.Client, body: dict[str, Any]) -> None:
    answer = api.post("/api/v1/chat/query", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_half_a_surrogate_pair_is_a_problem(api: httpx2.Client) -> None:
    body = '{"question": "pods \\ud800 restart", "conversation_history": [{"role": "user", "content": "\\udfff"}]}'
    answer = api.post("/api/v1/chat/query", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
