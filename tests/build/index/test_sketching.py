"""One catalogue both ways: with all passages compared, and with those that their sketches find, on disk and on object
storage.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from build.index import sketching
from build.index.vectors import known_vectors
from build.publish.push import push
from search_fn.index.facets import NO_FILTERS, Filters
from search_fn.index.open import Index, open_index
from search_fn.index.passages import SketchedPassages
from search_fn.search.ranking import search
from search_fn.settings import Settings
from tests.support.made_up import copy_index, records, settings_for, without_arrays, write_made_up_index
from tests.support.object_storage import ObjectStorage

QUERIES = [
    "pods keep restarting", "disk is full, not aws", "certificate expires soon", "Endpoint Check", "restart", "cost",
    "who can read this bucket", "überlauf",
]  # fmt: skip
FILTERS = [NO_FILTERS, Filters.of(platform=["kubernetes"]), Filters.of(effect=["reads"])]


@pytest.fixture(scope="module")
def sketched(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up index, as one of many passages is written."""
    folder = tmp_path_factory.mktemp("sketched") / "index_data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sketching, "SKETCHED_FROM", 1)
        write_made_up_index(folder, encoder_path, records())
    return folder


@pytest.fixture(scope="module")
def plain(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain") / "index_data"
    write_made_up_index(folder, encoder_path, records())
    return folder


def answers(index: Index) -> list[dict[str, Any]]:
    return [
        search(index, query, filters, limit=100, explain=True).model_dump() for query in QUERIES for filters in FILTERS
    ]


def test_the_manifest_says_which_way(sketched: Path, plain: Path) -> None:
    many, few = (open_index(settings_for(folder)) for folder in (sketched, plain))
    assert (many.manifest.candidates, few.manifest.candidates) == (1_000, None)
    assert isinstance(many.passages, SketchedPassages)
    assert not isinstance(few.passages, SketchedPassages)
    written = json.loads((sketched / "manifest.json").read_text(encoding="utf-8"))
    assert written["candidates"] == 1_000


def test_both_ways_give_the_same_answers(sketched: Path, plain: Path) -> None:
    assert answers(open_index(settings_for(sketched))) == answers(open_index(settings_for(plain)))


def test_without_files_of_arrays_all_are_compared(sketched: Path, plain: Path, tmp_path: Path) -> None:
    tabled = open_index(settings_for(without_arrays(copy_index(sketched, tmp_path / "tabled"))))
    assert tabled.manifest.candidates == 1_000
    assert answers(tabled) == answers(open_index(settings_for(plain)))


def test_the_next_build_finds_the_vectors_of_both(sketched: Path, plain: Path) -> None:
    encoder = open_index(settings_for(plain)).manifest.encoder
    found, expected = known_vectors(sketched, encoder), known_vectors(plain, encoder)
    assert found.keys() == expected.keys()
    assert all(np.array_equal(found[key], expected[key]) for key in expected)


def test_where_sketches_do_not_find_enough_all_are_compared(
    encoder_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sketching, "SKETCHED_FROM", 1)
    # Three candidates cannot have the ten nearest among them.
    monkeypatch.setattr(sketching, "_CANDIDATES", (3,))
    write_made_up_index(tmp_path / "index_data", encoder_path, records())
    assert open_index(settings_for(tmp_path / "index_data")).manifest.candidates is None


@pytest.mark.slow
def test_on_object_storage_answers_are_the_same(sketched: Path, s3: ObjectStorage, plain: Path) -> None:
    place = s3.place()
    push(sketched, place)
    there = open_index(Settings(place, sketched))
    assert isinstance(there.passages, SketchedPassages)
    assert answers(there) == answers(open_index(settings_for(plain)))
