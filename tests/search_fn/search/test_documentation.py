"""Keyword libraries and documentation, a corpus of their own beside the bundles."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from build.index.page_entries import library_entries
from search_fn.index.facets import Filters
from search_fn.index.facts import CollectionFacts
from search_fn.index.open import Index, open_index
from search_fn.rest.application import create_app
from search_fn.search.ranking import search
from tests.support.libraries import libraries_in
from tests.support.made_up import records, settings_for, write_made_up_index
from tests.support.mcp_messages import call
from tests.support.serving import serving

HARBOUR = '''
"""Talks to the harbour office."""

class Harbour:
    ROBOT_LIBRARY_SCOPE = "GLOBAL"

    def book_berth(self, ship: str, days: int = 1):
        """Book a berth for a ship."""

    def weigh_cargo(self, ship):
        """Weigh what a ship carries, in tonnes."""
'''
FACTS = CollectionFacts(
    slug="beacon", name="Beacon", git_url="https://github.com/o/beacon", git_ref="main", owner="", description="",
    commit="abc", commit_date=None, state="stale", bundles=0, tools=0,
)  # fmt: skip
SITE = "https://registry.example.org"


@pytest.fixture(scope="module")
def folder(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("pages") / "index_data"
    found = libraries_in({"RW/Harbour.py": HARBOUR, "RW/__init__.py": ""}, ["RW.Harbour"]).libraries
    write_made_up_index(where, encoder_path, records(), pages=library_entries(found, {"beacon": FACTS}, SITE))
    return where


@pytest.fixture(scope="module")
def index(folder: Path) -> Index:
    return open_index(settings_for(folder))


@pytest.fixture(scope="module")
def api(folder: Path) -> Iterator[httpx2.Client]:
    with serving(create_app(settings_for(folder))) as client:
        yield client


@pytest.mark.parametrize("query", ["reserve a berth", "Book Berth", "RW.Harbour.Book Berth", "bookberth"])
def test_a_keyword_is_found_by_name_and_meaning(index: Index, query: str) -> None:
    first = search(index, query, types=["library"]).results[0]
    assert (first.type, first.id) == ("library", "beacon/RW.Harbour.Book Berth")
    assert first.url == f"{SITE}/libraries/beacon/RW.Harbour/#Book-Berth"
    assert "Arguments: ship: str, days: int = 1" in first.description
    assert (first.commit, first.stale) == ("abc", True)


def test_bundles_are_what_is_searched_unless_more_is_asked_for(index: Index, api: httpx2.Client) -> None:
    assert {one.type for one in search(index, "harbour berth ship").results} <= {"codebundle"}
    only = api.get("/api/v1/search", params={"q": "pods keep restarting"}).json()
    assert only == api.get("/api/v1/search", params={"q": "pods keep restarting", "types": "codebundle"}).json()
    assert search(index, "pods keep restarting").model_dump(mode="json") == only


def test_several_types_come_in_one_list_by_score(index: Index) -> None:
    query = "weigh the cargo of pods that keep restarting"
    alone = [search(index, query, types=[name], limit=100).results for name in ("codebundle", "library")]
    both = search(index, query, types=["codebundle", "library"], limit=100)
    assert both.total == sum(map(len, alone)) == len(both.results)
    assert sorted(one.id for one in both.results) == sorted(one.id for found in alone for one in found)
    for found in alone:
        ids = {one.id for one in found}
        assert [one.id for one in both.results if one.id in ids] == [one.id for one in found]
    if all(found[0].score < 1 for found in alone):
        best = [max(one.score for one in both.results[at:]) for at in range(len(both.results))]
        assert sorted(best, reverse=True) == best
    pages = [search(index, query, types=["library", "codebundle"], limit=3, offset=at).results for at in (0, 3, 6)]
    assert [one.id for page in pages for one in page] == [one.id for one in both.results[:9]]


def test_pages_change_nothing_of_a_search_for_bundles(index: Index, made_up) -> None:
    before = open_index(settings_for(made_up.folder))
    for query in ("pods keep restarting", "berth", "book a certificate", ""):
        found = search(index, query, limit=100, explain=True)
        assert found.model_dump() == search(before, query, limit=100, explain=True).model_dump()


def test_who_asks_for_kinds_of_tools_gets_no_page(index: Index) -> None:
    assert search(index, "berth", Filters.of(kind=["runbook"]), types=["library"]).total == 0
    assert search(index, "berth", Filters.of(collection=["beacon"]), types=["library"]).total > 0
    assert search(index, "berth", Filters.of(collection=["other"]), types=["library"]).total == 0


def test_an_empty_query_lists_them(index: Index) -> None:
    listed = search(index, "", types=["library"])
    ids = ["beacon/RW.Harbour", "beacon/RW.Harbour.Book Berth", "beacon/RW.Harbour.Weigh Cargo"]
    assert [one.id for one in listed.results] == ids
    assert listed.engine == "listed"


@pytest.mark.parametrize("tool", ["keyword_usage_help"])
def test_agents_find_keywords_with_their_arguments(api: httpx2.Client, tool: str) -> None:
    found: dict[str, Any] = call(api, tool, {"query": "book a berth"})
    assert found["structuredContent"]["results"][0]["id"] == "beacon/RW.Harbour.Book Berth"
    assert "days: int = 1" in found["content"][0]["text"]
    assert found["structuredContent"]["notes"] == []


def test_the_chat_answers_from_them_too(api: httpx2.Client) -> None:
    answer = api.post("/api/v1/chat/query", json={"question": "Which keyword books a berth for a ship?"}).json()
    assert "beacon/RW.Harbour.Book Berth" in answer["sources_used"]
    assert answer["answer_source"] in ("libraries", "mixed")
