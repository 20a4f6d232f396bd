"""What the field says in other languages than the corpus: languages.txt has an English word a line."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from search_fn.query.words import is_unspaced

_LINES = Path(__file__).with_name("languages.txt").read_text(encoding="utf-8").splitlines()
ENGLISH = {
    said.strip(): english
    for english, _, others in (line.partition(":") for line in _LINES)
    for said in others.split(",")
}
# Words of grammar, which say nothing of what is asked; beside an English text they may be others (`die`).
_GRAMMAR = """
    auf das dem den der des die ein eine im ist mit nicht seit sind von wird zu
    ce cette ces dans depuis des du est la le les ne pas que qui sont sur un une
    con del desde el en es esta está están las los para por se sin uma
    com da do dos em não na nas nos são
"""
GRAMMAR = frozenset(_GRAMMAR.split())
_FIRST = frozenset(first[0] for said in ENGLISH if said.isascii() and (first := re.match(r"\w+", said)))
_WORD = re.compile(r"[a-z]+")
_ANY_WORD = re.compile(r"\w+")


def in_english(text: str) -> str:
    """Return a text with English words in the place of those that languages.txt knows, and without the words of grammar
    around them.
    """
    if text.isascii() and _FIRST.isdisjoint(_WORD.findall(text.casefold())):
        return text
    text = unicodedata.normalize("NFC", text)
    english, count = _foreign().subn(lambda found: f" {ENGLISH[found[0].casefold()]} ", text)
    return _ANY_WORD.sub(lambda word: " " if word[0].casefold() in GRAMMAR else word[0], english) if count else text


@lru_cache(1)
def _foreign() -> re.Pattern[str]:
    longest_first = sorted(ENGLISH, key=lambda said: (-len(said), said))
    either = (re.escape(said) if is_unspaced(said) else rf"\b{re.escape(said)}\b" for said in longest_first)
    return re.compile("|".join(either), re.IGNORECASE)
