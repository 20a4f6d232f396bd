"""Bodies of at most 1 MB: the rest of a longer one is never read. FastAPI's own limit answers in plain text."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1_000_000
"""Bytes."""


class BodyLimit:
    """Middleware that answers 413 where a longer body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "")
        announced = int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0
        read = 0

        async def limited() -> Message:
            nonlocal read
            # Before anything of it has come.
            message = await receive() if announced <= MAX_BODY else {}
            read += len(message.get("body", b""))
            if max(read, announced) > MAX_BODY:
                raise HTTPException(413, f"A body may have {MAX_BODY:,} bytes.")
            return message

        await self._app(scope, limited, send)
