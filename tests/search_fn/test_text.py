"""Strangers' text among ours."""

from search_fn.text import inline, quote


def test_hidden_characters_are_left_out_of_the_text() -> None:
    assert inline("a\u202eb\u200bc\x1b[31md\U000e0041e") == r"abc\[31mde"
    assert quote("one\r\ntwo\u2066 # three") == ["> one", r"> two \# three"]
