"""Bundles that were written to break the parser: it neither raises nor hangs, and says what it could not read."""

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from robot.api import TestSuite as RobotSuite
from robot.errors import DataError

from build.model import Bundle
from tests.support.bundles import SOUND, codes, parse, runbook, task

# Something of everything, to be damaged.
SAMPLE = b"""\
Language: English
*** Settings ***
Documentation     What it does:
...               - one thing
Metadata          Author    Somebody
Metadata          Display Name    A    Bundle
Metadata          Supports    GKE,EKS
Force Tags        lamp    access:read-only
Default Tags      x
Library           RW.Core
Suite Setup       Suite Initialization
*** Variables ***
${X}              1
*** Tasks ***
Look at `${LAMP}`
    [Documentation]    Looks
    ...                at it.
    [Tags]    data:config    ${LAMP}    -x
    TRY
        ${n}=    Gather    ${LAMP}    timeout=3
    EXCEPT    error    AS    ${error}
        RW.Core.Add Issue    severity=1    title=${error}
    END
    FOR    ${name}    IN    a    b
        RW.Core.Push Metric    1    sub_name=${name}
    END
    Run Keyword If    $n    Import Secret    inner    optional=True    ELSE    Log    x
*** Keywords ***
Suite Initialization
    ${LAMP}=    RW.Core.Import User Variable    LAMP
    ...    type=string
    ...    description=which lamp
    ...    enum=[a,b]
    ...    default=""
    ${key}= RW.Core.Import Secret    key
Gather
    [Arguments]    ${what}    ${timeout}=1
    IF    $what    RETURN    1
    [Return]    2
"""
RULES = b"spec:\n  platform: aws\n  generationRules:\n    - resourceTypes: [a]\n      matchRules: [{type: pattern}]\n"
SKILL = b"---\nname: x\naccess: read-only\n---\nwords\n"
PIECES = [
    b"\n", b"\r", b"\x00", b"\xff", b"\xe2\x80\xa8", b"\xc2\x85", b"\x0b", b"    ", b"\t", b"| ", b"...", b"${", b"}",
    b"*** Tasks ***\n", b"*** Keywords ***\n", b"*** Settings ***\n", b"END\n", b"    IF    1\n", b"    FOR    ", b"=",
    b"    Import Secret    ", b"Language: x\n", b"[Tags]", b"#", b"\xf0\x9f\x94\xa6", b"- ", b"&a ", b"*a", b": ",
    b"!!int ", b"---\n",
]  # fmt: skip
Edits = list[tuple[str, float, float, bytes]]
edit = st.tuples(
    st.sampled_from(["insert", "delete", "copy", "swap"]), st.floats(0, 1), st.floats(0, 1), st.sampled_from(PIECES)
)


def damaged(content: bytes, edits: Edits) -> bytes:
    for what, at, length, piece in edits:
        start = int(at * len(content))
        end = start + int(length * 40)
        if what == "insert":
            content = content[:start] + piece + content[start:]
        elif what == "delete":
            content = content[:start] + content[end:]
        elif what == "copy":
            content = content[:start] + content[start:end] * 2 + content[end:]
        else:
            lines = content.split(b"\n")
            one, other = int(at * (len(lines) - 1)), int(length * (len(lines) - 1))
            lines[one], lines[other] = lines[other], lines[one]
            content = b"\n".join(lines)
    return content


def check(bundle: Bundle, files: dict[str, str | bytes]) -> None:
    """What holds for every bundle, whatever is in it."""
    # A value that can be stored and published, in one spelling.
    assert Bundle.model_validate_json(bundle.model_dump_json()) == bundle
    assert {tool.kind for tool in bundle.tools} <= {"runbook", "monitor"}
    told = codes(bundle)
    for name, kind in (("runbook.robot", "runbook"), ("sli.robot", "monitor")):
        if name in files and not any(tool.kind == kind for tool in bundle.tools):
            assert told & {"no-tasks", "not-parsed"}
    for path, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode()
        try:
            raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            assert ("not-utf8", f"codebundles/a-bundle/{path}") in {(p.code, p.path) for p in bundle.problems}
    if ".runwhen/generation-rules/r.yaml" in files and not bundle.generation_rules:
        assert told & {"rules-odd", "rules-not-read", "rules-empty"}
    for tool in bundle.tools:
        assert tool.line >= 1
        assert "\n" not in tool.name


