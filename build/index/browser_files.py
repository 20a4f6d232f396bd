"""What the site has for searches in the browser: files that are named by their contents, and one that names these.

They hold what the function's index holds of words, meanings and facets, in fewer bytes: weights and vectors are
integers. assets/browser/ has the scripts that read them.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from build.index.browser_rules import WORD_UNIT, rules
from build.index.entries import BundleRow, Entry, PageRow
from build.index.static_encoder import StaticEncoder
from build.index.weighing import Weighed
from build.storage import canonical, digest_of
from search_fn.index.facets import FACETS
from search_fn.query.words import stem

FOLDER = "assets/browser"
"""Below the site, where the scripts are."""
# Characters that lists of results show.
_DESCRIPTION = 180
# Of what a model says of bundles: all of it would be a tenth more to load.
SAID_KINDS = ("alert", "symptom")
_HEX = 16

Tensors = dict[str, NDArray[Any]]


def browser_files(
    bundles: Weighed[BundleRow], pages: Weighed[PageRow], encoder: StaticEncoder, build_id: str
) -> dict[str, bytes]:
    """Return the files by their paths below the site. Equal arguments make equal bytes.

    Args:
        bundles: The bundles with the weights of their words.
        pages: Documentation and keywords, in the same way.
        encoder: Encodes passages here and queries in the browser.
        build_id: The publication's, which `files.json` repeats.
    """
    vocabulary = np.frombuffer("\n".join(encoder.vocabulary).encode(), np.uint8)
    files = {
        "encoder": save({"vectors": encoder.vectors, "vocabulary": vocabulary}),
        "codebundles": save(_tensors(bundles, _bundle_columns(bundles.entries), encoder)),
        "pages": save(_tensors(pages, _page_columns(pages.entries), encoder)),
        "rules": canonical(rules()).encode(),
    }
    named = {name: f"{name}-{digest_of(content)[:_HEX]}.{_ending(name)}" for name, content in files.items()}
    index = canonical({"build_id": build_id, "files": named}).encode()
    return {f"{FOLDER}/{named[name]}": content for name, content in files.items()} | {f"{FOLDER}/files.json": index}


def _ending(name: str) -> str:
    return "json" if name == "rules" else "safetensors"


def _tensors(corpus: Weighed[Any], columns: Mapping[str, object], encoder: StaticEncoder) -> Tensors:
    words = sorted(corpus.counts)
    # Postings stand in the order in which their stems come among the words, which so need not be written.
    postings = [corpus.weights.rows(one) for one in dict.fromkeys(map(stem, words))]
    order = np.concatenate([np.arange(0), *(np.arange(own.start, own.stop) for own in postings)])
    held = [entry.passages for entry in corpus.entries]
    return {
        "columns": np.frombuffer(canonical(columns).encode(), np.uint8),
        "words": np.frombuffer("\n".join(words).encode(), np.uint8),
        "word_counts": _narrow([corpus.counts[word] for word in words]),
        "starts": np.cumsum([0, *(own.stop - own.start for own in postings)], dtype=np.int32),
        "entries": _narrow(corpus.weights.positions[order]),
        "weights": _fixed(corpus.weights.weights[order]),
        "passages": np.cumsum([0, *map(len, held)], dtype=np.int32),
        "items": np.array([one.item for own in held for one in own], np.int32),
        "vectors": encoder.encode_passages([one.text for own in held for one in own]),
    }


def _fixed(weights: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Weights in units of 1 / WORD_UNIT; one that is there is at least that."""
    found = np.round(weights * WORD_UNIT)
    return np.clip(found, 1, np.iinfo(np.uint16).max).astype(np.uint16)


def _narrow(numbers: Sequence[int] | NDArray[np.int32]) -> NDArray[Any]:
    most = np.max(numbers, initial=0)
    fits = next((one for one in (np.uint8, np.uint16) if most <= np.iinfo(one).max), np.int32)
    return np.array(numbers, fits)


def _bundle_columns(entries: Sequence[Entry[BundleRow]]) -> dict[str, object]:
    rows, cards = [entry.row for entry in entries], [json.loads(entry.row.card) for entry in entries]
    return {
        "id": [row.id for row in rows],
        "title": [row.name for row in rows],
        "description": [_cut(card["description"] or "") for card in cards],
        "deprecated": [int(row.deprecated) for row in rows],
        "changing": [row.changing for row in rows],
        "source": [card["access_level_source"] for card in cards],
        "claimed": [card["access_level_claimed"] for card in cards],
        "stale": [card["stale"] for card in cards],
        "tools": [[[tool["kind"], tool["title"], tool["line"]] for tool in card["tools"]] for card in cards],
        "said": {kind: [_said(row, kind) for row in rows] for kind in SAID_KINDS},
        "facets": {name: [_several(getattr(row, column)) for row in rows] for name, column in FACETS.items()},
    }


def _page_columns(entries: Sequence[Entry[PageRow]]) -> dict[str, object]:
    rows, cards = [entry.row for entry in entries], [json.loads(entry.row.card) for entry in entries]
    facets: dict[str, Callable[[PageRow], Sequence[str]]] = dict.fromkeys(FACETS, lambda _: [])
    facets |= {
        "collection": lambda row: [row.collection],
        "access": lambda _: ["unknown"],
        "kind": lambda row: [row.type],
        "tag": lambda row: list(row.tags),
    }
    return {
        "id": [row.id for row in rows],
        "title": [row.name for row in rows],
        "description": [_cut(card["description"]) for card in cards],
        "url": [card["url"] for card in cards],
        "stale": [card["stale"] for card in cards],
        "sections": [[[one["url"], _cut(one["description"])] for one in card["sections"]] for card in cards],
        "facets": {name: list(map(of, rows)) for name, of in facets.items()},
    }


def _said(row: BundleRow, kind: str) -> list[str]:
    return [text for own, text in json.loads(row.said) if own == kind]


def _several(value: str | Iterable[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _cut(text: str) -> str:
    return text if len(text) <= _DESCRIPTION else f"{text[: _DESCRIPTION - 1].rstrip()}…"
