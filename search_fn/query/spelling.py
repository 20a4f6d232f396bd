"""Repair of words that the corpus does not know: slips of the hand, words cut off, and words run together."""

from bisect import bisect_left
from collections.abc import Callable, Container, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_fn.query.synonyms import FIELD_WORDS
from search_fn.query.words import stem

_LETTERS = {letter: place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}
_SHORTEST = 5
_LONGEST = 30
# From this length two slips are one word's, below it another word.
_TWO_SLIPS = 7
_SHORTEST_PART = 3
_REMEMBERED = 4_096


class Letters(NamedTuple):
    """The words that a slip can be compared with, sorted, and of each how often it has each letter, shape
    (words, letters), and its length.
    """

    words: Sequence[str]
    counts: NDArray[np.int8]
    lengths: NDArray[np.int16]


def is_comparable(word: str) -> bool:
    """Return whether a word is one of those that Letters has."""
    return _SHORTEST <= len(word) <= _LONGEST and word.isascii() and word.isalpha()


def letters_of(words: Sequence[str]) -> Letters:
    """Return the letters of words that are comparable."""
    codes = np.zeros(256, np.int64)
    codes[[ord(letter) for letter in _LETTERS]] = list(_LETTERS.values())
    lengths = np.array([len(word) for word in words], np.int16)
    letters = codes[np.frombuffer("".join(words).encode(), np.uint8)]
    rows = np.repeat(np.arange(len(words)), lengths)
    counts = np.bincount(rows * len(_LETTERS) + letters, minlength=len(words) * len(_LETTERS))
    return Letters(words, counts.astype(np.int8).reshape(len(words), len(_LETTERS)), lengths)


class Vocabulary:
    """The corpus's words, unstemmed, with the number of bundles that have each, their stems, and the letters of those
    that are comparable; `is_word` says of others whether they are right nevertheless. Safe to share between threads.
    """

    def __init__(
        self,
        counts: Mapping[str, int],
        stems: Container[str],
        letters: Letters,
        is_word: Callable[[str], bool] = lambda _: False,
    ) -> None:
        words = _Words(counts, stems, letters, is_word)
        # Over another object's methods: a cache over one of its own would hold this in a circle, and with it whatever
        # index it belongs to.
        self.knows = lru_cache(_REMEMBERED)(words.knows)
        self.repair = lru_cache(_REMEMBERED)(words.repair)

    @classmethod
    def of(cls, counts: Mapping[str, int], is_word: Callable[[str], bool] = lambda _: False) -> "Vocabulary":
        """Return the vocabulary of words that nobody has prepared."""
        return cls(counts, set(map(stem, counts)), letters_of(sorted(filter(is_comparable, counts))), is_word)


class _Words(NamedTuple):
    counts: Mapping[str, int]
    stems: Container[str]
    letters: Letters
    is_word: Callable[[str], bool]

    def knows(self, word: str) -> bool:
        """Return whether the corpus has the word, in this or another number or tense."""
        return word in self.counts or stem(word) in self.stems

    def repair(self, word: str) -> tuple[str, ...]:
        """Return the words that an unknown word stands for: one, or those it was run together from; itself when it is
        known, a word of the language, or like nothing in the corpus. One slip is likelier than a missing end, that
        than a missing space, and that than two slips.
        """
        if not is_comparable(word) or self.knows(word):
            return (word,)
        if self.is_word(word) or self.is_word(stem(word)):
            return (word,)
        slips, near = self._nearest(word) if stem(word) not in FIELD_WORDS else (0, "")
        if slips == 1:
            return (near,)
        begun = self._begun(word)
        return (begun,) if begun else self._split(word) or (near or word,)

    def _begun(self, word: str) -> str:
        """Return the most frequent known word of which this is the greater part from the start on; "" if none."""
        words = self.letters.words
        first, end = bisect_left(words, word), bisect_left(words, word + "~")
        longer = [known for known in words[first:end] if len(known) < 2 * len(word)]
        return max(longer, key=lambda known: (self.counts[known], known), default="")

    def _split(self, word: str) -> tuple[str, ...]:
        """Return two or three known words, the split whose rarest word is most frequent, fewer words first."""
        ends = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        cuts = [(word[:end], word[end:]) for end in ends]
        splits: list[tuple[str, ...]] = [cut for cut in cuts if all(part in self.counts for part in cut)]
        if not splits:
            splits = [(head, *self._split(rest)) for head, rest in cuts if head in self.counts]
            splits = [parts for parts in splits if len(parts) == 3]
        return max(splits, key=lambda parts: (min(self.counts[part] for part in parts), parts), default=())

    def _nearest(self, word: str) -> tuple[int, str]:
        """Return the fewest slips between the word and a known one, and that one, the more frequent of several; an
        empty text where none is near.
        """
        words, letters, lengths = self.letters
        most = 2 if len(word) >= _TWO_SLIPS else 1
        # A slip adds, drops or changes a letter: what differs by more letters need not be compared.
        long = np.flatnonzero(np.abs(lengths - len(word)) <= most)
        close = long[np.abs(letters[long] - _count(word)).sum(axis=1, dtype=np.int16) <= 2 * most]
        best = (most + 1, 0, "")
        for place in close.tolist():
            known = words[place]
            slips = distance(word, known, most)
            # The first letter is seldom wrong; two slips of which it is one are rather another word.
            if slips > most or (slips > 1 and known[0] != word[0]):
                continue
            best = min(best, (slips, -self.counts[known], known))
        return best[0], best[2]


def _count(word: str) -> np.ndarray:
    counts = np.zeros(len(_LETTERS), np.int8)
    for letter in word:
        counts[_LETTERS[letter]] += 1
    return counts


def distance(a: str, b: str, most: int) -> int:
    """Return how many letters were added, dropped, changed, or swapped with a neighbour (Damerau-Levenshtein); at
    most `most` + 1.
    """
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
