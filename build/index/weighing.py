"""The words of what is searched together: how many entries have each, and what each is worth to every entry."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple

from build.index import bm25
from build.index.bm25 import Postings
from build.index.entries import Entry, Row
from search_fn.index.memory import return_freed
from search_fn.query.words import stem, tokens, words_of
from search_fn.search.weights import TEXT_WEIGHTS


class Weighed(NamedTuple, Generic[Row]):
    """Entries, sorted by id; `counts` of the entries that have each word, unstemmed; by stem the `weights`."""

    entries: Sequence[Entry[Row]]
    counts: Mapping[str, int]
    weights: Postings


class _Read(NamedTuple):
    words: Sequence[str]
    stems: Sequence[str]


class _Known(dict[str, _Read]):
    """What each token was read as: a corpus says the same again and again."""

    def __missing__(self, token: str) -> _Read:
        found = tuple(words_of(token))
        self[token] = read = _Read(found, tuple(map(stem, found)))
        return read


def weigh(entries: Iterable[Entry[Row]]) -> Weighed[Row]:
    """Return the entries with their words. The entries are read once, and returned without their texts, which nothing
    else needs and memory would have to hold together.
    """
    kept: list[Entry[Row]] = []
    counts: Counter[str] = Counter()
    known = _Known()

    def stems() -> Iterator[dict[str, list[str]]]:
        for entry in entries:
            parts = {name: tokens(entry.texts.get(name, "")) for name in TEXT_WEIGHTS}
            seen = {token for found in parts.values() for token in found}
            counts.update({word for token in seen for word in known[token].words})
            kept.append(entry._replace(texts={}))
            yield {name: [word for token in found for word in known[token].stems] for name, found in parts.items()}

    weights = bm25.weights(stems())
    return_freed()
    return Weighed(kept, counts, weights)
