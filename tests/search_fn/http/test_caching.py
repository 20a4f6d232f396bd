"""What caches are told."""

from pathlib import Path

import httpx2
import pytest

from search_fn.rest.application import create_app
from search_fn.settings import Settings
from tests.support.made_up import BUILD_ID, copy_index, records, settings_for, write_made_up_index
from tests.support.serving import serving

PATHS = ["/api/v1/search?q=pods", "/api/v1/codebundles", "/api/v1/registry/stats", "/tools", "/health"]


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_names_its_build_and_is_not_sent_again(api: httpx2.Client, path: str) -> None:
    answer = api.get(path)
    tag = answer.headers["etag"]
    assert tag == f'W/"{BUILD_ID}"'
    assert answer.headers["cache-control"].startswith("public, max-age=")
    for known in (tag, f'"another", {tag}', f'W/"another",{tag}'):
        again = api.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in again.headers
    other = api.get(path, headers={"If-None-Match": 'W/"another"'})
    assert (other.status_code, other.content) == (200, answer.content)


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
