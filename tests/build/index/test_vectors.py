"""Vectors of the index: which are made anew, which are taken from the last one, and by how many processes."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from build.catalogue.models import CodeBundleRecord
from build.index.passages import Passage, passages
from build.index.vectors import encode_new, known_vectors, related
from search_fn.encoder.minilm import Encoder
from search_fn.index.facts import PASSAGES, EncoderFacts
from tests.support.made_up import records, write_made_up_index


@pytest.fixture(scope="module")
def made() -> list[CodeBundleRecord]:
    return records()[:3]


@pytest.fixture(scope="module")
def index(made: list[CodeBundleRecord], encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vectors") / "index_data"
    write_made_up_index(folder, encoder_path, made)
    return folder


@pytest.fixture(scope="module")
def encoder(encoder_path: Path) -> Encoder:
    return Encoder.load(encoder_path)


def facts(encoder: Encoder) -> EncoderFacts:
    return EncoderFacts(name=encoder.name, dimensions=encoder.dimensions, sha256=encoder.sha256)


def all_passages(made: list[CodeBundleRecord]) -> list[Passage]:
    return [passage for record in made for passage in passages(record)]


def refuse(texts: object) -> np.ndarray:
    raise AssertionError(f"encoded again: {texts}")


def test_nothing_that_is_unchanged_is_encoded_again(
    made: list[CodeBundleRecord], index: Path, encoder: Encoder
) -> None:
    known = known_vectors(index, facts(encoder))
    vectors, new = encode_new(all_passages(made), known, refuse)
    assert new == 0
    assert vectors.keys() == {passage.key for record in made for passage in passages(record)}
    for record in made:
        for passage in passages(record):
            fresh = encoder.encode([passage.text])[0].astype(np.float16)
            np.testing.assert_array_equal(vectors[passage.key], fresh)


def test_only_what_is_new_is_encoded(made: list[CodeBundleRecord], index: Path, encoder: Encoder) -> None:
    changed = [made[0].model_copy(update={"doc": "Says something else."}), *made[1:]]
    encoded: list[str] = []

    def watched(texts):
        encoded.extend(texts)
        return encoder.encode(texts)

    known = known_vectors(index, facts(encoder))
    vectors, new = encode_new(all_passages(changed), known, watched)
    assert new == len(encoded) == 1
    assert "Says something else." in encoded[0]
    # What nobody needs any more is left out.
    assert vectors.keys() == {passage.key for record in changed for passage in passages(record)}


def test_vectors_of_another_encoder_are_not_taken(index: Path, encoder: Encoder) -> None:
    assert known_vectors(index, facts(encoder).model_copy(update={"sha256": "0" * 64})) == {}
    assert known_vectors(index, facts(encoder).model_copy(update={"model": "text-embedding-3-small"})) == {}


@pytest.mark.parametrize("damage", ["no index", "no table", "no manifest", "damaged manifest", "damaged data"])
def test_an_index_that_cannot_be_read_only_costs_time(
    index: Path, encoder: Encoder, tmp_path: Path, damage: str
) -> None:
    copy = tmp_path / "index_data"
    shutil.copytree(index, copy)
    if damage == "no index":
        shutil.rmtree(copy)
    elif damage == "no table":
        shutil.rmtree(copy / f"{PASSAGES}.lance")
    elif damage == "no manifest":
        (copy / "manifest.json").unlink()
    elif damage == "damaged manifest":
        (copy / "manifest.json").write_text("{", encoding="utf-8")
    else:
        for file in (copy / f"{PASSAGES}.lance" / "data").iterdir():
            file.write_bytes(b"not lance")
    assert known_vectors(copy, facts(encoder)) == {}
    assert copy.exists() == (damage != "no index")


def test_neighbours_are_others_and_the_nearest_first(encoder: Encoder) -> None:
    all_made = records()
    vectors, _ = encode_new(all_passages(all_made), {}, encoder.encode)
    heads = {record.id: passages(record)[0] for record in all_made}
    near = related(heads, vectors)
    assert near.keys() == heads.keys()
    for name, ids in near.items():
        assert len(ids) == 6
        assert len({*ids, name}) == 7
    first = near["beacon-codecollection/http-endpoint-check"][0]
    assert first == "anchor-codecollection/http-endpoint-check"
    assert related({}, {}) == {}
    assert related({"a/b": heads[first]}, vectors) == {"a/b": ()}
