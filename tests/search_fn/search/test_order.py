"""Other orders than the ranking's."""

from search_fn.index.open import Index
from search_fn.search.order import in_order
from search_fn.search.ranking import search


def test_equals_stay_by_corpus_and_id(index: Index) -> None:
    every = list(range(len(index.ids)))
    by_name = in_order([(index, reversed(every)), (index, every[:2])], "name")
    assert sorted(by_name) == [*((0, each) for each in every), *((1, each) for each in every[:2])]
    names = index.values("name")
    keys = [(names[position].casefold(), place, position) for place, position in by_name]
    assert keys == sorted(keys)


def test_the_newest_come_first_and_what_has_no_date_last(index: Index) -> None:
    dates = index.values("updated")
    found = [dates[position] for _, position in in_order([(index, range(len(dates)))], "updated")]
    assert found == sorted(dates, reverse=True)


def test_an_order_changes_no_answer_but_its_order(index: Index) -> None:
    ranked, newest = (search(index, "pods or buckets", limit=100, sort=sort) for sort in ("relevance", "updated"))
    assert {one.id for one in ranked.results} == {one.id for one in newest.results}
    assert (ranked.total, ranked.confident, ranked.facets) == (newest.total, newest.confident, newest.facets)
    page = search(index, "pods or buckets", limit=2, offset=1, sort="updated").results
    assert [one.id for one in page] == [one.id for one in newest.results[1:3]]
    assert search(index, "zzzz", sort="name", limit=0).results == []
