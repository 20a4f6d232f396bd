"""Words as postings hold them: the build weighs what this reads in a bundle, and a query is read with it, too.

One reader for both sides: a query's words can be looked up among the corpus's, which repair, splitting and synonyms
need.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
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
# Scripts that put no spaces between words: Thai to Khmer, kana, Han. They are read two characters at a time.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_ANY_COMPOUND = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+(?:[-_]+[^\W_{_UNSPACED}]+)*")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_PART = re.compile(r"[^\W_]+")
# What a name like `KubeHPAMaxedOut` is made of: `S3`, `K8s` and `VMs` are one part, `5xx` too.
_HUMP = re.compile(r"[A-Z]{1,2}\d+[a-z]?(?![a-z])|[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]*", re.ASCII)
_SHORTEST_HUMP = 3
_VOWEL = re.compile("[aeiouy]")


def compounds(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each word of a text, lower-case and without accents and separators, with the parts that it is made of:
    `kube-system` as kubesystem of kube and system, `NodePool` as nodepool of node and pool, `pod` as pod of none; of a
    script without spaces each two neighbours: 再起動 as 再起 and 起動.
    """
    for token in tokens(text):
        yield from compounds_of(token)


def tokens(text: str) -> list[str]:
    """Return what the words of a text are read from, as they stand in it: `compounds_of` reads one by itself, so that
    who reads many texts can remember what each is.
    """
    if text.isascii():
        return _COMPOUND.findall(text)
    return _ANY_COMPOUND.findall(_without_accents(text))


def compounds_of(token: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Return the words of a token with their parts, as `compounds` yields them."""
    if token.isascii() and token.isalnum() and (token.islower() or token.isdecimal()):
        # Most are: one part without humps.
        return ((token, ()),)
    if is_unspaced(token):
        return [(pair, ()) for pair in _pairs(token)]
    parts = _PART.findall(token)
    humps = [hump.lower() for part in parts for hump in _humps(part)]
    lower = [part.lower() for part in parts]
    return (("".join(lower), tuple(dict.fromkeys([*lower, *humps] if len(parts) > 1 else humps))),)


def words(text: str) -> Iterator[str]:
    """Yield the words of a text that are worth finding, unstemmed: compounds whole and in parts, no stop words."""
    for token in tokens(text):
        yield from words_of(token)


def words_of(token: str) -> Iterator[str]:
    """Yield the words of a token that are worth finding, as `words` yields those of a text."""
    for whole, parts in compounds_of(token):
        for word in (whole, *parts):
            if len(word) <= LONGEST_WORD and word not in STOP_WORDS:
                yield word


def is_unspaced(word: str) -> bool:
    """Return whether a word is of a script that has no spaces between words."""
    return not word.isascii() and _IS_UNSPACED.match(word) is not None


def _without_accents(text: str) -> str:
    # A kana's voice mark makes another letter of it.
    kept = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c) or c in "\u3099\u309a")
    return unicodedata.normalize("NFC", "".join(kept))


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(max(len(run) - 1, 1)))


@lru_cache(16_384)
def stem(word: str) -> str:
    """Return a word without the endings of number and tense: pods, failing and failed become pod and fail. It is no
    dictionary's stem: it has to be the same for the forms of one word, and seldom for two words.
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
            if root.endswith("ion"):
                # A verb made of a noun in -ion seldom means it: what is functioning is no function.
                return f"{root}ing"
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
            break
    # `scale` has to meet `scaling`, but `plane` not `plan`.
    return word[:-1] if len(word) > 5 and word.endswith("e") else word


def _humps(part: str) -> list[str]:
    if part.islower() or (part.isupper() and part.isalpha()):
        return []
    humps = _HUMP.findall(part)
    if len(humps) == 2 and min(map(len, humps)) < _SHORTEST_HUMP:
        # A number (`EKS1`), or a product's whim (`gRPC`).
        return [hump for hump in humps if humps[1].isdecimal() and len(hump) >= _SHORTEST_HUMP]
    return humps if len(humps) > 1 else []
