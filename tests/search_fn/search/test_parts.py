"""The lists of a catalogue that is too long for one document: parts on the site and the same from the function."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin

import httpx2
import pytest

from build.catalogue.catalogue import Catalogue
from build.site import api
from build.site.api_page import OpenApi
from build.site.files import site_files
from build.storage import canonical
from search_fn.rest.application import create_app
from search_fn.rest.schemas import CodeBundles, Tasks
from search_fn.search.parts import MAX_DOCUMENT, WHOLE, document_parts
from tests.support.corpus import collection_facts, records, write
from tests.support.made_up import settings_for
from tests.support.serving import serving

OPENAPI: OpenApi = {"info": {"title": "T"}, "paths": {}}
# No document or script's data is longer.
MOST = 400_000
PATHS = {"codebundles": "codebundles", "registry/tasks": "tasks"}


class Published(NamedTuple):
    """The site's files by path, and the function over the same catalogue."""

    files: dict[str, str]
    function: httpx2.Client


def catalogue_of(count: int) -> Catalogue:
    made = records(count)
    facts = [collection_facts(slug) for slug in sorted({one.codecollection.slug for one in made})]
    return Catalogue(build_id="generated", updated=None, collections=facts, records=made, problems=[])


def files_of(catalogue: Catalogue) -> dict[str, str]:
    return dict(site_files(catalogue, api.documents(catalogue, 0, OPENAPI), ""))


@pytest.fixture(scope="module", params=[WHOLE, WHOLE + 1])
def published(
    request: pytest.FixtureRequest, encoder_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Published]:
    catalogue = catalogue_of(request.param)
    folder = tmp_path_factory.mktemp("grown") / "index"
    folder.mkdir()
    write(folder, encoder_path, catalogue.records, documents=api.documents(catalogue, 0, OPENAPI))
    with serving(create_app(settings_for(folder))) as client:
        yield Published(files_of(catalogue), client)


def test_the_function_answers_with_every_part_of_the_site(published: Published) -> None:
    files = {
        path: text
        for path, text in published.files.items()
        if path.startswith("api/v1/") and "/collections/" not in path
    }
    for path, text in files.items():
        assert published.function.get(f"/{path}").text == text, path
    assert any("/page/" in path for path in files) == (len(names(files)) > WHOLE)


def names(files: dict[str, str]) -> list[str]:
    return [one["id"] for one in follow("api/v1/codebundles.json", "codebundles", files.__getitem__)]


def follow(at: str, name: str, read: Any) -> list[Any]:
    """The rows of all parts, as a client comes by them."""
    rows: list[Any] = []
    while True:
        part = json.loads(read(at))
        rows += part[name]
        if "next" not in part:
            assert len(rows) == part["total_count"]
            return rows
        at = urljoin(at, part["next"])


def test_parts_are_the_whole_list_in_pieces(published: Published) -> None:
    for path, name in PATHS.items():
        found = follow(f"/api/v1/{path}.json", name, lambda at: published.function.get(at).text)
        paged: list[Any] = []
        while len(paged) < len(found):
            answer = published.function.get(f"/api/v1/{path}", params={"limit": 500, "offset": len(paged)}).json()
            paged += answer[name]
            assert answer["pagination"]["has_more"] == (len(paged) < len(found))
        # By id and, within a bundle, as its tools stand; the function lists tools as it ranks bundles, by name those.
        assert sorted(one["id"] for one in paged) == sorted(one["id"] for one in found)


def test_parts_are_as_the_schema_says(published: Published) -> None:
    for path, schema in (("codebundles", CodeBundles), ("registry/tasks", Tasks)):
        part = published.function.get(f"/api/v1/{path}.json").json()
        assert schema.model_validate(part, strict=True).model_dump(mode="json") == part


def test_there_is_no_page_1_and_none_after_the_last(published: Published) -> None:
    for path in PATHS:
        for number in ("0", "1", "999", "x"):
            answer = published.function.get(f"/api/v1/{path}/page/{number}.json")
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert published.function.get(f"/api/v1/{path}/page/2.json?limit=1").status_code == 404


def test_a_list_of_500_is_one_file_and_one_more_makes_parts_that_stay_small() -> None:
    small, large = files_of(catalogue_of(WHOLE)), files_of(catalogue_of(WHOLE + 1))
    assert not [path for path in small if "/page/" in path]
    assert "next" not in json.loads(small["api/v1/codebundles.json"])
    assert "parts" not in json.loads(small["codebundles/list.json"])
    lists = [path for path in large if path.startswith(("api/v1/codebundles", "api/v1/registry/", "codebundles/"))]
    assert max(len(large[path].encode()) for path in lists) <= MOST


def test_what_scripts_read_is_the_same_in_parts() -> None:
    catalogue = catalogue_of(WHOLE + 1)
    files = files_of(catalogue)
    first = json.loads(files["codebundles/list.json"])
    more = [json.loads(files[f"codebundles/page/list-{number}.json"]) for number in range(2, first["parts"] + 1)]
    assert f"codebundles/page/list-{first['parts'] + 1}.json" not in files
    listed = [one["id"] for part in (first, *more) for one in part["codebundles"]]
    assert listed == [record.id for record in catalogue.records]
    assert {part["build_id"] for part in (first, *more)} == {"generated"}


@pytest.mark.parametrize("name", ["alerts", "problems", "releases", "removed"])
def test_a_long_document_is_cut_where_its_list_is(name: str) -> None:
    whole = {"build_id": "b", name: [{"row": number, "text": "ü" * number} for number in range(900)], "last": [1]}
    text = canonical(whole)
    parts = {path: json.loads(part) for path, part in document_parts("a/b: c", text).items()}
    assert list(parts) == ["a/b: c", *(f"a/b: c/page/{number}" for number in range(2, len(parts) + 1))]
    assert [part.get("next") for part in parts.values()] == ["b%3A%20c/page/2.json", "3.json", None]
    assert [row for part in parts.values() for row in part[name]] == whole[name]
    assert all({**part, name: [], "next": ""} == {**whole, name: [], "next": ""} for part in parts.values())
    assert all(len(part.encode()) <= MAX_DOCUMENT for part in document_parts("a/b: c", text).values())


@pytest.mark.parametrize("whole", [[{"n": "x" * 99}] * 9_000, {str(n): "x" * 99 for n in range(9_000)}, {"alerts": []}])
def test_an_array_a_map_and_what_is_short_stay_whole(whole: object) -> None:
    assert document_parts("path", canonical(whole)) == {"path": canonical(whole)}


def test_one_long_row_is_a_part_and_no_part_is_empty() -> None:
    rows = ["x" * 500_000, "y", "z" * 500_000, "x" * 10]
    parts = document_parts("path", canonical({"alerts": rows}))
    assert [json.loads(part)["alerts"] for part in parts.values()] == [rows[:1], rows[1:2], rows[2:3], rows[3:]]
