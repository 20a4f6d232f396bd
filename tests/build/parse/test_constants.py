"""What a file's own variables hold, and Robot's escapes; nothing is evaluated."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from robot.variables import Variables

from build.parse.constants import Constants, Definition


def constants(**values: str) -> Constants:
    return Constants([Definition(f"${{{name}}}", (value,)) for name, value in values.items()])


@pytest.mark.parametrize(
    ("written", "text", "whole"),
    [
        ("plain", "plain", True),
        ("${LAMP}", "north", True),
        ("at ${lamp} and ${L_A M P}", "at north and north", True),
        ("${BOTH}", "north lamp", True),
        ("${WHICH${TWO}}", "of two", True),
        (r"a\nb \${LAMP} \# \| \\", "a\nb ${LAMP} # | \\", True),
        (r"\x41\u00e4\U0001F600", "A\u00e4\U0001f600", True),
        ("${EMPTY}|${SPACE}|${SPACE * 3}", "| |   ", True),
        ("${5}${-2}${3.5}${True}", "5-23.5True", True),
        ("${OTHER} ${LAMP}", "${OTHER} north", False),
        ("%{HOME}", "%{HOME}", False),
        ("${LAMP.upper()}", "${LAMP.upper()}", False),
        ("${LAMP}[0]", "${LAMP}[0]", False),
        ("${{ 1 + 1 }}", "${{ 1 + 1 }}", False),
        ("@{LAMP}", "@{LAMP}", False),
        ("${LAMP", "${LAMP", True),
        (r"\\${LAMP}", "\\north", True),
    ],
)
def test_a_text_is_resolved_as_far_as_it_is_known(written: str, text: str, whole: bool) -> None:
    known = constants(LAMP="north", BOTH="${LAMP} lamp", WHICH2="of two", TWO="2")
    assert known.text(written) == (text, whole)


def test_values_of_several_cells_are_joined_and_the_first_of_equal_names_stands() -> None:
    known = Constants(
        [
            Definition("${A}", ("x", "y")),
            Definition("${B}", ("x", "y"), "-"),
            Definition("${a}", ("other",)),
            Definition("@{L}", ("x", r"\${y}")),
            Definition("${T: int}", ("7",)),
        ]
    )
    assert known.text("${A} ${B} ${T}").text == "x y x-y 7"
    assert known.cells(["@{L}", "${L}", "@{M}", "x@{L}"]) == ["x", r"\${y}", "${L}", "@{M}", "x@{L}"]


def test_circles_and_credentials_are_not_known() -> None:
    known = constants(A="${B}", B="${A}", SELF="x${SELF}", API_TOKEN="hunter2")
    for name in ("A", "B", "SELF", "API_TOKEN"):
        assert known.text(f"${{{name}}}") == (f"${{{name}}}", False)


def test_what_is_set_elsewhere_is_not_known() -> None:
    known = Constants([Definition("${LAMP}", ("north",))], but=frozenset({"lamp"}))
    assert known.text("${LAMP}") == ("${LAMP}", False)


def test_what_grows_is_left_as_it_is_written() -> None:
    doubled = {f"V{n}": f"${{V{n - 1}}}${{V{n - 1}}}" for n in range(1, 60)}
    known = constants(V0="x" * 100, **doubled)
    start = time.perf_counter()
    assert known.text("${V59}") == ("${V59}", False)
    long = "${A}" * 500_000
    assert known.text(long) == (long, False)
    chain = constants(**{f"C{n}": f"${{C{n + 1}}}" for n in range(5_000)})
    assert known.text("${V1}").whole
    assert not chain.text("${C0}").whole
    assert time.perf_counter() - start < 5


def test_nothing_hidden_and_no_key_comes_out_of_escapes() -> None:
    known = constants(A="AKIA")
    assert known.text(r"a\x1bb\u202ec\ud800").text == "a bc?"
    assert "IOSFODNN7EXAMPLQ" not in known.text("${A}IOSFODNN7EXAMPLQ").text
    assert "IOSFODNN7EXAMPLQ" not in known.text(r"AK\IAIOSFODNN7EXAMPLQ").text


@given(st.text(alphabet="ab\\nxu0{}$ #=|\t", max_size=30).filter(lambda text: "{" not in text))
def test_escapes_are_robots(written: str) -> None:
    assert Constants().fill(written).text == Variables().replace_string(written)
