"""A corpus's arrays, made of its tables: by the build, which writes them into a file, and by the function for an index
of an earlier release, which has no such files.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from search_fn.index.corpus import fold_name, fold_number
from search_fn.index.facets import FACETS
from search_fn.index.passages import VECTORS, Halves
from search_fn.index.strings import key_arrays, place_arrays, string_arrays
from search_fn.query.spelling import is_comparable, letters_of
from search_fn.query.synonyms import stems_of

Made = dict[str, NDArray[Any]]

# What the columns of entries become; of an entry that lacks one it is the second.
_NUMBERS = {
    "task_count": np.int32, "sli_count": np.int32, "discovered": np.bool_, "deprecated": np.bool_,
    "changing": np.float32,
}  # fmt: skip
_TEXTS = {"id": "", "name": "", "updated": "", "changed": "", "card": "", "said": "[]"}
_BUNDLE_FACETS = {**FACETS, "needs": "needs"}
_PAGE_FACETS = {"collection": "collection", "access": "access", "kind": "type", "tag": "tags"}
BUNDLE_COLUMNS = (*_TEXTS, *_NUMBERS, *_BUNDLE_FACETS.values())
PAGE_COLUMNS = ("id", "name", "type", "collection", "tags", "card")
PASSAGE_COLUMNS = ("bundle", "item", "vector")


def bundle_arrays(tables: Sequence[pa.Table]) -> Made:
    """Return the arrays of bundles.

    Args:
        tables: Bundles, passages, postings and words, as search_fn.index.schema describes them; of the first two the
            columns that are named here are enough.

    Raises:
        ValueError: The tables do not belong together.
    """
    return _arrays(tables, _BUNDLE_FACETS)


def page_arrays(tables: Sequence[pa.Table]) -> Made:
    """Return the arrays of documentation and keywords, as bundle_arrays does of bundles. They have a type, a collection
    and tags; they have no platform, and their access is unknown.
    """
    pages = tables[0].append_column("access", pa.array(["unknown"] * len(tables[0])))
    return _arrays([pages, *tables[1:]], _PAGE_FACETS)


def vectors_of(passages: pa.Table) -> Halves:
    """Return the vectors of passages, (n, dimensions): where they lie, if the table is of one piece."""
    column = passages["vector"]
    # Arrow would copy one piece, too.
    whole = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    vectors: Halves = whole.flatten().to_numpy().reshape(-1, column.type.list_size)
    return vectors


def _arrays(tables: Sequence[pa.Table], facets: Mapping[str, str]) -> Made:
    entries = tables[0].sort_by("id")
    passages, postings, words = tables[1], tables[2], tables[3]
    size, there = len(entries), set(entries.column_names)
    found: Made = {}
    for name, kind in _NUMBERS.items():
        found[name] = np.array(entries[name].to_pylist(), kind) if name in there else np.zeros(size, kind)
    for name, nothing in _TEXTS.items():
        make = key_arrays if name == "id" else string_arrays
        found |= make(name, entries[name].to_pylist() if name in there else [nothing] * size)
    values: dict[str, list[list[str]]] = {}
    for facet, name in facets.items():
        if name in there:
            rows = entries[name].to_pylist()
            values[facet] = [[row] if isinstance(row, str) else row for row in rows]
            found |= _facet(f"facet.{facet}", values[facet])
    ids, titles = entries["id"].to_pylist(), entries["name"].to_pylist()
    found |= _groups(values.get("platform", [[]] * size))
    found |= place_arrays("names", _names(ids, titles, fold_name))
    found |= place_arrays("names_in_any_number", _names(ids, titles, fold_number))
    found |= place_arrays("labels", _labels(ids, titles, values["tag"]))
    found["twins"] = _twins(ids)
    return found | _words(postings, words) | _passages(passages, size)


def _facet(name: str, rows: Sequence[Sequence[str]]) -> Made:
    """Return the arrays that search_fn.index.facets.Facet reads."""
    values = sorted({value for row in rows for value in row})
    codes = {value: code for code, value in enumerate(values)}
    return {
        **string_arrays(name, values),
        f"{name}.codes": np.array([codes[value] for row in rows for value in row], np.int32),
        f"{name}.owners": np.repeat(np.arange(len(rows), dtype=np.int32), [len(row) for row in rows]),
    }


def _groups(rows: Sequence[Sequence[str]]) -> Made:
    """Return the arrays that search_fn.index.facets.Groups reads: sets of values, and the first entry with each."""
    firsts: dict[frozenset[str], int] = {}
    owners = [firsts.setdefault(frozenset(map(str.casefold, row)), place) for place, row in enumerate(rows)]
    numbers = {first: number for number, first in enumerate(firsts.values())}
    return {
        "groups.firsts": np.array(list(numbers), np.int32),
        "groups.codes": np.array([numbers[owner] for owner in owners], np.int32),
    }


def _names(ids: Sequence[str], titles: Sequence[str], fold: Callable[[str], str]) -> dict[str, list[int]]:
    """Return the positions of the entries of each name: slug, title, and collection with slug."""
    positions: dict[str, list[int]] = {}
    for position, (name, title) in enumerate(zip(ids, titles, strict=True)):
        for key in {fold(name.split("/", 1)[1]), fold(title), fold(name)} - {""}:
            positions.setdefault(key, []).append(position)
    return positions


def _labels(ids: Sequence[str], titles: Sequence[str], tags: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    """Return the positions of the entries that have each stem in their slug, title or tags."""
    positions: dict[str, list[int]] = {}
    known: dict[str, Sequence[str]] = {}
    for position, (name, title, own) in enumerate(zip(ids, titles, tags, strict=True)):
        stems = {*stems_of(f"{name.split('/', 1)[1]} {title}")}
        for tag in own:
            if tag not in known:
                known[tag] = stems_of(tag)
            stems.update(known[tag])
        for stem in stems:
            positions.setdefault(stem, []).append(position)
    return positions


def _twins(ids: Sequence[str]) -> NDArray[np.int32]:
    """Return for each entry the first position of its slug."""
    first: dict[str, int] = {}
    slugs = (fold_name(name.split("/", 1)[1]) for name in ids)
    return np.array([first.setdefault(slug, position) for position, slug in enumerate(slugs)], np.int32)


def _words(postings: pa.Table, words: pa.Table) -> Made:
    bundles, weights = (postings[name].combine_chunks() for name in ("bundles", "weights"))
    spelled = words["word"].to_pylist()
    letters = letters_of(list(filter(is_comparable, spelled)))
    return {
        **key_arrays("postings", postings["word"].to_pylist()),
        "postings.first": bundles.offsets.to_numpy().astype(np.int64),
        "postings.positions": bundles.values.to_numpy(),
        "postings.weights": weights.values.to_numpy(),
        **key_arrays("words", spelled),
        "words.bundles": words["bundles"].to_numpy(),
        **string_arrays("letters", letters.words),
        "letters.counts": letters.counts,
        "letters.lengths": letters.lengths,
    }


def _passages(table: pa.Table, size: int) -> Made:
    owners = table["bundle"].to_numpy()
    starts = np.searchsorted(owners, np.arange(size + 1))
    if np.any(np.diff(owners) < 0) or np.any(np.diff(starts) < 1) or len(owners) != starts[-1]:
        raise ValueError("its passages are not those of its bundles")
    return {"passages.starts": starts, "passages.items": table["item"].to_numpy(), VECTORS: vectors_of(table)}
