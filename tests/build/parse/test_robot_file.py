"""One robot file, read as Robot reads it but for what Robot would run or read besides."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from robot.api import TestSuite as RobotSuite
from robot.api.parsing import get_model
from robot.conf.languages import Language
from robot.model import Tags
from robot.utils import unescape

from build.parse.robot_file import BuiltInLanguages, parse_robot
from build.parse.suite import Suite
from tests.support.bundles import runbook, task

TASKS = "*** Tasks ***\nLook\n    Log    here\n"


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to be in, with modules that leave a file behind when they are imported; yields that file."""
    ran = tmp_path / "ran"
    code = f"import pathlib\npathlib.Path({str(ran)!r}).write_text('x')\n"
    (tmp_path / "evil.py").write_text(code, encoding="utf-8")
    for package in ("evilpackage", "evilparent/inner"):
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").write_text(code, encoding="utf-8")
    (tmp_path / "Klingon.py").write_text(
        f"{code}from robot.conf.languages import Language\nclass Klingon(Language):\n    tasks_header = 'Qu'\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield ran
    for name in list(sys.modules):
        if name.startswith(("evil", "Klingon")):
            del sys.modules[name]


SPELLINGS = [
    "Language: evil.py",
    "Language: evil",
    "language: evil.py",
    "LANGUAGE:evil.py",
    "Language:    evil.py",
    "| Language: evil.py |",
    "| Language: evil |",
    "Language: ./evil.py",
    "Language: {here}/evil.py",
    "Language: {here}",
    "Language: evilpackage",
    "Language: evilpackage/",
    "Language: evilparent.inner",
    "Language: Klingon.py",
    "Language: Klingon",
    "Language: German\nLanguage: evil.py",
    "Language: evil.py\nLanguage: Finnish\nLanguage: {here}/evil.py",
    "# a remark\n\nLanguage: evil.py",
    "\ufeffLanguage: evil.py",
    "Language: evil.py    # a remark",
]


@pytest.mark.parametrize("line", SPELLINGS)
def test_a_language_line_imports_nothing(line: str, trap: Path) -> None:
    before = set(sys.modules)
    text = f"{line.format(here=trap.parent)}\n{TASKS}"
    parsed = parse_robot(text)
    bundle = runbook(text)
    assert not trap.exists()
    assert not {name for name in set(sys.modules) - before if name.lower().startswith(("evil", "klingon"))}
    assert [block.name for block in parsed.tasks] == ["Look"]
    assert [tool.name for tool in bundle.tools] == ["Look"]


@pytest.mark.parametrize(
    "line", ["Language: evil.py", "Language: evil", "| Language: evil.py |", "Language: {here}/evil.py"]
)
def test_the_same_line_is_told(line: str, trap: Path) -> None:
    bundle = runbook(f"{line.format(here=trap.parent)}\n{TASKS}")
    (problem,) = [p for p in bundle.problems if p.code == "robot-says"]
    assert "Invalid language configuration" in problem.message
    assert problem.line == 1


@pytest.mark.parametrize("line", ["Language: evil.py", "Language: evil", "Language: evilparent.inner"])
def test_robot_alone_would_have_run_it(line: str, trap: Path) -> None:
    """Or else the tests above would prove nothing."""
    with suppress(ValueError):
        get_model(f"{line}\n{TASKS}")
    assert trap.exists()


def test_a_language_file_given_directly_is_refused(trap: Path) -> None:
    for name in ("evil.py", "evil", Path("evil.py"), str(trap.parent / "evil.py")):
        with pytest.raises(Exception, match=r"evil.*|language"):
            BuiltInLanguages().add_language(name)
    assert not trap.exists()


def test_robot_still_asks_the_method_that_is_closed() -> None:
    """A release that imports by another way than these must not go unnoticed."""
    assert {"add_language", "_import_language_module"} <= set(vars(BuiltInLanguages.__mro__[1]))


@pytest.mark.parametrize("name", ["German", "german", "de", "DE"])
def test_robot_s_own_languages_are_understood(name: str) -> None:
    text = f"""\
Language: {name}
*** Einstellungen ***
Dokumentation    Hallo
*** Aufgaben ***
Schauen
    [Tags]    a
    Log    x
"""
    parsed = parse_robot(text)
    assert (parsed.errors, parsed.documentation) == ([], "Hallo")
    assert [(block.name, block.line, block.tags) for block in parsed.tasks] == [("Schauen", 5, ("a",))]


def test_every_language_of_robot_s_own_is_known() -> None:
    for language in Language.__subclasses__():
        if language.__module__ == "robot.conf.languages" and language.tasks_header:
            text = f"Language: {language().code}\n*** {language.tasks_header} ***\nLook\n    Log    x\n"
            assert [block.name for block in parse_robot(text).tasks] == ["Look"], language


def test_a_text_of_one_line_is_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.robot"
    secret.write_text("*** Tasks ***\nHunter\n    Log    2\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for text in (str(secret), "secret.robot", "./secret.robot", f"{secret}\r"):
        assert parse_robot(text).tasks == []
        assert "Hunter" not in repr(runbook(text))
    # Robot alone takes it for one.
    assert "Hunter" in {node.name for section in get_model(str(secret)).sections for node in section.body}


def test_other_files_are_neither_read_nor_run(trap: Path) -> None:
    rows = [
        "Library    evil.py",
        "Resource    ../../../etc/passwd",
        "Variables    evil.py",
        "Resource    http://localhost:9/x",
    ]
    text = "\n".join(["*** Settings ***", *rows, TASKS])
    assert [block.name for block in parse_robot(text).tasks] == ["Look"]
    assert not trap.exists()


BREAKS = ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("sign", BREAKS, ids=[f"U+{ord(sign):04X}" for sign in BREAKS])
def test_only_line_ends_that_people_see_end_a_line(sign: str) -> None:
    text = f"*** Tasks ***\nOne\n    Log    a{sign}Forged{sign}    Log    b\nTwo\n    Import Secret    key\n"
    parsed = parse_robot(text)
    assert [(block.name, block.line) for block in parsed.tasks] == [("One", 2), ("Two", 4)]
    assert [found.line for found in Suite(parsed).imports] == [5]
    # A header after one of them is no header either.
    assert [block.name for block in parse_robot(f"{TASKS}#{sign}*** Tasks ***{sign}Forged\n    Log    x\n").tasks] == [
        "Look"
    ]


def test_a_lone_carriage_return_does_not_shift_lines() -> None:
    parsed = parse_robot("*** Tasks ***\r\nOne\r\n    Log    a\rb\r\nTwo\r\n    Log    c\r\n")
    assert [(block.name, block.line) for block in parsed.tasks] == [("One", 2), ("Two", 4)]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("*** Tasks ***\nA\n    IF    1\n        Log    x\n", 3, "IF must have closing END"),
        ("*** Tasks ***\nA\n    FOR    ${x}    IN    1\n        Log    x\n", 3, "FOR loop must have closing END"),
        ("*** Tasks ***\nA\n    TRY\n        Log    x\n    END\n", 3, "TRY structure must have"),
        ("*** Tasks ***\nA\nB\n    Log    x\n", 2, "Task cannot be empty"),
        ("*** Tasks ***\n    Log    x\n", 2, "Task name cannot be empty"),
        ("*** Tasks ***\nA\n    Log    x\n*** Keywords ***\nK\n", 5, "User keyword cannot be empty"),
        ("*** Tasks ***\nA\n    [Nonsense]    x\n    Log    x\n", 3, "Non-existing setting 'Nonsense'"),
        ("*** Settings ***\nNonsense    x\n*** Tasks ***\nA\n    Log    x\n", 2, "Non-existing setting 'Nonsense'"),
        ("*** Nonsense ***\nx\n*** Tasks ***\nA\n    Log    x\n", 1, "Unrecognized section header '*** Nonsense ***'"),
        ("*** Settings ***\nForce Tags    a\nTest Tags    b\n*** Tasks ***\nA\n    Log    x\n", 3, "only once"),
        (
            "*** Tasks ***\nA\n    IF    1\n        RETURN    x\n    END\n",
            4,
            "RETURN can only be used inside a user keyword",
        ),
        ("Language: Nonsense\n*** Tasks ***\nA\n    Log    x\n", 1, "Invalid language configuration"),
    ],
)
def test_what_robot_objects_to_is_told_and_loses_nothing_else(text: str, line: int, what: str) -> None:
    parsed = parse_robot(text)
    assert [(number, what in message) for number, message in parsed.errors] == [(line, True)]
    assert parsed.tasks


