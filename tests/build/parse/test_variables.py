"""Declarations out of keyword calls: the name is the argument, options are raw, nothing else is taken for one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.parse.variables import (
    declared_default,
    declared_enum,
    nested_calls,
    read_import,
    read_metric,
    split_assignment,
)


@pytest.mark.parametrize(
    ("keyword", "kind"),
    [
        ("RW.Core.Import User Variable", "variable"),
        ("Import User Variable", "variable"),
        ("import_user_variable", "variable"),
        ("IMPORTUSERVARIABLE", "variable"),
        ("rw.core.Import  User_Variable", "variable"),
        ("RW.Core.Import Secret", "secret"),
        ("Import Optional Secret", "secret"),
        ("RW.Core.Import Service", "service"),
        ("RW.Core.Import Platform Variable", "platform_variable"),
    ],
)
def test_the_keywords_that_declare(keyword: str, kind: str) -> None:
    found = read_import(keyword, ["NAME"], None, 7)
    assert found is not None
    assert (found.kind, found.name, found.assigned, found.line) == (kind, "NAME", "NAME", 7)
    assert (found.surplus, found.dynamic) == (False, False)


@pytest.mark.parametrize("keyword", ["", "Import", "Import Library", "Import User Variables", "Log", "RW.Core", "${x}"])
def test_other_keywords_declare_nothing(keyword: str) -> None:
    assert read_import(keyword, ["NAME"], None, 1) is None


@pytest.mark.parametrize("arguments", [[], [""], [" "], ["type=string"]])
def test_a_declaration_without_a_name_is_none(arguments: list[str]) -> None:
    assert read_import("Import Secret", arguments, None, 1) is None


@pytest.mark.parametrize("argument", ["varname=NAME", "key=NAME", "name=NAME", "NAME", " NAME "])
def test_the_name_is_the_first_argument_by_place_or_by_name(argument: str) -> None:
    found = read_import("Import User Variable", [argument, "type=string"], "OTHER", 1)
    assert found is not None
    assert (found.name, found.assigned, found.options) == ("NAME", "OTHER", {"type": "string"})


@pytest.mark.parametrize("name", ["HTTP5XX_THRESHOLD", "binary_name", "ops-suite-sa", "x", "Name With Spaces"])
def test_any_name_is_taken(name: str) -> None:
    found = read_import("Import Secret", [name], None, 1)
    assert found is not None
    assert found.name == name


def test_options_are_split_at_the_first_equals_sign_and_kept_raw() -> None:
    cells = [
        "N",
        "default=a=b=c",
        r"pattern=\w*\d+",
        r"example=\${STDOUT}",
        "description=",
        "enum=[a,b]",
        "Not=an option",
    ]
    found = read_import("Import User Variable", cells, None, 1)
    assert found is not None
    assert found.options == {
        "default": "a=b=c",
        "pattern": r"\w*\d+",
        "example": r"\${STDOUT}",
        "description": "",
        # What begins like an option but is none goes on with the last one.
        "enum": "[a,b] Not=an option",
    }


def test_the_first_of_two_equal_options_stands_with_its_own_cells() -> None:
    cells = ["N", "example=first", "goes on", "example=second", "elsewhere", "type=string"]
    found = read_import("Import User Variable", cells, None, 1)
    assert found is not None
    assert found.options == {"example": "first goes on", "type": "string"}
    assert found.surplus


@pytest.mark.parametrize(("name", "dynamic"), [("${env_name}", True), ("@{x}", True), ("A", False), ("$A", False)])
def test_a_name_that_is_only_known_at_run_time_is_dynamic(name: str, dynamic: bool) -> None:
    found = read_import("Import Secret", [name], None, 1)
    assert found is not None
    assert found.dynamic is dynamic


def test_an_optional_secret_says_so() -> None:
    found = read_import("Import Optional Secret", ["key"], None, 1)
    assert found is not None
    assert found.options == {"optional": "True"}


@pytest.mark.parametrize(
    ("options", "default"),
    [
        ({}, None),
        ({"default": ""}, ""),
        ({"default": '""'}, ""),
        ({"default": "''"}, ""),
        ({"default": "${EMPTY}"}, ""),
        ({"default": " "}, ""),
        ({"default": "0"}, "0"),
        ({"default": '"quoted"'}, '"quoted"'),
        ({"default": " padded "}, " padded "),
        ({"default": "${OTHER}"}, "${OTHER}"),
        ({"default": "None"}, "None"),
    ],
)
def test_four_spellings_of_an_empty_default(options: dict[str, str], default: str | None) -> None:
    assert declared_default(options) == default


@pytest.mark.parametrize(
    ("enum", "choices"),
    [
        ("[a,b]", ("a", "b")),
        ("a,b", ("a", "b")),
        ("[ a , b c ,, ]", ("a", "b c")),
        (" [Yes,No] ", ("Yes", "No")),
        ("[]", ()),
        ("", ()),
        ("one", ("one",)),
    ],
)
def test_choices_have_no_brackets_and_blanks(enum: str, choices: tuple[str, ...]) -> None:
    assert declared_enum({"enum": enum}) == choices
    assert declared_enum({}) == ()


@pytest.mark.parametrize(
    ("cell", "variable", "rest"),
    [
        ("${X}= Import Secret", "X", "Import Secret"),
        ("${X} =  Import Secret", "X", "Import Secret"),
        ("${X}", "X", ""),
        ("${X=}=", "X", ""),
        ("${ X }=", "X", ""),
        ("@{LIST}=", "LIST", ""),
        ("&{DICT}", "DICT", ""),
        ("Import Secret", None, "Import Secret"),
        ("Log ${X}=", None, "Log ${X}="),
        ("${X", None, "${X"),
        ("", None, ""),
    ],
)
def test_an_assignment_in_the_keyword_s_cell(cell: str, variable: str | None, rest: str) -> None:
    assert split_assignment(cell) == (variable, rest)


@pytest.mark.parametrize(
    "cell",
    [
        "${" + " " * 500_000 + "=" + " " * 500_000 + "x}=",
        "${" + "= " * 300_000 + "}",
        "${" * 400_000,
        "${X}" + " " * 900_000 + "y",
        "${" + " " * 900_000,
    ],
)
def test_a_long_cell_takes_no_long_time(cell: str) -> None:
    start = time.perf_counter()
    split_assignment(cell)
    read_import("Import Secret", [cell, cell], cell, 1)
    assert time.perf_counter() - start < 1


def test_calls_within_a_call_have_their_own_arguments() -> None:
    cells = [
        *("$x > 1", "Import Secret", "one", "description=a"),
        *("ELSE IF", "$y", "RW.Core.Push Metric", "1", "sub_name=m"),
        *("ELSE", "Import User Variable", "TWO", "default=b"),
    ]
    assert [(keyword, list(arguments)) for keyword, arguments in nested_calls(cells)] == [
        ("Import Secret", ["one", "description=a"]),
        ("RW.Core.Push Metric", ["1", "sub_name=m"]),
        ("Import User Variable", ["TWO", "default=b"]),
    ]
    both = ["Import Secret", "one", "AND", "Log", "x", "AND", "Import Secret", "two"]
    assert [list(arguments) for _, arguments in nested_calls(both)] == [["one"], ["two"]]
    assert list(nested_calls([])) == list(nested_calls(["Log", "x"])) == list(nested_calls(["ELSE", "Log"])) == []


def test_many_calls_within_a_call_take_no_long_time() -> None:
    start = time.perf_counter()
    calls = list(nested_calls(["Import Secret", "x"] * 50_000))
    found = [read_import(keyword, arguments, None, 1) for keyword, arguments in calls]
    assert len(found) == 50_000
    one = read_import("Import Secret", ["x", "description=", *["word"] * 300_000], None, 1)
    assert one is not None
    assert len(one.options["description"]) == 5 * 300_000
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("keyword", "arguments", "name"),
    [
        ("RW.Core.Push Metric", ["1", "sub_name=errors"], "errors"),
        ("push_metric", ["${x}", "metric_type=untyped", "sub_name= errors "], "errors"),
        ("Push Metric", ["1", "sub_name=ok_${name}"], "ok_${name}"),
        ("Push Metric", ["1"], None),
        ("Push Metric", ["1", "sub_name="], None),
        ("Push Metrics", ["1", "sub_name=x"], None),
        ("Log", ["sub_name=x"], None),
    ],
)
def test_sub_names_of_metrics(keyword: str, arguments: list[str], name: str | None) -> None:
    assert read_metric(keyword, arguments) == name


@given(
    st.text(),
    st.lists(st.text() | st.sampled_from(["default=", "NAME", "ELSE", "Import Secret"])),
    st.none() | st.text(),
)
def test_any_call_is_read(keyword: str, arguments: list[str], assigned: str | None) -> None:
    for called in (keyword, "Import User Variable"):
        found = read_import(called, arguments, assigned, 1)
        if found is not None:
            assert found.name == found.name.strip() != ""
            declared_default(found.options)
            assert all(declared_enum(found.options))
    for called, rest in nested_calls(arguments):
        assert called in arguments
        assert "ELSE" not in rest
    split_assignment(keyword)