def test_the_sample_is_worth_damaging() -> None:
    bundle = parse({"runbook.robot": SAMPLE, ".runwhen/generation-rules/r.yaml": RULES, "SKILL-TEMPLATE.md": SKILL})
    (tool,) = bundle.tools
    assert (tool.name, tool.variables, tool.raises_issues) == ("Look at `${LAMP}`", ("LAMP",), True)
    assert tool.tags == ("${LAMP}", "access:read-only", "data:config", "lamp")
    assert [secret.name for secret in bundle.secrets] == ["inner", "key"]
    assert [(v.name, v.enum, v.default) for v in bundle.user_variables] == [("LAMP", ("a", "b"), "")]
    assert (bundle.sub_metrics, len(bundle.generation_rules)) == (("${name}",), 1)


def read_damaged(robot: Edits, rules: Edits, skill: Edits) -> None:
    files: dict[str, str | bytes] = {
        "runbook.robot": damaged(SAMPLE, robot),
        "sli.robot": damaged(SAMPLE, robot[::-1]),
        ".runwhen/generation-rules/r.yaml": damaged(RULES, rules),
        "SKILL-TEMPLATE.md": damaged(SKILL, skill),
    }
    check(parse(files), files)


edits = st.lists(edit, max_size=12)
anything = st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(edits, edits, edits)
def test_a_damaged_bundle_is_read_or_told(robot: Edits, rules: Edits, skill: Edits) -> None:
    read_damaged(robot, rules, skill)


@pytest.mark.slow
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(edits, edits, edits)
def test_many_damaged_bundles_are_read_or_told(robot: Edits, rules: Edits, skill: Edits) -> None:
    read_damaged(robot, rules, skill)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(anything, anything, anything)
@example(b"\xff\xfe*\x00", b"\x00", b"---\n\xff\n---")
@example(b"/etc/passwd", b"", b"")
@example("*** Tasks ***\nA\u2028    Log    x\u2028B\n".encode(), b"--- &a [*a]", b"---\n!!int ''\n---")
def test_any_bytes_are_read_or_told(robot: bytes, rules: bytes, skill: bytes) -> None:
    files: dict[str, str | bytes] = {
        "runbook.robot": robot,
        "sli.robot": b"*** Tasks ***\n" + robot,
        ".runwhen/generation-rules/r.yaml": rules,
        "SKILL-TEMPLATE.md": skill,
        "README.md": robot,
    }
    check(parse(files), files)


WIDE = 60_000


def many(row: str, count: int = WIDE) -> str:
    """The row again and again, with its number for each N."""
    return "".join(row.replace("N", str(n)) for n in range(count))


