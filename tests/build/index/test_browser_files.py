"""What the browser is given: the corpus's words, weights and vectors as integers, and names by contents."""

import json

import numpy as np
from safetensors.numpy import load

from build.index.browser_files import FOLDER, browser_files
from build.index.browser_rules import VECTOR_UNIT, WORD_UNIT, rules
from build.index.entries import BundleRow, PageRow, bundle_entry
from build.index.passages import passages
from build.index.static_encoder import StaticEncoder
from build.index.weighing import Weighed, weigh
from build.storage import canonical
from search_fn.query.words import stem
from tests.support.catalogues import sound

NO_PAGES: Weighed[PageRow] = weigh([])


def bundles() -> Weighed[BundleRow]:
    return weigh([bundle_entry(one, "robot code", passages(one)) for one in sound().records])


def files(build_id: str = "build-1") -> dict[str, bytes]:
    return browser_files(bundles(), NO_PAGES, StaticEncoder.load(), build_id)


def test_equal_catalogues_make_equal_bytes_and_the_list_alone_says_the_build() -> None:
    one, other = files(), files("build-2")
    assert one == files()
    assert {name for name in one if one[name] != other.get(name)} == {f"{FOLDER}/files.json"}
    listed = json.loads(one[f"{FOLDER}/files.json"])
    assert {f"{FOLDER}/{name}" for name in listed["files"].values()} == set(one) - {f"{FOLDER}/files.json"}


def test_words_weights_and_vectors_are_the_corpus() -> None:
    corpus, written = bundles(), files()
    (name,) = (name for name in written if "codebundles-" in name)
    tensors = load(written[name])
    words = tensors["words"].tobytes().decode().split("\n")
    assert words == sorted(corpus.counts)
    assert tensors["word_counts"].tolist() == [corpus.counts[word] for word in words]
    for row, found in enumerate(dict.fromkeys(map(stem, words))):
        part = slice(tensors["starts"][row], tensors["starts"][row + 1])
        assert tensors["entries"][part].tolist() == list(corpus.weights[found])
        exact = np.array(list(corpus.weights[found].values()))
        assert np.abs(tensors["weights"][part] / WORD_UNIT - exact).max() <= 1 / WORD_UNIT
    texts = [one.text for entry in corpus.entries for one in entry.passages]
    assert tensors["vectors"].shape == (len(texts), 64)
    lengths = np.linalg.norm(tensors["vectors"].astype(float) / VECTOR_UNIT, axis=1)
    assert np.abs(lengths[lengths > 0] - 1).max() < 0.03
    columns = json.loads(tensors["columns"].tobytes())
    assert columns["id"] == [one.id for one in sound().records]
    assert all(len(values) == len(columns["id"]) for values in columns["facets"].values())


def test_a_browser_finds_its_numbers_aligned() -> None:
    for name, content in files().items():
        if name.endswith(".safetensors"):
            start = 8 + int.from_bytes(content[:8], "little")
            sizes = {"I32": 4, "U16": 2, "U8": 1, "I8": 1}
            header = {key: value for key, value in json.loads(content[8:start]).items() if key != "__metadata__"}
            assert all((start + one["data_offsets"][0]) % sizes[one["dtype"]] == 0 for one in header.values())


def test_a_catalogue_of_nothing_has_files_too() -> None:
    nothing: Weighed[BundleRow] = weigh([])
    assert len(browser_files(nothing, NO_PAGES, StaticEncoder.load(), "x")) == 5


def test_rules_are_json_with_the_searchs_own_constants() -> None:
    found = json.loads(canonical(rules()))
    assert found["hint_weight"] == 0.5
    assert "the" in found["stop_words"]
    assert found["platforms"]["families"]["gke"] == "gcp"
    assert ["kubernet", "k8s", "kube"] in found["synonyms"]
