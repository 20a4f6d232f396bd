"""Refuse answers that Lambda would not pass on: it takes 6 MB, measured once the body is a string of JSON."""

import json
from base64 import b64encode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_fn.http.errors import problem

MAX_PAYLOAD = 6_291_456
"""Bytes of an invocation's whole answer."""
HEAD = 16_384
"""Of these, for status, headers and the names of both."""
# Bytes that one of a body becomes at most.
_GROWS = 6


class AnswerLimit:
    """Middleware that answers 400, and how to ask for less, where a body is too long for Lambda, wherever it runs.

    Bodies that come in several pieces pass: they are files of a site that is served here too, never on Lambda.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._most = MAX_PAYLOAD - HEAD

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None

        async def send_limited(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            head, start = start, None
            if head is not None:
                size = 0 if message.get("more_body") else payload(message.get("body", b""), self._most // _GROWS)
                if size > self._most:
                    await problem(400, _told(size, self._most))(scope, receive, send)
                    return
                await send(head)
            await send(message)

        await self._app(scope, receive, send_limited)


def payload(body: bytes, small: int) -> int:
    """Return how many bytes a body becomes in Lambda's answer; of one of `small` bytes or less, its own length."""
    if len(body) <= small:
        return len(body)
    try:
        # The runtime's client escapes all that is not ASCII.
        return len(json.dumps(body.decode()))
    except UnicodeDecodeError:
        return len(b64encode(body))


def _told(size: int, most: int) -> str:
    return (
        f"The answer would have {size:,} bytes where {most:,} are allowed. Ask for less at once: lists take a smaller "
        "`limit`, with `offset` for what follows; without parameters and with .json behind the path, long lists are "
        "in parts, each with the address of the `next`. See /api/docs."
    )
