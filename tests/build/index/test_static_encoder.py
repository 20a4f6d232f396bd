"""The static encoder: a text is the mean of its tokens' vectors."""

import numpy as np
import pytest

from build.index.static_encoder import StaticEncoder

TOKENS = ["[UNK]", "[CLS]", "[SEP]", "pod", "##s", "node"]
VECTORS = np.array([[0, 0], [0, 0], [0, 0], [100, 0], [0, 100], [-100, 0]], np.int8)


@pytest.fixture
def encoder() -> StaticEncoder:
    return StaticEncoder(TOKENS, VECTORS)


def test_a_text_is_the_mean_of_its_tokens(encoder: StaticEncoder) -> None:
    assert encoder.encode("pod").tolist() == [1, 0]
    assert encoder.encode("Pods") == pytest.approx(np.array([1, 1]) / np.sqrt(2))
    assert encoder.encode("pod pod pods").tolist() == pytest.approx((np.array([3, 1]) / np.sqrt(10)).tolist())


@pytest.mark.parametrize("text", ["", "?", "unknown", "pod node", "再起動"])
def test_what_says_nothing_has_no_direction(encoder: StaticEncoder, text: str) -> None:
    assert encoder.encode(text).tolist() == [0, 0]


def test_passages_are_integers_of_one_127th(encoder: StaticEncoder) -> None:
    found = encoder.encode_passages(["pods", "node", ""])
    assert found.dtype == np.int8
    assert found.tolist() == [[90, 90], [-127, 0], [0, 0]]
    assert encoder.encode_passages([]).shape == (0, 2)


def test_a_word_is_one_token(encoder: StaticEncoder) -> None:
    assert encoder.has_word("pod")
    assert not encoder.has_word("pods")
