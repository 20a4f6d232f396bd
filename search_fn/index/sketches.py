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
# Numbers of a row into which a vector is cut.
_ROW = 32
# Vectors that are sketched at once, too few for BLAS to wake threads for, and sketches that are compared at once: they
# stay in a processor's cache.
_SKETCHED, _COMPARED = 64, 32_768


def sketch(vectors: NDArray[np.floating]) -> Sketches:
    """Return the sketches of vectors of shape (n, dimensions); equal half floats have equal ones everywhere."""
    signs, along_rows, along_columns = _directions(vectors.shape[1])
    turns, rows, inner = signs.shape
    found = np.empty((BITS // 64, len(vectors)), np.uint64)
    bits = np.empty((min(_SKETCHED, len(vectors)), turns, along_columns.shape[1], inner), np.bool_)
    # Filled up with zeros to whole rows.
    filled = np.zeros((len(bits), rows * inner))
    for start in range(0, len(vectors), _SKETCHED):
        part = vectors[start : start + _SKETCHED]
        filled[: len(part), : vectors.shape[1]] = part
        for turn, drawn in enumerate(signs):
            # Sums of half floats in double precision are exact, in whatever order a processor adds.
            turned = filled.reshape(-1, rows, inner) * drawn
            halfway = (turned.reshape(-1, inner) @ along_rows).reshape(turned.shape).swapaxes(1, 2)
            along = halfway.reshape(-1, rows) @ along_columns
            bits[:, turn] = (along > 0).reshape(len(bits), inner, -1).swapaxes(1, 2)
        packed = np.packbits(bits.reshape(-1, BITS), axis=1).view(np.uint64)
        found[:, start : start + len(part)] = packed[: len(part)].T
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
def _directions(dimensions: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return drawn signs and two matrices, of which a Hadamard matrix is made.

    A vector times its signs, cut into rows, is multiplied along the rows by the one and along the columns by the other:
    that gives what the whole matrix would, with a sixteenth of the products.

    Returns:
        Signs, 1 and -1, of shape (times that they are drawn, rows, columns), and the matrices.
    """
    size = 1 << max(dimensions - 1, 1).bit_length()
    turns = -(-BITS // size)
    # Drawn by a function whose results are the same in every release of every library.
    drawn = np.frombuffer(shake_128(b"directions").digest(turns * size // 8 or 1), np.uint8)
    inner = min(_ROW, size)
    rows = -(-dimensions // inner)
    bits = np.unpackbits(drawn)[: turns * size].reshape(turns, -1, inner)[:, :rows]
    return bits.astype(np.float64) * 2 - 1, _hadamard(inner, inner), _hadamard(rows, min(size, BITS) // inner)


def _hadamard(rows: int, columns: int) -> NDArray[np.float64]:
    """Return a part of a Hadamard matrix: -1 where row and column have an odd number of bits in common."""
    odd = np.bitwise_count(np.arange(rows)[:, None] & np.arange(columns)) & 1
    matrix: NDArray[np.float64] = 1.0 - 2.0 * odd
    return matrix
