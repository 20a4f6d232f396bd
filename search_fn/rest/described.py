"""The OpenAPI description beyond what FastAPI makes of the routes: who answers for it, what stored JSON looks like, the
documents of the index, examples where its readers look for them, and tokens.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from search_fn.http.responses import NOT_FOUND, answered, documented

_REPOSITORY = "https://github.com/runwhen-contrib/codecollection-registry"
ABOUT: dict[str, Any] = {
    "description": (
        "Equal requests to one publication have equal answers; its build id is their `ETag`. Every error is "
        "`application/problem+json`, whose `detail` says what to do. A parameter that an operation does not have is "
        "refused, and a slash at the end of a path means nothing."
    ),
    "contact": {"name": "RunWhen", "url": _REPOSITORY},
    "license_info": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "openapi_tags": [
        {"name": "search", "description": "The one search, of pages, programs and agents alike."},
        {"name": "catalogue", "description": "CodeBundles and keyword libraries, each whole, and what a build holds."},
        {"name": "registry", "description": "Tools, CodeCollections and totals in the shapes of the earlier registry."},
        {"name": "images", "description": "The images in which the platform runs CodeCollections, and their pointers."},
        {"name": "tools", "description": "The tools that agents have, over plain HTTP."},
        {"name": "chat", "description": "Questions that are answered from the catalogue, with sources."},
        {"name": "operation", "description": "Whether this answers, and from which build."},
    ],
}
"""FastAPI's arguments."""

_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Always about:blank: the status says of which kind it is."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {"type": "string", "description": "What went wrong, and what to do."},
    },
    "examples": [
        {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "There is no such CodeBundle; find its name with /api/v1/search?q=…",
        }
    ],
}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token that this registry gave you, where it asks for one; most ask nobody.",
}


class Document(NamedTuple):
    """A document of the index: where it is, and what OpenAPI says of it."""

    path: str
    operation_id: str
    tag: str
    summary: str
    model: str
    description: str


def complete_openapi(
    openapi: dict[str, Any], models: Mapping[str, Any], documents: Iterable[Document], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return FastAPI's description of the routes, completed.

    Args:
        openapi: FastAPI's.
        models: The schemas of stored JSON by name.
        documents: The documents that the index has at paths of its own.
        parameters: Those in the paths of documents, by name.
    """
    for one in documents:
        openapi["paths"][one.path] = {
            "get": {
                "tags": [one.tag],
                "summary": one.summary,
                "description": one.description,
                "operationId": one.operation_id,
                "parameters": [parameters[name] for name in parameters if f"{{{name}}}" in one.path],
                # A build need not have each of them.
                "responses": _of_documents(one.model),
            }
        }
    for methods in openapi["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                # Where every reader looks: of a schema's own examples few take notice.
                if "examples" in parameter["schema"]:
                    parameter["example"] = parameter["schema"].pop("examples")[0]
    components = openapi["components"]
    components["schemas"] = dict(sorted({**components["schemas"], **models, "Problem": _PROBLEM}.items()))
    components["securitySchemes"] = {"token": _BEARER}
    # Either of them: without a token, or with one.
    return {**openapi, "security": [{}, {"token": []}]}


def _of_documents(model: str) -> dict[str, Any]:
    responses = {**answered(model), **documented(400, 401), **NOT_FOUND, **documented(503)}
    return {str(status): response for status, response in responses.items()}
