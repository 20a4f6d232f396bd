"""The read paths that are files of the site too."""

from collections.abc import Iterator

import httpx2
import pytest

from search_fn.rest.application import create_app
from search_fn.settings import Settings
from tests.support.place import Place
from tests.support.serving import serving


@pytest.fixture(scope="module")
def function(built: Place) -> Iterator[httpx2.Client]:
    index = built.folder / "index"
    with serving(create_app(Settings(str(index), index))) as client:
        yield client


def test_the_function_answers_with_every_file_of_the_static_api(built: Place, function: httpx2.Client) -> None:
    site = built.folder / "site"
    files = sorted((site / "api" / "v1").rglob("*.json"))
    assert len(files) > 20
    # These have pages where nothing is asked for.
    paged = {"/api/v1/codebundles.json", "/api/v1/registry/tasks.json"}
    for file in files:
        path = f"/{file.relative_to(site).as_posix()}"
        assert function.get(path).content == file.read_bytes(), path
        if path not in paged:
            assert function.get(path.removesuffix(".json")).content == file.read_bytes(), path


def test_pages_of_tasks_are_the_whole_list_in_pieces(function: httpx2.Client) -> None:
    whole = function.get("/api/v1/registry/tasks.json").json()
    total = whole["total_count"]
    assert total == len(whole["tasks"]) > 10
    for size in (1, 3, 7, total, 500):
        pieces = []
        for offset in range(0, total + size, size):
            page = function.get("/api/v1/registry/tasks", params={"limit": size, "offset": offset}).json()
            assert page["pagination"] == {"limit": size, "offset": offset, "has_more": offset + size < total}
            assert {**page, "tasks": []} == {
                **whole,
                "tasks": [],
                "pagination": page["pagination"],
                "confident": True,
                "notes": [],
            }
            pieces += page["tasks"]
        assert pieces == whole["tasks"]


def test_tasks_are_those_of_the_bundles_that_match(function: httpx2.Client) -> None:
    def asked(**query: str | int) -> list[tuple[str, list[str]]]:
        answer = function.get("/api/v1/registry/tasks", params={"limit": 500, **query}).json()
        assert len(answer["tasks"]) == answer["total_count"]
        assert len({task["codebundle_id"] for task in answer["tasks"]}) <= answer["codebundles_count"]
        return [(task["id"], task["support_tags"]) for task in answer["tasks"]]

    everything = asked()
    tag = next(tags[0] for _, tags in everything if tags)
    assert asked(support_tags=tag) == [task for task in everything if tag in task[1]]
    own = "lighthouse-codecollection"
    assert asked(collection_slug=own) == [task for task in everything if task[0].startswith(f"{own}/")]
    ranked = function.get("/api/v1/codebundles", params={"search": "pods restart"}).json()["codebundles"]
    found = dict.fromkeys(task.partition("#")[0] for task, _ in asked(search="pods restart"))
    assert list(found) == [bundle["id"] for bundle in ranked if bundle["task_count"] + bundle["sli_count"]]


def test_skip_is_upstreams_other_word_for_offset(function: httpx2.Client) -> None:
    for path in ("/api/v1/codebundles", "/api/v1/registry/tasks"):
        assert function.get(f"{path}?skip=2&limit=2").json() == function.get(f"{path}?offset=2&limit=2").json()


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/api/v1/nothing",
            "/api/v1/nothing.json",
            "/api/v1/nothing?zebra=1",
            "/api/v1/registry/nothing",
            "/api/v1/registry/collections/nothing",
        ),
        # Of the index, but no part of the API.
        "/api/v1/interface.html",
        # Nobody asked the issue tracker.
        "/api/v1/requests",
        # A file takes no parameters.
        *("/api/v1/codebundles.json?limit=1", "/api/v1/registry/tasks.json?search=pods"),
    ],
)
def test_what_there_is_not_is_told(function: httpx2.Client, path: str) -> None:
    answer = function.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
