"""A file in newer syntax than this Python's is read with its names, arguments and lines."""

import ast
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.parse.newer_python import _as_before, _without_formatted, parse_python

NEWER = {
    "type parameters": ("def one[T](x: T): 'One'\n", 12),
    "type parameters with brackets": ("def one[T: list[int], *Ts, **P](x: T) -> T: 'One'\n", 12),
    "type parameters in rows": ("def one[\n    T: int,\n](x):\n    'One'\n", 12),
    "a generic class": ("class A[T](object):\n    pass\ndef one(x): 'One'\n", 12),
    "a type's other name": ("type L = list[int]\ntype M[T] = list[T]\ndef one(x): 'One'\n", 12),
    "a formatted string's own quotes": ("def one(x): 'One'; return f'{x['a']}'\n", 12),
    "formatted strings in each other": ('def one(x):\n    \'One\'\n    return f"{f"{f"{1 + 1}"}"}" + x\n', 12),
    "a formatted string with a backslash": (
        "def one(x):\n    'One'\n    return f'{chr(10).join(x)!r:>{9}} {'\\n'}'\n",
        12,
    ),
    "a formatted string in rows": ("def one(x):\n    'One'\n    return f'''{x['''a''']}\n{x}\n'''\n", 12),
    "a formatted string over rows": ("def one(x):\n    'One'\n    return f'{\n        x  # 'one'\n    }'\n", 12),
    "exceptions without brackets": ("try:\n    x = 1\nexcept A, B.C:\n    pass\ndef one(x): 'One'\n", 14),
    "a template string": ("NAME = t'{a}'\ndef one(x): 'One'\n", 14),
    "a lazy import": ("lazy import json\nlazy from a import b\ndef one(x): 'One'\n", 15),
}


@pytest.mark.parametrize(("text", "since"), NEWER.values(), ids=NEWER.keys())
def test_newer_syntax_is_read_with_names_and_lines(text: str, since: int) -> None:
    after = f"{text}\ndef two(y, *, z=1): 'Two'\n"
    tree, newer = parse_python(after)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert [ast.unparse(functions[name].args) for name in ("one", "two")] in (
        [["x", "y, *, z=1"], ["x: T", "y, *, z=1"]]
    )
    assert [ast.get_docstring(functions[name]) for name in ("one", "two")] == ["One", "Two"]
    assert functions["two"].lineno == after.count("\n")
    assert (newer is None) is (sys.version_info >= (3, since))


@pytest.mark.parametrize(
    "text", ["def one(:\n", "def one(x)\n    pass\n", "x = = 1\n", "f'{x'\n", "class\n", "type X\n"]
)
def test_what_no_python_reads_is_the_authors_error(text: str) -> None:
    with pytest.raises(SyntaxError):
        parse_python(text)


@given(st.text(alphabet="f'\"{}#\\\n ax(:=)[]rt", max_size=60))
def test_any_text_is_taken(text: str) -> None:
    for written in (_as_before(text)[0], _without_formatted(text)):
        assert written.count("\n") == text.count("\n")


def test_plain_strings_and_comments_stay() -> None:
    text = 'a = \'f"x"\'  # f\'no\'\nb = """f\'{\'"""\nc = f\'{d["e"]}\' + rf"{g}" + \'h\'\n'
    assert _without_formatted(text) == "a = 'f\"x\"'  # f'no'\nb = \"\"\"f'{'\"\"\"\nc = '' + '' + 'h'\n"


@pytest.mark.parametrize(
    "text", ["f'" + "{" * 100_000, "def a[" * 50_000, "f'{'" * 50_000, "f'''{" * 50_000, "'" * 300_001]
)
def test_a_long_file_takes_no_long_time(text: str) -> None:
    start = time.perf_counter()
    _as_before(text)
    _without_formatted(text)
    assert time.perf_counter() - start < 5
