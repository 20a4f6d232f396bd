"""Answer a search that was answered before with the bytes of then, while the index is the same."""

from contextlib import suppress

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_fn.index.current import CurrentIndex
from search_fn.index.facts import IndexUnavailableError
from search_fn.index.open import Index

SEARCH = "/api/v1/search"
"""The path whose answers are remembered: they depend on nothing but the index and the parameters, as they were sent."""


class Remembering:
    """Middleware that remembers right answers, of GET. One with a Cache-Control of its own, as where a provider failed,
    depends on more and is not remembered.
    """

    def __init__(self, app: ASGIApp, index: CurrentIndex) -> None:
        self._app = app
        self._index = index

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        index = self._current() if scope["path"] == SEARCH and scope["method"] == "GET" else None
        if index is None:
            await self._app(scope, receive, send)
            return
        asked = scope["query_string"]
        body = index.answers.get(asked)
        if body is not None:
            await Response(body, media_type="application/json")(scope, receive, send)
            return
        lasting = False

        async def send_and_remember(message: Message) -> None:
            nonlocal lasting
            if message["type"] == "http.response.start":
                lasting = message["status"] == 200 and "cache-control" not in Headers(scope=message)
            # With a publication in between, the answer may be of either index.
            elif lasting and not message.get("more_body") and self._current() is index:
                index.answers.add(asked, message["body"])
            await send(message)

        await self._app(scope, receive, send_and_remember)

    def _current(self) -> Index | None:
        with suppress(IndexUnavailableError):
            return self._index()
        return None
