"""Encoding by many workers: the heaviest work of a build."""

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from build.index.encoder_file import ENCODER_SHA256, is_sound, make_encoder
from build.options import Engine
from build.progress import Tracker, no_progress
from build.workers import block_interrupts, pool
from search_fn.encoder.minilm import Encoder
from search_fn.encoder.tensors import Floats

# A process costs half a second to start; below this many texts none is faster.
_WORTH_STARTING = 128


@lru_cache(1)
def encoder_of(file: Path) -> Encoder:
    """Return the built-in encoder; makes its file where it is damaged or missing, as on a cluster's machines."""
    if not is_sound(file):
        make_encoder(file)
    return Encoder.load(file, ENCODER_SHA256)


def encode(
    texts: Sequence[str], encoder_file: Path, engine: Engine, jobs: int | None, track: Tracker = no_progress
) -> Floats:
    """Return the vectors of `texts`, (n, 384) float32, in their order.

    Args:
        texts: What is encoded, each by itself.
        encoder_file: The encoder's file on this machine.
        engine: Where processes run; few texts are encoded in this one.
        jobs: Worker processes; None starts one per core.
        track: Reports progress.
    """
    encoder = encoder_of(encoder_file)
    if len(texts) < _WORTH_STARTING:
        return encoder.encode(texts)
    # Long texts first: none is left over at the end for one process alone.
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    result = np.empty((len(texts), encoder.dimensions), np.float32)
    with pool(engine, jobs) as processes:
        with block_interrupts():
            made = processes.map(partial(_encode_one, encoder_file), [texts[i] for i in order], chunksize=8)
        result[order] = list(track(made, len(texts)))
    return result


def _encode_one(encoder_file: Path, text: str) -> Floats:
    vector: Floats = encoder_of(encoder_file).encode([text])[0]
    return vector
