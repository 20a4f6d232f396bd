"""What caches may keep: an answer to GET is that of one publication, so its build is its ETag."""

from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_fn.index.current import CurrentIndex
from search_fn.index.manifest import IndexUnavailable
from search_fn.settings import Settings

_FRESH = "max-age=60, stale-while-revalidate=600"


class Caching:
    """Middleware that adds ETag and Cache-Control, and answers 304 where the caller has that build's answer already."""

    def __init__(self, app: ASGIApp, index: CurrentIndex, settings: Settings) -> None:
        self._app = app
        self._index = index
        self._who = "private" if settings.tokens else "public"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        before = self._build()
        unchanged = False

        async def told(message: Message) -> None:
            nonlocal unchanged
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # Published in between: nobody knows which of the two this answer is of.
                if message["status"] != 200 or before is None or self._build() != before:
                    headers.setdefault("cache-control", "no-store")
                else:
                    tag = f'W/"{before}"'
                    headers["etag"] = tag
                    headers["cache-control"] = f"{self._who}, {_FRESH}"
                    unchanged = tag in Headers(scope=scope).get("if-none-match", "")
                    if unchanged:
                        message = {**message, "status": 304}
                        del headers["content-length"], headers["content-type"]
                        message["headers"] = headers.raw
            elif unchanged:
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, told)

    def _build(self) -> str | None:
        with suppress(IndexUnavailable):
            return self._index().manifest.build_id
        return None
