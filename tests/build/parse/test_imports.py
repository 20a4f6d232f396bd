"""Declarations out of keyword calls: the name is the argument, options are raw, nothing else is taken for one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.parse.constants import Constants, Definition
from build.parse.imports import IMPORTS, Declaration, declared_default, declared_enum, read_metric
from build.parse.imports import read_import as read
from build.parse.names import normalize
from build.parse.steps import split_assignment


def read_import(keyword: str, arguments: list[str], assigned: str | None, line: int) -> Declaration | None:
    """What a call of a keyword declares, whatever its library's name before it."""
    return read(normalize(keyword).rpartition(".")[2], arguments, assigned, line)


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


def test_options_are_split_at_the_first_equals_sign_and_a_pattern_is_kept_raw() -> None:
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
        "example": "${STDOUT}",
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
        ('["a","b"]', ("a", "b")),
        ('["a, b", "c"]', ("a, b", "c")),
        ("['a', 'b c']", ("a", "b c")),
        ('"a", "b"', ("a", "b")),
        ("'a','b'", ("a", "b")),
        ("[1, 2.5, true]", ("1", "2.5", "true")),
        ('["a", ["b"]]', ("a", '["b"]')),
        ("don't,won't", ("don't", "won't")),
        ('["a", "", " b "]', ("a", "b")),
        ('"a","b', ("a", '"b')),
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


def test_many_cells_take_no_long_time() -> None:
    start = time.perf_counter()
    one = read_import("Import Secret", ["x", "description=", *["word"] * 300_000], None, 1)
    assert one is not None
    assert len(one.options["description"]) == 5 * 300_000
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["1", "sub_name=errors"], "errors"),
        (["${x}", "metric_type=untyped", "sub_name= errors "], "errors"),
        (["1", "sub_name=ok_${name}"], "ok_${name}"),
        (["1", "errors"], "errors"),
        (["1", "errors", "gauge"], "errors"),
        (["1"], None),
        (["1", "${None}"], None),
        (["1", "sub_name="], None),
        (["1", "metric_type=untyped"], None),
        ([], None),
    ],
)
def test_sub_names_of_metrics(arguments: list[str], name: str | None) -> None:
    assert read_metric(arguments) == name


@given(
    st.lists(st.text() | st.sampled_from(["default=", "NAME", "ELSE", "optional=", "enum=["])), st.none() | st.text()
)
def test_any_call_is_read(arguments: list[str], assigned: str | None) -> None:
    for keyword in IMPORTS:
        found = read_import(keyword, arguments, assigned, 1)
        if found is not None:
            assert found.name == found.name.strip()
            assert found.name or found.dynamic
            declared_default(found.options)
            assert all(declared_enum(found.options))
    read_metric(arguments)


@given(st.text())
def test_any_cell_is_divided(cell: str) -> None:
    split_assignment(cell)


@pytest.mark.parametrize(
    ("keyword", "cells", "options"),
    [
        (
            "Import User Variable",
            ["LAMP", "string", "Which lamp.", "lamp-1", r"\w+", "[a,b]", "plain", "lamp-2"],
            {
                "type": "string", "description": "Which lamp.", "example": "lamp-1", "pattern": r"\w+", "enum": "[a,b]",
                "format": "plain", "default": "lamp-2",
            },
        ),
        ("Import User Variable", ["LAMP", "string", "default=x"], {"type": "string", "default": "x"}),
        ("Import User Variable", ["LAMP", "${None}", "Which."], {"description": "Which."}),
        (
            "Import Secret",
            ["key", "The key.", "kubeconfig", ".*", "${TRUE}"],
            {"description": "The key.", "example": "kubeconfig", "pattern": ".*", "optional": "True"},
        ),
        ("Import Optional Secret", ["key", "The key."], {"description": "The key.", "optional": "True"}),
        ("Import Service", ["curl", "Where.", "a", "b"], {"description": "Where.", "example": "a", "default": "b"}),
        ("Import Platform Variable", ["RW_TASK", "anything", "at all"], {}),
    ],
)  # fmt: skip
def test_arguments_by_place_are_those_of_rw_core(keyword: str, cells: list[str], options: dict[str, str]) -> None:
    found = read_import(keyword, cells, None, 1)
    assert found is not None
    assert (found.options, found.surplus) == (options, False)


