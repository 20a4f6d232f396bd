"""The function's interface as a page that needs no script and nothing from another host."""

import json
from collections import defaultdict
from typing import Any, TypedDict
from urllib.parse import quote, urlencode

from pydantic import JsonValue

from build.site.templates import environment

_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}
# What a search or a list is mostly asked with.
_ASKED = ("q", "search", "limit")
# How deep an answer is shown.
_DEEP = 4


class OpenApi(TypedDict):
    """The description of an interface: what is read of it, by path and method; it has more, which is handed on."""

    info: dict[str, str]
    paths: dict[str, dict[str, dict[str, JsonValue]]]


def interface_page(openapi: OpenApi) -> str:
    """Return the page that the function shows at /api/docs: every operation of its OpenAPI description."""
    return environment().get_template("interface.html").render(info=openapi["info"], groups=operations(openapi))


def operations(openapi: OpenApi) -> dict[str, list[dict[str, object]]]:
    """Return the operations of an OpenAPI description by their tag, as the templates show them."""
    groups: dict[str, list[dict[str, object]]] = defaultdict(list)
    # Ours, as FastAPI makes it.
    describe_rule: Any = openapi
    for path, methods in describe_rule["paths"].items():
        for method, operation in methods.items():
            one = _operation(operation, describe_rule)
            request = _request(method, path, one["rows"])
            groups[operation["tags"][0]].append({**one, "method": method, "path": path, "request": request})
    return groups


def _operation(operation: dict[str, Any], openapi: dict[str, Any]) -> dict[str, Any]:
    schemas = openapi["components"]["schemas"]
    rows = [
        _row(one["name"], one["in"], one.get("required", False), one["schema"], one)
        for one in operation.get("parameters", [])
    ]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content:
        model = schemas[content["schema"]["$ref"].rpartition("/")[2]]
        rows += [
            _row(name, "body", name in model.get("required", []), schema, schema)
            for name, schema in model["properties"].items()
        ]
    limit_texts = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema")
    answer = _sample(limit_texts, schemas) if limit_texts else None
    return {
        "id": operation["operationId"],
        "summary": operation.get("summary", ""),
        "about": operation.get("description", ""),
        "rows": rows,
        "answers": operation["responses"],
        "answer": json.dumps(answer, indent=2, ensure_ascii=False) if answer else "",
    }


def _request(method: str, path: str, rows: list[dict[str, Any]]) -> str:
    """Return a call of an operation with curl: its required parameters, and those that searches mostly have."""
    examples = {row["name"]: row["example"] for row in rows if row["example"]}
    for row in rows:
        if row["place"] == "path":
            path = path.replace(f"{{{row['name']}}}", quote(examples.get(row["name"], row["name"])))
    asked = [row for row in rows if row["place"] == "query"]
    query = urlencode({row["name"]: row["example"] for row in asked if row["needed"] or row["name"] in _ASKED})
    address = f'"$REGISTRY{path}{"?" if query else ""}{query}"'
    body = {row["name"]: row["value"] for row in rows if row["place"] == "body" and row["needed"]}
    if method == "get":
        return f"curl {address}"
    return f"curl {address} -H 'Content-Type: application/json' \\\n  -d '{json.dumps(body)}'"


def _sample(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """Return an answer of a schema's shape: its examples, otherwise the name of each value's type."""
    if "$ref" in schema:
        return _sample(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth)
    known = [*schema.get("examples", []), *([schema["example"]] if "example" in schema else [])]
    known += [schema[key] for key in ("const", "default") if schema.get(key) not in (None, [], {}, "")]
    if known or "enum" in schema:
        return (known or schema["enum"])[0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return _sample(next((one for one in schema[key] if one.get("type") != "null"), {}), schemas, depth)
    if schema.get("type") == "array":
        return [_sample(schema.get("items", {}), schemas, depth + 1)] if depth < _DEEP else ["…"]
    if "properties" in schema:
        inner = schema["properties"].items()
        return {name: _sample(one, schemas, depth + 1) for name, one in inner} if depth < _DEEP else {"…": "…"}
    return {"integer": 1, "number": 0.9, "boolean": True, "object": {}}.get(str(schema.get("type")), "…")


def _row(name: str, place: str, needed: bool, schema: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    example = about.get("example", next(iter(schema.get("examples", [])), None))
    return {
        "name": name,
        "place": place,
        "needed": needed,
        "type": _type(schema),
        "about": about.get("description", ""),
        "example": "" if example is None else _format_example(example, place),
        "value": example,
    }


def _format_example(example: Any, place: str) -> str:
    """Return an example as a caller writes it: the first of several values in an address."""
    if place != "body" and isinstance(example, list):
        example = example[0]
    return example if isinstance(example, str) else json.dumps(example)


def _type(schema: dict[str, Any]) -> str:
    """Return in words what a value may be."""
    if "anyOf" in schema:
        return _type(next(one for one in schema["anyOf"] if one.get("type") != "null"))
    kind = " or ".join(map(str, schema.get("enum", []))) or _WORDS.get(str(schema.get("type")), "any value")
    if schema.get("type") == "array":
        kind = f"{_type(schema['items'])}; may be repeated"
    limits = (("minimum", "from {}"), ("maximum", "to {:,}"), ("maxLength", "at most {:,} characters"))
    limit_texts = [words.format(schema[key]) for key, words in limits if key in schema]
    default = schema.get("default")
    sentences = (
        [] if default in (None, "", []) else [f"default {default if isinstance(default, str) else json.dumps(default)}"]
    )
    return ", ".join([kind, *limit_texts, *sentences])
