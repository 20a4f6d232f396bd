"""What an answer says beside what it found: values that nothing here has, what they are read as, and what is near."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from search_fn.index.corpus import Corpus, fold_name
from search_fn.index.facets import FACETS, Facet, Filters, FilterValue
from search_fn.index.open import Index
from search_fn.index.since import read_since, since_hint
from search_fn.query.spelling import distance
from search_fn.query.synonyms import stems_of, synonyms
from search_fn.query.values import meant
from search_fn.text import visible

_NAMES = {
    "access": "access level",
    "kind": "kind of tool",
    "resource_type": "resource type",
    "maintained_by": "maintainer",
}
# Values that are named, and those that come near each; characters that are shown of one.
_TOLD, _NEAR, _LISTED, _SHOWN = 5, 3, 8, 60
_SHORTEST = 3
_WORDS = 3
# What machines make up, a commit or a pod's ending: hexadecimal, or letters and digits of Kubernetes' alphabet.
_MADE_UP = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])(?:[0-9a-f]{4,}|[bcdfghjklmnpqrstvwxz2-9]{5,10})", re.IGNORECASE)
_BRACKETS = str.maketrans("<>", "‹›")
# From this length on two slips are one word's.
_TWO_SLIPS = 6


def notes_on(filters: Filters, corpora: Iterable[Corpus]) -> list[str]:
    """Return a sentence for each value of `filters` that nothing on the corpora has, at most five of each facet."""
    searched = list(corpora)
    found: list[str] = []
    for name in FACETS:
        values: Sequence[str] = getattr(filters, name)
        if values:
            facets = [corpus.facets[name] for corpus in searched]
            known = {value.casefold() for facet in facets for value in facet.values}
            missing = [
                value.written if isinstance(value, FilterValue) else value for value in values if value not in known
            ]
            found += _missing(name, missing, facets, searched)
    if filters.needs:
        needs = [corpus.needs for corpus in searched]
        unmet = [value for value in filters.needs if not any(len(one.naming([value]).owners) for one in needs)]
        found += _missing("permission", [str(getattr(value, "written", value)) for value in unmet], needs, ())
    for corpus in searched:
        if filters.since and isinstance(corpus, Index):
            said = (str(getattr(value, "written", value)) for value in filters.since)
            lost = [one for one in said if read_since(one, corpus.tags) is None]
            found += [f"No date or release here is {_quoted(one)}; {since_hint(corpus.tags)}." for one in lost[:_TOLD]]
    return found


def unknown(what: str, values: Iterable[str], known: Collection[str]) -> list[str]:
    """Return a sentence for each value that is unknown, at most five.

    Args:
        what: What the values are, as a noun.
        values: As they were asked for.
        known: Those that there are.
    """
    found = [value for value in dict.fromkeys(values) if value not in known]
    return [f"There is no {what} {_quoted(value)}; there are: {', '.join(known)}." for value in found[:_TOLD]]


class Remarks(NamedTuple):
    """What an answer remarks on a query: the words that nothing in the corpus has, those that leave out what is called
    so, and whether what was found is only near.
    """

    unknown: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    nearest: bool = False


NO_REMARKS = Remarks()


def notes_on_query(by_corpus: Sequence[Remarks]) -> list[str]:
    """Return sentences on a query: words that no corpus has, what is left out, and that nothing matches."""
    notes = []
    first = by_corpus[0] if by_corpus else NO_REMARKS
    words = [word for word in first.unknown if all(word in own.unknown for own in by_corpus)]
    words = [word for word in words if not _MADE_UP.fullmatch(word)]
    # Of an error's text whole lines are unknown, and nobody asks for each.
    if 0 < len(words) <= _WORDS:
        notes.append(f"Nothing here has the word{'s' if words[1:] else ''} {', '.join(map(_quoted, words))}.")
    if first.unwanted:
        notes.append(f"What is called {' or '.join(map(_quoted, first.unwanted[:_TOLD]))} is left out.")
    if any(own.nearest for own in by_corpus):
        notes.append("Nothing here matches; these are the nearest.")
    return notes


def _missing(name: str, values: Sequence[str], facets: Sequence[Facet], corpora: Sequence[Corpus]) -> list[str]:
    if not values:
        return []
    what = _NAMES.get(name, name)
    counts: dict[str, int] = {}
    for facet in facets:
        for value, count in facet.counts(np.ones(facet.size, np.bool_), len(facet.values)):
            counts[value] = counts.get(value, 0) + count
    # The most frequent first, of all sentences alike.
    known = sorted(counts, key=lambda value: (-counts[value], value))
    folded = [(value, fold_name(value)) for value in known]
    notes = []
    for value in values[:_TOLD]:
        same = meant(value, known) if corpora else []
        elsewhere = [] if same else _elsewhere(name, value, corpora)
        if same:
            rest = f"it is read as {', '.join(map(_shown, same[:_NEAR]))}."
        elif elsewhere:
            rest = f"there is {' and '.join(elsewhere)}."
        elif near := _near(value, folded):
            rest = f"near it: {', '.join(map(_shown, near))}."
        elif known:
            more = ", …" if len(known) > _LISTED else "."
            rest = f"there are: {', '.join(map(_shown, known[:_LISTED]))}{more}"
        else:
            rest = "nothing here has any."
        notes.append(f"No {what} here is {_quoted(value)}; {rest}")
    if len(values) > _TOLD:
        notes.append(f"{len(values) - _TOLD} more values are those of no {what} here.")
    return notes


def _elsewhere(name: str, value: str, corpora: Sequence[Corpus]) -> list[str]:
    """Return what else has this name: a platform that nothing is for may be a tag."""
    folded = value.casefold()
    return [
        f"a {_NAMES.get(other, other)} {_quoted(own)}"
        for other in ("platform", "tag", "resource_type", "collection")
        if other != name
        for own in dict.fromkeys(own for corpus in corpora for own in corpus.facets[other].values)
        if own.casefold() == folded
    ]


def _near(value: str, known: Sequence[tuple[str, str]]) -> list[str]:
    """Return values near one: synonyms first, then those of which one is a part of the other, then those that are
    spelled alike.
    """
    value = value[: 2 * _SHOWN]
    mine, (others, _) = fold_name(value), synonyms(stems_of(value))
    meant = set(others)
    same = [each for each, _ in known if meant.issuperset(words := stems_of(each)) and words] if meant else []
    parts = [each for each, name in known if _within(mine, name) or _within(name, mine)]
    most = 2 if len(mine) >= _TWO_SLIPS else 1
    alike = [each for each, name in known if len(mine) >= _SHORTEST and _alike(mine, name, most)]
    return list(dict.fromkeys([*same, *parts, *alike]))[:_NEAR]


def _within(part: str, whole: str) -> bool:
    return len(part) >= _SHORTEST and part in whole


def _alike(a: str, b: str, most: int) -> bool:
    # What has other letters need not be compared.
    return abs(len(a) - len(b)) <= most and len(set(a) ^ set(b)) <= 2 * most and distance(a, b, most) <= most


def _quoted(value: str) -> str:
    return f'"{_shown(value)}"'


def _shown(value: str) -> str:
    # What is shown as Markdown makes links of what stands between these.
    value = " ".join(visible(value).translate(_BRACKETS).split())
    return value if len(value) <= _SHOWN else f"{value[: _SHOWN - 1]}…"
