"""What a suite cannot do without, and what would do instead."""

import pytest

from build.model import Bundle
from build.parse.needs import needs
from build.parse.robot_file import parse_robot
from build.parse.suite import Suite
from tests.support.bundles import parse, runbook, task


def standing(*rows: str, keywords: str = "") -> dict[str, tuple[bool, tuple[str, ...]]]:
    """Of each secret and variable: is it required, what would do instead."""
    bundle = runbook(task(*rows) + keywords)
    secrets = {one.name: (one.required, one.alternatives) for one in bundle.secrets}
    return secrets | {one.name: (one.required, one.alternatives) for one in bundle.user_variables}


def required(*rows: str, keywords: str = "") -> list[str]:
    return [name for name, (needed, _) in standing(*rows, keywords=keywords).items() if needed]


KEY = "Import Secret    key"


@pytest.mark.parametrize(
    "rows",
    [
        (KEY,),
        (f"${{k}}=    {KEY}",),
        (f"Run Keyword    {KEY}",),
        (f"Run Keywords    Log    x    AND    {KEY}",),
        (f"Run Keyword And Continue On Failure    {KEY}",),
        (f"Run Keyword And Return    {KEY}",),
        (f"Wait Until Keyword Succeeds    3x    1s    {KEY}",),
        (f"[Setup]    {KEY}", "Log    x"),
        ("GROUP", f"    {KEY}", "END"),
        ("FOR    ${x}    IN    1", f"    {KEY}", "END"),
        ("TRY", f"    {KEY}", "FINALLY", "    Log    x", "END"),
        ("TRY", "    Log    x", "EXCEPT", "    Log    y", "FINALLY", f"    {KEY}", "END"),
        ("TRY", f"    {KEY}", "EXCEPT    AS    ${e}", "    Fail    ${e}", "END"),
        ("TRY", f"    {KEY}", "EXCEPT", "    Log    x", "    RW.Core.Fatal Error    no key", "END"),
        ("TRY", f"    {KEY}", "EXCEPT", "    RW.Core.Task Failure    no key", "END"),
        ("TRY", f"    {KEY}", "EXCEPT", "    Run Keyword    Fail    no key", "END"),
        ("TRY", f"    {KEY}", "EXCEPT", "    Give Up", "END"),
        ("TRY", f"    {KEY}", "EXCEPT", "    IF    $x    Fail    ELSE    Fail", "END"),
        ("IF    $x", f"    {KEY}", "ELSE", f"    {KEY}", "END"),
        ("IF    $x", f"    {KEY}", "ELSE", "    Fail    wrong", "END"),
        (f"Run Keyword If    $x    {KEY}    ELSE    {KEY}",),
        ("TRY", f"    {KEY}", "EXCEPT", f"    {KEY}", "END"),
        ("TRY", f"    {KEY}", "EXCEPT", "    Log    x", "END", KEY),
        ("Prepare",),
        ("Given Prepare",),
    ],
)
def test_what_is_needed_in_any_case_is_required(rows: tuple[str, ...]) -> None:
    helpers = f"*** Keywords ***\nPrepare\n    {KEY}\nGive Up\n    Log    x\n    Fail    no key\n"
    assert required(*rows, keywords=helpers) == ["key"]


