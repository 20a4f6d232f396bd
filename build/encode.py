"""Encoding in processes: the one part of the build that is heavy work on a single machine."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from search_fn.encoder import Encoder, Floats

# A process costs half a second to start; below this many texts one is faster.
_WORTH_A_PROCESS = 64
_loaded = lru_cache(1)(Encoder.load)


def encode(texts: Sequence[str], encoder_file: Path, jobs: int) -> Floats:
    """The vectors of `texts`, (n, 384) float32, in their order; on at most `jobs` processes."""
    jobs = min(jobs, max(len(texts) // _WORTH_A_PROCESS, 1))
    if jobs == 1:
        return Encoder.load(encoder_file).encode(texts)
    # Long texts first: none is left over at the end for one process alone.
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        vectors = list(pool.map(partial(_encode_one, encoder_file), [texts[i] for i in order], chunksize=8))
    result = np.empty((len(texts), vectors[0].shape[0]), np.float32)
    result[order] = vectors
    return result


def _encode_one(encoder_file: Path, text: str) -> Floats:
    vector: Floats = _loaded(encoder_file).encode([text])[0]
    return vector
