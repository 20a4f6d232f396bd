"""A published text is without the comments that its page does not show, and as it was for the rest."""

import pytest

from build.untrusted.comments import without_comments
from build.untrusted.markdown import MAX_CHARACTERS, render_markdown


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\n\n<!-- b -->\n\nc\n", "a\n\n\n\nc\n"),
        ("a <!-- b --> c <!-- d -->\n", "a  c \n"),
        ("<!--\nb\n\n# b\n-->\na\n", "\na\n"),
        ("<!-- b\n", ""),
        ("a<!---->b<!-->c", "abc"),
        ("`<!-- a -->` <!-- a -->\n", "`<!-- a -->` \n"),
        ("```\n<!-- a -->\n```\n<!-- b -->\n", "```\n<!-- a -->\n```\n\n"),
        ("    <!-- a -->\n\n<!-- a -->\n", "    <!-- a -->\n\n\n"),
        ("| a |\n|---|\n| b <!-- c --> |\n| `<!-- d -->` |\n", "| a |\n|---|\n| b  |\n| `<!-- d -->` |\n"),
        ("> a <!-- b -->\n> - c <!-- b -->\n", "> a \n> - c \n"),
        ("<div>\n<!-- a -->b</div>\n", "<div>\nb</div>\n"),
        ("a\r\n\r\n<!-- b -->\r\n\r\nc", "a\r\n\r\n\r\n\r\nc"),
        ("a\r<!-- b -->\rc", "a\r\rc"),
        ("[^1]: a <!-- b -->\n\nc[^1] <!-- d -->\n", "[^1]: a \n\nc[^1] \n"),
        ("a \\<!-- b --> c", "a \\<!-- b --> c"),
        ("no comment --> here <! -- x", "no comment --> here <! -- x"),
    ],
)  # fmt: skip
def test_comments_are_left_out_and_code_stays(text: str, left: str) -> None:
    assert without_comments(text) == left


@pytest.mark.parametrize("text", ["a <!-- b --> *c*", "<!-- a -->\n\n# b", "`<!-- a -->`", "- a\n\n  <!-- b -->\n- c"])
def test_the_page_is_the_same_without_them(text: str) -> None:
    def words(text: str) -> str:
        return "".join(render_markdown(text, link=str, image=str).split())

    assert words(without_comments(text)) == words(text)


def test_what_is_shown_as_it_is_written_keeps_them() -> None:
    deep = "> " * 40 + "<!-- a -->"
    assert without_comments(deep) == deep
    long = "a\n" * MAX_CHARACTERS + "<!-- b -->"
    assert without_comments(long) == long
