"""The body of an issue form, as GitHub makes it and as somebody changes it."""

import pytest

from build.forms.answers import Field, Form, FormError, lines_of, read_answers, read_form
from tests.support.forms import TEMPLATES

FORM = Form("ours", (Field("name", "Name"), Field("level", "Level", ("low", "high")), Field("more", "More")))


def test_answers_are_by_the_names_of_their_fields() -> None:
    body = "### Name\r\n\r\nA\r\n\r\n### Level\r\n\r\nhigh\r\n\r\n### More\r\n\r\none\r\n#### no field\r\n### Nor this"
    assert read_answers(FORM, body) == {"name": "A", "level": "high", "more": "one\n#### no field\n### Nor this"}


@pytest.mark.parametrize("nothing", ["", "_No response_"])
def test_what_is_empty_is_left_out(nothing: str) -> None:
    assert read_answers(FORM, f"### Name\n\n{nothing}\n\n### Level\n\nNone\n\n### More\n\nNone") == {"more": "None"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("### Name\n\nA\n\n### Level\n\nhigh\n\n### More\n\n### Name\n\nB", "“Name” occurs twice"),
        ("### Name\n\nA\n\n### More\n\nB", "no field “Level”"),
        ("### Name\n\nA\n\n### Level\n\nhighest\n\n### More\n\nB", "“Level” is none of low, high"),
        ("### Name\n\na\u200bb\n\n### Level\n\nlow\n\n### More\n\nB", "invisible"),
        ("x" * 65_537, "65,536 characters"),
    ],
)
def test_a_body_that_is_not_the_forms_is_refused(body: str, said: str) -> None:
    with pytest.raises(FormError, match=said):
        read_answers(FORM, body)


def test_lists_are_a_line_each() -> None:
    assert lines_of("- a\n\n* b: c\n  d-e  \n-f") == ["a", "b: c", "d-e", "-f"]


def test_the_forms_of_this_repository_are_read() -> None:
    forms = {file.stem: read_form(file.read_text(encoding="utf-8")) for file in TEMPLATES.glob("*-*.yml")}
    assert forms["add-a-collection"].label_of("git_url") == "Address of the repository"
    (box,) = [field for field in forms["add-a-collection"].fields if field.required]
    assert len(box.required) == 2


@pytest.mark.parametrize(
    "text", ["", "[]", "labels: [a, b]\nbody: []", "labels: [a]", "labels: [a]\nbody: [x]", "a: *b"]
)
def test_what_is_no_form_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="not an issue form"):
        read_form(text)
