"""What a query says: its words, repaired, their synonyms, the platforms it wishes for, the text to encode."""

import re
from typing import NamedTuple

from search_fn.query.platforms import Wish, read_platforms
from search_fn.query.spelling import Vocabulary
from search_fn.query.synonyms import FIELD_WORDS, synonyms
from search_fn.query.words import LONGEST_WORD, STOP_WORDS, compounds, stem

# Of numbers those of three digits mean something (HTTP statuses); others are counts, dates, ports and versions.
_NUMBER = re.compile(r"v?\d{1,2}|v?\d{4,}")
# Addresses and versions of whoever asks: the encoder takes them for something that is said.
_OWN = re.compile(r"https?://\S+|\bv?\d+(?:\.\d+)+\S*", re.ASCII | re.IGNORECASE)
# After these a participle tells what happens ("pods are restarting"), which is not what is asked for ("restart pods").
_BEFORE_STATES = frozenset(
    {"is", "are", "was", "were", "be", "been", "being", "keep", "keeps", "kept", "get", "gets", "got", "not"}
)
_PARTICIPLE = re.compile(r"\w{2,}(?:ing|ed)")
# Unknown words that are looked at: beyond, it is an error's text, whose names are no slips.
_REPAIRS = 6
# Shorter ones are parts of names.
_SHORTEST_TOLD = 4


class Query(NamedTuple):
    """A query as it is searched for. `words` and `hints` are stems; hints, which count less, are synonyms and what is
    said to happen. `known` is the share of its words that the corpus has, 0..1; `wish.text` is what is encoded.
    `happens` says that it tells what happens, and asks for nothing to be done. `unknown` are its words, as they were
    written, that neither the corpus nor the field has, and that are no slip.
    """

    words: tuple[str, ...]
    hints: tuple[str, ...]
    known: float
    happens: bool
    wish: Wish
    unknown: tuple[str, ...] = ()


def read_query(text: str, vocabulary: Vocabulary) -> Query:
    """Read a query with the corpus's vocabulary."""
    wish = read_platforms(text)
    wholes: list[str] = []
    found: list[str] = []
    known: set[str] = set()
    repaired: dict[str, str] = {}
    unknown: list[str] = []
    states: set[str] = set()
    before = ""
    tried = 0
    for whole, parts in compounds(wish.text):
        if before in _BEFORE_STATES and _PARTICIPLE.fullmatch(whole):
            states.add(stem(whole))
        before = whole
        if parts and len(whole) <= LONGEST_WORD and vocabulary.knows(whole):
            wholes.append(stem(whole))
        for word in parts or (whole,):
            if word in STOP_WORDS or len(word) > LONGEST_WORD or _NUMBER.fullmatch(word):
                continue
            meant: tuple[str, ...] = (word,)
            if not vocabulary.knows(word) and tried < _REPAIRS:
                tried += 1
                meant = vocabulary.repair(word)
            if meant != (word,):
                repaired[word] = " ".join(meant)
            elif not vocabulary.knows(word) and stem(word) not in FIELD_WORDS and len(word) >= _SHORTEST_TOLD:
                unknown.append(word)
            found += map(stem, meant)
            known |= {stem(part) for part in meant if vocabulary.knows(part)}
    others, said = synonyms(found)
    unique = dict.fromkeys(found)
    written = dict.fromkeys([*(word for word in unique if word not in states), *wholes]) or unique
    return Query(
        words=tuple(written),
        hints=tuple(word for word in dict.fromkeys([*unique, *others]) if word not in written),
        known=len((known | said) & unique.keys()) / len(unique) if unique else 0.0,
        happens=bool(states - written.keys()),
        wish=wish._replace(text=_to_encode(wish.text, repaired)),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def _to_encode(text: str, repaired: dict[str, str]) -> str:
    if repaired:
        slips = rf"(?ai)(?<![a-z0-9])(?:{'|'.join(repaired)})(?![a-z0-9])"
        text = re.sub(slips, lambda slip: repaired[slip.group().lower()], text)
    return " ".join(_OWN.sub(" ", text).split()) or text
