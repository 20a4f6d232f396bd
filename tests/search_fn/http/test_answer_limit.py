"""No answer is longer than Lambda passes on, over HTTP and under Lambda's own client."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import pytest
from awslambdaric.lambda_runtime_marshaller import to_json

from search_fn.http import answer_limit
from search_fn.http.answer_limit import MAX_PAYLOAD, payload
from search_fn.index.facts import DOCUMENTS
from search_fn.index.lance import lancedb
from search_fn.rest.application import create_app
from search_fn.settings import PACKAGE, Settings
from tests.support.lambda_runtime import LambdaRuntime, function_url
from tests.support.made_up import copy_index, rewrite_manifest, settings_for
from tests.support.serving import serving

ALERTS = [{"name": f'Alert "{number}" — ü', "codebundles": ["a/b"] * 20} for number in range(60_000)]
MOVED = {f"a/{number}": {"to": None, "commit": "c" * 40, "date": "", "subject": '"é"'} for number in range(70_000)}


@pytest.fixture(scope="module")
def folder(made_up, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with a list that is cut and a map that cannot be, each longer than an answer may be."""
    found = copy_index(made_up.folder, tmp_path_factory.mktemp("long") / "index")
    database = lancedb.connect(str(found))
    texts = {row["path"]: row["text"] for row in database.open_table(DOCUMENTS).to_arrow().to_pylist()}
    texts |= {"alerts": json.dumps({"alerts": ALERTS}), "moved": json.dumps(MOVED)}
    assert min(len(texts[name]) for name in ("alerts", "moved")) > MAX_PAYLOAD
    rows = [{"path": path, "text": text} for path, text in texts.items()]
    made = database.create_table(DOCUMENTS, rows, mode="overwrite")
    manifest = json.loads(database.open_table("manifest").to_arrow()["manifest"][0].as_py())
    rewrite_manifest(str(found), tables=manifest["tables"] | {DOCUMENTS: made.version})
    return found


@pytest.fixture(scope="module")
def function(folder: Path) -> Iterator[httpx2.Client]:
    with serving(create_app(settings_for(folder))) as client:
        yield client


def told(answer: httpx2.Response) -> str:
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.request.method == "POST" or answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    return str(answer.json()["detail"])


def test_what_cannot_be_cut_is_refused_and_says_how_to_ask(function: httpx2.Client) -> None:
    said = told(function.get("/api/v1/moved"))
    assert "`limit`" in said
    assert "`next`" in said
    assert function.head("/api/v1/moved").status_code == 400
    assert function.get("/api/v1/index").status_code == 200


@pytest.mark.parametrize("ending", ["", ".json"])
def test_a_list_that_is_too_long_comes_in_parts_that_lead_on(function: httpx2.Client, ending: str) -> None:
    at, found = f"/api/v1/alerts{ending}", []
    for _ in range(1_000):
        part = function.get(at)
        assert len(part.content) <= 400_000
        found += part.json()["alerts"]
        if "next" not in part.json():
            break
        at = urljoin(at, part.json()["next"])
    assert found == ALERTS
    last = int(at.rpartition("/")[2].removesuffix(".json"))
    for number in ("0", "1", str(last + 1), "x", "-1"):
        assert function.get(f"/api/v1/alerts/page/{number}.json").status_code == 404
    assert function.get(f"/api/v1/alerts/page/{last}").json()["alerts"] == part.json()["alerts"]
    # An alert is still found by its name, whichever part has it.
    assert function.get("/alerts/alert-59999").status_code in (302, 404)


def test_lambdas_client_posts_no_more_than_lambda_takes(folder: Path) -> None:
    with LambdaRuntime(PACKAGE, {"INDEX_URI": str(folder)}) as runtime:
        for path in ("/api/v1/moved", "/api/v1/alerts", "/api/v1/alerts/page/2.json", "/api/v1/codebundles.json"):
            answer = runtime.invoke(function_url(path))
            assert answer.kind == "response"
            assert len(json.dumps(answer.body)) <= MAX_PAYLOAD
            assert answer.body["statusCode"] == (400 if path.endswith("moved") else 200)


@pytest.mark.parametrize("text", ["plain" * 9, '"\\"' * 9, "line\n\t" * 9, "ünd 🙂" * 9, "\x01" * 9])
def test_the_size_is_what_lambdas_client_makes_of_a_body(text: str) -> None:
    assert payload(text.encode(), 0) == len(to_json(text).encode())


def test_every_list_says_so_where_it_would_be_too_long(made_up, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the route: bundles, tools, search, calls of tools, and the interface's own description."""
    monkeypatch.setattr(answer_limit, "MAX_PAYLOAD", answer_limit.HEAD + 3_000)
    call = {"tool_name": "find_codebundle", "arguments": {"query": "pods"}}
    with serving(create_app(settings_for(made_up.folder))) as client:
        paths = ("codebundles", "codebundles.json", "registry/tasks", "registry/tasks.json", "search?q=pods", "openapi")
        for path in paths:
            assert "3,000 are allowed" in told(client.get(f"/api/v1/{path}")), path
        assert told(client.post("/tools/call", json=call))
        listed = client.get("/api/v1/codebundles?limit=1")
        assert (listed.status_code, len(listed.json()["codebundles"])) == (200, 1)
        whole: Any = client.get("/health").json()
        assert whole["status"] == "ok"


def test_a_body_in_pieces_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site's files, which `build serve` has beside the function."""
    from build.commands.serve import Site, join_site

    monkeypatch.setattr(answer_limit, "MAX_PAYLOAD", answer_limit.HEAD + 3_000)
    (tmp_path / "llms-full.txt").write_text("x" * 300_000)
    app = create_app(Settings(str(tmp_path / "none"), tmp_path))
    join_site(app, Site(directory=tmp_path, html=True))
    with serving(app) as client:
        assert len(client.get("/llms-full.txt").content) == 300_000
