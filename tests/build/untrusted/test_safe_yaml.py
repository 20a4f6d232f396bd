"""YAML from strangers: a plain value or a refusal with a line, and in good time."""

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from build.untrusted.safe_yaml import MAX_CHARACTERS, MAX_DEPTH, MAX_EVENTS, MAX_NUMBER, SafeYamlError, line_of, load

anything = st.text(st.characters(), max_size=200)  # surrogates too
yaml_like = st.text(st.sampled_from("ab01:-,?&*!|>%@`'\"#{}[]<=~._+ \n\t\r\x00\x85\u2028\ud800"), max_size=80)
TAGS = ["bool", "int", "float", "null", "str", "binary", "timestamp", "omap", "pairs", "set", "seq", "map", "value"]
VALUES = ['""', "maybe", "-", "+", "0x", "0b", ".", "1:", ":", "[a]", "{a: 1}", "[[a]]", "2026-99-99", "~", "1_"]
tagged = st.builds("!!{} {}".format, st.sampled_from(TAGS), st.sampled_from(VALUES) | yaml_like)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# a remark\n", None),
        ("---\n", None),
        ("a: 1\nb: [x, 'y', \"z\"]\n", {"a": 1, "b": ["x", "y", "z"]}),
        ("a:\n  b:\n    - c: d\n", {"a": {"b": [{"c": "d"}]}}),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
        ("no: yes\n", {False: True}),
        ("a: '<<'\nb: '*'\n", {"a": "<<", "b": "*"}),
        ("a: 1.5\nb: 0x1f\nc: 1:30\n", {"a": 1.5, "b": 31, "c": 90}),
        ("<<: {a: 1}\nb: 2\n", {"a": 1, "b": 2}),
        ("a: &name 1\n", {"a": 1}),
        ("\ufeffa: é\n", {"a": "é"}),
    ],
)
def test_plain_documents_are_read(text: str, value: Any) -> None:
    assert load(text) == value


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("a: 1\na: 2\n", "duplicate key 'a'", 2),
        ("x:\n  - b: 1\n    b: 2\n", "duplicate key 'b'", 3),
        ("a: &x 1\nb: *x\n", "alias", 2),
        ("a: &x\n  <<: *x\n", "alias", 2),
        ("--- 1\n--- 2\n", "another document", 2),
        ("a: 1\n...\nb: 2\n", "expected", 3),
        ("a: !!python/object/apply:os.system [id]\n", "constructor", 1),
        ("\na: !ours x\n", "constructor", 2),
        ("a: {{ b }}\n", "unhashable", 1),
        ("{% include 'x' %}\n", "cannot start any token", 1),
        ("a: b: c\n", "mapping values are not allowed", 1),
        ("a:\n\tb: 1\n", "cannot start any token", 2),
        ("? [a]\n: 1\n", "unhashable key", 1),
        ("a: 1\nb: " + "1" * 101 + "\n", "a number has more than 100 characters", 2),
        ("a: !!int {=: '" + "1:" * 100 + "1'}\n", "a number has more than 100 characters", 1),
        ("a: '\n", "unexpected end of stream", 2),
    ],
)
def test_what_is_not_read_is_refused_with_its_line(text: str, what: str, line: int) -> None:
    with pytest.raises(SafeYamlError, match=what) as caught:
        load(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b", "a\x07b", "\ud800", '"\\ud800"', "!!bool maybe", "!!int ''", "!!int '-'", "!!float ''",
        "!!timestamp soon", "2026-02-30", "!!binary é", "!!set [a]", "a: =",
    ],
)  # fmt: skip
def test_what_has_no_value_is_refused(text: str) -> None:
    with pytest.raises(SafeYamlError):
        load(text)


def alias_bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 3)]
    return "\n".join(lines)


def merge_bomb() -> str:
    lines = ["a0: &a0 {k: v}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 3)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(alias_bomb(), id="aliases"),
        pytest.param(merge_bomb(), id="merge keys"),
        pytest.param("[" * (MAX_DEPTH + 1), id="unclosed lists"),
        pytest.param("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), id="nested lists"),
        pytest.param("{a: " * (MAX_DEPTH + 1), id="nested mappings"),
        pytest.param("- " * (MAX_DEPTH + 1) + "x", id="compact lists"),
        pytest.param("? " * (MAX_DEPTH + 1) + "x", id="compact keys"),
        pytest.param("- x\n" * MAX_EVENTS, id="a long list"),
        pytest.param("a: " + "x" * MAX_CHARACTERS, id="a long text"),
        # Base 60: quadratic in its length.
        pytest.param("1" + ":1" * MAX_NUMBER, id="a long number"),
        pytest.param("0x" + "f" * MAX_NUMBER, id="a long hexadecimal number"),
        pytest.param("9" * (MAX_NUMBER + 1), id="a long decimal number"),
    ],
)
def test_a_bomb_is_refused_before_it_goes_off(text: str) -> None:
    # In our words, not in those of the parser that went on to the end.
    with pytest.raises(SafeYamlError, match=r"has an alias|nested too deeply or too long|more than"):
        load(text)


def test_the_bounds_are_far_from_real_files() -> None:
    nested = "".join(f"{'  ' * depth}a:\n" for depth in range(MAX_DEPTH - 2))
    assert load(nested)
    long = load("".join(f"- name: {n}\n" for n in range(2_000)))
    assert isinstance(long, list)
    assert len(long) == 2_000
    assert load("a: " + "1" * 100) == {"a": int("1" * 100)}


def test_many_keys_are_read_in_good_time() -> None:
    start = time.perf_counter()
    many = load("\n".join(f"key{n}: v" for n in range(20_000)))
    assert isinstance(many, dict)
    assert len(many) == 20_000
    assert time.perf_counter() - start < 5


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(anything | yaml_like | tagged)
@example("\x00")
@example("\ud800")
@example("!!int ''")
@example("%YAML 9.9\n--- a")
@example("&a &b c")
@example("<<: [{a: 1}, 2]")
def test_any_text_gives_a_value_or_a_refusal(text: str) -> None:
    refused = None
    try:
        load(text)
    except SafeYamlError as error:
        refused = error
    if refused is not None:
        assert str(refused)
        # YAML has more line ends than one, and the end of the text may count as a line of its own.
        assert refused.line is None or 1 <= refused.line <= len((text + "x").splitlines()) + 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="ascii", categories=["L", "N", "P"])),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4),
        max_leaves=20,
    )
)
def test_json_is_read_as_what_it_is(value: Any) -> None:
    assert load(json.dumps(value)) == value


DOCUMENT = """\
# a remark
version: 1

collections:
  - name: one
    slug: a
  -
    name: two
    tags:
      - x
      - y
  - {name: three, slug: c}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ([], 1),
        (["version"], 2),
        (["collections"], 4),
        (["collections", 0], 5),
        (["collections", 0, "slug"], 6),
        (["collections", 1], 8),
        (["collections", 1, "tags"], 9),
        (["collections", 1, "tags", 1], 11),
        (["collections", 2, "slug"], 12),
        # What is not there has its nearest parent's line.
        (["collections", 1, "slug"], 8),
        (["collections", 7], 4),
        (["collections", "name"], 4),
        (["absent", "deeper"], 1),
        (["version", "deeper"], 2),
    ],
)
def test_the_line_of_a_key(path: list[str | int], line: int) -> None:
    assert line_of(DOCUMENT, path) == line


def test_the_line_in_an_empty_document_is_the_first() -> None:
    assert line_of("", ["a"]) == line_of("# a remark\n\n", ["a", 1]) == 1
