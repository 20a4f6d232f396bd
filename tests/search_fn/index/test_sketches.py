"""How bits say how near vectors are to each other."""

import numpy as np

from search_fn.index.sketches import BITS, differing, sketch


def clusters(count: int, seed: int = 3) -> np.ndarray:
    """Vectors of length 1 around 50 centres."""
    chance = np.random.default_rng(seed)
    found = chance.standard_normal((50, 384))[chance.integers(0, 50, count)] + chance.standard_normal((count, 384))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float16)


def test_the_angle_of_two_vectors_shows_in_their_sketches() -> None:
    vectors = clusters(300)
    own = vectors[0].astype(np.float32)
    own_bits = sketch(own[None])[:, 0]
    differences = differing(sketch(vectors), own_bits)
    assert differences[0] == 0
    assert differing(sketch(-vectors[:1]), own_bits).tolist() == [BITS]
    angles = np.arccos(np.clip(vectors.astype(np.float32) @ own, -1, 1)) / np.pi
    assert np.abs(differences / BITS - angles).max() < 0.08
    for dimensions in (2, 1_536):
        made = np.random.default_rng(1).standard_normal((3, dimensions)).astype(np.float16)
        assert sketch(made).shape == (BITS // 64, 3)
        assert differing(sketch(made), sketch(made)[:, 1])[1] == 0


def test_a_sketch_depends_on_its_vector_alone() -> None:
    vectors = clusters(9_000)
    whole = sketch(vectors)
    assert np.array_equal(sketch(vectors[4_000:4_010]), whole[:, 4_000:4_010])
    # A longer vector lies on the same sides.
    assert np.array_equal(sketch(vectors[:10] * np.float16(2)), whole[:, :10])
    assert sketch(vectors[:0]).shape == (BITS // 64, 0)
