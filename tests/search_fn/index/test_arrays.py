"""Scores over all bundles, from the columns of small tables."""

from typing import Any

import numpy as np
import pyarrow as pa

from search_fn.index.arrays import Postings
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
