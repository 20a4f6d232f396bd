"""Synonyms: the file is sound, and phrases of a query find the others of their line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_fn.query.synonyms import FIELD_WORDS, GROUPS, synonyms
from search_fn.query.words import STOP_WORDS, stem

LINES = [line.split(", ") for line in GROUPS.strip().split("\n")]


def stems(text: str) -> list[str]:
    return [stem(word) for word in text.split()]


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("spend", "cost"),
        ("k8s", "kubernetes"),
        ("pods in a restart loop", "crashloopbackoff"),
        ("crashloopbackoff", "restart"),
        ("certs", "certificate"),
        ("postgres", "postgresql"),
    ],
)
def test_what_is_meant_alike_is_found(query: str, other: str) -> None:
    assert stem(other) in synonyms(stems(query))[0]


def test_the_longer_phrase_of_two_counts() -> None:
    others, said = synonyms(stems("key vault password"))
    assert {"key", "vault", "password"} <= said
    # `api key` is a synonym of password, and `key` alone of nothing.
    assert synonyms(["key"]) == ({}, set())
    assert "keyvault" in others


def test_words_without_synonyms_have_none() -> None:
    assert synonyms(stems("lamp street")) == ({}, set())


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_a_line_has_several_phrases_that_stay_what_they_are(line: list[str]) -> None:
    assert len(line) > 1
    assert len(set(line)) == len(line)
    for phrase in line:
        assert phrase == " ".join(phrase.lower().split())
        # A phrase that loses words to the stop words would be found in what has nothing to do with it.
        content = [word for word in phrase.split() if word not in STOP_WORDS]
        assert len(content) >= min(2, len(phrase.split())), phrase


@given(st.lists(st.sampled_from(sorted(FIELD_WORDS)) | st.text("abcdef", min_size=1, max_size=5), max_size=12))
def test_any_words_have_synonyms_of_the_field(query: list[str]) -> None:
    others, said = synonyms(query)
    assert set(others) <= FIELD_WORDS
    assert said <= set(query)
    assert bool(said) or not set(others)
