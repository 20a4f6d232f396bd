"""Every document of the index has an operation that says what it looks like, and looks so."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from search_fn.rest.application import create_app
from search_fn.rest.documents import DOCUMENTS, PARAMETERS
from search_fn.settings import Settings
from tests.support.place import Place


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def schema_of(description: dict[str, Any], path: str) -> dict[str, Any]:
    """The schema of the answer to GET at this path, with all that it refers to."""
    # What names most of the path before what takes anything.
    for template in sorted(description["paths"], key=lambda one: one.count("{")):
        if "get" in description["paths"][template] and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            answer = description["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]
            return {**answer["schema"], "components": description["components"]}
    raise AssertionError(f"{path} is in no operation")


def test_every_file_of_the_static_api_is_described_and_is_so(built: Place, description: dict[str, Any]) -> None:
    site = built.folder / "site"
    files = sorted((site / "api/v1").rglob("*.json"))
    assert len(files) > 20
    for file in files:
        path = f"/{file.relative_to(site).with_suffix('').as_posix()}"
        value = json.loads(file.read_bytes())
        if path in ("/api/v1/codebundles", "/api/v1/registry/tasks"):
            # The file has no pages.
            value |= {"pagination": {"limit": 1, "offset": 0, "has_more": False}, "confident": True, "notes": []}
        Draft202012Validator(schema_of(description, path)).validate(value)


def test_no_document_has_a_field_that_its_schema_does_not_name(built: Place, description: dict[str, Any]) -> None:
    site = built.folder / "site"
    for file in sorted((site / "api/v1").rglob("*.json")):
        path = f"/{file.relative_to(site).with_suffix('').as_posix()}"
        if path != "/api/v1/openapi":
            schema = schema_of(description, path)
            assert unnamed(json.loads(file.read_bytes()), schema, schema["components"]) == set(), path


def unnamed(value: Any, schema: dict[str, Any], components: dict[str, Any]) -> set[str]:
    """The fields of a value, and of all in it, that its schema does not name."""
    if "$ref" in schema:
        return unnamed(value, components["schemas"][schema["$ref"].rpartition("/")[2]], components)
    if "anyOf" in schema:
        wanted = [one for one in schema["anyOf"] if (one.get("type") == "null") == (value is None)]
        return min((unnamed(value, one, components) for one in wanted), key=len)
    if isinstance(value, list):
        return {name for one in value for name in unnamed(one, schema["items"], components)}
    if not isinstance(value, dict):
        return set()
    own, others = schema.get("properties", {}), schema.get("additionalProperties")
    found = set() if others else value.keys() - own.keys()
    for name, one in value.items():
        inner = own.get(name, others)
        found |= unnamed(one, inner, components) if isinstance(inner, dict) else set()
    return found


def test_each_document_is_described_once_and_its_path_has_its_parameters() -> None:
    paths = [one.path for one in DOCUMENTS]
    assert len(set(paths)) == len(paths)
    assert {name for path in paths for name in re.findall(r"\{(\w+)\}", path)} == set(PARAMETERS)


def test_a_model_is_only_read_when_somebody_wants_the_description() -> None:
    """A cold start is not to pay for it."""
    code = (
        "import sys\nfrom search_fn.rest.application import create_app\nfrom search_fn.settings import Settings\n"
        "create_app(Settings())\nprint(sorted(name for name in sys.modules if name.startswith('search_fn.rest')))"
    )
    root = Path(__file__).resolve().parents[3]
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, encoding="utf-8", check=True)
    assert "search_fn.rest.described" in ran.stdout
    assert "search_fn.rest.schemas" not in ran.stdout
    assert "search_fn.rest.documents" not in ran.stdout
