"""Filters by facet: exact but for case, several values of one mean any, several facets all."""

from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_fn.index.facets import FACETS, NO_FILTERS, Filters, count_each
from search_fn.index.facts import BUNDLES
from search_fn.index.open import Index

HOSTILE = [
    "'", '"', "\\", "' OR '1'='1", "x'); DROP TABLE bundles; --", "_ubernetes", "*", "aws\x00", "null",
    "\N{SLIGHTLY SMILING FACE}", "e\N{COMBINING ACUTE ACCENT}", "a" * 10_000,
]  # fmt: skip


def accepted(index: Index, filters: Filters) -> set[str]:
    mask = filters.mask(index.facets)
    return {index.ids[position] for position in mask.nonzero()[0].tolist()}


@lru_cache
def column_of(index: Index, facet: str) -> list[Any]:
    table = index.tables.open(BUNDLES).to_arrow()
    assert table["id"].to_pylist() == list(index.ids)
    values: list[Any] = table[FACETS[facet]].to_pylist()
    return values


def values_of(index: Index, facet: str) -> list[set[str]]:
    """The folded values of each bundle, read from its table."""
    rows = column_of(index, facet)
    return [{value.casefold() for value in ([row] if isinstance(row, str) else row)} for row in rows]


def expected(index: Index, filters: Filters) -> set[str]:
    """What the filters say, bundle by bundle."""
    found = set(index.ids)
    for facet in FACETS:
        wanted = set(getattr(filters, facet))
        if wanted:
            each = zip(index.ids, values_of(index, facet), strict=True)
            found &= {name for name, values in each if values & wanted}
    return found


def known_values(index: Index, facet: str) -> list[str]:
    return sorted(set().union(*values_of(index, facet)))


@settings(max_examples=100)
@given(data=st.data())
def test_any_values_are_matched_as_a_reader_would(index: Index, data: Any) -> None:
    values = {}
    for facet in FACETS:
        text = st.one_of(st.sampled_from(known_values(index, facet)), st.sampled_from(HOSTILE), st.text(max_size=12))
        values[facet] = tuple(data.draw(st.lists(text, max_size=2)))
    filters = Filters.of(**values)
    assert accepted(index, filters) == expected(index, filters)


@pytest.mark.parametrize("facet", FACETS)
def test_every_value_that_there_is_finds_its_bundles(index: Index, facet: str) -> None:
    assert known_values(index, facet)
    for value in known_values(index, facet):
        filters = Filters(**{facet: (value,)})
        assert accepted(index, filters) == expected(index, filters) != set()


@pytest.mark.parametrize("facet", FACETS)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:20])
def test_a_value_that_nothing_has_finds_nothing(index: Index, facet: str, value: str) -> None:
    assert accepted(index, Filters(**{facet: (value,)})) == set()


def test_values_are_folded_and_split_at_commas() -> None:
    filters = Filters.of(platform=["Kubernetes, aws,,", " AWS ", "Straße"], tag=[""])
    assert filters.platform == ("kubernetes", "aws", "strasse")
    assert filters.tag == ()


def test_a_value_that_utf8_cannot_hold_is_only_a_value_that_nothing_has(index: Index) -> None:
    assert accepted(index, Filters.of(tag=["\ud800"])) == set()


def test_several_values_of_one_facet_mean_any_and_several_facets_all(index: Index) -> None:
    kubernetes, aws = (accepted(index, Filters.of(platform=[name])) for name in ("Kubernetes", "AWS"))
    assert accepted(index, Filters.of(platform=["Kubernetes", "AWS"])) == kubernetes | aws
    writing = accepted(index, Filters.of(access=["read-write"]))
    both = Filters.of(platform=["kubernetes,aws"], access=["READ-WRITE"])
    assert accepted(index, both) == (kubernetes | aws) & writing != set()


def test_no_filter_accepts_all(index: Index) -> None:
    assert Filters.of(platform=["", " , "]) == NO_FILTERS
    assert accepted(index, NO_FILTERS) == set(index.positions)


def test_values_are_counted_over_the_bundles_chosen(index: Index) -> None:
    for name, facet in index.facets.items():
        chosen = Filters.of(platform=["Kubernetes"]).mask(index.facets)
        rows = [row for row, is_chosen in zip(column_of(index, name), chosen, strict=True) if is_chosen]
        flat = [value for row in rows for value in ([row] if isinstance(row, str) else row)]
        counts = {value: flat.count(value) for value in flat}
        assert facet.counts(chosen, 3) == sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]


@pytest.mark.parametrize("platform", ["Kubernetes", "AWS", "none"])
@pytest.mark.parametrize("most", [1, 3, 1_000])
def test_all_facets_are_counted_as_each_is(index: Index, platform: str, most: int) -> None:
    chosen = Filters.of(platform=[platform]).mask(index.facets)
    assert count_each(index.facets, chosen, most) == {
        name: [{"value": value, "count": count} for value, count in facet.counts(chosen, most)]
        for name, facet in index.facets.items()
    }
