"""Why a result stands where it does, in words for whoever reads it: the alert, the symptom or the tool that the query
is about, its words in the title, others that the bundle has; and how well the result fits.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_fn.index.corpus import Corpus, fold_name
from search_fn.query.read import Query
from search_fn.query.words import compounds, stem
from search_fn.search.results import Match
from search_fn.text import shortened

# Of scores, measured in docs/decisions/0005-ranking.md.
STRONG, PARTIAL = 0.7, 0.35
SAID = {"alert": "alert", "error": "error", "symptom": "symptom", "question": "question", "alias": "also called"}
"""What a model, or this registry's maintainers, say of a bundle, by its kind, and what it is called here. Of two that
say as much the earlier one counts.
"""
# The share of a query's words, by how rare they are, from which on a sentence is about the query; and of an alert's own
# words: `KubePodCrashLooping` is not about every pod.
ABOUT, OF_NAME = 0.5, 0.5
# Reasons and words that are told of one result, and characters of each.
MOST_REASONS, MOST_WORDS, LONGEST = 3, 4, 120
# What synonyms add to the share of the written words, of what these lack: at most so much of it.
SYNONYM = 0.5
# What it adds to a text's share if it says nothing else.
LITTLE_ELSE = 0.1
_VARIABLE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")


class Asked(NamedTuple):
    """What reasons need of a query in one corpus.

    `worth` is what each of its stems is worth, rare ones more; `written` are those stems, `whole` is their sum;
    `synonyms` are worth what is theirs. `spelled` has its words as they are spelled, `names` the compounds in it as
    fold_name has them. `begins` finds where a word begins that may be a form of one of them, in small letters.
    """

    worth: Mapping[str, float]
    written: frozenset[str]
    whole: float
    synonyms: Mapping[str, float]
    spelled: Mapping[str, str]
    names: frozenset[str]
    begins: re.Pattern[str]


class Sayings(NamedTuple):
    """What is said of an entry: kinds and texts, the names of its alerts as fold_name has them, and all texts in small
    letters, a line each, which begin at `starts`.
    """

    said: tuple[tuple[str, str], ...]
    alerts: Mapping[str, str]
    lines: str
    starts: Sequence[int]


def match_of(score: float) -> Match:
    """Return how well a result of this score fits."""
    return "strong" if score >= STRONG else "partial" if score >= PARTIAL else "weak"


def count_likely(scores: NDArray[np.float32]) -> int:
    """Return how many of these scores are those of matches that are not weak."""
    return int(np.count_nonzero(np.round(scores, 4) >= PARTIAL))


def asked_of(query: Query, corpus: Corpus, text: str) -> Asked:
    """Return what reasons need of a query.

    Args:
        query: The query as it was read.
        corpus: What was searched.
        text: The query as it was written.
    """
    size = corpus.size

    def rarity(word: str) -> float:
        return math.log(1 + size / max(len(corpus.postings.entries_of(word)), 1))

    written = {word: rarity(word) for word in query.spelled if len(corpus.postings.entries_of(word))}
    synonyms = {word: rarity(word) for word in (*query.words, *query.hints) if word not in query.spelled}
    names = frozenset(whole for whole, _ in compounds(text))
    # A word without its last letter is how all of its forms begin.
    begins = [word[:-1] if len(word) > 3 else word for word in (*written, *synonyms)]
    pattern = re.compile("|".join(map(re.escape, begins)) or "(?!)")
    return Asked(written, frozenset(written), sum(written.values()), synonyms, query.spelled, names, pattern)


def reasons(asked: Asked, corpus: Corpus, position: int, card: Mapping[str, Any], *, exact: bool) -> list[str]:
    """Return why an entry was found, the best reason first.

    Args:
        asked: What was asked.
        corpus: What was searched.
        position: Where the entry stands on it.
        card: What a result shows of it, with the tools that matched, the best first.
        exact: Whether its name is the query.
    """
    title = card["display_name"]
    found = [f"name: {title}"] if exact else []
    covered: set[str] = set()
    said = best_said(asked, corpus.said(position))
    if said:
        kind, text = said
        found.append(f"{SAID[kind]}: {shortened(text, LONGEST)}")
        covered |= _stems(text)
    near = [shortened(_plain(tool["title"]), LONGEST) for tool in card["tools"][:1]]
    by_words = [name for name in near if _stems(name) & (asked.worth.keys() | asked.synonyms.keys())]
    for name in by_words:
        found.append(f"tool: {name}")
        covered |= _stems(name)
    # A name is said already.
    if not exact and (words := _in_title(asked, title)):
        found.append(f"title: {', '.join(words)}")
        covered |= _stems(title)
    there = [word for word in asked.spelled if word not in covered and corpus.postings.has(word, position)]
    if there and not exact:
        found.append(f"words: {', '.join(asked.spelled[word] for word in there[:MOST_WORDS])}")
    found += [f"meaning close to: {name}" for name in near if not by_words]
    return found[:MOST_REASONS] or ["close in meaning"]


def best_said(asked: Asked, said: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Return what is said of an entry that is most about the query, with its kind; None where nothing is."""
    sayings = _sayings(tuple(said))
    best, share = None, 0.0
    for name, text in sayings.alerts.items():
        if name in asked.names:
            return "alert", text
    # Most texts have none of the words, which one pattern tells at once.
    match = asked.begins.search(sayings.lines)
    while match:
        place = bisect_right(sayings.starts, match.start()) - 1
        kind, text = sayings.said[place]
        own = _share(asked, kind, text)
        if own > share:
            best, share = (kind, text), own
        if place + 1 == len(sayings.starts):
            break
        match = asked.begins.search(sayings.lines, sayings.starts[place + 1])
    return best


