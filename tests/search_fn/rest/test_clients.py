"""What others make of the description: two linters' recommended rules, and clients in two languages that call it.

`nox -s api` has what these need; elsewhere each is skipped that cannot be had.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from search_fn.rest.application import create_app
from search_fn.settings import Settings
from tests.support.node import installed, npx

REDOCLY = "@redocly/cli@2.77.0"
SPECTRAL = "@stoplight/spectral-cli@6.16.3"
TYPESCRIPT = ("openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "typescript@5.9.3")
PYTHON = "openapi-python-client"
COLLECTION, BUNDLE = "beacon-codecollection", "k8s-pod-restarts"

CALLS_IN_TYPESCRIPT = """
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };
const [, , baseUrl, collection, bundle] = process.argv;
const client = createClient<paths>({ baseUrl });
type Summary = components["schemas"]["CodeBundleSummary"];

const platform = ["Kubernetes", "AWS"];
const listed = await client.GET("/api/v1/codebundles", { params: { query: { platform, limit: 2 } } });
const bundles: Summary[] = listed.data!.codebundles;
const levels: ("read-only" | "read-write" | "unknown")[] = bundles.map((one) => one.access_level);
const path = { collection, bundle };
const details = await client.GET("/api/v1/collections/{collection}/codebundles/{bundle}", { params: { path } });
const tools: string[] = details.data!.tools.map((one) => `${one.kind} ${one.line} ${one.title}`);
const query = { q: "pods keep restarting", tag: ["kubernetes"] };
const found = await client.GET("/api/v1/search", { params: { query } });
const best: string | undefined = found.data!.results[0]?.id;
const wrong = await client.GET("/api/v1/search", { params: { query: { limit: 101 } } });
const said: string = wrong.error!.detail;
const body = { tool_name: "find_codebundle", arguments: { query: "pods" } };
const success: boolean = (await client.POST("/tools/call", { body })).data!.success;
console.log(JSON.stringify({ ids: bundles.map((one) => one.id), levels, tools, best, said, success }));
"""
MISTAKE_IN_TYPESCRIPT = """
import type { paths } from "./api.js";
type Query = paths["/api/v1/search"]["get"]["parameters"]["query"];
export const query: Query = { limit: "ten" };
"""

CALLS_IN_PYTHON = """
import json
import sys

from code_collection_registry_client import Client
from code_collection_registry_client.api.catalogue import get_codebundle, list_codebundles
from code_collection_registry_client.api.search import search
from code_collection_registry_client.api.tools import call_tool
from code_collection_registry_client.models import CodeBundleList, CodeBundleRecord, Problem, SearchAnswer, ToolCall

_, address, collection, bundle = sys.argv
client = Client(base_url=address)
listed = list_codebundles.sync(client=client, platform=["Kubernetes", "AWS"], limit=2)
assert isinstance(listed, CodeBundleList), listed
details = get_codebundle.sync(collection, bundle, client=client)
assert isinstance(details, CodeBundleRecord), details
found = search.sync(client=client, q="pods keep restarting", tag=["kubernetes"])
assert isinstance(found, SearchAnswer), found
wrong = search.sync(client=client, limit=101)
assert isinstance(wrong, Problem), wrong
body = ToolCall.from_dict({"tool_name": "find_codebundle", "arguments": {"query": "pods"}})
called = call_tool.sync(client=client, body=body)
print(json.dumps({
    "ids": [one.id for one in listed.codebundles],
    "levels": [one.access_level.value for one in listed.codebundles],
    "tools": [f"{one.kind.value} {one.line} {one.title}" for one in details.tools],
    "best": found.results[0].id,
    "said": wrong.detail,
    "success": called.success,
}))
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("openapi") / "openapi.json"
    file.write_text(json.dumps(create_app(Settings()).openapi()), encoding="utf-8")
    return file


