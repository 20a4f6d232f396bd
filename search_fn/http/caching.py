"""ETag and Cache-Control of answers: an answer to GET depends on one publication, so the build's id is its ETag."""

import re
from collections.abc import Iterable
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_fn.index.current import CurrentIndex
from search_fn.index.facts import IndexUnavailableError
from search_fn.settings import Settings

NO_STORE = {"Cache-Control": "no-store"}
"""Headers of an answer that depends on more than the publication, such as one for which a provider failed."""

_FRESH = "max-age=60, stale-while-revalidate=600"
# Paths whose answers depend on the publication. All others change with this code and its environment.
_OF_THE_BUILD, _OF_THE_CODE = ("/api/", "/health"), ("/api/v1/chat/",)
_TAG = r'(?:W/)?"([^"]*)"'


class Caching:
    """Middleware that adds ETag and Cache-Control, and answers 304 where the caller has that build's answer already. An
    answer with a Cache-Control of its own keeps it, and gets no ETag.
    """

    def __init__(self, app: ASGIApp, index: CurrentIndex, settings: Settings) -> None:
        self._app = app
        self._index = index
        self._scope = "private" if settings.tokens else "public"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        of_the_build = path.startswith(_OF_THE_BUILD) and not path.startswith(_OF_THE_CODE)
        before = self._build() if of_the_build else None
        unchanged = False

        async def send_cacheable(message: Message) -> None:
            nonlocal unchanged
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # With a publication in between, the answer may be of either build: it gets no tag of one.
                if message["status"] != 200 or before is None or self._build() != before:
                    # A page of the site, where it is served here too, has an ETag of its own.
                    if "etag" not in headers:
                        headers.setdefault("cache-control", "no-store")
                elif "cache-control" not in headers:
                    headers["etag"] = f'W/"{before}"'
                    headers["cache-control"] = f"{self._scope}, {_FRESH}"
                    unchanged = knows(Headers(scope=scope).getlist("if-none-match"), headers["etag"])
                    if unchanged:
                        message = {**message, "status": 304}
                        del headers["content-length"], headers["content-type"]
                        message["headers"] = headers.raw
            elif unchanged:
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, send_cacheable)

    def _build(self) -> str | None:
        with suppress(IndexUnavailableError):
            return self._index().manifest.build_id
        return None


def knows(lines: Iterable[str], tag: str) -> bool:
    """Return whether the lines of a request's If-None-Match have an ETag (RFC 9110, 13.1.2): the lines are one list,
    tags are compared without `W/`, and `*` is any.
    """
    known = ",".join(lines).strip()
    return known == "*" or bool(set(re.findall(_TAG, tag)) & set(re.findall(_TAG, known)))