# Of as many entries as are shown again and again: what is said of one is some kilobytes.
@lru_cache(512)
def _sayings(said: tuple[tuple[str, str], ...]) -> Sayings:
    lowered = [" ".join(text.lower().splitlines()) for _, text in said]
    starts = list(accumulate((len(line) + 1 for line in lowered), initial=0))[: len(said)]
    alerts: dict[str, str] = {}
    for kind, text in said:
        if kind == "alert":
            alerts.setdefault(fold_name(text), text)
    return Sayings(said, alerts, "\n".join(lowered), starts)


def _share(asked: Asked, kind: str, text: str) -> float:
    """Return how much of the query a text says, 0..1, and up to LITTLE_ELSE more the less else it says; 0 where it is
    not about the query.
    """
    own = _stems(text)
    words, others = own & asked.written, own & asked.synonyms.keys()
    if not asked.whole or (kind in ("alert", "alias") and len(words) + len(others) < OF_NAME * len(own)):
        return 0.0
    # Exact sums, whatever order a set has.
    share = math.fsum(map(asked.worth.__getitem__, words)) / asked.whole
    lacking = math.fsum(map(asked.synonyms.__getitem__, others)) / asked.whole if others else 0.0
    share += SYNONYM * min(lacking, 1 - share)
    about = share >= ABOUT and (len(words) + len(others) > 1 or share >= 1)
    return share + LITTLE_ELSE * len(words) / len(own) if about else 0.0


def _in_title(asked: Asked, title: str) -> list[str]:
    """Return the query's words in a title, as the title has them."""
    return [part for part in _parts(title) if stem(part) in asked.spelled][:MOST_WORDS]


@lru_cache(4_096)
def _parts(title: str) -> tuple[str, ...]:
    parts = (part for whole, parts in compounds(title) for part in parts or (whole,))
    return tuple(dict.fromkeys(parts))


# The texts of some hundred entries, half a kilobyte each.
@lru_cache(16_384)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(part) for whole, parts in compounds(text) for part in parts or (whole,))


def _plain(name: str) -> str:
    return " ".join(_VARIABLE.sub(r"\1", name).replace("`", "").split())