@pytest.mark.parametrize(
    "rows",
    [
        ("TRY", f"    {KEY}", "EXCEPT", "    Log    x", "END"),
        ("TRY", f"    {KEY}", "EXCEPT    *    type=GLOB    AS    ${e}", "    Log    ${e}", "END"),
        ("TRY", f"    {KEY}", "EXCEPT    ImportError    type=START", "    No Operation", "END"),
        ("TRY", f"    {KEY}", "EXCEPT", "    IF    $x    Fail", "END"),
        ("TRY", f"    {KEY}", "EXCEPT", "    ${k}=    Set Variable    ${EMPTY}", "FINALLY", "    Log    x", "END"),
        ("TRY", "    TRY", f"        {KEY}", "    EXCEPT", "        Log    x", "    END", "EXCEPT", "    Fail", "END"),
        ("TRY", "    Log    x", "EXCEPT", f"    {KEY}", "END"),
        ("TRY", "    Log    x", "EXCEPT", "    Fail", "ELSE", "    Log    x", "END", f"${{x}}    Maybe    {KEY}"),
        (f"Run Keyword And Return Status    {KEY}",),
        (f"${{x}}    ${{y}}=    Run Keyword And Ignore Error    {KEY}",),
        (f"Run Keyword And Expect Error    *    {KEY}",),
        (f"Run Keyword And Warn On Failure    {KEY}",),
        ("Run Keyword And Ignore Error    Prepare",),
        (f"Run Keyword And Ignore Error    Run Keywords    {KEY}    AND    Log    x",),
        ("IF    $x", f"    {KEY}", "END"),
        (f"IF    $x    {KEY}    ELSE    Log    x",),
        (f"Run Keyword If    $x    {KEY}",),
        (f"Run Keyword Unless    $x    {KEY}",),
        ("WHILE    $x", f"    {KEY}", "END"),
        (f"{KEY}    optional=True",),
        ("Import Optional Secret    key",),
    ],
)
def test_what_the_suite_does_without_is_not(rows: tuple[str, ...]) -> None:
    helpers = "*** Keywords ***\nMaybe\n    [Arguments]    @{a}\n    Log    x\n"
    if "Prepare" in str(rows):
        helpers += f"Prepare\n    {KEY}\n"
    assert required(*rows, keywords=helpers) == []


@pytest.mark.parametrize(
    "leave",
    [
        "RETURN",
        "IF    $x    RETURN",
        "IF    $x    Log    1    ELSE    RETURN",
        "Return From Keyword",
        "Return From Keyword If    $x",
        "Run Keyword If    $x    Return From Keyword",
        "Run Keyword And Return    Log    1",
        "Run Keyword And Return If    $x    Log    1",
        "Pass Execution    done",
        "BuiltIn.Pass Execution If    $x    done",
        "Run Keywords    Log    1    AND    Pass Execution If    $x    done",
        "TRY\n    RETURN\n    EXCEPT\n        Log    1\n    END",
        "TRY\n        Log    1\n    EXCEPT\n        IF    $x    RETURN\n    END",
        "IF    $x\n        IF    $y    RETURN\n        Log    1\n    END",
    ],
)
def test_what_stands_behind_a_way_out_is_not_needed(leave: str) -> None:
    helper = f"*** Keywords ***\nPrepare\n    Import Secret    first\n    {leave}\n    {KEY}\n"
    assert required("Prepare", keywords=helper) == ["first"]
    # It leaves that keyword alone.
    assert required("Prepare", "Import Secret    other", keywords=helper) == ["other", "first"]
    ends = f"*** Keywords ***\nPrepare\n    [Teardown]    {KEY}\n    {leave}\n"
    assert required("Prepare", keywords=ends) == ["key"]


@pytest.mark.parametrize(
    "rows",
    [
        ("IF    $x", "Import Secret    one", "RETURN", "END"),
        ("TRY", "Import Secret    one", "RETURN", "EXCEPT", "Log    1", "END"),
        ("IF    $x    Run Keyword And Return    Import Secret    one",),
    ],
)
def test_what_stands_behind_a_way_out_is_instead_of_what_stands_before_it(rows: tuple[str, ...]) -> None:
    helper = "\n    ".join(["*** Keywords ***\nPrepare", *rows, "Import Secret    two"])
    assert standing("Prepare", keywords=helper) == {"one": (False, ("two",)), "two": (False, ("one",))}


def test_many_ways_out_are_read() -> None:
    rows = "".join(f"    IF    $x\n    IF    $y    RETURN\n    END\n    Import Secret    key{n}\n" for n in range(200))
    assert required("Prepare", keywords=f"*** Keywords ***\nPrepare\n    {KEY}\n{rows}") == ["key"]


