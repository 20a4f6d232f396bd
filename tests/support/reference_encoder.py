"""all-MiniLM-L6-v2 as it was published, in plain float64: what search_fn's encoder is compared with.

Shares nothing with it but the reader of the weights' file: tokens are those of Hugging Face's `tokenizers`, the
matrices those that were published, GELU is the exact one.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from build.index.encoder_file import published
from search_fn.encoder.tensors import read_tensors

Doubles = NDArray[np.float64]

_CLS, _SEP = 101, 102
_LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12


def read_vocabulary() -> list[str]:
    """Return the published vocabulary; a piece's place is its id."""
    return published()[1].decode().splitlines()


class ReferenceTokenizer:
    def __init__(self) -> None:
        ids = {piece: number for number, piece in enumerate(read_vocabulary())}
        self._tokenizer = Tokenizer(WordPiece(ids, unk_token="[UNK]"))
        self._tokenizer.normalizer = BertNormalizer()
        self._tokenizer.pre_tokenizer = BertPreTokenizer()

    def token_ids(self, text: str, limit: int = 256) -> list[int]:
        """Return token ids, [CLS] and [SEP] among the `limit`."""
        return [_CLS, *self._tokenizer.encode(text).ids[: limit - 2], _SEP]


class ReferenceEncoder:
    def __init__(self) -> None:
        tensors, _ = read_tensors(published()[0])
        self._tensors = {name: t.astype(np.float64) for name, t in tensors.items() if t.dtype == np.float32}
        self.tokenizer = ReferenceTokenizer()

    def encode(self, text: str) -> Doubles:
        """Return the vector of a text, of length 1."""
        ids = self.tokenizer.token_ids(text)
        words, positions, segments = (
            self._tensors[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")
        )
        x = self._norm("embeddings.LayerNorm", words[ids] + positions[: len(ids)] + segments[0])
        for number in range(_LAYERS):
            layer = f"encoder.layer.{number}"
            attended = self._linear(f"{layer}.attention.output.dense", self._attend(f"{layer}.attention.self", x))
            x = self._norm(f"{layer}.attention.output.LayerNorm", attended + x)
            raised = _gelu(self._linear(f"{layer}.intermediate.dense", x))
            x = self._norm(f"{layer}.output.LayerNorm", self._linear(f"{layer}.output.dense", raised) + x)
        vector: Doubles = x.mean(axis=0)
        return vector / np.linalg.norm(vector)

    def _attend(self, name: str, x: Doubles) -> Doubles:
        query, key, value = (
            self._linear(f"{name}.{part}", x).reshape(len(x), _HEADS, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        weights = np.exp(query @ key.swapaxes(1, 2) / math.sqrt(query.shape[2]))
        weights /= weights.sum(axis=2, keepdims=True)
        return (weights @ value).swapaxes(0, 1).reshape(x.shape)

    def _linear(self, name: str, x: Doubles) -> Doubles:
        result: Doubles = x @ self._tensors[f"{name}.weight"].T + self._tensors[f"{name}.bias"]
        return result

    def _norm(self, name: str, x: Doubles) -> Doubles:
        centred = x - x.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + _EPSILON)
        result: Doubles = scaled * self._tensors[f"{name}.weight"] + self._tensors[f"{name}.bias"]
        return result


def _gelu(x: Doubles) -> Doubles:
    erf: Any = np.fromiter(map(math.erf, (x / math.sqrt(2)).ravel().tolist()), np.float64, x.size)
    result: Doubles = x * (1 + erf.reshape(x.shape)) / 2
    return result
