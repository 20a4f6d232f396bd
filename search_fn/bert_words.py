"""A text's words as BERT's uncased tokenizer sees them.

Equal to BertNormalizer and BertPreTokenizer of Hugging Face's `tokenizers`. What becomes of a character does not
depend on its neighbours, so a text is translated character by character and then split at spaces.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

LONGEST_WORD = 100
"""Characters; a longer word is unknown whatever it says."""

_CHUNK = 4096
_REMEMBERED_CHARACTERS = 16_384


# A line of the file is a class of characters and ranges of it in hexadecimal:
# dropped      control, format and private use, U+FFFD, and surrogates, which no well-formed text has
# space
# ideograph    each is a word of its own
# punctuation  each is a word of its own too: category P, and all ASCII that is neither letter nor digit
# mark         category Mn, the accents that are stripped
# The classes are those of Unicode 8, as the tokenizer's are. Python's move with each release, and then one text would
# get different vectors in a build and in a function that run on different releases.
_LINES = Path(__file__).with_name("bert_characters.txt").read_text(encoding="ascii").splitlines()
_RANGES = sorted(
    (int(start, 16), int(end or start, 16), kind)
    for kind, *ranges in map(str.split, _LINES)
    for start, _, end in (item.partition("-") for item in ranges)
)


def _class(character: str) -> str | None:
    code = ord(character)
    at = bisect_right(_RANGES, code, key=itemgetter(0)) - 1
    return _RANGES[at][2] if at >= 0 and code <= _RANGES[at][1] else None


@lru_cache(_REMEMBERED_CHARACTERS)
def _fragment(character: str) -> str:
    kind = _class(character)
    if kind in ("space", "dropped"):
        return " " if kind == "space" else ""
    # Letter by letter: lower() of a whole word would write the sigma at its end differently.
    letters = [part.lower() for part in unicodedata.normalize("NFD", character) if _class(part) != "mark"]
    alone = [f" {letter} " if _class(letter) == "punctuation" else letter for letter in letters]
    return f" {''.join(alone)} " if kind == "ideograph" else "".join(alone)


def words(text: str) -> Iterator[str]:
    """Yield the words of a text, lower-case and without accents, punctuation apart.

    Reads on only as it is asked for more. A word longer than LONGEST_WORD may come shortened, but still longer.
    """
    unfinished = ""
    for start in range(0, len(text), _CHUNK):
        fragments = "".join(map(_fragment, text[start : start + _CHUNK]))
        *finished, unfinished = (unfinished + fragments).split(" ")
        yield from filter(None, finished)
        # Without this, a text of one endless word would be copied again for each chunk.
        unfinished = unfinished[: LONGEST_WORD + 1]
    if unfinished:
        yield unfinished
