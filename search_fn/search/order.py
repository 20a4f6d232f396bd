"""The orders in which lists and searches can be asked for, beside that of the ranking."""

from collections.abc import Iterable
from typing import Literal

from search_fn.index.corpus import Corpus

Sort = Literal["relevance", "updated", "name"]
"""As the search has them: as ranked, the newest first, or by name."""


def in_order(found: Iterable[tuple[Corpus, Iterable[int]]], column: str) -> list[tuple[int, int]]:
    """Return what was found on corpora, each as the corpus's place and its own, in the order of a column: names by the
    alphabet, dates and numbers the greatest first; "", no date, comes last. Equals are by corpus and id.
    """
    rows = []
    for place, (corpus, positions) in enumerate(found):
        values = corpus.values(column)
        rows += [(values[position], place, position) for position in sorted(positions)]
    if column == "name":
        rows.sort(key=lambda row: row[0].casefold())
    else:
        # `reverse` leaves equals in their order.
        rows.sort(key=lambda row: row[0], reverse=True)
    return [(place, position) for _, place, position in rows]
