"""Errors as application/problem+json (RFC 9457)."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from search_fn.index import IndexUnavailable

MEDIA_TYPE = "application/problem+json"
_TITLES = {
    400: "Bad request",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    413: "Body too large",
    422: "Wrong parameter",
    503: "No index",
}


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem answer: what went wrong and what to do."""
    body = {"type": "about:blank", "title": _TITLES.get(status, "Error"), "status": status, "detail": detail}
    return JSONResponse(body, status, headers, MEDIA_TYPE)


async def on_http_error(request: Request, error: HTTPException) -> JSONResponse:
    """Starlette's own errors: unknown path, wrong method."""
    return problem(error.status_code, str(error.detail), dict(error.headers or {}))


async def on_wrong_parameter(request: Request, error: RequestValidationError) -> JSONResponse:
    """A parameter of the wrong type or out of range: names it, and never repeats its value."""
    said = "; ".join(f"{'.'.join(map(str, item['loc'][1:]))}: {item['msg']}" for item in error.errors())
    return problem(422, f"{said}. See /api/docs.")


async def on_no_index(request: Request, error: IndexUnavailable) -> JSONResponse:
    """The index is missing, refused, or no longer what was opened."""
    request.app.state.index.doubt()
    return problem(503, str(error), {"Retry-After": "60"})


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    HTTPException: on_http_error,
    RequestValidationError: on_wrong_parameter,
    IndexUnavailable: on_no_index,
}