@pytest.mark.parametrize(
    ("keyword", "most"), [("Import User Variable", 8), ("Import Secret", 5), ("Import Optional Secret", 4),
                          ("Import Service", 4)]
)  # fmt: skip
def test_more_cells_than_rw_core_takes_are_told(keyword: str, most: int) -> None:
    cells = ["x"] * (most + 1)
    enough, more = read_import(keyword, cells[:most], None, 1), read_import(keyword, cells, None, 1)
    assert enough is not None
    assert more is not None
    assert (enough.surplus, more.surplus) == (False, True)


@pytest.mark.parametrize(
    ("written", "default"),
    [
        (r"a\=b", "a=b"),
        (r"C:\\temp", r"C:\temp"),
        (r"one\ntwo", "one\ntwo"),
        (r"\#3", "#3"),
        (r"\${STDOUT}", "${STDOUT}"),
        (r"\x41\u00e4", "A\u00e4"),
        ("${SPACE}x", " x"),
        ("${5}", "5"),
        ("${TRUE}", "True"),
        ("${None}", None),
        ("${EMPTY}", ""),
        ("a${EMPTY}b", "ab"),
        ("${LAMP}", "${LAMP}"),
        ('up{job="x"}', 'up{job="x"}'),
    ],
)
def test_a_default_is_what_rw_core_gets(written: str, default: str | None) -> None:
    found = read_import("Import User Variable", ["N", f"default={written}"], None, 1)
    assert found is not None
    assert declared_default(found.options) == default


def test_an_example_of_a_pattern_keeps_its_backslashes() -> None:
    """RW.Core does not read it, and Robot would take them away."""
    for written, shown in ((r"\d+\.\d+", r"\d+\.\d+"), (r"a\=b", "a=b"), (r"\[x\]", r"\[x\]"), (r"a\nb", "a\nb")):
        found = read_import("Import User Variable", ["N", f"example={written}"], None, 1)
        assert found is not None
        assert found.options["example"] == shown


@pytest.mark.parametrize(
    "name", ["${n}", "VAR_${n}", "${a}_${b}", "%{HOME}", "@{x}", r"\${n}", "${EMPTY}", "varname=${n}"]
)
def test_a_name_that_a_run_makes_is_dynamic_however_it_is_put_together(name: str) -> None:
    found = read_import("Import User Variable", [name], None, 1)
    assert found is not None
    assert found.dynamic


def test_a_known_list_or_dictionary_is_the_cells_it_holds() -> None:
    definitions = [
        Definition("&{OPTIONS}", ("description=A lamp.", "default=a=b")),
        Definition("@{CELLS}", ("LAMP", "type=string")),
        Definition("@{CHOICES}", ("north", "${SOUTH}")),
        Definition("${SOUTH}", ("south, too",)),
    ]
    constants = Constants(definitions)
    found = read("importuservariable", ["@{CELLS}", "&{OPTIONS}"], None, 1, constants)
    assert found is not None
    assert (found.name, found.partial) == ("LAMP", False)
    assert found.options == {"type": "string", "description": "A lamp.", "default": "a=b"}
    for enum in ("enum=@{CHOICES}", "enum=${CHOICES}"):
        found = read("importuservariable", ["LAMP", enum], None, 1, constants)
        assert found is not None
        assert declared_enum(found.options) == ("north", "south, too")


@pytest.mark.parametrize("cell", ["@{some}", "&{some}", "@{some}[0]", "&{some.more}"])
def test_what_only_a_run_knows_is_no_option(cell: str) -> None:
    found = read("importuservariable", ["LAMP", cell, "default=1"], None, 1)
    assert found is not None
    assert (found.name, found.options, found.partial) == ("LAMP", {"default": "1"}, True)
    found = read("importuservariable", ["LAMP", "enum=${some}"], None, 1)
    assert found is not None
    assert declared_enum(found.options) == ()
