"""The function's own ranking over what the browser has: integers for weights and vectors, and the static encoder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from safetensors.numpy import load

from build.index import browser_rules
from build.index.browser_files import FOLDER, SAID_KINDS
from build.index.browser_rules import VECTOR_UNIT, WORD_UNIT
from build.index.static_encoder import StaticEncoder
from search_fn.index.arrays import Passages, Postings
from search_fn.index.open import Index
from search_fn.query.words import stem
from search_fn.search import ranking, reasons

# Of shelf.js.
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
    pages = replace(index.pages, **_shelf(data_file(site, "pages")))
    result = replace(index, **_shelf(data_file(site, "codebundles")), open_pages=lambda: pages)
    encode = StaticEncoder.load().encode
    # What a cached property of the index would make; a browser multiplies integers.
    result.__dict__["_cached_encode"] = lambda text: np.round(encode(text) * QUERY_UNIT) / np.float32(QUERY_UNIT)
    result.__dict__["said"] = lambda position: [one for one in index.said(position) if one[0] in SAID_KINDS]
    return result


def _shelf(file: Path) -> dict[str, Any]:
    tensors = load(file.read_bytes())
    words = tensors["words"].tobytes().decode().split("\n")
    starts = pa.array(tensors["starts"], pa.int32())
    entries = pa.array(tensors["entries"].astype(np.int32))
    weights = pa.array(tensors["weights"].astype(np.float32) / np.float32(WORD_UNIT))
    table = pa.table(
        {
            "word": list(dict.fromkeys(map(stem, words))),
            "bundles": pa.ListArray.from_arrays(starts, entries),
            "weights": pa.ListArray.from_arrays(starts, weights),
        }
    )
    vectors = tensors["vectors"].astype(np.float32) / np.float32(VECTOR_UNIT)
    passages = Passages(vectors, tensors["passages"].astype(np.int64), tensors["items"])
    return {"postings": Postings(table, len(tensors["passages"]) - 1), "passages": passages}
