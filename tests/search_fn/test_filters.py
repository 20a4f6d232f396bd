from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_fn.filters import FACETS, NO_FILTERS, Filters
from search_fn.index import Index

HOSTILE = [
    "'",
    "''",
    '"',
    "\\",
    "\\'",
    "o'brien's",
    "' OR '1'='1",
    "x'); DROP TABLE bundles; --",
    "kubernetes' --",
    "%",
    "_ubernetes",
    "*",
    "`id`",
    "$1",
    "?",
    ":name",
    "{}",
    "]) OR true OR array_has_any(platforms, [''",
    "\x00",
    "aws\x00",
    "\n",
    "/* */",
    "null",
    "true",
    'odd %_\\ "tag"',
    "strasse ss",
    "Kubernetes",
    "🙂",
    "e\N{COMBINING ACUTE ACCENT}",
    "a" * 10_000,
]


def ids_by_sql(index: Index, filters: Filters) -> set[str]:
    query = index.bundles.search().select(["id"]).limit(1000)
    where = filters.where()
    return set((query.where(where) if where else query).to_arrow()["id"].to_pylist())


def bundles_by_sql(index: Index, filters: Filters) -> set[int]:
    query = index.passages.search().select(["bundle"]).limit(10_000)
    where = filters.where()
    return set((query.where(where) if where else query).to_arrow()["bundle"].to_pylist())


def accepted(index: Index, filters: Filters) -> set[str]:
    return {facts["id"] for facts in index.facts if filters.accept(facts)}


def known_values(index: Index, facet: str) -> list[str]:
    found: set[str] = set()
    for facts in index.facts:
        value = facts[FACETS[facet]]
        found.update([value] if isinstance(value, str) else value)
    return sorted(found)


def assert_one_meaning(index: Index, filters: Filters) -> None:
    expected = accepted(index, filters)
    assert ids_by_sql(index, filters) == expected
    assert {index.facts[position]["id"] for position in bundles_by_sql(index, filters)} == expected


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_text_means_the_same_in_sql_as_in_python(index: Index, data: Any) -> None:
    values = {}
    for facet in FACETS:
        text = st.one_of(st.sampled_from(known_values(index, facet)), st.sampled_from(HOSTILE), st.text(max_size=12))
        values[facet] = tuple(data.draw(st.lists(text, max_size=2)))
    assert_one_meaning(index, Filters(**values))


@pytest.mark.parametrize("facet", FACETS)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:20])
def test_a_hostile_value_lets_nothing_else_through(index: Index, facet: str, value: str) -> None:
    filters = Filters(**{facet: (value,)})
    assert_one_meaning(index, filters)
    if value not in known_values(index, facet):
        assert ids_by_sql(index, filters) == set()


@pytest.mark.parametrize("facet", FACETS)
def test_every_value_that_there_is_finds_its_bundles(index: Index, facet: str) -> None:
    values = known_values(index, facet)
    assert values
    for value in values:
        filters = Filters(**{facet: (value,)})
        assert_one_meaning(index, filters)
        assert accepted(index, filters)


def test_the_made_up_index_has_values_that_sql_would_trip_over(index: Index) -> None:
    assert {"o'brien's", 'odd %_\\ "tag"', "strasse ss"} <= set(known_values(index, "tag"))


def test_values_are_folded_and_split_at_commas() -> None:
    filters = Filters.of(platform=["Kubernetes, aws,,", " AWS ", "Straße"], tag=[""])
    assert filters.platform == ("kubernetes", "aws", "strasse")
    assert filters.tag == ()


def test_a_value_that_utf8_cannot_hold_is_only_a_value_that_nothing_has(index: Index) -> None:
    assert ids_by_sql(index, Filters.of(tag=["\ud800"])) == set()


def test_several_values_of_one_facet_mean_any_and_several_facets_all(index: Index) -> None:
    kubernetes, aws = (accepted(index, Filters.of(platform=[name])) for name in ("Kubernetes", "AWS"))
    assert accepted(index, Filters.of(platform=["Kubernetes", "AWS"])) == kubernetes | aws
    writing = accepted(index, Filters.of(access=["read-write"]))
    both = Filters.of(platform=["kubernetes,aws"], access=["READ-WRITE"])
    assert accepted(index, both) == (kubernetes | aws) & writing != set()
    assert_one_meaning(index, both)


def test_no_filter_accepts_all(index: Index) -> None:
    assert NO_FILTERS.where() is None
    assert Filters.of(platform=["", " , "]) == NO_FILTERS
    assert accepted(index, NO_FILTERS) == set(index.positions)
