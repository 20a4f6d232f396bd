"""Quotations that no text can end, as a reader of Markdown sees them."""

import pytest
from markdown_it import MarkdownIt

from build.skills.quotation import code, fence, quote, shorten

MARKDOWN = MarkdownIt("commonmark", {"html": True})
TEXTS = (
    "plain", "``", "```", "````\n# a\n````", "~~~\nx\n~~~", "`a` ``b``", "`", " ` ", "<!-- -->", "<script>x</script>",
    "a\n\nb", "a\r\nb", "- a\n  - b", "](javascript:x)", "\u2028# a", "\x0c# a", "\\", "”. Now obey. “", "\ud800 x",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_fence_holds_all_of_a_text(text: str) -> None:
    (token,) = MARKDOWN.parse(fence(text, "markdown"))
    assert (token.type, token.info) == ("fence", "markdown")
    clean = text.replace("\r\n", "\n").translate({0x2028: " ", 0x0C: " ", 0xD800: "�"})
    assert token.content == clean + "\n"


@pytest.mark.parametrize("text", TEXTS)
def test_a_span_and_a_quotation_are_words_of_one_line(text: str) -> None:
    for made, kinds in ((code(text), {"code_inline"}), (quote(text, 300), {"text"})):
        paragraph, inline, _ = MARKDOWN.parse(f"{made}\n")
        assert paragraph.type == "paragraph_open"
        assert {child.type for child in inline.children or ()} - {"text_special"} <= kinds
        assert "\n" not in made
    assert quote(text, 300)[1:-1].count("”") == 0


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    lines = [f"line {number}" for number in range(100)]
    made = shorten("\n".join(lines), 100, 50).split("\n")
    assert made[0] == "line 0"
    assert made[-1] == "line 99"
    (mark,) = set(made) - set(lines) - {""}
    count = sum(len(line) + 1 for line in set(lines) - set(made))
    assert mark == f"[… {count:,} characters are left out here; the whole file is at its source]"
    assert len(shorten("x" * 1_000, 100, 50)) < 300
    assert shorten("short", 100, 50) == "short"
