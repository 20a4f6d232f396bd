"""Scores of all bundles for a query's words, from arrays as they lie in their file."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from search_fn.index.strings import Arrays, Places

Scores = NDArray[np.float32]


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
