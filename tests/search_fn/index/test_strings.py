"""Texts in arrays, and what is looked up by them."""

import pytest

from search_fn.index.strings import Places, Sorted, Strings, place_arrays, string_arrays

TEXTS = ["", "a", "pod", "é", "日本", "\N{SLIGHTLY SMILING FACE}"]


def test_texts_are_what_they_were_and_are_found_where_they_are() -> None:
    texts = Strings.of(string_arrays("name", TEXTS), "name")
    assert texts == TEXTS
    assert [texts[place] for place in range(-6, 6)] == TEXTS * 2
    assert texts[1:3] == TEXTS[1:3]
    assert [texts.find(text) for text in TEXTS] == list(range(6))
    assert [texts.find(text) for text in ("b", "podx", "~~", "\uffff")] == [None] * 4
    for place in (6, -7):
        with pytest.raises(IndexError):
            texts[place]
    assert dict(Sorted(texts)) == {text: place for place, text in enumerate(TEXTS)}


def test_positions_are_those_of_their_text() -> None:
    found = Places.of(place_arrays("names", {"b": [2, 5], "a": [1]}), "names")
    assert [found.at(text).tolist() for text in ("a", "b", "c", "")] == [[1], [2, 5], [], []]
    assert Places.of(place_arrays("names", {}), "names").at("a").tolist() == []
