"""The passages of a corpus: how near the nearest of each bundle, and of each of its tools, is to a query's vector.

Up to some number all are compared with it. Beyond, those that are likely to be near are found by their sketches, and
compared exactly: `Passages` and `SketchedPassages` answer the same questions.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from search_fn.index.array_file import FileRows
from search_fn.index.arrays import Scores
from search_fn.index.sketches import BITS, Sketches, differing, sketch
from search_fn.index.strings import Arrays

VECTORS, SKETCHES = "passages.vectors", "passages.sketches"
"""The names of arrays."""
Halves = NDArray[np.float16]
Rows = NDArray[np.intp]
# Passages up to which their vectors are floats in memory, 1.5 KB each, which are read in a quarter of the time.
_FLOATS = 8_192
# Passages whose vectors are made floats at once: their 768 KB stay in a processor's cache.
_BLOCK = 512
# Of the bits of a half float that stand where a float's do: all but the copies of its sign.
_BITS = np.int32(-0x70002000)
# What a half float's exponent lacks there.
_SCALE = np.float32(2.0**112)
# Where passages are sketched, those of so many bundles are compared besides: the best by words and by what their
# sketches say of the cosine.
BY_BOTH = 300
# Of the 64 bits that a sketch has BITS / 64 times, so many are compared of all passages, and the others of what is
# near by these: so many times the candidates.
_FIRST, _OVER = 8, 16
# The cosine that two vectors are likely to have, 0 or more, by one more than how many of those bits are equal.
_COSINES = np.maximum(np.cos(np.pi * (1 - np.arange(-1, _FIRST * 64 + 1) / (_FIRST * 64))), 0).astype(np.float32)


def cosines(vectors: Halves | Scores, vector: Scores) -> Scores:
    """Return the cosine of each of some vectors, (n, dimensions), to a vector of length 1; of half floats to the last
    bit as if they were floats.

    numpy takes six times as long to make floats of half floats as to multiply them. Their bits, moved to where a float
    has them, are the float times 2^-112, which the vector makes good.
    """
    found = np.empty(len(vectors), np.float32)
    if vectors.dtype == np.float32:
        # In the same blocks, in which a processor adds in the same order.
        for start in range(0, len(found), _BLOCK):
            np.matmul(vectors[start : start + _BLOCK], vector, out=found[start : start + _BLOCK])
        return found
    halves, scaled = vectors.view(np.int16), vector * _SCALE
    block = np.empty((min(_BLOCK, len(halves)), halves.shape[1]), np.int32)
    for start in range(0, len(halves), _BLOCK):
        part = halves[start : start + _BLOCK]
        bits = block[: len(part)]
        bits[...] = part
        np.left_shift(bits, 13, out=bits)
        np.bitwise_and(bits, _BITS, out=bits)
        np.matmul(bits.view(np.float32), scaled, out=found[start : start + _BLOCK])
    return found


class Passages:
    """Passages that are all compared with a query, those of one bundle in a row."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._starts = arrays["passages.starts"]
        # The position of a passage's tool in its bundle, or section on its page, -1 for other parts.
        self._items = arrays["passages.items"]
        # The vector that was compared last, itself and no equal one, and what came out: the same search asks for some
        # of it again.
        self._last: tuple[Scores, Scores] | None = None

    def __len__(self) -> int:
        return len(self._items)

    def best(self, vector: Scores, wanted: Scores, words: Scores) -> Scores:
        """Return the greatest cosine of each bundle's passages, 0 of a bundle that is not wanted.

        Args:
            vector: The query's, of length 1.
            wanted: For each bundle what its scores are multiplied by.
            words: For each bundle what the query's words are worth to it.
        """
        del words
        if not len(self):
            return np.zeros(len(wanted), np.float32)
        compared = self._compare_all(vector)
        self._last = vector, compared
        best: Scores = np.maximum.reduceat(compared, self._starts[:-1])
        return best * (wanted > 0)

    def near_items(self, vector: Scores, bundles: Sequence[int]) -> list[dict[int, float]]:
        """Return for each of these bundles the cosine of each of its tools, or of a page's sections, by position."""
        ranges = [np.arange(self._starts[bundle], self._starts[bundle + 1]) for bundle in bundles]
        if not ranges:
            return []
        rows = np.concatenate(ranges)
        last = self._last
        compared = last[1][rows] if last is not None and last[0] is vector else self._cosines(rows, vector)
        # Equal vectors may differ in the last bit, by where they stand in a product.
        near = np.round(compared, 6)
        pairs = list(zip(self._items[rows].tolist(), near.tolist(), strict=True))
        found, start = [], 0
        for own in ranges:
            found.append({item: cosine for item, cosine in pairs[start : start + len(own)] if item >= 0})
            start += len(own)
        return found

    def _compare_all(self, vector: Scores) -> Scores:
        return cosines(self._vectors, vector)

    def _cosines(self, rows: Rows, vector: Scores) -> Scores:
        return cosines(self._vectors[rows], vector)

    @cached_property
    def _vectors(self) -> Halves | Scores:
        vectors = self._arrays[VECTORS]
        return vectors.astype(np.float32) if len(vectors) <= _FLOATS else vectors


