"""Strangers' text among ours."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_fn.search.ranking import MAX_QUERY, rank
from search_fn.text import CONTROLS, HIDDEN, addresses, count_unseen, inline, quote, shortened, visible


def test_hidden_characters_are_left_out_of_the_text() -> None:
    assert inline("a\u202eb\u200bc\x1b[31md\U000e0041e") == r"abc\[31mde"
    assert quote("one\r\ntwo\u2066 # three") == ["> one", r"> two \# three"]


def test_each_character_that_is_not_seen_is_looked_for() -> None:
    for one in map(chr, range(0x110000)):
        hidden = CONTROLS.search(one) or HIDDEN.search(one)
        assert (count_unseen(f"a{one}b"), visible(f"a{one}b", "")) == ((1, "ab") if hidden else (0, f"a{one}b"))
    assert count_unseen("a\r\nb\r") == 1


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Read (https://evil.example/x).", ["https://evil.example/x"]),
        ("HTTPS://EVIL.example, ftp://a.b", ["HTTPS://EVIL.example", "ftp://a.b"]),
        ("mailto:help@evil.example or help@evil.example", ["mailto:help@evil.example", "help@evil.example"]),
        ("javascript:alert(1", ["javascript:alert(1"]),
        ("www.evil.example", ["www.evil.example"]),
        ("evil.com and evil.co.uk", ["evil.com", "evil.co.uk"]),
        ("evil.рф/x", ["evil.рф/x"]),
        ("ｈｔｔｐｓ：／／evil．example", ["https://evil.example"]),
        ("evil。com", ["evil.com"]),
        ("10.0.0.1:8080 and 10.0.0.1/x", ["10.0.0.1:8080", "10.0.0.1/x"]),
        ("<//evil.example/x>", ["//evil.example/x"]),
        # Versions, files, resources and sentences.
        ("Python 3.11.2, 10.0.0.1, setup.py, run.sh, apps/v1, kube-system/pod, e.g. this. And/or that: x", []),
    ],
)
def test_addresses_are_found(text: str, found: list[str]) -> None:
    assert addresses(text) == found


@given(st.text(alphabet=st.sampled_from("a\u00e9\ufdfa\u2460\uac00 ")), st.integers(0, 60))
def test_a_shortened_text_is_short_in_each_form(text: str, most: int) -> None:
    found = shortened(text, most)
    assert text.startswith(found)
    assert len(unicodedata.normalize("NFKD", found)) <= most
    if found != text:
        assert len(unicodedata.normalize("NFKD", text[: len(found) + 1])) > most


def test_a_query_is_no_longer_when_it_is_taken_apart(index, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(type(index), "encode", lambda _, text: seen.append(text))
    rank(index, "\ufdfa" * MAX_QUERY)
    assert len(unicodedata.normalize("NFKD", seen[0])) <= MAX_QUERY
