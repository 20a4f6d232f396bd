"""Distils the static encoder from the published weights: `nox -s static-encoder` does, a test compares a sample.

Each token of the vocabulary is encoded once, by itself, and of its 384 numbers those stay that tell most tokens apart
(the principal components). It is weighted by how rare it is: a text's vector is the mean of its tokens', and without
weights every text would mean "the". How frequent a token is follows by Zipf's law from its place in the vocabulary,
which is ordered so: no text that belongs to somebody has a part in it.
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from build.index.encoder_file import WEIGHTS_SHA256, exact_encoder, published
from build.index.static_encoder import FILE
from search_fn.encoder.minilm import Encoder

DIMENSIONS = 64
# Tokens more frequent than this share of all words count less (SIF's a: Arora, Liang and Ma 2017, "A simple but
# tough-to-beat baseline for sentence embeddings"). Measured in docs/decisions/0017-browser.md.
_FREQUENT = 1e-4
# Where words begin in the vocabulary, the most frequent first; before stand special tokens and single characters.
_FIRST_WORD = 1996
# What the tokenizer needs of the tokens that stand for no text: [PAD], [unused0], … are left out.
_SPECIAL = ("[UNK]", "[CLS]", "[SEP]")

Floats = NDArray[np.float32]


def token_vectors(encoder: Encoder, tokens: Sequence[str]) -> Floats:
    """Return the encoder's vector of each token as a text of its own, (tokens, 384)."""
    return encoder.encode([token if token in _SPECIAL else token.removeprefix("##") for token in tokens])


def select_tokens(tokens: Sequence[str]) -> list[int]:
    """Return the positions of the tokens that the static encoder has.

    The encoder learnt from English: letters of other scripts say little to it, and make a tenth of the vocabulary.
    """
    return [
        place
        for place, token in enumerate(tokens)
        if token in _SPECIAL or (token.isascii() and not (token[0] == "[" and token[-1] == "]" and token[1:]))
    ]


def weights(count: int) -> Floats:
    """Return the weight of each of `count` tokens, 0..1. A character weighs as little as the most frequent word."""
    share = 1 / np.maximum(np.arange(count) - _FIRST_WORD + 1, 1)
    share /= share[_FIRST_WORD:].sum()
    return (_FREQUENT / (_FREQUENT + share)).astype(np.float32)


def principal(vectors: Floats) -> tuple[Floats, Floats]:
    """Return the mean of the vectors, and their DIMENSIONS principal components as columns."""
    mean = vectors.mean(axis=0, dtype=np.float64)
    centred = vectors - mean
    _, components = np.linalg.eigh(centred.T @ centred)
    chosen = components[:, ::-1][:, :DIMENSIONS]
    # Of a component and its opposite, both of which are right, the one whose greatest number is positive.
    chosen *= np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(DIMENSIONS)])
    return mean.astype(np.float32), chosen.astype(np.float32)


def quantise(
    tokens: Sequence[str], vectors: Floats, mean: Floats, components: Floats, weight: Floats, largest: float
) -> NDArray[np.int8]:
    """Return tokens' vectors as they are stored: (tokens, DIMENSIONS) in ±127, of which 127 is `largest`.

    Args:
        tokens: The tokens.
        vectors: Their vectors, (tokens, 384).
        mean: The mean of all vectors.
        components: The principal components as columns, (384, DIMENSIONS).
        weight: The weight of each token.
        largest: The largest absolute number of all projected vectors.
    """
    result = np.round(project(vectors, mean, components, weight) * (127 / largest))
    result[[token in _SPECIAL for token in tokens]] = 0
    return np.clip(result, -127, 127).astype(np.int8)


def project(vectors: Floats, mean: Floats, components: Floats, weight: Floats) -> Floats:
    """Return the vectors' principal components, weighted: (tokens, DIMENSIONS)."""
    return ((vectors - mean) @ components * weight[:, np.newaxis]).astype(np.float32)


def distil(encoder: Encoder, vocabulary: bytes) -> bytes:
    """Return the file of the static encoder for an encoder with this vocabulary, a token a line."""
    every = vocabulary.rstrip(b"\n").decode().split("\n")
    places = select_tokens(every)
    tokens = [every[place] for place in places]
    vectors = token_vectors(encoder, tokens)
    mean, components = principal(vectors)
    weight = weights(len(every))[places]
    largest = float(np.abs(project(vectors, mean, components, weight)).max())
    tensors: dict[str, NDArray[Any]] = {
        "components": components,
        "mean": mean,
        "weight": weight,
        "largest": np.array([largest], np.float32),
        "vectors": quantise(tokens, vectors, mean, components, weight, largest),
        "vocabulary": np.frombuffer("\n".join(tokens).encode(), np.uint8),
    }
    return save(tensors, {"weights": WEIGHTS_SHA256})


def main() -> None:
    """Write the static encoder; takes some minutes."""
    FILE.write_bytes(distil(exact_encoder(), published()[1]))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
