"""Sketches of passages, where they are so many that a search does not compare all: how many it has to compare."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from search_fn.index.from_tables import vectors_of
from search_fn.index.passages import SKETCHES, VECTORS, Halves, Rows, SketchedPassages
from search_fn.index.sketches import Sketches, sketch
from search_fn.index.strings import Arrays

# Passages from which on they are sketched: to compare so many takes 13 ms (docs/decisions/0006-arrays.md).
SKETCHED_FROM = 100_000
# How many may be compared, as few as find this share of the ten nearest of some queries.
_CANDIDATES = (1_000, 2_000, 4_000, 8_000)
_RECALL, _NEAREST, _QUERIES, _NOISE = 0.98, 10, 100, 4 / 3
# Vectors that are compared at once.
_BLOCK = 4_096


def make_sketches(passages: pa.Table) -> tuple[dict[str, Sketches], int | None]:
    """Return the array of the sketches of a table of passages, and how many candidates a search has to compare; neither
    where there are few passages, or where sketches do not find enough of what is near.
    """
    if len(passages) < SKETCHED_FROM:
        return {}, None
    vectors = vectors_of(passages)
    sketches = sketch(vectors)
    candidates = _candidates(vectors, sketches)
    return ({}, None) if candidates is None else ({SKETCHES: sketches}, candidates)


def _candidates(vectors: Halves, sketches: Sketches) -> int | None:
    """Return the least number of candidates among which enough of the nearest are; None where no number is enough."""
    arrays: Arrays = {
        VECTORS: vectors,
        SKETCHES: sketches,
        "passages.starts": np.arange(len(vectors) + 1),
        "passages.items": np.zeros(len(vectors), np.int32),
    }
    queries = _queries(vectors)
    nearest = _nearest(vectors, queries)
    # As if each passage were of a bundle of its own.
    every = np.ones(len(vectors), np.float32)
    for candidates in _CANDIDATES:
        passages = SketchedPassages(arrays, candidates)
        found = 0
        for query, wanted in zip(queries, nearest, strict=True):
            rows, _ = passages.find_near(query, every)
            found += min(int(np.count_nonzero(np.isin(wanted, rows))), _NEAREST)
        if found >= _RECALL * _NEAREST * _QUERIES:
            return candidates
    return None


def _nearest(vectors: Halves, queries: NDArray[np.float32]) -> list[Rows]:
    """Return for each query the rows that are as near to it as the tenth nearest is."""
    rows, scores = [np.empty(0, np.intp)] * len(queries), [np.empty(0, np.float32)] * len(queries)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK].astype(np.float32)
        numbers = np.arange(start, start + len(block))
        for place, cosines in enumerate(queries @ block.T):
            every = np.concatenate([scores[place], cosines])
            # What is as near as the tenth is as good; what is less near than the tenth so far stays so.
            near = every >= np.partition(every, -_NEAREST)[-_NEAREST] - np.float32(1e-6)
            scores[place], rows[place] = every[near], np.concatenate([rows[place], numbers])[near]
    return rows


def _queries(vectors: Halves) -> NDArray[np.float32]:
    """Return vectors whose cosine to some passage is about .6, like that of a question to its answer."""
    rows = np.linspace(0, len(vectors) - 1, _QUERIES).astype(np.intp)
    noise = np.random.default_rng(1).standard_normal((_QUERIES, vectors.shape[1]), np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    queries = vectors[rows].astype(np.float32) + np.float32(_NOISE) * noise
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    return queries
