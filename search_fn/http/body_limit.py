"""Limit the bodies of requests to 1 MB each and 16 MB together: the rest of a longer one is never read. FastAPI's own
limit answers in plain text.
"""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1_000_000
MAX_BODIES = 16_000_000
"""Bytes of one body, and of all requests under way, at most."""


class BodyLimit:
    """Middleware that answers 413 where a longer body is read, and 503 where others leave no room for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._together = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "")
        announced = int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0
        read = 0

        async def limited() -> Message:
            nonlocal read
            # A body that is announced as too long is refused before any of it is received.
            message = await receive() if announced <= MAX_BODY else {}
            size = len(message.get("body", b""))
            read += size
            self._together += size
            if max(read, announced) > MAX_BODY:
                raise HTTPException(413, f"A body may have {MAX_BODY:,} bytes.")
            if self._together > MAX_BODIES:
                raise HTTPException(503, "Too much is being sent at once; ask again in a moment.", {"Retry-After": "1"})
            return message

        try:
            await self._app(scope, limited, send)
        finally:
            self._together -= read
