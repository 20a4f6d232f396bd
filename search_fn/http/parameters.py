"""What is checked of a request before FastAPI reads it: a parameter that a route does not have is told with the nearest
that it has, and a body is JSON whatever its type says.
"""

import re
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from search_fn.index.facets import encodable
from search_fn.text import visible

_JSON = re.compile(r"application/(?:json|[\w.-]+\+json)\b", re.ASCII | re.IGNORECASE)
# What others call it. The nearest name is found by its letters otherwise.
_ALSO_CALLED = {
    "search": ("query", "q", "text", "term", "keyword", "keywords"),
    "q": ("query", "search", "text", "term", "keyword", "keywords"),
    "limit": ("max_results", "page_size", "per_page", "size", "count", "top", "first", "n"),
    "offset": ("page", "skip", "start", "from", "cursor", "after"),
    "access": ("access_level", "level"),
    "access_level": ("access", "level"),
    "tag": ("tags", "support_tags", "label", "labels"),
    "tags": ("tag", "support_tags", "label", "labels"),
    "support_tags": ("tag", "tags", "label", "labels"),
    "sort_by": ("sort", "order", "order_by", "ordering"),
    "sort": ("sort_by", "order", "order_by", "ordering"),
    "types": ("type", "kinds"),
    "collection": ("codecollection", "collection_slug", "repository", "repo"),
    "collection_slug": ("codecollection", "collection", "repository", "repo"),
}
_SHOWN = 60


class CheckedRoute(APIRoute):
    """A route that takes the parameters that it names, and no other."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()
        known = [parameter.alias for parameter in self.dependant.query_params]

        async def checked(request: Request) -> Response:
            refuse_unknown(request, known)
            return await answer(_readable(request))

        return checked


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Raises HTTPException if the request has a parameter that is not known: names it, the nearest, and all."""
    unknown = [name for name in dict.fromkeys(request.query_params) if name and name not in known]
    if not unknown:
        return
    names = ", ".join(_quoted(name) for name in unknown[:5])
    near = list(dict.fromkeys(filter(None, (_nearest(name, known) for name in unknown[:5]))))
    meant = f"; did you mean {' or '.join(near)}?" if near else "."
    path = request.scope["path"]
    takes = f"It takes {', '.join(known)}." if known else "It takes no parameters."
    raise HTTPException(400, f"{visible(path)[:200]} has no parameter {names}{meant} {takes}")


def _quoted(name: str) -> str:
    return f'"{" ".join(encodable(visible(name)).split())[:_SHOWN]}"'


def _nearest(name: str, known: Collection[str]) -> str:
    # Late: most requests are right.
    from difflib import get_close_matches

    folded = name.casefold().replace("-", "_")[:_SHOWN]
    for each in known:
        if folded == each or folded in _ALSO_CALLED.get(each, ()):
            return each
    return next(iter(get_close_matches(folded, known, 1)), "")


def _readable(request: Request) -> Request:
    """The request with the type of its body named. A page of an origin that may not post has to name it itself: it
    could send other types without asking first.
    """
    scope = request.scope
    if scope["method"] != "POST" or _JSON.match(request.headers.get("content-type", "")):
        return request
    if not _may_post(request):
        raise HTTPException(415, "Send the body as JSON, with the header Content-Type: application/json.")
    headers = [header for header in scope["headers"] if header[0] != b"content-type"]
    return Request({**scope, "headers": [*headers, (b"content-type", b"application/json")]}, request.receive)


def _may_post(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or bool({"*", origin} & set(request.app.state.origins))