class SketchedPassages(Passages):
    """Passages of which those are compared with a query that are near it by their sketches, and those of the bundles
    that are the best by words and sketches together. What is not compared counts as nothing in common.
    """

    def __init__(self, arrays: Arrays, candidates: int, vectors: FileRows | None = None) -> None:
        """Take the passages of a corpus's arrays.

        Args:
            arrays: The corpus's.
            candidates: How many that are near by their sketches are compared.
            vectors: The vectors of all, by row; None where they are in memory.
        """
        super().__init__(arrays)
        self._rows = vectors
        self._sketches: Sketches = arrays[SKETCHES]
        self._candidates = candidates

    def best(self, vector: Scores, wanted: Scores, words: Scores) -> Scores:
        rows = self.candidates(vector, wanted, words)
        owners = np.searchsorted(self._starts, rows, side="right") - 1
        best = np.full(len(wanted), -np.inf, np.float32)
        np.maximum.at(best, owners, self._cosines(rows, vector))
        best[~np.isfinite(best) | (wanted <= 0)] = 0
        return best

    def _cosines(self, rows: Rows, vector: Scores) -> Scores:
        return super()._cosines(rows, vector) if self._rows is None else cosines(self._rows[rows], vector)

    def candidates(self, vector: Scores, wanted: Scores, words: Scores) -> Rows:
        """Return the rows of the passages that are compared, in order; the arguments are those of `best`."""
        near, alike = self.find_near(vector, wanted)
        likely = wanted * (_of_greatest(words) + _of_greatest(_COSINES[np.maximum.reduceat(alike, self._starts[:-1])]))
        return np.union1d(near, self._rows_of(greatest(likely, BY_BOTH)))

    def find_near(self, vector: Scores, wanted: Scores) -> tuple[Rows, NDArray[np.uint16]]:
        """Return the rows of the candidates by their sketches alone, among the passages of bundles that are wanted; and
        for each passage one more than how many of the first bits are the vector's, 0 where it is not wanted.
        """
        own = sketch(vector[None])[:, 0]
        alike = np.uint16(_FIRST * 64 + 1) - differing(self._sketches[:_FIRST], own[:_FIRST])
        if not (wanted > 0).all():
            alike[np.repeat(wanted <= 0, np.diff(self._starts))] = 0
        nearer = greatest(alike, _OVER * self._candidates)
        rest = np.uint16(BITS) - differing(self._sketches[_FIRST:, nearer], own[_FIRST:])
        return nearer[greatest(alike[nearer] + rest, self._candidates)], alike

    def _rows_of(self, bundles: Rows) -> Rows:
        ranges = [np.arange(self._starts[bundle], self._starts[bundle + 1]) for bundle in bundles.tolist()]
        return np.concatenate([np.zeros(0, np.intp), *ranges])


def _of_greatest(values: Scores) -> Scores:
    shares: Scores = values / max(float(values.max(initial=0)), 1e-9)
    return shares


def greatest(values: NDArray[np.floating] | NDArray[np.uint16], count: int) -> Rows:
    """Return where the `count` greatest of some values stand, in order; of equal ones the first. What is 0 is left
    out.
    """
    if len(values) <= count:
        return np.flatnonzero(values)
    if np.issubdtype(values.dtype, np.integer):
        # Of small numbers it is faster to count how often each is there.
        numbers = np.bincount(values)[::-1].cumsum()
        least = values.dtype.type(len(numbers) - 1 - np.searchsorted(numbers, count))
    else:
        least = np.partition(values, -count)[-count]
    found = np.flatnonzero((values >= least) & (values > 0) if least <= 0 else values >= least)
    if len(found) <= count:
        return found
    equal = values[found] == least
    first: Rows = found[~equal | (np.cumsum(equal) <= count - np.count_nonzero(~equal))]
    return first
