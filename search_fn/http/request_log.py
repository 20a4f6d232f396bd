"""One line of JSON for each request on stderr, and how long it took in its answer."""

import json
import sys
import time
from datetime import UTC, datetime

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_fn.settings import Settings

# As nginx has it: the client went away before its request was whole.
_GONE = 499


class RequestLog:
    """Middleware that logs method, path, status and milliseconds, and adds Server-Timing. What was asked for is only
    logged where `settings` say so: questions can name what is nobody's business.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        status = 500
        started = gone = False

        async def heard() -> Message:
            nonlocal gone
            message = await receive()
            gone = gone or (not started and message["type"] == "http.disconnect")
            return message

        async def timed(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                took = (time.perf_counter() - began) * 1000
                MutableHeaders(scope=message)["server-timing"] = f"app;dur={took:.1f}"
            await send(message)

        try:
            await self._app(scope, heard, timed)
        except ClientDisconnect:
            # Nobody is there to be answered, and it is no fault of ours.
            gone = True
        finally:
            if self._settings.log:
                line = {
                    "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "method": scope["method"],
                    "path": scope["path"][:200],
                    "status": _GONE if gone else status,
                    "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                }
                if self._settings.log_queries:
                    line["query"] = scope["query_string"].decode("latin-1")[:2_000]
                # One write: lines of several processes do not mix. ASCII alone, so no line can be forged.
                sys.stderr.write(json.dumps(line) + "\n")
