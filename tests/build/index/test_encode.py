"""Vectors are the same by however many processes they are made."""

from pathlib import Path

import numpy as np
import pytest

from build.index.encode import encode
from search_fn.encoder.minilm import Encoder


@pytest.fixture(scope="module")
def encoder(encoder_path: Path) -> Encoder:
    return Encoder.load(encoder_path)


def test_two_workers_make_the_vectors_of_one_in_the_same_order(encoder: Encoder, encoder_path: Path) -> None:
    texts = [f"{'pod ' * (number % 7)}number {number}" for number in range(140)]
    np.testing.assert_array_equal(encode(texts, encoder_path, "local", 2), encoder.encode(texts))


def test_no_texts_have_no_vectors(encoder_path: Path) -> None:
    assert encode([], encoder_path, "local", 8).shape == (0, 384)
