"""What stands in YAML before a text is a table; what only looks like it is text."""

import pytest
from lxml import html

from build.untrusted.front_matter import split_front_matter


def cells(text: str) -> list[list[str]]:
    table = html.fragment_fromstring(split_front_matter(text)[0])
    return [[cell.text_content() for cell in row] for row in table.xpath("./*/tr")]


def test_names_stand_above_values() -> None:
    text = "---\ntitle: A\nnumber: 1\nyes: true\nnone:\ntags: [a, 2]\n---\n# Text\n"
    assert cells(text) == [["title", "number", "True", "none", "tags"], ["A", "1", "true", "", "a, 2"]]
    assert split_front_matter(text)[1] == "# Text\n"


def test_a_mapping_within_is_a_table_within() -> None:
    head, _ = split_front_matter("---\na: {b: {c: d}}\ne: [{f: g}, h]\n---\n")
    assert head.count("<table>") == 4
    deep = "---\na: " + "{b: " * 20 + "c" + "}" * 20 + "\n---\n"
    assert split_front_matter(deep)[0].count("<table>") < 6


def test_nothing_of_it_is_markup() -> None:
    head, _ = split_front_matter("---\n\"<b>\": '<script>'\nx: [<i>]\ny: {<u>: [[<s>]]}\n---\n")
    assert {one.tag for one in html.fragment_fromstring(head).iter()} == {
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "p",
    }


@pytest.mark.parametrize(
    "text", ["---\n---\ntext", "---\n\n---\ntext", "---  \na: b\n---\t\ntext", "---\r\na: b\r\n---\r\ntext"]
)
def test_blanks_and_ends_of_lines_are_as_they_come(text: str) -> None:
    assert split_front_matter(text)[1] == "text"


@pytest.mark.parametrize(
    "text",
    ["---\ntext\n---\n",
     "---\n- a\n---\n", "---\na: b\n", "\n---\na: b\n---\n", "----\na: b\n---\n", "---\na: [\n---\n",
     "---\na: &b c\nd: *b\n---\n", "---\na: 1\na: 2\n---\n", "text\n---\na: b\n---\n",
     "---\n" + "a\n" * 20_000 + "---\n"],
)  # fmt: skip
def test_what_is_no_mapping_is_text(text: str) -> None:
    assert split_front_matter(text) == ("", text)
