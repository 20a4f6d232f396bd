"""Log each request as a line of JSON on stderr, and add its duration to the answer."""

import json
import sys
import time
from datetime import UTC, datetime

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_fn.settings import Settings

# The status that nginx logs for a client that disconnects before its request is complete.
_DISCONNECTED = 499


class RequestLog:
    """Middleware that logs method, path, status and milliseconds, and adds Server-Timing. Queries are only
    logged where `settings` say so: they can hold confidential names.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        status = 500
        answering = disconnected = False

        async def watch_disconnect() -> Message:
            nonlocal disconnected
            message = await receive()
            disconnected = disconnected or (not answering and message["type"] == "http.disconnect")
            return message

        async def send_timed(message: Message) -> None:
            nonlocal status, answering
            if message["type"] == "http.response.start":
                status, answering = message["status"], True
                took = (time.perf_counter() - start) * 1000
                MutableHeaders(scope=message)["server-timing"] = f"app;dur={took:.1f}"
            await send(message)

        try:
            await self._app(scope, watch_disconnect, send_timed)
        except ClientDisconnect:
            # The client is gone: there is nobody to answer, and nothing failed here.
            disconnected = True
        finally:
            if self._settings.log:
                line = {
                    "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "method": scope["method"],
                    "path": scope["path"][:200],
                    "status": _DISCONNECTED if disconnected else status,
                    "milliseconds": round((time.perf_counter() - start) * 1000, 1),
                }
                if self._settings.log_queries:
                    line["query"] = scope["query_string"].decode("latin-1")[:2_000]
                # One write, so that lines of several processes do not mix; ASCII alone, so that no line can be forged.
                sys.stderr.write(json.dumps(line) + "\n")