@pytest.mark.parametrize(
    ("loop", "runs"),
    [
        ("FOR    ${x}    IN    a", True),
        ("FOR    ${x}    IN    ${a}", True),
        ("FOR    ${x}    IN    @{list}    a", True),
        ("FOR    ${x}    IN ENUMERATE    a", True),
        ("FOR    ${x}    IN RANGE    3", True),
        ("FOR    ${x}    IN RANGE    5    1    -1", True),
        ("FOR    ${x}    IN RANGE    0", False),
        ("FOR    ${x}    IN RANGE    1    5    0", False),
        ("FOR    ${x}    IN RANGE    ${n}", False),
        ("FOR    ${x}    IN    @{list}", False),
        ("FOR    ${x}    ${y}    IN    &{map}", False),
        ("FOR    ${x}    IN ENUMERATE    @{list}", False),
        ("FOR    ${x}    ${y}    IN ZIP    ${a}    ${b}", False),
        ("WHILE    $x", False),
        ("FOR    ${x}    IN    a\n    CONTINUE", False),
        ("FOR    ${x}    IN    a\n    IF    $x    BREAK", False),
        ("FOR    ${x}    IN    a\n    Continue For Loop If    $x", False),
        ("FOR    ${x}    IN    a\n    Run Keyword If    $x    Exit For Loop", False),
        ("FOR    ${x}    IN    a\n    FOR    ${y}    IN    b\n    BREAK\n    END", True),
    ],
)
def test_a_loop_that_may_have_no_round_needs_nothing(loop: str, *, runs: bool) -> None:
    assert required(*loop.split("\n    "), KEY, "END") == (["key"] if runs else [])


def test_options_that_only_a_run_knows_may_make_it_optional() -> None:
    rows = ("Import Secret    one    @{options}", "Import User Variable    TWO    &{options}")
    assert standing(*rows) == {"one": (False, ()), "TWO": (False, ())}


def test_a_secret_that_is_once_optional_and_once_not_is_needed() -> None:
    assert required("Import Secret    key    optional=True", KEY) == ["key"]
    assert required("Import Secret    key    optional=True", "Import Secret    key    optional=yes") == []


def test_of_several_tries_each_names_the_others() -> None:
    rows = ("TRY", "    Import Secret    one", "EXCEPT", "    Import Secret    two", "END")
    assert standing(*rows) == {"one": (False, ("two",)), "two": (False, ("one",))}
    nested = (
        "TRY", "    Import Secret    one", "EXCEPT", "    TRY", "        Import Secret    two", "    EXCEPT",
        "        Log    none", "    END", "END",
    )  # fmt: skip
    assert standing(*nested) == {"one": (False, ("two",)), "two": (False, ("one",))}
    chosen = (
        "IF    $x",
        "    Import Secret    one",
        "ELSE",
        "    Import Secret    two",
        "    Import Secret    both",
        "END",
    )
    assert standing(*chosen, "Import Secret    both") == {
        "one": (False, ("two",)), "two": (False, ("one",)), "both": (True, ()),
    }  # fmt: skip
    alone = ("TRY", "    Import Secret    one", "EXCEPT", "    Log    none", "END")
    assert standing(*alone) == {"one": (False, ())}


TRIED = ("TRY", "    ${v}=    Import User Variable    LAMP", "EXCEPT", "    ${v}=    Set Variable    ${EMPTY}", "END")


@pytest.mark.parametrize(
    ("rows", "needed"),
    [
        (("IF    '${v}' == ''", "    Fail    LAMP is missing", "END"), True),
        (("IF    not $LAMP", "    Fail    LAMP is missing", "END"), True),
        (("IF    $v is None    Fail    LAMP is missing",), True),
        (("${n}=    Get Length    ${v}", "IF    ${n} == 0", "    Fail    LAMP is missing", "END"), True),
        (("IF    '${v}' == 'north'", "    Fail    the north lamp is broken", "END"), False),
        (("IF    not $other", "    Fail    something else", "END"), False),
        (("IF    not $v", "    Log    LAMP is missing", "END"), False),
        (("Log    ${v}",), False),
    ],
)
def test_a_suite_that_ends_where_what_it_tried_is_missing_needs_it(rows: tuple[str, ...], *, needed: bool) -> None:
    assert standing(*TRIED, *rows)["LAMP"][0] is needed


def test_a_status_tells_of_what_was_tried() -> None:
    rows = ("${ok}=    Run Keyword And Return Status    Import Secret    key", "IF    not ${ok}    Fail    no key")
    assert required(*rows) == ["key"]


