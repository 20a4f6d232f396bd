"""Errors as application/problem+json (RFC 9457)."""

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from search_fn.http.responses import PROBLEM
from search_fn.index.facts import IndexUnavailableError


def problem(
    status: int, detail: str, headers: dict[str, str] | None = None, more: Mapping[str, Any] | None = None
) -> JSONResponse:
    """Return an answer of application/problem+json.

    Args:
        status: The HTTP status.
        detail: What went wrong and what to do, in plain words.
        headers: Further headers.
        more: Further members, of this kind of problem.
    """
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body | dict(more or {}), status, headers, PROBLEM)


async def on_http_error(request: Request, error: HTTPException) -> JSONResponse:
    """Answer an HTTPException, of ours or of Starlette's (unknown path, wrong method)."""
    headers = dict(error.headers or {})
    if "Allow" in headers:
        # Sorted, so that equal requests get equal bytes; HEAD is answered wherever GET is.
        allowed = set(headers["Allow"].split(", "))
        headers["Allow"] = ", ".join(sorted(allowed | ({"HEAD"} if "GET" in allowed else set())))
    return problem(error.status_code, str(error.detail), headers)


async def on_wrong_parameter(request: Request, error: RequestValidationError) -> JSONResponse:
    """Answer a parameter of the wrong type or out of range: with its name, never with its value."""
    return problem(422, f"{'; '.join(map(_sentence, error.errors()))}. See /api/docs.")


def _sentence(item: dict[str, Any]) -> str:
    where, *names = item["loc"]
    if item["type"] == "json_invalid":
        return f"The body is not JSON: {item['ctx']['error']}, at character {names[0]}"
    if item["input"] == "":
        return f"{'.'.join(map(str, names))} has no value: leave it out, or send one ({item['msg']})"
    # An error of the body as a whole has no name of a field: it is called "body".
    return f"{'.'.join(map(str, names)) or where}: {item['msg']}"


async def on_no_index(request: Request, error: IndexUnavailableError) -> JSONResponse:
    """Answer a request for which the index is missing, refused, or no longer the one that was opened."""
    request.app.state.index.mark_stale()
    return problem(503, str(error), {"Retry-After": "60"})


async def on_crash(request: Request, error: Exception) -> JSONResponse:
    """Answer a request at which the function failed; Starlette raises the error again afterwards, for the log."""
    return problem(500, "The function failed at this request; its log has the reason.")


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    HTTPException: on_http_error,
    RequestValidationError: on_wrong_parameter,
    IndexUnavailableError: on_no_index,
    Exception: on_crash,
}
