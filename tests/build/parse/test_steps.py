"""What a body of Robot's running model does, as calls, choices and attempts."""

import pytest
from robot.libraries.BuiltIn import BuiltIn
from robot.running import TestSuite as RobotSuite
from robot.running.runkwregister import RUN_KW_REGISTER

from build.parse.names import normalize
from build.parse.steps import (
    NOTHING,
    RUNS,
    Attempt,
    Call,
    Choice,
    Leave,
    Steps,
    leaving,
    make_call,
    nested_steps,
    steps_of,
)


def call(keyword: str, *arguments: str, line: int = 3) -> Call:
    return Call(keyword, arguments, None, (keyword,), line)


def steps(*rows: str) -> Steps:
    text = "\n".join(["*** Tasks ***", "Look", *(f"    {row}" for row in rows), ""])
    return steps_of(RobotSuite.from_string(text).tests[0].body)


def run(name: str, *arguments: str) -> Steps:
    return nested_steps(normalize(name), arguments, make_call(name, arguments, (), 3))


def test_control_structures_are_choices_and_attempts() -> None:
    assert steps("IF    $x", "    A", "ELSE", "    B", "END") == (
        Choice(((call("A", line=4),), (call("B", line=6),)), ("$x",)),
    )
    assert steps("IF    $x    A") == (Choice(((call("A"),), NOTHING), ("$x",)),)
    assert steps("WHILE    $x", "    A", "END") == (Choice(((call("A", line=4),), NOTHING), ("$x",)),)
    assert steps("FOR    ${x}    IN    1    2", "    A", "END") == (call("A", line=4),)
    assert steps("GROUP    Several", "    A", "END") == (call("A", line=4),)
    rows = ("TRY", "    A", "EXCEPT    x    y", "    B", "EXCEPT", "    C", "ELSE", "    D", "FINALLY", "    E", "END")
    assert steps(*rows) == (
        Attempt((call("A", line=4), call("D", line=10)), ((call("B", line=6),), (call("C", line=8),))),
        call("E", line=12),
    )


@pytest.mark.parametrize("assign", ["${x}", "${x}=", "${x: str}=", "${x} =", "${x: str} ="])
def test_an_assigned_variable_has_no_type(assign: str) -> None:
    (one,) = steps(f"{assign}    Import Secret    key")
    assert isinstance(one, Call)
    assert (one.keyword, one.arguments, one.assigned) == ("Import Secret", ("key",), "x")


@pytest.mark.parametrize(
    ("keyword", "before"),
    [
        ("Run Keyword", ()),
        ("Run Keyword And Continue On Failure", ()),
        ("Run Keyword And Push Metric", ()),
        ("Repeat Keyword", ("3x",)),
        ("Wait Until Keyword Succeeds", ("3x", "1s")),
    ],
)
def test_what_runs_in_any_case(keyword: str, before: tuple[str, ...]) -> None:
    assert run(keyword, *before, "A", "x") == (call("A", "x"),)
    assert run(keyword, *before) == run(keyword) == NOTHING


@pytest.mark.parametrize(
    ("keyword", "before"),
    [
        ("Run Keyword And Return Status", ()),
        ("Run Keyword And Ignore Error", ()),
        ("Run Keyword And Warn On Failure", ()),
        ("Run Keyword And Expect Error", ("*",)),
    ],
)
def test_what_may_fail(keyword: str, before: tuple[str, ...]) -> None:
    assert run(keyword, *before, "A", "x") == (Attempt((call("A", "x"),), (NOTHING,)),)


@pytest.mark.parametrize("keyword", ["Run Keyword If All Tests Passed", "Run Keyword If Test Failed"])
def test_what_runs_perhaps(keyword: str) -> None:
    assert run(keyword, "A", "x") == (Choice(((call("A", "x"),), NOTHING)),)
    assert run("Run Keyword Unless", "$y", "A", "x") == (Choice((NOTHING, (call("A", "x"),)), ("$y",)),)


def test_what_runs_last() -> None:
    assert run("Run Keyword And Return", "A", "x") == (call("A", "x"), Leave())
    assert run("Run Keyword And Return If", "$y", "A") == (Choice(((call("A"), Leave()), NOTHING), ("$y",)),)
    assert leaving("passexecution", ["done"]) == (Leave(),)
    assert leaving("returnfromkeywordif", ["$y", "z"]) == (Choice(((Leave(),), NOTHING), ("$y",)),)


def test_run_keywords_is_a_row_of_calls() -> None:
    assert run("Run Keywords", "A", "B") == (call("A"), call("B"))
    assert run("Run Keywords", "A", "x", "AND", "B", "AND") == (call("A", "x"), call("B"))


def test_run_keyword_if_is_divided_as_robot_does() -> None:
    cells = ("$a", "A", "x", "ELSE IF", "$b", "Run Keywords", "B", "AND", "C", "ELSE", "D", "y")
    assert run("Run Keyword If", *cells) == (
        Choice(
            ((call("A", "x"),), (call("Run Keywords", "B", "AND", "C"),), (call("D", "y"),)),
            ("$a", "$b"),
        ),
    )
    assert run("Run Keyword If", "$a", "A") == (Choice(((call("A"),), NOTHING), ("$a",)),)
    assert run("Run Keyword If") == (Choice((NOTHING, NOTHING)),)


def test_each_keyword_of_robots_that_runs_another_is_known() -> None:
    """Those that a dry run looks into, and as many cells before the keyword's name as Robot itself reads."""
    running = {
        name: RUN_KW_REGISTER.get_args_to_process("BuiltIn", name)
        for name in (attribute.replace("_", " ") for attribute in dir(BuiltIn))
        if RUN_KW_REGISTER.get_dry_run("BuiltIn", name)
    }
    assert len(running) > 15
    known = {name: before for name, (before, _) in RUNS.items() if name != "runkeywordandpushmetric"}
    assert known == {normalize(name): before for name, before in running.items()}
