"""What the field says in several ways: a line of synonyms.txt is one meaning, its phrases separated by commas.

A query that has a phrase of a line is searched for the line's others too, which count less than what was written.
Number and tense do not matter: words are compared as the index holds them.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from search_fn.query.words import STOP_WORDS, compounds, stem

GROUPS = Path(__file__).with_name("synonyms.txt").read_text(encoding="utf-8")

Phrase = tuple[str, ...]


def stems_of(text: str) -> Phrase:
    """Return a text's words as stems, without those that mean nothing."""
    parts = (part for whole, parts in compounds(text) for part in parts or (whole,))
    return tuple(stem(part) for part in parts if part not in STOP_WORDS)


def _lines() -> list[list[Phrase]]:
    return [[phrase for phrase in map(stems_of, line.split(",")) if phrase] for line in GROUPS.split("\n")]


def _table(lines: Iterable[list[Phrase]]) -> dict[Phrase, list[str]]:
    found: dict[Phrase, list[str]] = {}
    for phrases in lines:
        for phrase in phrases:
            found.setdefault(phrase, []).extend(word for other in phrases if other != phrase for word in other)
    return found


LINES = _lines()
_OTHERS = _table(LINES)
_LONGEST = max(map(len, _OTHERS))
FIELD_WORDS = frozenset(word for phrase in _OTHERS for word in phrase)
"""Stems of all words here: right, whether or not the corpus has them."""


def phrases_like(phrase: Phrase) -> set[Phrase]:
    """Return all phrases that are on a line with this one; none where it is on no line."""
    return {other for line in LINES if phrase in line for other in line}


def synonyms(words: Sequence[str]) -> tuple[Iterable[str], set[str]]:
    """Return what a query can be said with, too, and which of its words that stands for.

    Args:
        words: Stems, in the query's order.

    Returns:
        The words of the other phrases on the lines of those that are among `words`, the longer of two that overlap; and
        the words of those phrases themselves.
    """
    others: dict[str, None] = {}
    said: set[str] = set()
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            phrase = tuple(words[at : at + length])
            if phrase in _OTHERS:
                others.update(dict.fromkeys(_OTHERS[phrase]))
                said.update(phrase)
                break
        else:
            length = 1
        at += length
    return others, said
