"""Words as postings hold them: the build weighs what this reads in a bundle, and a query is read with it, too.

One reader for both sides: a query's words can be looked up among the corpus's, which repair, splitting and synonyms
need.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST_WORD = 40
"""Characters; a longer word is left out."""

# Words of grammar and of asking. What is left of a question is what it is about.
_STOP_WORDS = """
    a about after again all also am an and any are as at be because been before being but by can cannot could did do
    does doing during each every find for from further get gets getting give had has have having he help her here hers
    him his how i if in into is isn it its itself just keep keeps kind let like lot make many may me might more most
    much must my need needs no nor not now of on once one only or other our ours own please s same see shall she
    should show so some someone something such t tell than that the their theirs them then there these they thing this
    those through to too try trying until us use used using very want was way we were what when where whether which
    while who whom whose why will with without would you your yours
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

_COMPOUND = re.compile(r"[^\W_]+(?:[-_]+[^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SHORTEST_HUMP = 3
_VOWEL = re.compile("[aeiouy]")


def compounds(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each word of a text, lower-case and without accents and separators, with the parts that it is made of:
    `kube-system` as kubesystem of kube and system, `NodePool` as nodepool of node and pool, `pod` as pod of none.
    """
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    for match in _COMPOUND.finditer(text):
        parts = _PART.findall(match.group())
        humps = [hump.lower() for part in parts for hump in _humps(part)]
        lower = [part.lower() for part in parts]
        yield "".join(lower), tuple(dict.fromkeys([*lower, *humps] if len(parts) > 1 else humps))


def words(text: str) -> Iterator[str]:
    """Yield the words of a text that are worth finding, unstemmed: compounds whole and in parts, no stop words."""
    for whole, parts in compounds(text):
        for word in (whole, *parts):
            if len(word) <= LONGEST_WORD and word not in STOP_WORDS:
                yield word


@lru_cache(16_384)
def stem(word: str) -> str:
    """A word without the endings of number and tense: pods, failing and failed become pod and fail. No dictionary's
    stem: it has to be the same for the forms of one word, and seldom for two words.
    """
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 2 and _VOWEL.search(root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
            break
    # `scale` has to meet `scaling`, but `plane` not `plan`.
    return word[:-1] if len(word) > 5 and word.endswith("e") else word


def _humps(part: str) -> list[str]:
    if part.isupper() or part.islower():
        return []
    humps = _HUMP.findall(part)
    # With shorter ones it is an abbreviation's plural (`VMs`) or a product's whim (`gRPC`).
    return humps if len(humps) > 1 and min(map(len, humps)) >= _SHORTEST_HUMP else []
