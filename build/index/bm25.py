"""What each word is worth to each bundle: BM25 over weighted parts, worked out once; a search only adds."""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from search_fn.search.weights import TEXT_WEIGHTS

# The usual ones: how soon more of a word stops counting, and how much a long part is held against it.
_SATURATION, _LENGTH = 1.2, 0.75


class Postings(Mapping[str, Mapping[int, float]]):
    """By word, sorted, the weight of each bundle with it, by position.

    A number is an object in Python, and there are millions: so they are arrays. `starts` says where each word's
    `positions` (int32) and `weights` (float64) begin, and has their length behind the last.
    """

    def __init__(
        self,
        words: Sequence[str],
        starts: NDArray[np.int64],
        positions: NDArray[np.int32],
        weights: NDArray[np.float64],
    ) -> None:
        self.words, self.starts, self.positions, self.weights = words, starts, positions, weights
        self._places = {word: place for place, word in enumerate(words)}

    def __getitem__(self, word: str) -> dict[int, float]:
        own = self.rows(word)
        return dict(zip(self.positions[own].tolist(), self.weights[own].tolist(), strict=True))

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)

    def rows(self, word: str) -> slice:
        """Return where a word's positions and weights are."""
        place = self._places[word]
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


def weights(bundles: Iterable[Mapping[str, Sequence[str]]]) -> Postings:
    """Return the weights of bundles, of which each part's words are given, by TEXT_WEIGHTS; they are read once."""
    ids: dict[str, int] = {}
    # Of each part the words, how often each is there, and of each bundle how many these are, different and together.
    found = {part: (array("i"), array("i"), array("i"), array("i")) for part in TEXT_WEIGHTS}
    for bundle in bundles:
        for part, (words, times, different, lengths) in found.items():
            counted = Counter(bundle[part])
            words.extend([ids.setdefault(word, len(ids)) for word in counted])
            times.extend(counted.values())
            different.append(len(counted))
            lengths.append(len(bundle[part]))
    ordered = sorted(ids)
    ranks = np.empty(len(ids), np.int64)
    ranks[[ids[word] for word in ordered]] = np.arange(len(ids))
    count = max(len(next(iter(found.values()))[3]), 1)
    keys, values = [np.empty(0, np.int64)], [np.empty(0)]
    for part, (words, times, different, lengths) in found.items():
        numbers, places = np.array(words, np.int32), np.repeat(np.arange(len(different), dtype=np.int32), different)
        keys.append(ranks[numbers] * count + places)
        values.append(_values(TEXT_WEIGHTS[part], numbers, places, np.array(times), np.array(lengths), len(ids)))
    found.clear()
    unique, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    # Adds in the order of the parts.
    sums = np.bincount(inverse, np.concatenate(values), len(unique)).astype(np.float64, copy=False)
    starts = np.searchsorted(unique, np.arange(len(ids) + 1) * count)
    return Postings(ordered, starts, (unique % count).astype(np.int32), sums)


def _values(
    weight: float,
    words: NDArray[np.int32],
    positions: NDArray[np.int32],
    times: NDArray[np.int32],
    lengths: NDArray[np.int32],
    vocabulary: int,
) -> NDArray[np.float64]:
    """Return what the words of a part are worth.

    Args:
        weight: The part's.
        words: The number of each word in each bundle, with `positions`, the bundle's, and `times`, how often.
        positions: See there.
        times: See there.
        lengths: Words of the part in each bundle.
        vocabulary: How many words there are.
    """
    size = len(lengths)
    average = max(int(lengths.sum()) / max(size, 1), 1e-9)
    # Many words are in equally many bundles.
    holders, which = np.unique(np.bincount(words, minlength=vocabulary), return_inverse=True)
    rarity = np.array([math.log(1 + (size - n + 0.5) / (n + 0.5)) for n in holders.tolist()])[which]
    base = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / average)
    result: NDArray[np.float64] = weight * rarity[words] * times * (_SATURATION + 1) / (times + base[positions])
    return result
