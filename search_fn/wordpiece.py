"""WordPiece: a text as the token ids that a BERT model knows."""

from collections.abc import Sequence
from functools import lru_cache

from search_fn.bert_words import LONGEST_WORD, words

MAX_TOKENS = 256
"""Tokens of one text, [CLS] and [SEP] included: what all-MiniLM-L6-v2 was trained with."""

_REMEMBERED_WORDS = 16_384


class WordPiece:
    """BERT's uncased WordPiece tokenizer for one vocabulary, a piece's place in it being its id.

    Equal to `tokenizers` with BertNormalizer, BertPreTokenizer and WordPiece. A text that spells out "[SEP]" or
    another special token means those characters, never the token. Safe to share between threads.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(vocabulary)}
        self._longest_piece = max(map(len, vocabulary))
        self._start, self._end, self._unknown = (self._ids[token] for token in ("[CLS]", "[SEP]", "[UNK]"))
        self._pieces = lru_cache(_REMEMBERED_WORDS)(self._split)

    def has_piece(self, piece: str) -> bool:
        return piece in self._ids

    def token_ids(self, text: str, limit: int = MAX_TOKENS) -> list[int]:
        """Token ids of a text, [CLS] first and [SEP] last, cut to `limit` tokens with both.

        Reads no further into the text than the limit needs.
        """
        ids = [self._start]
        for word in words(text):
            if len(word) > LONGEST_WORD:
                ids.append(self._unknown)
            else:
                ids.extend(self._pieces(word))
            if len(ids) >= limit:
                break
        return [*ids[: limit - 1], self._end]

    def _split(self, word: str) -> tuple[int, ...]:
        """Take the longest known piece from the left, repeatedly; a word with a rest that has none is unknown."""
        ids: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(min(len(word), start + self._longest_piece), start, -1):
                found = self._ids.get(prefix + word[start:end])
                if found is not None:
                    ids.append(found)
                    start = end
                    break
            else:
                return (self._unknown,)
        return tuple(ids)
