"""The answers of an operation in its OpenAPI description."""

from http import HTTPStatus
from typing import Any

PROBLEM = "application/problem+json"
"""The media type of errors (RFC 9457)."""


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the descriptions of errors with these statuses."""
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def answered(model: str) -> dict[int | str, dict[str, Any]]:
    """Return the description of an answer that is stored JSON and passed on unparsed; `model` is the name of one of
    search_fn.rest.schemas.
    """
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}}
    return {200: {"description": "The answer", "content": content}}


TYPE_OF = {"yaml": "application/yaml", "json": "application/json", "svg": "image/svg+xml"}
"""Media types by the endings of file names."""
FILE_HEADERS = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}
"""Headers of every file: a picture that is opened by itself may load and run nothing."""
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {
            # Several documents, which no schema describes.
            TYPE_OF["yaml"]: {},
            TYPE_OF["json"]: {"schema": {"$ref": "#/components/schemas/AwsPolicy"}},
            TYPE_OF["svg"]: {"schema": {"type": "string"}},
        },
    }
}
NOT_FOUND, UNREAD = documented(404), documented(415)
MOVED: dict[int | str, dict[str, Any]] = {
    301: {
        "description": "The CodeBundle has another name now",
        "headers": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}},
    },
    **documented(410),
}
