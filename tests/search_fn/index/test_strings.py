"""Texts in arrays, and what is looked up by them."""

from zlib import crc32

import numpy as np
import pytest

from search_fn.index.strings import Keys, Numbers, Places, Strings, key_arrays, place_arrays, string_arrays

TEXTS = ["", "a", "pod", "é", "日本", "\N{SLIGHTLY SMILING FACE}"]


def test_texts_are_what_they_were() -> None:
    texts = Strings.of(string_arrays("name", TEXTS), "name")
    assert texts == TEXTS
    assert [texts[place] for place in range(-6, 6)] == TEXTS * 2
    assert texts[1:3] == TEXTS[1:3]
    for place in (6, -7):
        with pytest.raises(IndexError):
            texts[place]


def test_texts_are_found_by_their_hashes_and_others_are_not() -> None:
    # The first and the last have one hash.
    texts = ["plumless", *TEXTS, "buckeroo"]
    assert crc32(b"plumless") == crc32(b"buckeroo")
    keys = Keys(key_arrays("name", texts), "name")
    assert [keys.find(text) for text in texts] == list(range(8))
    assert [keys.find(text) for text in ("b", "podx", "~~", "\uffff", "\ud800")] == [None] * 5
    assert Keys(key_arrays("name", []), "name").find("a") is None
    assert dict(Numbers(keys)) == {text: place for place, text in enumerate(texts)}
    assert Numbers(keys, np.arange(8, 0, -1, np.int32)).get("buckeroo") == 1


def test_positions_are_those_of_their_text() -> None:
    found = Places.of(place_arrays("names", {"b": [2, 5], "a": [1]}), "names")
    assert [found.at(text).tolist() for text in ("a", "b", "c", "")] == [[1], [2, 5], [], []]
    assert Places.of(place_arrays("names", {}), "names").at("a").tolist() == []