tag = st.sampled_from(
    ["a", "A", "b c", "b_c", "access:read-only", "${X}", "NONE", "none", "-a", "-B C", "", "\\-a", "é"]
)
tags = st.none() | st.lists(tag, max_size=5)


def setting(name: str, cells: list[str] | None) -> list[str]:
    """A row, with an empty cell written out as Robot wants it between others."""
    return [] if cells is None else ["    ".join([name, *(cell or "${EMPTY}" for cell in cells)])]


@given(tags, tags, st.lists(tags, min_size=1, max_size=3), st.sampled_from(["Force Tags", "Test Tags", "Task Tags"]))
def test_tags_are_effective_as_robot_says(
    forced: list[str] | None, default: list[str] | None, own: list[list[str] | None], spelling: str
) -> None:
    rows = ["*** Settings ***", *setting(spelling, forced), *setting("Default Tags", default), "*** Tasks ***"]
    for number, cells in enumerate(own):
        rows += [f"Task {number}", *(f"    {row}" for row in setting("[Tags]", cells)), "    Log    x"]
    text = "\n".join(rows) + "\n"
    # Robot resolves them when a task starts.
    resolved = [
        [unescape(tag.replace("${EMPTY}", "")) for tag in test.tags] for test in RobotSuite.from_string(text).tests
    ]
    expected = [list(Tags(own)) for own in resolved]
    assert [list(tool.tags) for tool in runbook(text).tools] == expected


