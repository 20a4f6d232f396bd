"""What a query says: its words, repaired, their synonyms, the platforms it wishes for, the text to encode."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from search_fn.query.actions import asks
from search_fn.query.languages import in_english
from search_fn.query.marks import read_marks
from search_fn.query.pagers import without_noise
from search_fn.query.platforms import Wish, is_platform, read_platforms
from search_fn.query.spelling import Vocabulary
from search_fn.query.synonyms import FIELD_WORDS, Phrase, stems_of, synonyms
from search_fn.query.words import LONGEST_WORD, STOP_WORDS, compounds, is_unspaced, stem

# Of numbers those of three digits mean something (HTTP statuses); others are counts, dates, ports and versions.
_NUMBER = re.compile(r"v?\d{1,2}|v?\d{4,}")
# Addresses and versions of whoever asks: the encoder takes them for something that is said.
_OWN = re.compile(r"https?://\S+|\bv?\d+(?:\.\d+)+\S*", re.ASCII | re.IGNORECASE)
# After these a participle tells what happens ("pods are restarting"), which is not what is asked for ("restart pods").
_BEFORE_STATES = """
    are be been being get gets got is keep keeps kept longer not started starts still stopped stops was were
"""
BEFORE_STATES = frozenset(_BEFORE_STATES.split())
# The name of a variable or a secret: who writes one looks for what has it, whatever that does.
_IDENTIFIER = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")
_PARTICIPLE = re.compile(r"\w{2,}(?:ing|ed)")
# Unknown words that are looked at: beyond, it is an error's text, whose names are no slips.
_REPAIRS = 6
# Shorter ones are parts of names.
_SHORTEST_TOLD = 4


_HUMPED = re.compile(r"(?a)\b[A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]*\b|\b[A-Z]{2,}[a-z][A-Za-z0-9]*\b")


class Query(NamedTuple):
    """A query as it is searched for.

    `words` and `hints` are stems; hints, which count less, are synonyms and what is said to happen. `known` is the
    share of its words that the corpus has, 0..1; `wish.text` is what is encoded. `asks` says that it asks for something
    to be done, `names` that it has the name of a variable or a secret. `unknown` are its words, as they were written,
    that neither the corpus nor the field has, and that are no slip; `unwanted` are those that it leaves out, but for
    platforms, `quoted` the stems of its phrases in quotes. `spelled` has its own words, repaired, by their stems.
    """

    words: tuple[str, ...]
    hints: tuple[str, ...]
    known: float
    asks: bool
    names: bool
    wish: Wish
    unknown: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    quoted: tuple[Phrase, ...] = ()
    spelled: Mapping[str, str] = {}


def read_query(text: str, vocabulary: Vocabulary) -> Query:
    """Read a query with the corpus's vocabulary."""
    marks = read_marks(text)
    platforms = [word for word in marks.unwanted if is_platform(word)]
    wish = read_platforms(" ".join([in_english(without_noise(marks.text)), *(f"not {name}" for name in platforms)]))
    divided: dict[str, str] = {}
    wholes: list[str] = []
    found: list[str] = []
    known: set[str] = set()
    repaired: dict[str, str] = {}
    unknown: list[str] = []
    states: set[str] = set()
    before = ""
    tried = 0
    others_written: list[str] = []
    said_words: list[str] = []
    spelled: dict[str, str] = {}
    for whole, parts in compounds(wish.text):
        if before in BEFORE_STATES and _PARTICIPLE.fullmatch(whole):
            states.add(stem(whole))
        before = whole
        said_words.append(whole)
        if parts and len(whole) <= LONGEST_WORD:
            divided[whole] = " ".join(parts)
            if vocabulary.knows(whole):
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
                said_words[-1:] = meant if whole == word else said_words[-1:]
            elif not vocabulary.knows(word) and stem(word) not in FIELD_WORDS and len(word) >= _SHORTEST_TOLD:
                unknown.append(word)
            if is_unspaced(word):
                # The corpus is English: that it lacks them tells nothing of what is asked.
                others_written.append(word)
                continue
            found += map(stem, meant)
            for part in meant:
                spelled.setdefault(stem(part), part)
            known |= {stem(part) for part in meant if vocabulary.knows(part)}
    others, said = synonyms(found)
    unique = dict.fromkeys(found)
    written = dict.fromkeys([*(word for word in unique if word not in states), *wholes, *others_written]) or unique
    hints = [word for word in dict.fromkeys([*unique, *others]) if word not in written]
    if len(unique) + len(others_written) == 1:
        # Who writes one word says nothing else by which bundles that call it otherwise could be told.
        written, hints = dict.fromkeys([*written, *hints]), []
    return Query(
        words=tuple(written),
        hints=tuple(hints),
        known=len((known | said) & unique.keys()) / len(unique) if unique else _share_known(others_written, vocabulary),
        asks=asks(said_words),
        names=bool(_IDENTIFIER.search(text)),
        wish=wish._replace(text=_to_encode(wish.text, repaired, divided)),
        unknown=tuple(dict.fromkeys(unknown)),
        unwanted=tuple(word for word in marks.unwanted if word not in platforms),
        quoted=tuple(phrase for phrase in map(stems_of, marks.quoted) if phrase),
        spelled=spelled,
    )


def _share_known(words: list[str], vocabulary: Vocabulary) -> float:
    return sum(map(vocabulary.knows, words)) / max(len(words), 1)


def _to_encode(text: str, repaired: dict[str, str], divided: dict[str, str]) -> str:
    """Return the text for the encoder, which reads `KubeJobFailed` better with its parts behind it."""
    if divided:
        text = _HUMPED.sub(lambda name: f"{name[0]} {divided.get(name[0].lower(), '')}", text)
    if repaired:
        slips = rf"(?ai)(?<![a-z0-9])(?:{'|'.join(repaired)})(?![a-z0-9])"
        text = re.sub(slips, lambda slip: repaired[slip.group().lower()], text)
    return " ".join(_OWN.sub(" ", text).split()) or text
