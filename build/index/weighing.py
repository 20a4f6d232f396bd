"""The words of what is searched together: how many entries have each, and what each is worth to every entry."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, NamedTuple

from build.index import bm25
from build.index.bm25 import Postings
from build.index.entries import Entry, Row
from search_fn.query.words import stem, words
from search_fn.search.weights import TEXT_WEIGHTS


class Weighed(NamedTuple, Generic[Row]):
    """Entries, sorted by id; `counts` of the entries that have each word, unstemmed; by stem the `weights`."""

    entries: Sequence[Entry[Row]]
    counts: Mapping[str, int]
    weights: Postings


def weigh(entries: Sequence[Entry[Row]]) -> Weighed[Row]:
    """Return the entries with their words."""
    counts: Counter[str] = Counter()

    def stems() -> Iterator[dict[str, list[str]]]:
        for entry in entries:
            parts = {name: list(words(entry.texts.get(name, ""))) for name in TEXT_WEIGHTS}
            counts.update({word for found in parts.values() for word in found})
            yield {name: list(map(stem, found)) for name, found in parts.items()}

    weights = bm25.weights(stems())
    return Weighed(entries, counts, weights)
