"""Strangers' text among ours."""

from search_fn.text import inline, quote, visible


def test_hidden_characters_are_left_out_of_the_text() -> None:
    assert inline("a\u202eb\u200bc\x1b[31md\U000e0041e") == r"abc\[31mde"
    assert quote("one\r\ntwo\u2066 # three") == ["> one", r"> two \# three"]


def test_no_text_becomes_markdown() -> None:
    assert inline("# [a](b) *c* _d_ `e` <f> ![g] ~h~ & | {i} \\") == (
        r"\# \[a\](b) \*c\* \_d\_ \`e\` \<f\> \!\[g\] \~h\~ \& \| \{i\} \\"
    )
    assert inline("two\nlines  and   blanks ") == "two lines and blanks"
    assert inline(None) == "None"


def test_a_quoted_text_keeps_its_lines_and_none_gets_out() -> None:
    assert quote("one\n\n- two\n", "  ") == ["  > one", "  >", "  > - two"]
    assert quote(None) == quote(" \n\t") == []
    assert all(line.startswith("> ") for line in quote("a\rb\u2028c\x0bd\n> e"))


def test_controls_leave_a_space_and_joiners_stay_between_emoji() -> None:
    assert visible("a\x07b\rc\r\nd\te", "?") == "a?b?c\r\nd\te"
    family = "\U0001f468\u200d\U0001f469"
    assert visible(family) == family
    assert visible("a\u200db\u00adc\ufeff") == "abc"