SETTING = "*** Settings ***\n"
TASKS = "*** Tasks ***\n"
LONG = {
    "cells on one row": task("Log" + many("    x")),
    "rows of one call": task("Log" + many("\n    ...    x")),
    "tags on one row": task("[Tags]" + many("    tN"), "Log    x"),
    "forced tags and tasks": SETTING + "Force Tags" + many("    tN") + "\n" + TASKS + many("TN\n    K\n"),
    "supports": SETTING + "Metadata    Supports    " + many("sN,") + "\n" + task("Log    x"),
    "a description of many cells": task("Import Secret    key    description=" + many("    x")),
    "imports in one call": task("Run Keywords" + many("    Import Secret    key")),
    "a chain of keywords": TASKS
    + many("TN\n    K0\n")
    + "*** Keywords ***\n"
    + "".join(f"K{n}\n    K{n + 1}\n" for n in range(WIDE)),
    "cells between pipes": TASKS + "| A |\n" + ("| | Log" + " | x" * 30_000 + " |\n") * 15,
    "cells between pipes on one row": TASKS + "| A |\n| | Log" + " | x" * 450_000 + " |\n",
    "blanks in an assigned name": TASKS
    + "| A |\n| | ${"
    + " " * 200_000
    + "="
    + " " * 200_000
    + "x}= | Import Secret | a |\n",
    "blanks of all kinds": TASKS + "| A |\n| | Log |" + " \t\u00a0\u3000" * 100_000 + "x\n" + "\u00a0" * 300_000,
    "openings of variables": task("Log    " + "${" * 300_000, "Import Secret    " + "${" * 100_000),
    "an endless enum": task("Import User Variable    A    enum=[" + "a," * 300_000 + "]"),
    "an endless name": TASKS + "${" * 200_000 + "\n    Log    x\n",
    "credentials in a name": task("Import User Variable    " + "TOKEN_" * 100_000 + "    default=x"),
    "dashes": "-" * 1_000_000,
    "empty rows": TASKS + "Look\n    Log    x\n" + "\n" * 300_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_much_of_one_thing_takes_seconds_at_most(text: str) -> None:
    start = time.perf_counter()
    bundle = runbook(text)
    assert time.perf_counter() - start < 45
    check(bundle, {"runbook.robot": text})
    assert len(bundle.model_dump_json()) < 3_000_000
    assert max((len(problem.message) for problem in bundle.problems), default=0) <= 501


def nested(depth: int) -> str:
    return task(*(f"{'    ' * level}IF    1" for level in range(depth)))


def test_deep_nesting_is_told_and_loses_the_other_file_nothing() -> None:
    bundle = parse({"runbook.robot": nested(900), "sli.robot": SOUND})
    assert [tool.kind for tool in bundle.tools] == ["monitor"]
    (problem,) = [problem for problem in bundle.problems if problem.code == "not-parsed"]
    assert (problem.severity, problem.path) == ("error", "codebundles/a-bundle/runbook.robot")
    assert "nested too deeply" in problem.message
    assert [tool.name for tool in runbook(nested(20)).tools] == ["Look"]


@pytest.mark.parametrize(
    "text",
    [
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12345\n",
        "<html><body>404</body></html>\n",
        "*** Test Cases ***\n",
        "*** Keywords ***\nK\n    Log    x\n",
        "/etc/passwd",
        "#!/bin/sh\nexit 1\n",
    ],
)
def test_a_file_without_tasks_is_told(text: str) -> None:
    bundle = runbook(text)
    assert bundle.tools == ()
    assert bundle.has_runbook
    assert "no-tasks" in codes(bundle)


def test_equal_names_are_all_kept() -> None:
    bundle = runbook("*** Tasks ***\nA\n    Log    x\na\n    Log    x\nA\n    Log    x\n")
    assert [tool.name for tool in bundle.tools] == ["A", "a", "A"]


@pytest.mark.parametrize("language", ["", "Language: German\n"])
def test_a_file_with_tests_and_tasks_is_refused_as_robot_does(language: str) -> None:
    tests, tasks = "*** Test Cases ***\nA\n    Log    x\n", "*** Tasks ***\nB\n    Import Secret    key\n"
    for text, line in ((tests + tasks, 4), (tasks + tests, 4)):
        bundle = parse({"runbook.robot": language + text, "sli.robot": SOUND})
        (told,) = (problem for problem in bundle.problems if problem.code == "not-parsed")
        assert told.message == "Robot Framework cannot read it: One file cannot have both tests and tasks."
        assert (told.severity, told.line) == ("error", line + bool(language))
        assert ([tool.kind for tool in bundle.tools], bundle.secrets) == (["monitor"], ())
        with pytest.raises(DataError, match="both tests and tasks"):
            RobotSuite.from_string(language + text)


def test_names_that_programs_trip_over_are_plain_text() -> None:
    names = [
        "__proto__",
        "constructor",
        "{{ 7*7 }}",
        "<script>alert(1)</script>",
        "</script>",
        "'; DROP TABLE x; --",
        "../../x",
    ]
    bundle = runbook(task(*(f"Import Secret    {name}    description={name}" for name in names)))
    assert [secret.name for secret in bundle.secrets] == names
