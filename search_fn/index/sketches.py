"""Sketches of vectors, by which those near a query are found where they are too many to be compared with it.

A sketch has a bit for each of BITS directions: whether a vector points along it. The more of the bits of two vectors
differ, the greater is the angle between them (M. Charikar, "Similarity estimation techniques from rounding
algorithms", 2002). The directions are rows of a Hadamard matrix with drawn signs: at right angles, they say more than
drawn ones do.
"""

from functools import lru_cache
from hashlib import shake_128

import numpy as np
from numpy.typing import NDArray

BITS = 1_024
Sketches = NDArray[np.uint64]
"""Sketches of n vectors, (BITS / 64, n): the first 64 bits of all, then their next, as they are read."""
# Vectors that are sketched at once: 25 MB of them. Sketches that are compared at once stay in a processor's cache.
_SKETCHED, _COMPARED = 4_096, 32_768


def sketch(vectors: NDArray[np.floating]) -> Sketches:
    """Return the sketches of vectors of shape (n, dimensions); equal half floats have equal ones everywhere."""
    found = np.empty((BITS // 64, len(vectors)), np.uint64)
    for start in range(0, len(vectors), _SKETCHED):
        # Sums of half floats in double precision are exact, in whatever order a processor adds.
        along = vectors[start : start + _SKETCHED].astype(np.float64) @ _directions(vectors.shape[1])
        found[:, start : start + _SKETCHED] = np.packbits(along > 0, axis=1).view(np.uint64).T
    return found


def differing(sketches: Sketches, own: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Return how many bits of each of n sketches are not those of another, of which `own` has as many; shape (n,)."""
    count = sketches.shape[1]
    found = np.zeros(count, np.uint16)
    for start in range(0, count, _COMPARED):
        part = found[start : start + _COMPARED]
        for bits, mine in zip(sketches[:, start : start + _COMPARED], own, strict=True):
            part += np.bitwise_count(bits ^ mine)
    return found


@lru_cache(2)
def _directions(dimensions: int) -> NDArray[np.float64]:
    """Return the directions as columns of 1 and -1, shape (dimensions, BITS)."""
    size = 1 << max(dimensions - 1, 1).bit_length()
    columns = np.arange(BITS)
    turns = -(-BITS // size)
    # Drawn by a function whose results are the same in every release of every library.
    drawn = np.frombuffer(shake_128(b"directions").digest(turns * size // 8 or 1), np.uint8)
    signs = np.unpackbits(drawn)[: turns * size].reshape(turns, size)[columns // size, :dimensions].T
    # A Hadamard matrix has -1 where the numbers of row and column have an odd number of bits in common.
    odd = np.bitwise_count(np.arange(dimensions)[:, None] & columns % size) & 1
    directions: NDArray[np.float64] = (signs * 2.0 - 1.0) * (1.0 - 2.0 * odd)
    return directions
