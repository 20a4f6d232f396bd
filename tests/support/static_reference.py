"""The function's own ranking over what the browser has: integers for weights and vectors, and the static encoder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from safetensors.numpy import load

from build.index import browser_rules
from build.index.browser_files import FOLDER, SAID_KINDS
from build.index.browser_rules import VECTOR_UNIT, WORD_UNIT
from build.index.static_encoder import StaticEncoder
from search_fn.index.arrays import Postings, Scores
from search_fn.index.open import Index
from search_fn.index.passages import VECTORS, Passages, Rows
from search_fn.index.strings import place_arrays
from search_fn.query.words import stem
from search_fn.search import ranking, reasons

# Of corpus.js.
QUERY_UNIT = 32_767


def data_file(site: Path, name: str) -> Path:
    """Return a site's file of that name, whatever its contents are."""
    (result,) = (site / FOLDER).glob(f"{name}-*")
    return result


@contextmanager
def calibrated() -> Iterator[None]:
    """Let the function's ranking judge cosines as the browser's does."""
    with (
        patch.object(ranking, "CONFIDENT", browser_rules.CONFIDENT),
        patch.object(ranking, "MATCH_THRESHOLD", browser_rules.MATCH_THRESHOLD),
        patch.object(ranking, "FULL_TRUST", browser_rules.FULL_TRUST),
        patch.object(reasons, "STRONG", browser_rules.STRONG),
        patch.object(reasons, "PARTIAL", browser_rules.PARTIAL),
    ):
        yield


def browsers(index: Index, site: Path) -> Index:
    """Return the index with the weights, vectors and encoder of the browser's search."""
    pages, result = replace(index.pages), replace(index)
    pages.__dict__.update(_corpus(data_file(site, "pages")))
    # What cached properties of the index would make.
    result.__dict__.update(_corpus(data_file(site, "codebundles")), pages=pages)
    encode = StaticEncoder.load().encode
    # A browser multiplies integers.
    result.__dict__["_cached_encode"] = lambda text: np.round(encode(text) * QUERY_UNIT) / np.float32(QUERY_UNIT)
    result.__dict__["said"] = lambda position: [one for one in index.said(position) if one[0] in SAID_KINDS]
    return result


def _corpus(file: Path) -> dict[str, Any]:
    tensors = load(file.read_bytes())
    words = tensors["words"].tobytes().decode().split("\n")
    stems = list(dict.fromkeys(map(stem, words)))
    parts = np.split(tensors["entries"].astype(np.int32), tensors["starts"][1:-1])
    weights = np.split(tensors["weights"].astype(np.float32) / np.float32(WORD_UNIT), tensors["starts"][1:-1])
    by_stem = dict(zip(stems, weights, strict=True))
    arrays = place_arrays("postings", dict(zip(stems, [part.tolist() for part in parts], strict=True)))
    arrays["postings.weights"] = np.concatenate([by_stem[one] for one in sorted(stems)])
    vectors = tensors["vectors"].astype(np.float32) / np.float32(VECTOR_UNIT)
    passages = _Floats(
        {VECTORS: vectors, "passages.starts": tensors["passages"].astype(np.int64), "passages.items": tensors["items"]}
    )
    return {"postings": Postings(arrays, len(tensors["passages"]) - 1), "passages": passages}


class _Floats(Passages):
    """Passages whose vectors are no half floats."""

    def _compare_all(self, vector: Scores) -> Scores:
        found: Scores = self._arrays[VECTORS] @ vector
        return found

    def _cosines(self, rows: Rows, vector: Scores) -> Scores:
        found: Scores = self._arrays[VECTORS][rows] @ vector
        return found