def run(*command: str, cwd: Path) -> str:
    """What a command says, which is to end well."""
    # Programs that the same environment has, such as a generator's formatter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ran = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4_000:] + ran.stderr[-4_000:]
    return ran.stdout + ran.stderr


def called(api: httpx2.Client) -> tuple[str, str, str]:
    """What the programs above are told."""
    return str(api.base_url).rstrip("/"), COLLECTION, BUNDLE


def wanted(api: httpx2.Client) -> dict[str, Any]:
    """What a client is to find, by requests that no generator had a hand in."""
    listed = api.get("/api/v1/codebundles?platform=Kubernetes&platform=AWS&limit=2").json()["codebundles"]
    record = api.get(f"/api/v1/collections/{COLLECTION}/codebundles/{BUNDLE}").json()
    return {
        "ids": [one["id"] for one in listed],
        "levels": [one["access_level"] for one in listed],
        "tools": [f"{one['kind']} {one['line']} {one['title']}" for one in record["tools"]],
        "best": api.get("/api/v1/search?q=pods+keep+restarting&tag=kubernetes").json()["results"][0]["id"],
        "said": api.get("/api/v1/search?limit=101").json()["detail"],
        "success": True,
    }


def test_redoclys_recommended_rules_find_nothing(description: Path) -> None:
    said = run(
        *npx(REDOCLY, "redocly"),
        "lint",
        "--extends=recommended",
        "--max-problems=20",
        str(description),
        cwd=description.parent,
    )
    assert "Your API description is valid" in said
    assert "warning" not in said.lower().replace("deprecation warning", "")


def test_spectrals_rules_for_openapi_find_nothing(description: Path) -> None:
    (description.parent / "rules.yaml").write_text("extends: ['spectral:oas']\n", encoding="utf-8")
    options = ("--ruleset", "rules.yaml", "--fail-severity", "hint")
    assert "No results" in run(*npx(SPECTRAL, "spectral"), "lint", *options, str(description), cwd=description.parent)


def test_a_client_in_typescript_compiles_and_calls(description: Path, api: httpx2.Client, tmp_path: Path) -> None:
    for package in TYPESCRIPT:
        installed(package, tmp_path)
    programs = tmp_path / "node_modules" / ".bin"
    run(str(programs / "openapi-typescript"), str(description), "-o", "api.d.ts", cwd=tmp_path)
    (tmp_path / "calls.mts").write_text(CALLS_IN_TYPESCRIPT, encoding="utf-8")
    (tmp_path / "mistake.mts").write_text(MISTAKE_IN_TYPESCRIPT, encoding="utf-8")
    compiler = (str(programs / "tsc"), "--strict", "--module", "nodenext", "--target", "es2022")
    run(*compiler, "calls.mts", cwd=tmp_path)
    # The types say something: what the description does not allow is none of them.
    refused = subprocess.run([*compiler, "--noEmit", "mistake.mts"], cwd=tmp_path, capture_output=True, check=False)
    assert b"not assignable to type 'number" in refused.stdout
    assert json.loads(run("node", "calls.mjs", *called(api), cwd=tmp_path)) == wanted(api)


def test_a_client_in_python_compiles_and_calls(description: Path, api: httpx2.Client, tmp_path: Path) -> None:
    generator = shutil.which(PYTHON, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if generator is None:
        pytest.skip(f"{PYTHON} is not installed; `nox -s api` has it")
    said = run(
        generator, "generate", "--path", str(description), "--output-path", "client", "--fail-on-warning", cwd=tmp_path
    )
    assert "Warning" not in said
    client = tmp_path / "client"
    run(sys.executable, "-m", "compileall", "-q", "code_collection_registry_client", cwd=client)
    (client / "calls.py").write_text(CALLS_IN_PYTHON, encoding="utf-8")
    # Of the generator's own environment, which has what its clients import.
    python = str(Path(generator).resolve().parent / "python")
    assert json.loads(run(python, "calls.py", *called(api), cwd=client)) == wanted(api)
