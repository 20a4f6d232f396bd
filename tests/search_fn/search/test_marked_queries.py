"""What a query marks, and what is shown where nothing matches."""

import pytest

from search_fn.index.facets import Filters
from search_fn.index.open import Index
from search_fn.search.ranking import MAX_LIMIT, search


def test_a_marked_word_leaves_out_what_is_called_so(index: Index) -> None:
    query = "checks of memory, disks and queues"
    everything = {result.slug for result in search(index, query, limit=MAX_LIMIT).results}
    assert "queue-backlog" in everything
    for marked in ("-queue", "!queue", "NOT queue"):
        rest = {result.slug for result in search(index, f"{query} {marked}", limit=MAX_LIMIT).results}
        assert rest
        assert not [slug for slug in rest if "queue" in slug]


def test_where_nothing_matches_the_nearest_are_shown_and_marked(index: Index) -> None:
    answer = search(index, "qzxv wvkj")
    assert 0 < answer.total == len(answer.results) <= 5
    assert not answer.confident
    assert answer.notes[-1] == "Nothing here matches; these are the nearest."
    assert search(index, "qzxv wvkj", Filters.of(collection=["no such"])).total == 0


def test_an_answer_tells_what_it_leaves_out(index: Index) -> None:
    assert 'What is called "queue" is left out.' in search(index, "disks and memory -queue").notes


def test_a_phrase_in_quotes_prefers_what_has_all_of_it(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    query = 'buckets "public bucket" of a cloud'
    found = {result.id: result.score for result in search(index, query, limit=MAX_LIMIT).results}
    monkeypatch.setattr("search_fn.search.ranking.QUOTED_PENALTY", 1.0)
    alike = {result.id: result.score for result in search(index, query, limit=MAX_LIMIT).results}
    has = dict(zip(index.ids, index.postings.having(["public", "bucket"]).tolist(), strict=True))
    assert {True, False} <= {has[name] for name in found.keys() & alike.keys()}
    for name in found.keys() & alike.keys():
        assert found[name] == pytest.approx(alike[name] * (1 if has[name] else 0.8), abs=2e-4)
