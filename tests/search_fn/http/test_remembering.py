"""What is asked again is answered again with the same bytes, and only that."""

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from search_fn.rest.application import create_app
from search_fn.search.ranking import search
from search_fn.settings import Settings
from tests.support.made_up import BUILD_ID, copy_index, records, settings_for, write_made_up_index
from tests.support.serving import serving

SEARCH = "/api/v1/search"
ASKED = [
    "",
    "q=pods",
    "q=pod",
    "q=pods&limit=1",
    "q=pods&limit=1&offset=1",
    "q=pods&explain=1",
    "q=pods&sort=name",
    "q=pods&types=documentation,library",
    "q=pods&platform=azure",
    "q=pods&platform=azure&platform=kubernetes",
    "q=pods&access=read-only",
    "q=pods&since=2026",
    "q=%C3%BCberlauf+%F0%9F%99%82",
]

DIFFERENT = ["", "q=pod", "q=pods&limit=1", "q=pods&limit=1&offset=1", "q=pods&explain=1", "q=pods&platform=azure"]


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was searched so far."""
    calls: list[tuple[Any, ...]] = []

    def note(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        return search(*args, **kwargs)

    monkeypatch.setattr("search_fn.rest.application.search", note)
    return calls


@pytest.fixture
def client(made_up, searched) -> Iterator[httpx2.Client]:
    with serving(create_app(settings_for(made_up.folder))) as client:
        yield client


def untimed(answer: httpx2.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    timed = {"date", "server-timing"}
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in timed]
    return answer.status_code, headers, answer.content


def test_an_answer_is_the_same_again_and_nothing_is_searched(client: httpx2.Client, searched: list[Any]) -> None:
    first = [untimed(client.get(f"{SEARCH}?{asked}")) for asked in ASKED]
    assert len(searched) == len(ASKED)
    for _ in range(2):
        assert [untimed(client.get(f"{SEARCH}?{asked}")) for asked in ASKED] == first
    assert len(searched) == len(ASKED)
    assert [status for status, *_ in first] == [200] * len(ASKED)
    bodies = dict(zip(ASKED, (body for *_, body in first), strict=True))
    for other in DIFFERENT:
        assert bodies[other] != bodies["q=pods"], other


def test_headers_of_a_request_count_as_before(client: httpx2.Client, searched: list[Any]) -> None:
    sent = [
        {},
        {"Origin": "https://example.org"},
        {"If-None-Match": f'W/"{BUILD_ID}"'},
        {"If-None-Match": '"another"', "Origin": "https://example.org"},
        {"Host": "example.org", "Accept": "text/html", "Accept-Encoding": "gzip"},
    ]
    # Each of another query, so that each is searched; then of one that was asked before.
    fresh = [untimed(client.get(f"{SEARCH}?q=pods{'+' * turn}", headers=one)) for turn, one in enumerate(sent)]
    assert len(searched) == len(sent)
    remembered = [untimed(client.get(f"{SEARCH}?q=pods", headers=one)) for one in sent]
    head = client.head(f"{SEARCH}?q=pods")
    assert len(searched) == len(sent)
    assert [status for status, *_ in remembered] == [200, 200, 304, 200, 200]

    def without_length(answer: tuple[int, list[tuple[str, str]], bytes]) -> Any:
        return answer[0], [(name, value) for name, value in answer[1] if name != "content-length"]

    assert [without_length(one) for one in remembered] == [without_length(one) for one in fresh]
    assert untimed(head) == (200, remembered[0][1], b"")


def test_other_methods_and_paths_are_not_answered_by_it(client: httpx2.Client) -> None:
    assert client.get(f"{SEARCH}?q=pods").status_code == 200
    assert client.post(f"{SEARCH}?q=pods").status_code == 405
    assert client.get("/api/v1/codebundles?search=pods").json().keys() >= {"codebundles"}
    assert client.get(f"{SEARCH}/?q=pods").content == client.get(f"{SEARCH}?q=pods").content


@pytest.mark.parametrize("asked", ["limit=0", "querry=pods", "q=pods&limit=1_0"])
def test_a_refusal_is_made_anew(client: httpx2.Client, asked: str) -> None:
    first, again = (client.get(f"{SEARCH}?{asked}") for _ in range(2))
    assert untimed(first) == untimed(again)
    assert first.status_code in (400, 422)


def test_who_may_not_ask_gets_nothing_that_was_remembered(made_up, searched: list[Any]) -> None:
    settings = Settings(str(made_up.folder), made_up.folder, tokens=("t",), allowed_hosts=("example.org",))
    with serving(create_app(settings)) as client:
        allowed = {"Host": "example.org", "Authorization": "Bearer t"}
        for _ in range(2):
            assert client.get(f"{SEARCH}?q=pods", headers=allowed).status_code == 200
        assert len(searched) == 1
        assert client.get(f"{SEARCH}?q=pods", headers={"Host": "example.org"}).status_code == 401
        assert client.get(f"{SEARCH}?q=pods", headers={**allowed, "Host": "example.com"}).status_code == 400


def test_another_publication_answers_anew_and_the_last_is_gone(
    made_up, encoder_path: Path, tmp_path: Path, searched: list[Any]
) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    write_made_up_index(tmp_path / "newer", encoder_path, records()[:-1], "made-up-newer")
    app = create_app(settings_for(folder))
    with serving(app) as client:
        before = [client.get(SEARCH).json() for _ in range(2)][1]
        last = weakref.ref(app.state.index())
        gc.collect()
        gc.disable()
        try:
            folder.rename(tmp_path / "older")
            # Between the two renames there is no index: the open one answers.
            assert client.get(SEARCH).json() == before
            (tmp_path / "newer").rename(folder)
            after = client.get(SEARCH)
            assert after.headers["etag"] == 'W/"made-up-newer"'
            assert (after.json()["build_id"], after.json()["total"]) == ("made-up-newer", before["total"] - 1)
            assert len(searched) == 2
            searched.clear()
            assert last() is None
        finally:
            gc.enable()


def test_an_answer_during_a_publication_is_not_remembered(
    made_up, encoder_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    write_made_up_index(tmp_path / "newer", encoder_path, records()[:-1], "made-up-newer")

    def publish_meanwhile(*args: Any, **kwargs: Any) -> Any:
        if not (tmp_path / "older").exists():
            folder.rename(tmp_path / "older")
            (tmp_path / "newer").rename(folder)
        return search(*args, **kwargs)

    monkeypatch.setattr("search_fn.rest.application.search", publish_meanwhile)
    with serving(create_app(settings_for(folder))) as client:
        assert client.get(SEARCH).json()["build_id"] == BUILD_ID
        assert [client.get(SEARCH).json()["build_id"] for _ in range(2)] == ["made-up-newer"] * 2
