"""What the public MCP registry is told of this server."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, ValidationError

from search_fn.mcp.methods import SERVER

ROOT = Path(__file__).resolve().parent.parent
TEXT = {"type": "string", "minLength": 1}
# What the schema of 2025-12-11 wants of the parts that are used here, and no other parts.
SCHEMA = {
    "type": "object",
    "required": ["$schema", "name", "description", "version"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"},
        "name": {"type": "string", "pattern": "^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$", "minLength": 3, "maxLength": 200},
        "title": {**TEXT, "maxLength": 100},
        "description": {**TEXT, "maxLength": 100},
        "version": {**TEXT, "maxLength": 255, "not": {"pattern": r"[\^~*<>=xX]|latest"}},
        "websiteUrl": {"type": "string", "pattern": r"^https://\S+$"},
        "repository": {
            "type": "object",
            "required": ["url", "source"],
            "additionalProperties": False,
            "properties": {"url": {"type": "string", "pattern": "^https://github.com/"}, "source": {"const": "github"}},
        },
        "remotes": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["type", "url"],
                "additionalProperties": False,
                "properties": {
                    "type": {"const": "streamable-http"},
                    "url": {"type": "string", "pattern": r"^https?://[^\s]+$"},
                    "variables": {
                        "type": "object",
                        "additionalProperties": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {"description": TEXT, "default": TEXT, "isRequired": {"type": "boolean"}},
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture
def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "server.json").read_text(encoding="utf-8"))
    return found


def test_it_is_what_the_registry_takes(described: dict[str, Any]) -> None:
    Draft7Validator(SCHEMA).validate(described)
    for part in ("name", "description", "version"):
        with pytest.raises(ValidationError):
            Draft7Validator(SCHEMA).validate({**described, part: ""})


def test_the_address_is_a_deployment_s_with_variables_that_are_declared(described: dict[str, Any]) -> None:
    for remote in described["remotes"]:
        variables = remote["variables"]
        assert set(re.findall(r"{(\w+)}", remote["url"])) == set(variables)
        address = remote["url"].format(**{name: one["default"] for name, one in variables.items()})
        assert address == "https://registry.runwhen.com/mcp"


def test_name_and_version_are_those_that_the_server_tells(described: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert described["name"].partition("/")[2] == SERVER["name"] == project["name"]
    assert described["version"] == SERVER["version"] == project["version"]
    assert described["title"] == SERVER["title"]