@pytest.mark.parametrize(
    ("row", "needed"),
    [
        ("Run Keyword If    not ${ok}    Fail    no key", True),
        ("Run Keyword Unless    ${ok}    Fail    no key", True),
        ("IF    ${ok}    Log    fine    ELSE    Fail    no key", True),
        ("IF    ${ok} == ${False}    Fail    no key", True),
        ("IF    '${ok}' == 'False'    Fail    no key", True),
        ("IF    $ok is False    Fail    no key", True),
        ("IF    '${ok}' != 'True'    Fail    no key", True),
        ("Should Be True    ${ok}", True),
        ("BuiltIn.Should Be True    $ok", True),
        ("Should Be Equal    ${ok}    ${True}", True),
        ("Should Not Be Equal As Strings    ${ok}    False", True),
        ("Run Keyword If    ${ok}    Fail    a key", False),
        ("Run Keyword Unless    not ${ok}    Fail    a key", False),
        ("Should Be True    not ${ok}", False),
        ("Should Be True    ${other}", False),
        ("Run Keyword And Ignore Error    Should Be True    ${ok}", False),
    ],
)
def test_a_status_is_asked_in_many_words(row: str, *, needed: bool) -> None:
    rows = (f"${{ok}}=    Run Keyword And Return Status    {KEY}", row)
    assert required(*rows) == (["key"] if needed else [])


@pytest.mark.parametrize("condition", ["'${st}' == 'FAIL'", "$st == 'FAIL'", "'${st}' != 'PASS'", "$st != 'PASS'"])
def test_a_status_of_two_values_tells_too(condition: str) -> None:
    rows = (f"${{st}}    ${{v}}=    Run Keyword And Ignore Error    {KEY}", f"IF    {condition}    Fail    no key")
    assert required(*rows) == ["key"]


def test_either_of_two_that_were_tried_can_be_enough() -> None:
    other = ("TRY", "    Import User Variable    LANTERN", "EXCEPT", "    Log    none", "END")
    both = (*TRIED, *other, "IF    not $LAMP and not $LANTERN    Fail    neither")
    assert standing(*both) == {"LAMP": (False, ("LANTERN",)), "LANTERN": (False, ("LAMP",))}


def test_a_variable_with_a_default_is_never_needed() -> None:
    assert standing("Import User Variable    LAMP    default=") == {"LAMP": (False, ())}
    assert standing(*TRIED) == {"LAMP": (False, ())}


def test_what_the_suite_does_without_is_told_with_its_line() -> None:
    rows = (
        "Import Secret    key",
        "TRY",
        "    Import Secret    one",
        "EXCEPT",
        "    Import Secret    two",
        "END",
        *TRIED,
    )
    bundle = runbook(task(*rows, "Import Secret    other    optional=True"))
    told = [(problem.line, problem.message) for problem in bundle.problems if problem.code == "done-without"]
    assert told == [
        (5, "the suite goes on without the secret one, where two will do instead, so it is not required"),
        (7, "the suite goes on without the secret two, where one will do instead, so it is not required"),
        (10, "the suite goes on without the variable LAMP, so it is not required"),
    ]


def bundle_with(secret: str) -> Bundle:
    return parse({"runbook.robot": task(*secret.split("\n")), "README.md": "# A\n"}, name="lamp-check")


def test_a_secret_that_the_suite_does_without_speaks_for_no_platform() -> None:
    assert bundle_with("Import Secret    kubeconfig").platforms == ("Kubernetes",)
    assert bundle_with("Import Secret    kubeconfig    optional=${True}").platforms == ()
    assert bundle_with("TRY\n    Import Secret    kubeconfig\nEXCEPT\n    Log    none\nEND").platforms == ()
    assert bundle_with("Run Keyword And Return Status    Import Secret    kubeconfig").platforms == ()


def test_what_nothing_calls_counts_as_if_it_were_called() -> None:
    """It is told as unreached; once it is called, it is needed."""
    never = "*** Keywords ***\nInit\n    Import Secret    key\n"
    assert required("Log    x", keywords=never) == ["key"]
    assert required("Run Keyword And Ignore Error    Import Secret    key", keywords=never) == []


def test_keywords_that_call_each_other_and_long_chains_are_read() -> None:
    rows = "".join(f"K{n}\n    K{n + 1}\n    K0\n    Import Secret    s{n}\n" for n in range(480))
    suite = Suite(parse_robot(task("K0") + f"*** Keywords ***\n{rows}K480\n    K0\n    Import Secret    last\n"))
    found = needs(suite)
    assert found["secret", "last"].required
    assert found["secret", "s0"].required
    choices = [
        row
        for n in range(40)
        for row in ("TRY", f"    Import Secret    a{n}", "EXCEPT", f"    Import Secret    b{n}", "END")
    ]
    assert needs(Suite(parse_robot(task("TRY", *(f"    {row}" for row in choices), "EXCEPT", *choices, "END"))))
