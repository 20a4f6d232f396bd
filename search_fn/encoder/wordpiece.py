"""WordPiece: split a text into the token ids of a BERT model, as BERT's uncased tokenizer does."""

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

MAX_TOKENS = 256
"""Tokens of one text at most, [CLS] and [SEP] included: as all-MiniLM-L6-v2 was trained."""

# Characters: a longer word becomes [UNK], as in BERT's tokenizer.
_LONGEST_WORD = 100
# Characters that are split at a time.
_CHUNK = 4096
# Entries of each cache: of characters and of words.
_CACHED = 16_384

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


@lru_cache(_CACHED)
def _fragment(character: str) -> str:
    kind = _class(character)
    if kind in ("space", "dropped"):
        return " " if kind == "space" else ""
    # Letter by letter: lower() of a whole word would write the sigma at its end differently.
    letters = [part.lower() for part in unicodedata.normalize("NFD", character) if _class(part) != "mark"]
    alone = [f" {letter} " if _class(letter) == "punctuation" else letter for letter in letters]
    return f" {''.join(alone)} " if kind == "ideograph" else "".join(alone)


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text, lower-case and without accents, punctuation apart. What becomes of a character does
    not depend on its neighbours, so each is translated by itself, and all are split at spaces.

    Reads on only as it is asked for more. A word longer than _LONGEST_WORD may come shortened, but still longer.
    """
    unfinished = ""
    for start in range(0, len(text), _CHUNK):
        fragments = "".join(map(_fragment, text[start : start + _CHUNK]))
        *finished, unfinished = (unfinished + fragments).split(" ")
        yield from filter(None, finished)
        # Without this, a text of one endless word would be copied again for each chunk.
        unfinished = unfinished[: _LONGEST_WORD + 1]
    if unfinished:
        yield unfinished


class WordPiece:
    """BERT's uncased WordPiece tokenizer for one vocabulary, in which a piece's position is its id.

    Equal to `tokenizers` with BertNormalizer, BertPreTokenizer and WordPiece. A text that spells out "[SEP]" or
    another special token means those characters, never the token. Safe to share between threads.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(vocabulary)}
        self._start, self._end, self._unknown = (self._ids[token] for token in ("[CLS]", "[SEP]", "[UNK]"))
        self._pieces = _word_splitter(self._ids, max(map(len, vocabulary)), self._unknown)

    def has_piece(self, piece: str) -> bool:
        """Return whether the vocabulary has a piece."""
        return piece in self._ids

    def token_ids(self, text: str, limit: int = MAX_TOKENS) -> list[int]:
        """Return the token ids of a text, [CLS] first and [SEP] last, at most `limit` with both.

        Reads no further into the text than the limit needs.
        """
        ids = [self._start]
        for word in _words(text):
            if len(word) > _LONGEST_WORD:
                ids.append(self._unknown)
            else:
                ids.extend(self._pieces(word))
            if len(ids) >= limit:
                break
        return [*ids[: limit - 1], self._end]


def _word_splitter(ids: Mapping[str, int], longest: int, unknown: int) -> Callable[[str], tuple[int, ...]]:
    """Return a function that splits words into ids of pieces, and caches them.

    It holds no tokenizer: a cache over a method would make a reference cycle.

    Args:
        ids: The id of each piece.
        longest: Characters of the longest piece.
        unknown: The id of [UNK].
    """

    @lru_cache(_CACHED)
    def split(word: str) -> tuple[int, ...]:
        """Return the ids of a word's pieces, each the longest known one from the left; [UNK] where a rest has none."""
        pieces: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(min(len(word), start + longest), start, -1):
                piece = ids.get(prefix + word[start:end])
                if piece is not None:
                    pieces.append(piece)
                    start = end
                    break
            else:
                return (unknown,)
        return tuple(pieces)

    return split
