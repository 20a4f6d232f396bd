"""Questions to the chat."""

from collections.abc import Sequence
from typing import Any

import httpx2

from search_fn.chat.schemas import ChatAnswer


def ask(api: httpx2.Client, question: str, history: Sequence[tuple[str, str]] = (), **more: Any) -> dict[str, Any]:
    """Ask with a history of roles and what they said; the answer, which has the fields it is to have and no others."""
    said = [{"role": role, "content": content} for role, content in history]
    answer = api.post("/api/v1/chat/query", json={"question": question, "conversation_history": said, **more})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    assert ChatAnswer.model_validate_json(answer.content, strict=True).model_dump() == result
    return result


def ids(answer: dict[str, Any]) -> list[str]:
    return [one["id"] for one in answer["relevant_tasks"]]
