"""Scores over all bundles, from the columns of small tables."""

import numpy as np
import pyarrow as pa
import pytest

from search_fn.index.arrays import Passages, Postings
from search_fn.index.schema import POSTING_SCHEMA, passage_schema


def postings() -> Postings:
    rows = [
        {"word": "disk", "bundles": [2], "weights": [0.5]},
        {"word": "pod", "bundles": [0, 2], "weights": [1.0, 2.0]},
    ]
    return Postings(pa.Table.from_pylist(rows, schema=POSTING_SCHEMA), 3)


def passages(owners: list[int], bundles: int) -> Passages:
    """Passages of two numbers each, (1, 0) at first and then (0, 1); tools are counted from -1."""
    rows = [
        {"bundle": owner, "part": "head", "item": at - 1, "key": str(at), "vector": [float(at == 0), float(at > 0)]}
        for at, owner in enumerate(owners)
    ]
    return Passages.of(pa.Table.from_pylist(rows, schema=passage_schema(2)), bundles)


def test_which_bundles_have_all_of_some_words() -> None:
    assert postings().having(["pod", "disk"]).tolist() == [False, False, True]
    assert postings().having(["pod", "unheard"]).tolist() == [False] * 3
    assert postings().having([]).tolist() == [True] * 3


def test_words_are_added_where_they_stand_and_unknown_ones_nowhere() -> None:
    scores = np.zeros(3, np.float32)
    postings().add(scores, ["pod", "disk", "unheard"])
    assert scores.tolist() == [1.0, 0.0, 2.5]
    postings().add(scores, ["pod"], factor=0.5)
    assert scores.tolist() == [1.5, 0.0, 3.5]


def test_postings_of_a_table_in_pieces_are_those_of_the_whole() -> None:
    one = pa.Table.from_pylist([{"word": "a", "bundles": [1], "weights": [3.0]}], schema=POSTING_SCHEMA)
    two = pa.Table.from_pylist([{"word": "b", "bundles": [0, 1], "weights": [1.0, 2.0]}], schema=POSTING_SCHEMA)
    scores = np.zeros(2, np.float32)
    Postings(pa.concat_tables([one, two]), 3).add(scores, ["a", "b"])
    assert scores.tolist() == [1.0, 5.0]


def test_a_bundle_is_as_near_as_its_nearest_passage() -> None:
    found = passages([0, 0, 1], 2)
    assert found.starts.tolist() == [0, 2, 3]
    assert found.vectors.dtype == np.float32
    likeness = found.vectors @ np.array([1, 0], np.float32)
    assert found.best(likeness).tolist() == [1.0, 0.0]
    # The first passage is no tool's.
    assert found.near_items(likeness, 0) == {0: 0.0}
    assert found.near_items(likeness, 1) == {1: 0.0}


@pytest.mark.parametrize(
    ("owners", "bundles"), [([0, 1, 0], 2), ([0, 2], 3), ([0, 0], 2), ([0, 1, 2], 2), ([1], 1), ([], 1)]
)
def test_passages_out_of_order_or_of_other_bundles_are_refused(owners: list[int], bundles: int) -> None:
    with pytest.raises(ValueError, match="its passages are not those of its bundles"):
        passages(owners, bundles)


def test_no_bundles_have_no_passages() -> None:
    found = passages([], 0)
    assert found.best(np.zeros(0, np.float32)).tolist() == []
