"""The words of what is searched together: how many entries have each, and what each is worth to every entry."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Generic, NamedTuple

from build.index import bm25
from build.index.entries import Entry, Row
from search_fn.query.words import stem, words
from search_fn.search.weights import TEXT_WEIGHTS


class Weighed(NamedTuple, Generic[Row]):
    """Entries, sorted by id; `counts` of the entries that have each word, unstemmed; by stem, sorted, the weight of
    each entry with it, by position.
    """

    entries: Sequence[Entry[Row]]
    counts: Mapping[str, int]
    weights: Mapping[str, Mapping[int, float]]


def weigh(entries: Sequence[Entry[Row]]) -> Weighed[Row]:
    """Return the entries with their words."""
    stems: list[dict[str, list[str]]] = []
    counts: Counter[str] = Counter()
    for entry in entries:
        parts = {name: list(words(entry.texts.get(name, ""))) for name in TEXT_WEIGHTS}
        counts.update({word for found in parts.values() for word in found})
        stems.append({name: list(map(stem, found)) for name, found in parts.items()})
    return Weighed(entries, counts, bm25.weights(stems))
