"""The sentence encoder all-MiniLM-L6-v2 (a BERT of six layers) in numpy, and the reader of its file.

The file has safetensors' layout, so any reader of that opens it. Matrices are int8 with a float32 scale for
each output: 23 MB instead of 91. `build.index.encoder_file` makes it from the published weights.
"""

import hashlib
import json
import math
import mmap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from search_fn.encoder.wordpiece import WordPiece

ENCODER_FILE = "encoder.safetensors"

Floats = NDArray[np.float32]
_Parameters = tuple[Floats, Floats]

_HEADS = 12
_EPSILON = np.float32(1e-12)
_DTYPES = {"F32": "<f4", "F16": "<f2", "I64": "<i8", "I8": "i1", "U8": "u1"}


class EncoderMismatchError(Exception):
    """The encoder's file is missing, damaged, or not the one that the index was made with."""


class Encoder:
    """The built-in encoder of texts into vectors; the scalar product of two says how similar their meanings are, -1..1.

    `name` is the model's, `dimensions` the length of a vector, `sha256` the hexadecimal digest of the file.
    Safe to share between threads.
    """

    def __init__(self, tensors: Mapping[str, NDArray[Any]], name: str, sha256: str) -> None:
        self.name = name
        self.sha256 = sha256
        self._tokenizer = WordPiece(tensors["vocabulary"].tobytes().decode().split("\n"))
        self._words, self._word_scales = tensors["words.weight"], tensors["words.scale"]
        self.dimensions = int(self._words.shape[1])
        # A text is one segment here, so the first row of the segment embeddings belongs to every position.
        self._positions = _floats(tensors["positions"]) + _floats(tensors["segments"])[0]

        def matrices(name: str) -> Iterator[_Parameters]:
            weights = tensors[f"{name}.weight"] * tensors[f"{name}.scale"]
            return zip(weights, _floats(tensors[f"{name}.bias"]), strict=True)

        def norms(name: str) -> Iterator[_Parameters]:
            return zip(_floats(tensors[f"{name}.weight"]), _floats(tensors[f"{name}.bias"]), strict=True)

        self._norm = next(norms("norm"))
        attention = matrices("attention.inputs"), matrices("attention.output"), norms("attention.norm")
        feed_forward = matrices("intermediate"), matrices("output"), norms("output.norm")
        self._layers = list(map(_Layer._make, zip(*attention, *feed_forward, strict=True)))
        # glibc gives the memory of freed arrays back to the kernel until it has seen one as large as this freed.
        # Fetching it again for the temporaries of each layer takes a sixth of the time for a long text.
        np.empty(1 << 24, np.uint8)

    @classmethod
    def load(cls, path: Path, sha256: str | None = None, known: Self | None = None) -> Self:
        """Return the encoder of a file.

        Args:
            path: The file.
            sha256: The hexadecimal digest that it must have; None takes any.
            known: An open encoder, which is returned if it is that of the file.

        Raises:
            EncoderMismatchError: The file is missing, damaged, or not that of this `sha256`.
        """
        try:
            with path.open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            actual = hashlib.sha256(data).hexdigest()
            if sha256 is not None and actual != sha256:
                raise EncoderMismatchError(
                    f"{path} has the sha256 {actual}, but the index was made with the encoder {sha256}: "
                    "publish the index_data folder as one, or make both again with `python -m build index`."
                )
            if known is not None and known.sha256 == actual:
                return known
            tensors, metadata = read_tensors(data)
            return cls(tensors, metadata["name"], actual)
        except FileNotFoundError as error:
            raise EncoderMismatchError(
                f"There is no encoder at {path}: make it with `python -m build index`."
            ) from error
        except (KeyError, ValueError) as error:
            raise EncoderMismatchError(
                f"{path} is damaged or no encoder file ({error!r}): make it with `python -m build index`."
            ) from error

    def has_word(self, word: str) -> bool:
        """Return whether a lower-case word is one piece of the tokenizer's vocabulary: a frequent word of the
        language.
        """
        return self._tokenizer.has_piece(word)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return vectors of length 1, float32 of shape (texts, dimensions); a text counts up to its 256th token.

        A text's vector depends on nothing but the text; only its last bits differ between kinds of processor.
        """
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        # Texts are encoded one by one: in a product with others, a vector's last bits would depend on their number.
        for vector, text in zip(vectors, texts, strict=True):
            ids = self._tokenizer.token_ids(text)
            states: Floats = self._words[ids] * self._word_scales[ids, np.newaxis]
            states += self._positions[: len(ids)]
            _normalise(states, *self._norm)
            for layer in self._layers:
                states = layer(states)
            states.mean(axis=0, out=vector)
            vector /= np.linalg.norm(vector)
        return vectors


class _Layer(NamedTuple):
    """A layer of BERT: the weights and biases of its parts."""

    attention_inputs: _Parameters  # query, key and value side by side; the query is divided by √(head size) already
    attention_output: _Parameters
    attention_norm: _Parameters
    intermediate: _Parameters
    output: _Parameters
    output_norm: _Parameters

    def __call__(self, states: Floats) -> Floats:
        attended = _linear(_attend(_linear(states, *self.attention_inputs)), *self.attention_output)
        attended += states
        _normalise(attended, *self.attention_norm)
        result = _linear(_gelu(_linear(attended, *self.intermediate)), *self.output)
        result += attended
        _normalise(result, *self.output_norm)
        return result


def _linear(states: Floats, weight: Floats, bias: Floats) -> Floats:
    """Return states times weight plus bias.

    Args:
        states: Shape (tokens, inputs).
        weight: A matrix in blocks of columns, shape (blocks, inputs, columns).
        bias: Shape (blocks * columns,).

    Returns:
        Shape (tokens, blocks * columns).
    """
    blocks, _, columns = weight.shape
    result = np.empty((len(states), blocks * columns), np.float32)
    np.matmul(states, weight, out=result.reshape(-1, blocks, columns).swapaxes(0, 1))
    result += bias
    return result


def _normalise(states: Floats, weight: Floats, bias: Floats) -> None:
    """Normalise each token's state to mean 0 and variance 1, then scale and shift it, in place."""
    states -= states.mean(axis=1, keepdims=True)
    variance = np.vecdot(states, states) / np.float32(states.shape[1])
    states /= np.sqrt(variance + _EPSILON)[:, np.newaxis]
    states *= weight
    states += bias


