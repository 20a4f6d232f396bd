"""Texts just within each limit are let through, and those just beyond are told by their reason."""

import pytest

from build.untrusted import nesting
from build.untrusted.nesting import find_excess

# Limits that small inputs pass, one for each count.
SMALL = {"MAX_BRACKETS": 20, "MAX_OPEN_BRACKETS": 4, "MAX_DEPTH": 4, "MAX_QUOTED_LINES": 12, "MAX_EMPHASIS": 10,
         "MAX_CELLS": 12, "MAX_ANGLES": 5, "MAX_ADDRESS_STEPS": 3_000}  # fmt: skip

WITHIN = [
    "[a](b) " * 20,
    "[[[[a]]]] [[[[b]]]]",
    "[ [ [ [ a\n\n[ [ [ [ b",
    "> - 1. * a",
    "> > > > a\nb\nc",
    "> > > > a\n\nb\nc\nd\n",
    "* * * * * * *\n- - - - - - - -\n",
    "**a** *b* __c__ ~~d~~ snake_case x**y\n",
    "a|b|c\n-|-|-\nd\ne\n",
    "a|b|c\n-|-|-\nd\n\n" + "e\n" * 20,
    "<a> <b> <c> <d> <e>",
    "https://a.example/x_(y) and www.b.example, c@d.example: e",
    "a:b:c\n" * 20,
    "-1 - 2 * 3 > 4 +5 1.5 >",
    "",
]
BEYOND = [
    ("[a](b) " * 21, "21 opening brackets"),
    ("[[[[[a]]]]]", "brackets stand within"),
    ("[ a [ b\n[ c [\n[ d", "brackets stand within"),
    ("[![](" * 6, "brackets stand within"),
    (">>>>> a", "5 block quotes and lists"),
    ("> - 1. * + a", "5 block quotes and lists"),
    ("\t> \t> > - 7) a", "5 block quotes and lists"),
    ("> > > > a\nb\nc\nd\n", "too many of its lines"),
    ("> > > > a\r\nb\rc\nd\n", "too many of its lines"),
    ("> > > > a\n\n" * 4, "too many of its lines"),
    ("- a\n" * 13, "too many of its lines"),
    ("*a " * 11, "11 marks of emphasis"),
    ("~~a _b " * 6, "12 marks of emphasis"),
    ("a|b|c\n-|-|-\nd\ne\nf\ng\n", "tables have more than"),
    ("> a|b|c\n> :-|-:|-\n> d\n> e\n> f\n> g\n", "tables have more than"),
    ("a|b|c\n-|-|-\n\n" * 5, "tables have more than"),
    ("<" * 6, "6 signs '<'"),
    ("a:" * 40, "too long for all the addresses"),
    ("http://a/" + ")" * 60, "too long for all the addresses"),
    ("x@y " * 30, "too long for all the addresses"),
    ("www." * 30, "too long for all the addresses"),
]


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in SMALL.items():
        monkeypatch.setattr(nesting, name, limit)


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("text", WITHIN)
def test_a_text_within_the_limits_is_parsed(text: str) -> None:
    assert find_excess(text) is None


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize(("text", "reason"), BEYOND)
def test_a_text_beyond_a_limit_is_told_with_its_count(text: str, reason: str) -> None:
    assert reason in (find_excess(text) or "")


def test_readmes_that_people_write_are_far_from_the_limits() -> None:
    items = "".join(f"- **[project {n}](https://host/{n})** - _what_ `it` does <https://host>\n" for n in range(500))
    table = "| a | b | c | d | e |\n|---|---|---|---|---|\n" + "| 1 | 2 | 3 | 4 | 5 |\n" * 200
    script = "```sh\n" + 'echo -e "\\033[31m${a[0]} [[ -f x ]] > y"\n' * 50 + "```\n"
    nested = "".join(f"{'  ' * level}- level {level}\n" for level in range(12))
    quote = "> > somebody said\n> and went on\n" * 20
    assert find_excess("\n".join([items, table, script, nested, quote])) is None