ROWS = [
    "*** Settings ***", "Documentation    One    two", "...    three", "Metadata    Author    a    b", "*** Tasks ***",
    "** Keywords **", "First", "Second task", "    Log    x", "    [Documentation]    Words    more", "    ...    more",
    "    ...", "# remark", "    # remark", "", "    [Tags]    a", "    IF    1", "    END", "*** Comments ***",
    "| Third |", "| | Log | x |", "\tLog\tx",
]  # fmt: skip


@given(st.lists(st.sampled_from(ROWS), max_size=14))
def test_names_documentation_and_lines_are_robot_s(rows: list[str]) -> None:
    text = "\n".join(rows) + "\n"
    suite, parsed = RobotSuite.from_string(text), parse_robot(text)
    assert [(block.name, block.line, block.documentation) for block in parsed.tasks] == [
        (test.name, test.lineno, test.doc) for test in suite.tests
    ]
    assert (parsed.documentation or "") == suite.doc


def test_the_pieces_of_a_task() -> None:
    rows = [
        "[Documentation]    Two    cells",
        "...    and a row",
        "[Tags]",
        "...    b    a",
        "...",
        "...    c d",
        "Log    x",
    ]
    (block,) = parse_robot(task(*rows)).tasks
    assert (block.name, block.line) == ("Look", 2)
    assert block.documentation == "Two    cells\nand a row"
    (tool,) = runbook(task(*rows)).tools
    assert tool.tags == ("a", "b", "c d")


def test_nothing_is_printed_about_deprecated_rows(capfd: pytest.CaptureFixture[str]) -> None:
    text = "*** Tasks ***\nA\n    K\n*** Keywords ***\nK\n    Log    x\n    [Return]    1\n"
    assert [block.name for block in parse_robot(text).tasks] == ["A"]
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
    assert os.environ.get("ROBOT_SYSLOG_FILE") is None