def _attend(inputs: Floats) -> Floats:
    """Return the softmax attention of queries, keys and values, (tokens, 3 * dimensions), as (tokens, dimensions)."""
    tokens = len(inputs)
    query, key, value = inputs.reshape(tokens, 3, _HEADS, -1).transpose(1, 2, 0, 3)
    weights = query @ key.swapaxes(1, 2)
    weights -= weights.max(axis=2, keepdims=True)
    np.exp(weights, out=weights)
    result = np.empty((tokens, inputs.shape[1] // 3), np.float32)
    heads = result.reshape(tokens, _HEADS, -1).swapaxes(0, 1)
    np.matmul(weights, value, out=heads)
    # The softmax's denominator divides the result, which has fewer numbers than the weights.
    heads /= weights.sum(axis=2, keepdims=True)
    return result


# GELU is x·Φ(x). Φ is taken as 1 / (1 + e^p) with p = x·(c₀x⁸ + c₁x⁶ + … + c₄), fitted by tests/bench/gelu.py for the
# least greatest error of GELU on [-6.5, 6.5], which is 3e-6; p falls everywhere, so that beyond, GELU is 0 or x as it
# should be.
_GELU = tuple(map(np.float32, (-2.23816331e-06, 6.11619942e-05, 2.49723365e-04, -7.29375821e-02, -1.59565627)))


def _gelu(x: Floats) -> Floats:
    """Return the Gaussian error linear unit of each number, without the error function, which numpy lacks."""
    square = x * x
    p = square * _GELU[0]
    for coefficient in _GELU[1:-1]:
        p += coefficient
        p *= square
    p += _GELU[-1]
    p *= x
    # Far below 0, e^p overflows to infinity, which makes the result 0, as it should be.
    with np.errstate(over="ignore"):
        np.exp(p, out=p)
    p += np.float32(1)
    np.divide(x, p, out=p)
    return p


def _floats(tensor: NDArray[Any]) -> Floats:
    return tensor.astype(np.float32)


def read_tensors(data: bytes | mmap.mmap) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Return the tensors of a safetensors file by name, as views of `data`, and the file's metadata.

    Raises:
        KeyError: A tensor has a type or entry that is unknown.
        ValueError: `data` is cut off or not in this layout.
    """
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__", {})
    tensors: dict[str, NDArray[Any]] = {}
    for name, entry in header.items():
        shape, offset = entry["shape"], start + entry["data_offsets"][0]
        tensors[name] = np.frombuffer(data, _DTYPES[entry["dtype"]], math.prod(shape), offset).reshape(shape)
    return tensors, metadata
