"""Scores of all bundles for a query's words (postings) and for its vector (passages), as arrays from the tables'
columns.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Scores = NDArray[np.float32]


class Postings:
    """An inverted index: the weight of each word in each bundle that has it, as the build computed it (BM25 over
    weighted columns).
    """

    def __init__(self, table: pa.Table, size: int) -> None:
        bundles, weights = (table[name].combine_chunks() for name in ("bundles", "weights"))
        self._size = size
        self._words = table["word"].combine_chunks()
        self._starts = bundles.offsets.to_numpy()
        self._bundles = bundles.flatten().to_numpy()
        self._weights = weights.flatten().to_numpy()

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self._words.to_pylist())}

    def add(self, scores: Scores, words: Iterable[str], factor: float = 1.0) -> None:
        """Add the weights of words to the scores of the bundles that have them.

        Args:
            scores: float32, one for each bundle; changed in place.
            words: Stems, as search_fn.query.words makes them.
            factor: What each weight is multiplied by.
        """
        for word in words:
            row = self._rows.get(word)
            if row is not None:
                part = slice(self._starts[row], self._starts[row + 1])
                scores[self._bundles[part]] += np.float32(factor) * self._weights[part]

    def entries_of(self, word: str) -> NDArray[np.int32]:
        """Return the bundles that have a word, as a stem, in order."""
        row = self._rows.get(word)
        found: NDArray[np.int32] = self._bundles[slice(0, 0) if row is None else slice(*self._starts[row : row + 2])]
        return found

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


class Passages(NamedTuple):
    """Vectors of passages, (passages, dimensions), those of one bundle in a row: bundle i has starts[i] up to
    starts[i + 1]. `items` is the position of a passage's tool in its bundle or section on its page, -1 for other parts.
    """

    vectors: Scores
    starts: NDArray[np.int64]
    items: NDArray[np.int32]

    @classmethod
    def of(cls, table: pa.Table, bundles: int) -> "Passages":
        """Return the passages of a table of PASSAGES.

        Raises:
            ValueError: The table is not sorted by bundle, or a bundle has no passage.
        """
        owners = table["bundle"].to_numpy()
        starts = np.searchsorted(owners, np.arange(bundles + 1))
        if np.any(np.diff(owners) < 0) or np.any(np.diff(starts) < 1) or len(owners) != starts[-1]:
            raise ValueError("its passages are not those of its bundles")
        column = table["vector"]
        vectors = column.combine_chunks().flatten().to_numpy().reshape(-1, column.type.list_size)
        return cls(vectors.astype(np.float32), starts, table["item"].to_numpy())

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
