"""What caches are told."""

from pathlib import Path

import httpx2
import pytest

from search_fn.index.open import Index
from search_fn.rest.application import create_app
from search_fn.settings import Settings
from tests.support.made_up import BUILD_ID, copy_index, records, settings_for, write_made_up_index
from tests.support.serving import serving

PATHS = ["/api/v1/search?q=pods", "/api/v1/codebundles", "/api/v1/registry/stats", "/api/v1/index.json"]
OF_THE_CODE = [
    "/health",
    "/tools",
    "/tools/by-category/info",
    "/openapi.json",
    "/api/v1/chat/health",
    "/api/v1/chat/examples",
]


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_names_its_build_and_is_not_sent_again(api: httpx2.Client, path: str) -> None:
    answer = api.get(path)
    tag = answer.headers["etag"]
    assert tag == f'W/"{BUILD_ID}"'
    assert answer.headers["cache-control"].startswith("public, max-age=")
    strong = tag.removeprefix("W/")
    for known in (tag, f'"another", {tag}', f'W/"another",{tag}', strong, f'"another" ,{strong}', "*"):
        again = api.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in again.headers
    lines = [("If-None-Match", '"another"'), ("If-None-Match", tag)]
    assert api.get(path, headers=lines).status_code == 304
    for unknown in ('W/"another"', f'"{strong[1:-1]}x"', strong[1:-1], '"*"', ""):
        other = api.get(path, headers={"If-None-Match": unknown})
        assert (other.status_code, other.content) == (200, answer.content), unknown


@pytest.mark.parametrize("path", OF_THE_CODE)
def test_what_the_code_and_its_environment_decide_has_not_the_tag_of_a_build(api: httpx2.Client, path: str) -> None:
    answer = api.get(path, headers={"If-None-Match": f'W/"{BUILD_ID}"'})
    assert answer.status_code == 200
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/api/v1/search?q=pods", "/api/v1/codebundles?search=pods", "/api/v1/registry/tasks?search=pods"]
)
def test_a_degraded_answer_is_not_kept_and_asked_for_again(made_up, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(create_app(settings_for(made_up.folder))) as client:
        with monkeypatch.context() as failing:
            failing.setattr(Index, "encode", lambda *_: None)
            degraded = client.get(path)
        assert degraded.status_code == 200
        assert degraded.headers["cache-control"] == "no-store"
        assert "etag" not in degraded.headers
        # Whatever of it somebody kept nevertheless.
        whole = client.get(path, headers={"If-None-Match": degraded.headers.get("etag", '"none"')})
        assert (whole.status_code, whole.headers["etag"]) == (200, f'W/"{BUILD_ID}"')


@pytest.mark.parametrize("path", [*PATHS, *OF_THE_CODE, "/api/docs", "/nothing", "/api/v1/search?limit=0", "/mcp"])
def test_head_is_what_get_is_without_the_body(api: httpx2.Client, path: str) -> None:
    got, head = api.get(path), api.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    timed = {"date", "server-timing"}
    assert [(name, value) for name, value in head.headers.items() if name not in timed] == [
        (name, value) for name, value in got.headers.items() if name not in timed
    ]
    if "etag" in got.headers:
        again = api.head(path, headers={"If-None-Match": got.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_other_methods_are_told_of_head(api: httpx2.Client) -> None:
    answer = api.put("/health")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/api/v1/search?limit=0", "/nothing", "/api/v1/collections/a/codebundles/b"])
def test_an_error_is_not_kept(api: httpx2.Client, path: str) -> None:
    answer = api.get(path, headers={"If-None-Match": f'W/"{BUILD_ID}"'})
    assert answer.status_code in (404, 422)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_another_publication_has_another_tag(made_up, encoder_path: Path, tmp_path: Path) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    write_made_up_index(tmp_path / "newer", encoder_path, records()[:-1], "made-up-newer")
    with serving(create_app(settings_for(folder))) as client:
        before = client.get("/api/v1/codebundles")
        folder.rename(tmp_path / "older")
        (tmp_path / "newer").rename(folder)
        after = client.get("/api/v1/codebundles", headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert after.headers["etag"] == 'W/"made-up-newer"' != before.headers["etag"]
        assert after.json()["total_count"] == before.json()["total_count"] - 1


def test_what_needs_a_token_is_kept_by_nobody_else(made_up) -> None:
    with serving(create_app(Settings(str(made_up.folder), made_up.folder, tokens=("t",)))) as client:
        answer = client.get("/api/v1/codebundles", headers={"Authorization": "Bearer t"})
        assert answer.headers["cache-control"].startswith("private, ")


def test_every_answer_says_how_long_it_took(api: httpx2.Client) -> None:
    for path in (*PATHS, "/nothing"):
        name, _, took = api.get(path).headers["server-timing"].partition(";dur=")
        assert name == "app"
        assert 0 <= float(took) < 30_000
