"""Errors as application/problem+json (RFC 9457)."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from search_fn.index.manifest import IndexUnavailable

MEDIA_TYPE = "application/problem+json"
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What went wrong, and what to do."},
    },
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses as OpenAPI has them."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


NOT_FOUND = documented(404)


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem answer: what went wrong and what to do."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, headers, MEDIA_TYPE)


async def on_http_error(request: Request, error: HTTPException) -> JSONResponse:
    """Starlette's own errors: unknown path, wrong method."""
    headers = dict(error.headers or {})
    # HEAD is answered wherever GET is.
    if headers.get("Allow") == "GET":
        headers["Allow"] = "GET, HEAD"
    return problem(error.status_code, str(error.detail), headers)


async def on_wrong_parameter(request: Request, error: RequestValidationError) -> JSONResponse:
    """A parameter of the wrong type or out of range: names it, and never repeats its value."""
    said = "; ".join(f"{'.'.join(map(str, item['loc'][1:]))}: {item['msg']}" for item in error.errors())
    return problem(422, f"{said}. See /api/docs.")


async def on_no_index(request: Request, error: IndexUnavailable) -> JSONResponse:
    """The index is missing, refused, or no longer what was opened."""
    request.app.state.index.doubt()
    return problem(503, str(error), {"Retry-After": "60"})


async def on_crash(request: Request, error: Exception) -> JSONResponse:
    """An error of ours; Starlette raises it again once this is sent, for the log."""
    return problem(500, "The function failed at this request; its log has the reason.")


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    HTTPException: on_http_error,
    RequestValidationError: on_wrong_parameter,
    IndexUnavailable: on_no_index,
    Exception: on_crash,
}
