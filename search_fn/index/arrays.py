"""Scores of all bundles for a query's words (postings) and for its vector (passages), from arrays as they lie in
their file.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_fn.index.strings import Arrays, Places

Scores = NDArray[np.float32]
# Passages up to which their vectors are floats in memory, 1.5 KB each, which are read in a quarter of the time.
_FLOATS = 8_192
# Passages whose vectors are made floats at once: their 768 KB stay in a processor's cache.
_BLOCK = 512
# Of the bits of a half float that stand where a float's do: all but the copies of its sign.
_BITS = np.int32(-0x70002000)
# What a half float's exponent lacks there.
_SCALE = np.float32(2.0**112)


class Postings:
    """An inverted index: the weight of each word in each bundle that has it, as the build computed it (BM25 over
    weighted columns).
    """

    def __init__(self, arrays: Arrays, size: int) -> None:
        self._size = size
        self.words, self._starts, self._bundles = Places.of(arrays, "postings")
        self._weights = arrays["postings.weights"]

    def add(self, scores: Scores, words: Iterable[str], factor: float = 1.0) -> None:
        """Add the weights of words to the scores of the bundles that have them.

        Args:
            scores: float32, one for each bundle; changed in place.
            words: Stems, as search_fn.query.words makes them.
            factor: What each weight is multiplied by.
        """
        for word in words:
            part = self._part(word)
            np.add.at(scores, self._bundles[part], np.float32(factor) * self._weights[part])

    def entries_of(self, word: str) -> NDArray[np.int32]:
        """Return the bundles that have a word, as a stem, in order."""
        return self._bundles[self._part(word)]

    def has(self, word: str, bundle: int) -> bool:
        """Return whether a bundle has a word, as a stem."""
        found = self.entries_of(word)
        place = int(np.searchsorted(found, bundle))
        return place < len(found) and int(found[place]) == bundle

    def having(self, words: Iterable[str]) -> NDArray[np.bool_]:
        """Return which bundles have all of these words, as stems."""
        found = np.ones(self._size, np.bool_)
        for word in words:
            own = np.zeros(self._size, np.bool_)
            own[self.entries_of(word)] = True
            found &= own
        return found

    def _part(self, word: str) -> slice:
        row = self.words.find(word)
        return slice(0) if row is None else slice(self._starts[row], self._starts[row + 1])


class Passages(NamedTuple):
    """Vectors of passages, half floats or floats of shape (passages, dimensions), those of one bundle in a row: bundle
    i has starts[i] up to starts[i + 1]. `items` is the position of a passage's tool in its bundle or section on its
    page, -1 for other parts.
    """

    vectors: NDArray[np.float16] | Scores
    starts: NDArray[np.int64]
    items: NDArray[np.int32]

    @classmethod
    def of(cls, arrays: Arrays) -> "Passages":
        """Return the passages of a corpus's arrays."""
        vectors = arrays["passages.vectors"]
        if len(vectors) <= _FLOATS:
            vectors = vectors.astype(np.float32)
        return cls(vectors, arrays["passages.starts"], arrays["passages.items"])

    def likeness(self, vector: Scores) -> Scores:
        """Return the cosine of every passage to a vector of length 1, to the last bit as if the vectors were floats.

        numpy takes six times as long to make floats of half floats as to multiply them. Their bits, moved to where a
        float has them, are the float times 2^-112, which the vector makes good.
        """
        likeness = np.empty(len(self.vectors), np.float32)
        if self.vectors.dtype == np.float32:
            # In the same blocks, in which a processor adds in the same order.
            for start in range(0, len(likeness), _BLOCK):
                np.matmul(self.vectors[start : start + _BLOCK], vector, out=likeness[start : start + _BLOCK])
            return likeness
        halves, scaled = self.vectors.view(np.int16), vector * _SCALE
        block = np.empty((min(_BLOCK, len(halves)), halves.shape[1]), np.int32)
        for start in range(0, len(halves), _BLOCK):
            part = halves[start : start + _BLOCK]
            bits = block[: len(part)]
            bits[...] = part
            np.left_shift(bits, 13, out=bits)
            np.bitwise_and(bits, _BITS, out=bits)
            np.matmul(bits.view(np.float32), scaled, out=likeness[start : start + _BLOCK])
        return likeness

    def best(self, likeness: Scores) -> Scores:
        """Return the greatest cosine of each bundle's passages, shape (bundles,), from those of all passages."""
        if not len(likeness):
            return likeness
        best: Scores = np.maximum.reduceat(likeness, self.starts[:-1])
        return best

    def near_items(self, likeness: Scores, bundle: int) -> dict[int, float]:
        """Return the cosine of each tool of a bundle, or of each section of a page, by its position there."""
        part = slice(self.starts[bundle], self.starts[bundle + 1])
        pairs = zip(self.items[part].tolist(), likeness[part].tolist(), strict=True)
        return {item: near for item, near in pairs if item >= 0}
