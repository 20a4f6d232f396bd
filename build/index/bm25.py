"""What each word is worth to each bundle: BM25 over weighted parts, worked out once; a search only adds."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from search_fn.search.weights import TEXT_WEIGHTS

# The usual ones: how soon more of a word stops counting, and how much a long part is held against it.
_SATURATION, _LENGTH = 1.2, 0.75


def weights(bundles: Sequence[Mapping[str, Sequence[str]]]) -> dict[str, dict[int, float]]:
    """By word, sorted, the weight of each bundle with it, by position; given are its parts' words, by TEXT_WEIGHTS."""
    found: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    for part, weight in TEXT_WEIGHTS.items():
        counts = [Counter(bundle[part]) for bundle in bundles]
        lengths = [counted.total() for counted in counts]
        average = max(sum(lengths) / max(len(lengths), 1), 1e-9)
        holders = Counter(word for counted in counts for word in counted)
        rarity = {word: math.log(1 + (len(counts) - n + 0.5) / (n + 0.5)) for word, n in holders.items()}
        for position, (counted, length) in enumerate(zip(counts, lengths, strict=True)):
            base = _SATURATION * (1 - _LENGTH + _LENGTH * length / average)
            for word, times in counted.items():
                found[word][position] += weight * rarity[word] * times * (_SATURATION + 1) / (times + base)
    return {word: dict(sorted(found[word].items())) for word in sorted(found)}
