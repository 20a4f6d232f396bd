"""Checks of a request before FastAPI reads it: an unknown parameter is refused with the nearest known one, and a body
is read as JSON whatever its content type.
"""

import re
from collections.abc import Callable, Collection, Coroutine
from copy import copy
from dataclasses import replace
from functools import lru_cache
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from search_fn.index.facets import encodable
from search_fn.text import visible

_JSON = re.compile(r"application/(?:json|[\w.-]+\+json)\b", re.ASCII | re.IGNORECASE)
# Parameters by the names that other interfaces have for them. All else is compared by letters.
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
# Characters of an unknown name that are compared and shown.
_SHOWN = 60


# Sets of parameters of a route that are remembered.
_SETS = 64


class CheckedRoute(APIRoute):
    """A route that refuses parameters that it does not name."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        known = [parameter.alias for parameter in self.dependant.query_params]

        # FastAPI looks for each parameter that a route has, which takes a tenth of a search: those that were not sent
        # are left to the defaults of the function.
        @lru_cache(_SETS)
        def answering(sent: frozenset[str]) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            route = copy(self)
            route.dependant = replace(
                self.dependant,
                query_params=[
                    one for one in self.dependant.query_params if one.field_info.is_required() or one.alias in sent
                ],
            )
            return APIRoute.get_route_handler(route)

        async def check_and_answer(request: Request) -> Response:
            refuse_unknown(request, known)
            return await answering(frozenset(request.query_params))(_as_json(request))

        return check_and_answer


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Raise an error where a request has an unknown parameter.

    Raises:
        HTTPException: 400, with the unknown names, the nearest known ones, and all known ones.
    """
    unknown = [name for name in dict.fromkeys(request.query_params) if name and name not in known]
    if not unknown:
        return
    names = ", ".join(_quoted(name) for name in unknown[:5])
    near = list(dict.fromkeys(filter(None, (_nearest(name, known) for name in unknown[:5]))))
    hint = f"; did you mean {' or '.join(near)}?" if near else "."
    path = request.scope["path"]
    takes = f"It takes {', '.join(known)}." if known else "It takes no parameters."
    raise HTTPException(400, f"{visible(path)[:200]} has no parameter {names}{hint} {takes}")


def _quoted(name: str) -> str:
    return f'"{" ".join(encodable(visible(name)).split())[:_SHOWN]}"'


def _nearest(name: str, known: Collection[str]) -> str:
    # Imported here: most requests have no wrong parameter, and the import takes milliseconds.
    from difflib import get_close_matches

    folded = name.casefold().replace("-", "_")[:_SHOWN]
    for each in known:
        if folded == each or folded in _ALSO_CALLED.get(each, ()):
            return each
    return next(iter(get_close_matches(folded, known, 1)), "")


def _as_json(request: Request) -> Request:
    """Return the request with the content type of JSON.

    A page of an origin that may not post has to send that type itself: browsers send other types without a preflight,
    which would refuse it.

    Raises:
        HTTPException: 415, for such a page with another type.
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
