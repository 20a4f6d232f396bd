"""The function's interface as a page that needs no script and nothing from another host."""

import json
from collections import defaultdict
from typing import Any

from build.model import OpenApi
from build.site.templates import environment


def interface_page(openapi: OpenApi) -> str:
    """The page that the function shows at /api/docs: every operation of its OpenAPI description."""
    return environment().get_template("interface.html").render(info=openapi["info"], groups=operations(openapi))


def operations(openapi: OpenApi) -> dict[str, list[dict[str, object]]]:
    """The operations of an OpenAPI description by their tag, as the templates show them."""
    groups: dict[str, list[dict[str, object]]] = defaultdict(list)
    # Ours, as FastAPI makes it.
    described: Any = openapi
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]].append({**_operation(operation, described), "method": method, "path": path})
    return groups


def _operation(operation: dict[str, Any], openapi: dict[str, Any]) -> dict[str, Any]:
    rows = [
        _row(one["name"], one["in"], one.get("required", False), one["schema"], one)
        for one in operation.get("parameters", [])
    ]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content:
        model = openapi["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
        rows += [
            _row(name, "body", name in model.get("required", []), schema, schema)
            for name, schema in model["properties"].items()
        ]
    return {
        "id": operation["operationId"],
        "about": operation.get("description", ""),
        "rows": rows,
        "answers": operation["responses"],
    }


def _row(name: str, place: str, needed: bool, schema: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    example = about.get("example", next(iter(schema.get("examples", [])), None))
    return {
        "name": name,
        "place": place,
        "needed": needed,
        "type": _type(schema),
        "about": about.get("description", ""),
        "example": "" if example is None else _written(example, place),
    }


def _written(example: Any, place: str) -> str:
    """An example as a caller writes it: of several values in an address one."""
    if place != "body" and isinstance(example, list):
        example = example[0]
    return example if isinstance(example, str) else json.dumps(example)


def _type(schema: dict[str, Any]) -> str:
    """What a value may be, in words."""
    if "anyOf" in schema:
        return _type(next(one for one in schema["anyOf"] if one.get("type") != "null"))
    kind = " or ".join(map(str, schema.get("enum", []))) or str(schema.get("type", "any"))
    if kind == "array":
        kind = f"several: {_type(schema['items'])}"
    limits = (("minimum", "from {}"), ("maximum", "to {:,}"), ("maxLength", "at most {:,} characters"))
    said = [words.format(schema[key]) for key, words in limits if key in schema]
    default = [f"default {schema['default']}"] if schema.get("default") not in (None, "", []) else []
    return ", ".join([kind, *said, *default])
