"""The interface is as its OpenAPI description says, for whatever schemathesis thinks of."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator

from search_fn.rest.application import create_app
from search_fn.settings import PACKAGE, Settings, public_address
from tests.support.made_up import records

CHECKS = """
# Its own list lacks 413: what breaks a schema can be too long to be read at all.
[checks]
negative_data_rejection.expected-statuses = [400, 404, 405, 406, 413, 415, 422]

# The arguments that a tool takes depend on the tool; its answer to others says what to send.
[[operations]]
include-path = "/tools/call"
checks.positive_data_acceptance.expected-statuses = [200, 400, 404, 503]

# It takes one of two parameters, which no description can say.
[[operations]]
include-path = "/api/v1/catalog/codecollections/{slug}/resolve"
checks.positive_data_acceptance.expected-statuses = [200, 304, 400, 404]
parameters.slug = "one"

[[operations]]
include-path = "/api/v1/catalog/codecollections/{slug}/refs/{ref}"
parameters.slug = "one"
parameters.ref = "main"

# Names that there are, among others that there are not.
[[operations]]
include-path = "/api/v1/collections/{collection}/codebundles/{bundle}"
parameters.collection = "%(collection)s"
parameters.bundle = "%(bundle)s"

[[operations]]
include-path = "/api/v1/collections/{collection}/codebundles/{bundle}/{file}"
parameters.collection = "%(collection)s"
parameters.bundle = "%(bundle)s"
"""


def found_by_schemathesis(api: httpx2.Client, folder: Path, examples: int) -> tuple[int, list[str]]:
    """The number of cases that were tried, and what was found wrong."""
    collection, _, bundle = records()[0].id.partition("/")
    configuration = folder / "schemathesis.toml"
    configuration.write_text(CHECKS % {"collection": collection, "bundle": bundle}, encoding="utf-8")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration)),
            *("run", str(api.base_url.join("/openapi.json")), "--checks", "all", "--phases", "coverage,fuzzing"),
            *("--max-examples", str(examples), "--seed", "20261125", "--generation-database", "none", "--no-color"),
        ],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=570,
        check=False,
    )
    cases = re.search(r"(\d+) generated", ran.stdout)
    assert cases, ran.stdout + ran.stderr
    return int(cases[1]), [ran.stdout] if ran.returncode else []


def operations(api: httpx2.Client) -> int:
    return sum(len(methods) for methods in json.loads(api.get("/openapi.json").content)["paths"].values())


def test_no_answer_is_undocumented_and_none_is_a_crash(api: httpx2.Client, tmp_path: Path) -> None:
    cases, wrong = found_by_schemathesis(api, tmp_path, 100)
    assert wrong == [], "\n".join(wrong)
    assert cases >= 60 * operations(api)


@pytest.mark.slow
def test_no_answer_is_undocumented_after_three_times_as_many_cases(api: httpx2.Client, tmp_path: Path) -> None:
    cases, wrong = found_by_schemathesis(api, tmp_path, 300)
    assert wrong == [], "\n".join(wrong)
    # A document without parameters has few cases.
    assert cases >= 120 * operations(api)


def every_operation(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in description["paths"].items() for method, one in methods.items()]


def test_every_operation_has_a_name_of_its_own_a_tag_that_is_told_and_words() -> None:
    description = create_app(Settings()).openapi()
    found = every_operation(description)
    names = [one["operationId"] for _, _, one in found]
    assert len(set(names)) == len(names)
    # Clients make functions of them: a change here breaks what they call.
    assert {"search", "list_codebundles", "get_codebundle", "list_tasks", "list_collections", "call_tool"} <= set(names)
    assert all(re.fullmatch("[a-z][a-z_]*", name) for name in names)
    told = {tag["name"]: tag["description"] for tag in description["tags"]}
    for path, method, one in found:
        assert one["tags"][0] in told, (method, path)
        assert one["summary"], (method, path)
        assert one["description"], (method, path)


def test_every_parameter_has_a_description_and_an_example_that_is_right() -> None:
    description = create_app(Settings()).openapi()
    found = [(path, each) for path, _, one in every_operation(description) for each in one.get("parameters", [])]
    assert len(found) > 30
    for path, parameter in found:
        assert parameter["description"], (path, parameter["name"])
        Draft202012Validator(parameter["schema"]).validate(parameter["example"])


def test_every_answer_and_body_has_a_schema_with_fields() -> None:
    description = create_app(Settings()).openapi()
    schemas = description["components"]["schemas"]
    for path, _, one in every_operation(description):
        bodies = [one["requestBody"]] if "requestBody" in one else []
        for answer in (*one["responses"].values(), *bodies):
            for kind, content in answer.get("content", {}).items():
                if kind == "application/yaml":
                    assert content == {}
                    continue
                if kind == "image/svg+xml":
                    assert "$ref" not in str(content)
                    continue
                schema = schemas[content["schema"]["$ref"].rpartition("/")[2]]
                if "$ref" in schema.get("items", {}):
                    schema = schemas[schema["items"]["$ref"].rpartition("/")[2]]
                named = schema.get("properties") or schema.get("additionalProperties")
                assert named or schema["items"]["type"] == "string", path
        assert {"200", "400", "401", "503"} <= set(one["responses"])


def test_every_schema_is_used_and_sound() -> None:
    description = create_app(Settings()).openapi()
    text = json.dumps(description)
    for name, schema in description["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert f'"#/components/schemas/{name}"' in text, name
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) == set(description["components"]["schemas"])


@pytest.mark.parametrize(
    ("address", "server"),
    [("", "/"), ("/", "/"), ("https://search.example/", "https://search.example"), ("search.example", "/")],
)
def test_the_address_that_is_known_is_the_server(address: str, server: str) -> None:
    description = create_app(Settings(public_url=public_address(address))).openapi()
    assert description["servers"] == [{"url": server}]


def test_it_says_whose_it_is_and_how_a_token_is_sent() -> None:
    description = create_app(Settings()).openapi()
    assert description["info"]["contact"]["url"].startswith("https://")
    assert description["info"]["license"]["identifier"] == "Apache-2.0"
    (name,) = description["components"]["securitySchemes"]
    assert description["components"]["securitySchemes"][name]["scheme"] == "bearer"
    assert description["security"] == [{}, {name: []}]


def test_it_is_the_same_however_often_it_is_made() -> None:
    app = create_app(Settings())
    assert app.openapi() is app.openapi()
    assert json.dumps(app.openapi()) == json.dumps(create_app(Settings()).openapi())


def test_the_documentation_names_every_path(api: httpx2.Client) -> None:
    text = (PACKAGE / "docs" / "api.md").read_text(encoding="utf-8")
    paths = set(json.loads(api.get("/openapi.json").content)["paths"])
    assert {path for path in paths if f"{path}`" not in text} == set()
    said = set(re.findall(r"^\| `(/[^`]+)`", text.partition("## Upstream")[0], re.MULTILINE))
    assert said <= paths
