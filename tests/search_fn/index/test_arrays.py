"""Scores over all bundles, from the columns of small tables."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from search_fn.index.arrays import Passages, Postings
from search_fn.index.from_tables import bundle_arrays
from search_fn.index.schema import BUNDLE_SCHEMA, POSTING_SCHEMA, WORD_SCHEMA, passage_schema
from search_fn.index.strings import Arrays

POSTINGS = [
    {"word": "disk", "bundles": [2], "weights": [0.5]},
    {"word": "pod", "bundles": [0, 2], "weights": [1.0, 2.0]},
]


def arrays(owners: list[int], bundles: int, words: pa.Table | None = None) -> Arrays:
    """The arrays of bundles without properties, whose passages have two numbers each: (1, 0) at first and then (0, 1);
    tools are counted from -1.
    """
    nothing: dict[str, Any] = {
        name: [] if pa.types.is_list(kind) else "[]"
        for name, kind in zip(BUNDLE_SCHEMA.names, BUNDLE_SCHEMA.types, strict=True)
    }
    nothing |= dict.fromkeys(("task_count", "sli_count", "first_file"), 0) | {"changing": 0.0}
    nothing |= {"discovered": False, "deprecated": False}
    rows = [{**nothing, "id": f"a/{place}", "name": str(place)} for place in range(bundles)]
    passages = [
        {"bundle": owner, "part": "head", "item": at - 1, "key": str(at), "vector": [float(at == 0), float(at > 0)]}
        for at, owner in enumerate(owners)
    ]
    return bundle_arrays(
        [
            pa.Table.from_pylist(rows, schema=BUNDLE_SCHEMA),
            pa.Table.from_pylist(passages, schema=passage_schema(2)),
            pa.Table.from_pylist(POSTINGS, schema=POSTING_SCHEMA) if words is None else words,
            pa.Table.from_pylist([], schema=WORD_SCHEMA),
        ]
    )


def postings() -> Postings:
    return Postings(arrays([0, 1, 2], 3), 3)


def passages(owners: list[int], bundles: int) -> Passages:
    return Passages.of(arrays(owners, bundles))


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
    Postings(arrays([0, 1], 2, pa.concat_tables([one, two])), 2).add(scores, ["a", "b"])
    assert scores.tolist() == [1.0, 5.0]


def test_a_bundle_is_as_near_as_its_nearest_passage() -> None:
    found = passages([0, 0, 1], 2)
    assert found.starts.tolist() == [0, 2, 3]
    likeness = found.likeness(np.array([1, 0], np.float32))
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
    assert found.best(found.likeness(np.zeros(2, np.float32))).tolist() == []


@pytest.mark.parametrize("size", [1, 511, 512, 513, 2_000])
def test_cosines_of_half_floats_are_to_the_last_bit_those_of_floats(size: int) -> None:
    chance = np.random.default_rng(size)
    vectors = chance.standard_normal((size, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    # Numbers that half floats hardly hold, or not at all, are in it, too, and both zeros.
    vectors[0, :6] = [0.0, -0.0, 6e-8, -6e-8, 3e-5, -1.0]
    halves = vectors.astype(np.float16)
    query = vectors[-1].astype(np.float16).astype(np.float32)
    found = Passages(halves, np.arange(size + 1), np.zeros(size, np.int32))
    expected = np.concatenate([halves[at : at + 512].astype(np.float32) @ query for at in range(0, size, 512)])
    assert found.likeness(query).tobytes() == expected.tobytes()
    # As those of a small catalogue are in memory.
    assert found._replace(vectors=halves.astype(np.float32)).likeness(query).tobytes() == expected.tobytes()
