"""Files of keyword libraries that were written to break the build: nothing of them runs, and nothing is raised."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build.parse.limits import MAX_ITEMS
from tests.support.libraries import libraries_in, only

BAD = {
    "syntax": b"def (:\n",
    "null bytes in a name": b"def a\x00b(): pass\n",
    "brackets": b"x = " + b"(" * 100_000,
    "nested": b"x = " + b"[" * 80 + b"]" * 80 + b"\n" + b"\n".join(b" " * n + b"if a:" for n in range(120)),
    "sums": b"def a(x=" + b"1+" * 200_000 + b"1): pass\n",
    "attributes": b"def a(x=a" + b".a" * 200_000 + b"): pass\n",
    "a number": b"def a(x=0x" + b"f" * 100_000 + b"): pass\n",
    "digits": b"x = " + b"9" * 100_000,
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_parsed_says_why_and_costs_no_other(name: str) -> None:
    found = libraries_in({"bad.py": BAD[name], "good.py": "def look(): pass\n"}, ["bad", "good"])
    assert only(found).name == "good"
    assert ("library-not-read", "libraries/bad.py") in [(problem.code, problem.path) for problem in found.problems]
    assert all(len(problem.message) < 600 for problem in found.problems)


def test_a_syntax_error_is_told_at_its_line() -> None:
    (problem,) = libraries_in({"bad.py": "a = 1\nb = = 2\n"}).problems
    assert (problem.line, problem.severity, problem.bundle) == (2, "error", None)


def test_nothing_is_run(tmp_path: Path) -> None:
    trap = tmp_path / "executed"
    touch = f"open({str(trap)!r}, 'w')"
    (tmp_path / "evil.py").write_text(touch)
    python = f"{touch}\n@{touch}.write\ndef a(x={touch}, y: {touch} = 1): {touch}\nclass B({touch}):\n    {touch}\n"
    resource = f"Language: {tmp_path}/evil.py\n*** Settings ***\nLibrary    {tmp_path}/evil.py\n"
    found = libraries_in({"evil.py": python, "evil.resource": f"{resource}*** Keywords ***\nA\n    No\n"}, ["evil"])
    assert [[keyword.name for keyword in library.keywords] for library in found.libraries] == [["A"], ["A"]]
    assert not trap.exists()


def test_what_escapes_hide_is_taken_out_too() -> None:
    key = "ghp_" + "a1B2c3D4e5" * 4
    text = f'def a(x="\\u202e {key}"):\n    """Hid\\u200bden \\x1b[31m {key[:10]}\\x{ord(key[10]):x}{key[11:]}"""\n'
    found = libraries_in({"a.py": text}, ["a"])
    (keyword,) = only(found).keywords
    assert keyword.arguments == ("x='\\u202e (key removed)'",)
    assert keyword.documentation == "Hidden  [31m (key removed)"
    assert [problem.code for problem in found.problems] == ["key-in-source"]


def test_what_is_too_long_is_cut_and_told() -> None:
    many = "\n".join(f"def f{n:03}(): pass" for n in range(MAX_ITEMS + 10))
    found = libraries_in({"a.py": f'"""{"x" * 30_000}"""\n{many}\ndef a(x="{"y" * 400}"): pass\n'}, ["a"])
    library = only(found)
    assert (len(library.keywords), len(library.documentation), len(library.keywords[0].arguments[0])) == (
        500,
        20_000,
        300,
    )
    assert [problem.code for problem in found.problems] == ["too-long"] * 3


def test_what_modules_hand_on_to_each_other_is_bounded() -> None:
    functions = "\n".join(f"def f{{n}}_{m}(): pass" for m in range(200))
    files = {f"m{n}.py": f"from m{n + 1} import *\n{functions.replace('{n}', str(n))}\n" for n in range(100)}
    started = time.process_time()
    assert [len(library.keywords) for library in libraries_in(files, ["m0"]).libraries] == [MAX_ITEMS]
    assert time.process_time() - started < 20


def test_an_empty_file_is_no_problem_and_bytes_that_are_no_text_are_one() -> None:
    assert libraries_in({"__init__.py": b"\n"}).problems == ()
    found = libraries_in({"a.py": b"\xef\xbb\xbfdef a(x='\xff'): pass\n"}, ["a"])
    assert [keyword.arguments for keyword in only(found).keywords] == [("x='\N{REPLACEMENT CHARACTER}'",)]
    assert [problem.code for problem in found.problems] == ["not-utf8"]


PIECES = st.sampled_from(
    ["def ", "class A", "(", ")", ":", "\n", "    ", "@keyword", "@library(", "x=1", "*", "/", ", ", '"""', "async ",
     "from . import *", "from .. a import b as c", "__all__ = ['a']", "ROBOT_LIBRARY_SCOPE = 1", "if x", "try", "\t",
     "\x00", "\u202e", "é", "lambda: 0", "a", "b", "*** Keywords ***\n", "[Arguments]    ${a}=b", "..."]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(["a.py", "b/__init__.py", "c.resource"]))
def test_no_text_raises(text: str, path: str) -> None:
    libraries_in({path: text, "d.py": "from a import *\nfrom .b import A\n"}, ["a", "b", "b.A", "d"])
