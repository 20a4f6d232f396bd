"""How near passages are to a query's vector, all of them and those that their sketches find."""

import numpy as np
import pytest

from search_fn.index.passages import Passages, SketchedPassages, cosines, greatest
from search_fn.index.sketches import sketch
from search_fn.index.strings import Arrays
from tests.search_fn.index.test_arrays import arrays
from tests.search_fn.index.test_sketches import clusters

NOTHING = np.zeros(1_000, np.float32)


def passages(owners: list[int], bundles: int) -> Passages:
    return Passages(arrays(owners, bundles))


def test_a_bundle_is_as_near_as_its_nearest_passage() -> None:
    found = passages([0, 0, 1], 2)
    vector = np.array([1, 0], np.float32)
    assert found.best(vector, np.ones(2, np.float32), NOTHING[:2]).tolist() == [1.0, 0.0]
    assert found.best(vector, NOTHING[:2], NOTHING[:2]).tolist() == [0.0, 0.0]
    # The first passage is no tool's.
    assert found.near_items(vector, [1, 0]) == [{1: 0.0}, {0: 0.0}]
    assert found.near_items(vector, []) == []


def test_what_is_near_is_so_whatever_was_searched_before() -> None:
    vectors = clusters(600, 5)
    queries = list(vectors[[3, 250]].astype(np.float32))
    wanted, bundles = np.ones(200, np.float32), [7, 0, 199]
    fresh = [Passages(_of(vectors, 3)).near_items(query, bundles) for query in queries]
    used = Passages(_of(vectors, 3))
    for query in queries:
        used.best(query, wanted, NOTHING[:200])
        # Just compared, compared before, and equal to it but another.
        assert [used.near_items(each, bundles) for each in queries] == fresh
        assert [used.near_items(each.copy(), bundles) for each in queries] == fresh


@pytest.mark.parametrize(
    ("owners", "bundles"), [([0, 1, 0], 2), ([0, 2], 3), ([0, 0], 2), ([0, 1, 2], 2), ([1], 1), ([], 1)]
)
def test_passages_out_of_order_or_of_other_bundles_are_refused(owners: list[int], bundles: int) -> None:
    with pytest.raises(ValueError, match="its passages are not those of its bundles"):
        passages(owners, bundles)


def test_no_bundles_have_no_passages() -> None:
    found = passages([], 0)
    assert found.best(np.zeros(2, np.float32), NOTHING[:0], NOTHING[:0]).tolist() == []


@pytest.mark.parametrize("size", [1, 511, 512, 513, 2_000])
def test_cosines_of_half_floats_are_to_the_last_bit_those_of_floats(size: int) -> None:
    chance = np.random.default_rng(size)
    vectors = chance.standard_normal((size, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    # Numbers that half floats hardly hold, or not at all, are in it, too, and both zeros.
    vectors[0, :6] = [0.0, -0.0, 6e-8, -6e-8, 3e-5, -1.0]
    halves = vectors.astype(np.float16)
    query = vectors[-1].astype(np.float16).astype(np.float32)
    expected = np.concatenate([halves[at : at + 512].astype(np.float32) @ query for at in range(0, size, 512)])
    assert cosines(halves, query).tobytes() == expected.tobytes()
    # As those of a small catalogue are in memory.
    assert cosines(halves.astype(np.float32), query).tobytes() == expected.tobytes()


def _of(vectors: np.ndarray, each: int) -> Arrays:
    """The arrays of passages, so many a bundle."""
    starts = np.arange(0, len(vectors) + 1, each)
    items = np.tile(np.arange(-1, each - 1, dtype=np.int32), len(vectors) // each)
    return {
        "passages.vectors": vectors,
        "passages.starts": starts,
        "passages.items": items,
        "passages.sketches": sketch(vectors),
    }


def test_the_greatest_values_are_found_in_order_and_of_equals_the_first() -> None:
    assert greatest(np.array([3, 1, 2, 3, 1, 0]), 2).tolist() == [0, 3]
    assert greatest(np.array([3, 1, 2, 3, 1, 1]), 4).tolist() == [0, 1, 2, 3]
    assert greatest(np.array([0.0, 5.0, 0.0]), 2).tolist() == [1]
    assert greatest(np.array([0.0, 5.0]), 2).tolist() == [1]
    assert greatest(np.zeros(3), 2).tolist() == []


def test_with_as_many_candidates_as_passages_sketches_change_nothing() -> None:
    made = _of(clusters(1_000), 5)
    every, sketched = Passages(made), SketchedPassages(made, 1_000)
    wanted = np.linspace(0, 1, 200, dtype=np.float32)
    query = clusters(1, 9)[0].astype(np.float32)
    assert np.allclose(sketched.best(query, wanted, NOTHING[:200]), every.best(query, wanted, NOTHING[:200]), atol=1e-6)
    assert sketched.near_items(query, [7, 3]) == every.near_items(query, [7, 3])


def test_what_is_near_is_found_among_few_candidates_behind_any_filter() -> None:
    made = _of(clusters(50_000), 5)
    every, sketched = Passages(made), SketchedPassages(made, 600)
    few = np.zeros(10_000, np.float32)
    few[::97] = 1
    for seed in range(20):
        query = made["passages.vectors"][seed * 1_001].astype(np.float32)
        for wanted in (np.ones(10_000, np.float32), few):
            exact = every.best(query, wanted, np.zeros(10_000, np.float32))
            found = sketched.best(query, wanted, np.zeros(10_000, np.float32))
            ten = np.argsort(-exact, kind="stable")[:10]
            assert np.count_nonzero(np.abs(found[ten] - exact[ten]) < 1e-6) >= 9
            # Nothing is made up: a cosine is that of one of the bundle's passages, or unknown.
            assert np.all(found <= np.maximum(exact, 0) + 1e-6)


def test_bundles_whose_words_are_worth_the_most_are_compared_although_they_are_far() -> None:
    made = _of(clusters(5_000), 5)
    query = made["passages.vectors"][0].astype(np.float32)
    wanted, words = np.ones(1_000, np.float32), np.zeros(1_000, np.float32)
    every = Passages(made).best(query, wanted, words)
    far = int(np.argmin(every))
    assert SketchedPassages(made, 10).best(query, wanted, words)[far] == 0
    words[far] = 1
    assert SketchedPassages(made, 10).best(query, wanted, words)[far] == pytest.approx(every[far], abs=1e-6)
