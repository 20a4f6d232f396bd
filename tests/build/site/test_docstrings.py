"""Docstrings as their authors write them: Sphinx's fields, Google's sections, and neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.site.docstrings import docstring_parts

CASES = {
    "fields": (
        "Reads a folder.\n\n:param str folder: where it is,\n    from the root\n:type depth: int\n:return: names",
        [("text", "Reads a folder."), ("pairs", [("folder", "where it is, from the root"), ("Returns", "names")])],
    ),
    "sections": (
        "Waits.\n\nArgs:\n    seconds (int): How long\n        it waits.\n    **more: Ignored.\n\n"
        "Returns:\n    Whether it came.",
        [
            ("text", "Waits."),
            ("heading", "Args"),
            ("pairs", [("seconds", "How long it waits. (int)"), ("more", "Ignored.")]),
            ("heading", "Returns"),
            ("text", "Whether it came."),
        ],
    ),
    "what an editor left": ("_summary_\n\nReturns:\n    _type_: _description_\n", []),
    "laid out": (
        "Examples:\n    | a |  b |\n    | c |",
        [("heading", "Examples"), ("laid", "    | a |  b |\n    | c |")],
    ),
    "lines": ("One thing\nin two lines.\n\n- a\n- b", [("text", "One thing in two lines."), ("laid", "- a\n- b")]),
    "nothing": (" \n\n ", []),
}


@pytest.mark.parametrize(("text", "wanted"), CASES.values(), ids=CASES)
def test_what_is_written_comes_in_its_parts(text: str, wanted: list[object]) -> None:
    assert list(docstring_parts(text)) == wanted


@given(st.text(alphabet=":-_ \n\tab(|`é<", max_size=300))
def test_no_word_is_lost(text: str) -> None:
    said = "".join(
        part if isinstance(part, str) else "".join(name + about for name, about in part)
        for kind, part in docstring_parts(text)
    )
    letters = [letter for letter in said if letter in "abé"]
    assert sorted(letters) == sorted(letter for letter in text if letter in "abé")
