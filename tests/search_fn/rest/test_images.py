"""The image catalogue over HTTP: each of upstream's paths, and each wrong request."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Client

from build.images.documents import image_files
from search_fn.rest.application import create_app
from search_fn.rest.documents import definitions
from search_fn.rest.image_schemas import CatalogEntry, CatalogEntryDetail, ImageRef, ResolvedImage
from search_fn.settings import Settings
from tests.support.images import FOUND, write_images
from tests.support.serving import serving

ROOT = "/api/v1/catalog/codecollections"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A function that has no index but its images: they are asked for at every reconcile."""
    folder = tmp_path_factory.mktemp("images")
    write_images(folder)
    with serving(create_app(Settings(str(folder), folder))) as client:
        yield client


@pytest.mark.parametrize("path", sorted(image_files(FOUND)))
def test_each_file_is_answered_with_and_without_its_ending(asked: Client, path: str) -> None:
    text = image_files(FOUND)[path]
    for address in (f"/{path}", f"/{path.removesuffix('.json')}"):
        found = asked.get(address)
        assert (found.status_code, found.text) == (200, text), address


@pytest.mark.parametrize(
    ("path", "tag"),
    [
        ("one/resolve?pointer=latest", "main-aaaaaaa-1111111"),
        ("one/resolve?pointer=stable", "v10.0.0-aaaaaaa-1111111"),
        ("one/resolve?ref=v11.0.0-rc.1", "v11.0.0-rc.1-aaaaaaa-1111111"),
        ("hidden/resolve?pointer=stable", "main-aaaaaaa-1111111"),
        ("one/resolve/latest", "main-aaaaaaa-1111111"),
    ],
)
def test_pointers_and_refs_lead_to_images(asked: Client, path: str, tag: str) -> None:
    found = ResolvedImage.model_validate(asked.get(f"{ROOT}/{path}").json())
    assert (found.image_tag, found.stale) == (tag, path.startswith("hidden"))
    assert found.image_registry == f"r/{found.slug}"


def test_parameters_choose(asked: Client) -> None:
    def slugs(query: str) -> list[str]:
        return [CatalogEntry.model_validate(entry).slug for entry in asked.get(f"{ROOT}{query}").json()]

    assert slugs("") == ["hidden", "one"]
    assert slugs("?visibility=public") == ["one"]
    assert slugs("?visibility=hidden") == ["hidden"]
    assert slugs("?only_with_image=false") == ["hidden", "none", "one"]
    refs = [ImageRef.model_validate(ref) for ref in asked.get(f"{ROOT}/one/refs?include_inactive=true").json()]
    assert {ref.ref: ref.is_active for ref in refs}["pr-1"] is False
    assert CatalogEntryDetail.model_validate(asked.get(f"{ROOT}/none").json()).refs == []


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("two", 404, "there are hidden, none, one"),
        ("two/refs", 404, "there are hidden, none, one"),
        ("two/resolve?pointer=latest", 404, "there are hidden, none, one"),
        ("none/resolve?pointer=latest", 404, "has no images"),
        ("one/refs/nope", 404, "there are main, v10.0.0"),
        ("one/resolve?ref=nope", 404, "there are main, v10.0.0"),
        ("one/resolve?ref=pr-1", 404, "there are main, v10.0.0"),
        ("one/resolve?ref=%22%3E%3Cscript%3E", 404, "there are main"),
        ("one/resolve?pointer=newest", 422, "'latest' or 'stable'"),
        ("one/resolve/newest.json", 404, "latest and stable"),
        ("one/resolve", 400, "one of pointer"),
        ("one/resolve?pointer=latest&ref=main", 400, "one of pointer"),
        ("one/resolve?pointer=", 422, "pointer has no value"),
        ("one/resolve?pointer=latest&destination=jfrog", 404, "leave destination out"),
        ("one/resolve?pointr=latest", 400, "did you mean pointer"),
        ("one/resolve?ref=" + "x" * 200, 422, "ref"),
        ("one/refs?include_inactive=maybe", 422, "include_inactive"),
    ],
)
def test_a_wrong_request_is_told_what_there_is(asked: Client, path: str, status: int, said: str) -> None:
    found = asked.get(f"{ROOT}/{path}")
    assert (found.status_code, found.headers["content-type"]) == (status, "application/problem+json")
    assert said in found.json()["detail"]
    assert "<script>" not in found.text


def test_who_has_this_catalogue_is_told_so(asked: Client) -> None:
    first = asked.get(f"{ROOT}/one/resolve?pointer=latest")
    assert first.headers["cache-control"] == "public, max-age=60"
    again = asked.get(f"{ROOT}/one/resolve?pointer=latest", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_without_a_catalogue_the_answer_is_503(tmp_path: Path) -> None:
    with serving(create_app(Settings(str(tmp_path), tmp_path))) as client:
        found = client.get(ROOT)
    assert found.status_code == 503
    assert "python -m build images" in found.json()["detail"]


def test_it_may_lie_elsewhere(tmp_path: Path) -> None:
    """An index in the function's package is as old as the package."""
    write_images(tmp_path / "images")
    with serving(create_app(Settings(str(tmp_path), tmp_path, images_uri=str(tmp_path / "images")))) as client:
        assert [entry["slug"] for entry in client.get(ROOT).json()] == ["hidden", "one"]


def test_every_answer_is_described(asked: Client) -> None:
    paths: dict[str, Any] = asked.get("/openapi.json").json()["paths"]
    of_images = {path: methods["get"] for path, methods in paths.items() if path.startswith(ROOT)}
    assert len(of_images) == 5
    models = definitions()
    for operation in of_images.values():
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema["$ref"].rpartition("/")[2] in models
    assert json.dumps(of_images).count('"example"') >= 5
