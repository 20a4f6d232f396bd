"""YAML with strangers' texts in it: whatever they are, a reader finds them as they were, and nothing else."""

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from build.untrusted.yaml_text import PRIVATE, comment, gap, pieces, quote, string, strip_marks, tag_of

anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(anything)
@example("yes")
@example("y")
@example("null")
@example("1e3")
@example("0x1f")
@example("a: b")
@example("\u2028\x85\x7f\ufeff")
@example("---")
@example(".inf")
def test_a_string_is_the_text_that_it_was(text: str) -> None:
    for written in (string(text), quote(text)):
        assert yaml.safe_load(f"a: {written}") == {"a": text}
        assert "\n" not in written


@pytest.mark.parametrize("text", ["kubectl", "read-only", "codebundles/a/runbook.robot", "runwhen.com/v1"])
def test_a_plain_word_stands_as_it_is(text: str) -> None:
    assert string(text) == text


@pytest.mark.parametrize("text", ["yes", "No", "null", "on", "y", "N", "10m", "a b", "~", "", "-x", "<a>"])
def test_what_yaml_or_an_eye_could_take_for_something_else_is_quoted(text: str) -> None:
    assert string(text) == f'"{text}"'


@given(anything)
@example("x\nkind: Secret")
@example("x\u2028kind: Secret\x85b\rc")
@example("\u202ereversed\u200b")
def test_nothing_ends_a_comment(text: str) -> None:
    line = comment(text)
    assert yaml.safe_load(f"# {line}\na: 1  # {line}") == {"a": 1}
    assert line.isprintable()
    assert len(line) <= 300


@given(st.lists(st.tuples(st.text("ab:<>+ \ue000\ue001\ue002"), st.text("ab \ue000\ue001\ue002")), max_size=5))
def test_marks_are_found_again_whatever_they_mark(marks: list[tuple[str, str]]) -> None:
    marked = "".join(f"x{gap(name, shown)}" for name, shown in marks) + "y"
    found = [(piece.gap, piece.text) for piece in pieces(marked) if piece.gap is not None]
    clean = [(PRIVATE.sub("", name), PRIVATE.sub("", shown)) for name, shown in marks]
    # One that has neither a name nor a text is none.
    assert found == [one for one in clean if any(one)]
    assert strip_marks(marked) == "".join(f"x{shown}" for _, shown in clean) + "y"


@pytest.mark.parametrize(
    ("text", "tag"), [("5", "int"), ("yes", "bool"), ("5m", "str"), ("", "null"), ("1.5", "float")]
)
def test_the_type_of_an_unquoted_text_is_that_of_yaml(text: str, tag: str) -> None:
    assert tag_of(text) == f"tag:yaml.org,2002:{tag}"
