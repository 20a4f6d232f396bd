"""The static encoder, with which a browser searches by meaning: a vector for each token, and a text is their mean.

It is distilled from the encoder by `nox -s static-encoder` (`build.commands.static_encoder`) and kept beside this
module: a build reads it, and works nothing of it out.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search_fn.encoder.tensors import read_tensors
from search_fn.encoder.wordpiece import WordPiece

FILE = Path(__file__).with_name("static_encoder.safetensors")
"""int8 `vectors` (tokens, dimensions), weighted by how rare each token is, and the `vocabulary`, a token a line; and by
what these were made: float32 `components` (384, dimensions), `mean`, `weight` and `largest`.
"""
SCALE = 127
"""An int8 of this size is 1, in the vectors of passages."""

Floats = NDArray[np.float32]


class StaticEncoder:
    """Turns texts into vectors of length 1, or of 0s where it knows no token of a text."""

    def __init__(self, vocabulary: Sequence[str], vectors: NDArray[np.int8]) -> None:
        self.vocabulary, self.vectors = vocabulary, vectors
        self._tokenizer = WordPiece(vocabulary)
        self._floats = vectors.astype(np.float32)

    @classmethod
    def load(cls) -> "StaticEncoder":
        """Return the one that is kept here."""
        return _load()

    def has_word(self, word: str) -> bool:
        """Whether a lower-case word is one token: a frequent word of the language."""
        return self._tokenizer.has_piece(word)

    def encode(self, text: str) -> Floats:
        """Return the vector of a text, which counts up to its 256th token. Special tokens say nothing: their vectors
        are 0.
        """
        found: Floats = self._floats[self._tokenizer.token_ids(text)].sum(axis=0)
        length = np.linalg.norm(found)
        return found / length if length else found

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.int8]:
        """Return the vectors of passages, (texts, dimensions), in units of 1 / SCALE."""
        found = np.zeros((len(texts), self.vectors.shape[1]), np.int8)
        for row, text in zip(found, texts, strict=True):
            row[:] = np.round(self.encode(text) * SCALE)
        return found


@lru_cache(1)
def _load() -> StaticEncoder:
    tensors, _ = read_tensors(FILE.read_bytes())
    return StaticEncoder(tensors["vocabulary"].tobytes().decode().split("\n"), tensors["vectors"])
