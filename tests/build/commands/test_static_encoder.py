"""The static encoder that is kept is what the published weights make of its vocabulary."""

import numpy as np
import pytest

from build.commands.static_encoder import (
    DIMENSIONS,
    principal,
    project,
    quantise,
    select_tokens,
    token_vectors,
    weights,
)
from build.index.encoder_file import exact_encoder, published
from build.index.static_encoder import FILE, StaticEncoder
from search_fn.encoder.tensors import read_tensors

SAMPLE = 200


def test_a_sample_of_its_tokens_is_what_the_published_weights_make_of_them() -> None:
    tensors, _ = read_tensors(FILE.read_bytes())
    every = published()[1].rstrip(b"\n").decode().split("\n")
    tokens = [every[place] for place in select_tokens(every)]
    assert tensors["vocabulary"].tobytes().decode().split("\n") == tokens
    assert np.array_equal(tensors["weight"], weights(len(every))[select_tokens(every)])
    places = np.random.default_rng(7).choice(len(tokens), SAMPLE, replace=False)
    sample = [tokens[place] for place in places]
    made = quantise(
        sample,
        token_vectors(exact_encoder(), sample),
        tensors["mean"],
        tensors["components"],
        tensors["weight"][places],
        float(tensors["largest"][0]),
    )
    # The one that is kept was distilled from weights of 8 bits. Of other weights it has to be made anew, by
    # `nox -s static-encoder`.
    apart = np.abs(made.astype(int) - tensors["vectors"][places])
    assert apart.max() <= 3
    assert np.mean(apart <= 1) > 0.98


def test_what_it_keeps_are_latin_tokens_and_those_that_the_tokenizer_needs() -> None:
    every = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[", "]", "a", "##b", "ж", "##ж", "é", "the"]
    assert [every[place] for place in select_tokens(every)] == ["[UNK]", "[CLS]", "[SEP]", "[", "]", "a", "##b", "the"]


def test_rare_tokens_count_more_and_special_ones_nothing() -> None:
    found = weights(30_000)
    assert 0 < found[1_996] < found[2_100] < found[29_999] < 1
    assert found[5] == found[1_996]
    vectors = np.ones((2, 384), np.float32)
    mean, components = np.zeros(384, np.float32), np.ones((384, DIMENSIONS), np.float32)
    one = np.ones(2, np.float32)
    made = quantise(["[CLS]", "pod"], vectors, mean, components, one, largest=384.0)
    assert made.tolist() == [[0] * DIMENSIONS, [127] * DIMENSIONS]


def test_components_are_those_that_tell_most_vectors_apart() -> None:
    chance = np.random.default_rng(3)
    spread = np.linspace(5, 0.1, 384).astype(np.float32)
    vectors = (chance.standard_normal((2_000, 384)) * spread).astype(np.float32)
    mean, components = principal(vectors)
    assert components.shape == (384, DIMENSIONS)
    assert components.T @ components == pytest.approx(np.eye(DIMENSIONS), abs=1e-4)
    lengths = project(vectors, mean, components, np.ones(len(vectors), np.float32)).std(axis=0)
    assert np.all(np.diff(lengths) <= 1e-4)
    assert lengths[0] > 4


def test_texts_that_say_the_same_are_near_each_other() -> None:
    encoder = StaticEncoder.load()
    query, near, far = map(encoder.encode, ("pods keep restarting", "restarts of containers", "cloud bill too high"))
    assert query @ near > query @ far + 0.2
