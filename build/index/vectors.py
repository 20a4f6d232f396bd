"""The vectors of passages: those that the last index has, new ones, and which bundles lie near each other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from build.index.passages import Passage
from build.storage import find_damage, load
from search_fn.index.facts import BUNDLE_TABLES, MANIFEST_FILE, PAGE_TABLES, EncoderFacts, Manifest
from search_fn.index.lance import lancedb

Vectors = dict[str, np.ndarray]

Encode = Callable[[Sequence[str]], np.ndarray]

RELATED = 6
# Heads whose scores are computed together: 20 MB of them for 20,000 bundles.
_BLOCK = 256
# Candidates beyond those that are wanted, for scores that differ by less than a product's rounding.
_SPARE = 8
# Scores of a group of which the greatest is looked for, as long as there are so many times more groups than are wanted.
_GROUP, _FEW = 64, 8


def encode_new(found: Iterable[Passage], known: Vectors, encode: Encode) -> tuple[Vectors, int]:
    """Return the vector of every passage's key, float16, and how many had to be encoded.

    Args:
        found: The passages.
        known: Vectors by key, which are not made again.
        encode: Returns the vectors of texts, float32 of shape (n, dimensions).
    """
    texts = {passage.key: passage.text for passage in found}
    missing = sorted(set(texts) - set(known))
    vectors = {key: known[key] for key in texts if key in known}
    if missing:
        encoded = encode([texts[key] for key in missing]).astype(np.float16)
        vectors |= dict(zip(missing, encoded, strict=True))
    return vectors, len(missing)


def known_vectors(index: Path, encoder: EncoderFacts) -> Vectors:
    """Return the vectors of an index made with this encoder, by key; none without an index, or with a damaged one."""
    manifest = load(index / MANIFEST_FILE, Manifest)
    if manifest is None or manifest.encoder != encoder or find_damage(index):
        return {}
    try:
        database = lancedb.connect(str(index))
        names = [found[1] for found in (BUNDLE_TABLES, PAGE_TABLES) if found[1] in manifest.tables]
        table = pa.concat_tables(database.open_table(name).to_arrow().select(["key", "vector"]) for name in names)
    except (OSError, ValueError, RuntimeError):
        return {}
    vectors = table["vector"].combine_chunks().flatten().to_numpy().reshape(-1, encoder.dimensions)
    return dict(zip(table["key"].to_pylist(), vectors, strict=True))


def related(heads_of: Mapping[str, Passage], vectors: Vectors) -> dict[str, tuple[str, ...]]:
    """Return for each bundle the ids of those whose head passages are nearest, nearest first; `heads_of` are the head
    passages by id.
    """
    if not heads_of:
        return {}
    ids = list(heads_of)
    heads = np.stack([vectors[head.key] for head in heads_of.values()]).astype(np.float32)
    wanted = min(RELATED + 1, len(heads))
    # A product of matrices reads all heads once for a block of them; bits of its scores depend on where in a block they
    # are, so it only says which are worth a score of their own.
    candidates = min(wanted + _SPARE, len(heads))
    found = {}
    for start in range(0, len(heads), _BLOCK):
        scores = heads[start : start + _BLOCK] @ heads.T
        for position, (row, least) in enumerate(zip(scores, _least(scores, candidates), strict=True), start):
            # By place first, so that of equal scores the first by id is the nearer one.
            places = np.flatnonzero(row >= least)
            exact = np.einsum("ij,j->i", heads[places], heads[position], dtype=np.float64)
            order = places[np.argsort(-exact, kind="stable")]
            found[ids[position]] = tuple(ids[i] for i in order[:wanted] if i != position)[:RELATED]
    return found


def _least(scores: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return for each row a score that at least `count` of its scores reach, and few more.

    To sort the greatest out of all takes as long as the product that they are of: so many of the greatest of groups are
    so many scores, too.
    """
    size = min(_GROUP, max(scores.shape[1] // (_FEW * count), 1))
    whole = scores[:, : scores.shape[1] // size * size]
    greatest = whole.reshape(len(scores), -1, size).max(axis=2)
    least: NDArray[np.float32] = np.partition(greatest, -count, axis=1)[:, -count]
    return least
