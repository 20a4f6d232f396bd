"""What a query marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_fn.query.marks import read_marks


@pytest.mark.parametrize(
    ("text", "rest", "unwanted"),
    [
        ("pod -redis", "pod", ("redis",)),
        ("pod !redis", "pod", ("redis",)),
        ("pod NOT redis", "pod", ("redis",)),
        ("clusters NOT AWS", "clusters", ("AWS",)),
        ("-redis pod -k8s-node", "pod", ("redis", "k8s-node")),
        # Nothing else is left.
        ("-redis", "-redis", ()),
        # States that are shouted, flags, dashes of words, and what is not a word.
        ("node NOT READY", "node NOT READY", ()),
        ("node NOT Responding", "node NOT Responding", ()),
        ("kubectl get pods -n shop -watch", "kubectl get pods -n shop -watch", ()),
        ("pods --all-namespaces -redis", "pods --all-namespaces -redis", ()),
        ("pods -o wide", "pods -o wide", ()),
        ("read-only checks - all", "read-only checks - all", ()),
        ("not redis", "not redis", ()),
    ],
)
def test_words_that_are_not_wanted(text: str, rest: str, unwanted: tuple[str, ...]) -> None:
    marks = read_marks(text)
    assert (" ".join(marks.text.split()), marks.unwanted) == (rest, unwanted)


def test_phrases_in_quotes_stay_in_the_text() -> None:
    marks = read_marks('postgres "connection refused" and \u201ctoo many clients\u201d')
    assert marks.quoted == ("connection refused", "too many clients")
    assert marks.text == 'postgres "connection refused" and \u201ctoo many clients\u201d'
    assert read_marks('one " alone').quoted == ()


def test_a_word_in_quotes_is_a_name_of_whoever_asks_where_more_is_said() -> None:
    assert read_marks('"redis" memory').quoted == ("redis",)
    assert read_marks('SetUp failed for volume "config" : configmap "app-config" not found').quoted == ()
    assert read_marks('no pods can start: "disk full" on "node-7", what now').quoted == ("disk full",)


@given(
    st.text(max_size=80) | st.lists(st.sampled_from(["pod", "-x", "!redis", "NOT", "aws", '"', "--all"])).map(" ".join)
)
def test_any_text_has_marks(text: str) -> None:
    marks = read_marks(text)
    assert not marks.unwanted or marks.text != text
    assert read_marks(text) == marks
