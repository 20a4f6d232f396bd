"""Generated robot files, read here and by Robot itself: its running model, and its verdict when it runs them.

The files call what is ours and RW.Core's declarations, for which a library stands in that knows what is given.
"""

import importlib
import itertools
import random
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from robot import running
from robot.api import TestSuite as RobotSuite
from robot.run import run
from robot.running import Keyword

from build.parse.needs import needs
from build.parse.robot_file import parse_robot
from build.parse.steps import Call
from build.parse.suite import Suite
from tests.support.bundles import runbook

SETUPS = ["Init", "Given Init", "Run Keyword    Init", "Run Keywords    Init    AND    Log    x", "Set up the lamp"]
SPELLINGS = ["{0}", "{1}", "{2}", "RW.Core.{0}"]
SETTINGS = ["Suite Setup", "suite setup", "SUITE SETUP"]
DOCUMENTATION = ["One", "Two    cells", r"a\nb"]
TAGS = ["a", "b c", "-a", "access:read-only", "${X}", "A", "robot:private", r"\-b", "data:x"]


CONDITIONS = 3


class Generator:
    """Writes robot files out of a number, each with all that its number chooses."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.helpers: list[str] = []
        self.conditions = 0

    def condition(self) -> str | None:
        """A condition that nothing else depends on, as long as there are any."""
        self.conditions += 1
        return f"${{C{self.conditions - 1}}}" if self.conditions <= CONDITIONS else None

    def one(self, *of: str) -> str:
        return self.random.choice(of)

    def some(self, of: list[str], most: int) -> list[str]:
        return self.random.sample(of, self.random.randint(0, most))

    def name(self, keyword: str) -> str:
        return self.one(*SPELLINGS).format(keyword, keyword.replace(" ", "_").lower(), keyword.replace(" ", ""))

    def declaration(self) -> str:
        """A call that declares something; of one name it always says the same, whatever way."""
        number = self.random.randrange(6)
        if number < 3:
            optional = ["", "", "    optional=" + self.one("True", "yes", "${TRUE}", "1", "on")][number]
            return f"{self.name('Import Secret')}    s{number}    " + self.one("description=x", "x") + optional
        default = ["", "", "    default=1"][number - 3]
        return f"{self.name('Import User Variable')}    v{number}    " + self.one("type=string", "string") + default

    def call(self) -> str:
        call = self.declaration()
        if self.random.random() < 0.3:
            self.helpers.append(f"Helper {len(self.helpers)}\n    {call}\n")
            call = f"Helper {len(self.helpers) - 1}"
        elif self.random.random() < 0.1:
            self.helpers.append(f"Do ${{what}} {len(self.helpers)}\n    {call}\n")
            call = f"Do it {len(self.helpers) - 1}"
        prefix = self.one("", "", "", "Given ", "and ")
        kind = self.random.randrange(25)
        if kind in (5, 6, 10) and (condition := self.condition()):
            other = f"    ELSE    {self.declaration()}" if kind == 5 else ""
            return f"Run Keyword {'Unless' if kind == 10 else 'If'}    {condition}    {call}{other}"
        return {
            0: f"Run Keyword    {call}",
            1: f"Run Keywords    {call}    AND    {self.declaration()}",
            2: f"Run Keyword And Ignore Error    {prefix}{call}",
            3: f"${{ok}}=    Run Keyword And Return Status    {call}",
            4: f"Run Keyword And Continue On Failure    {call}",
            7: f"Repeat Keyword    1x    {call}",
            8: f"Wait Until Keyword Succeeds    1x    1ms    {call}",
            9: f"Run Keyword And Warn On Failure    {call}",
        }.get(kind, f"{self.one('', '${x}=    ', '${x: Any} =    ')}{prefix}{call}")

    def body(self, depth: int = 0) -> list[str]:
        rows = list[str]()
        for _ in range(self.random.randint(1, 3)):
            kind = self.random.randrange(9) if depth < 3 else 8
            condition = self.condition() if kind in (2, 3) else None
            kind = 8 if kind in (2, 3) and condition is None else kind
            inner = [f"    {row}" for row in self.body(depth + 1)] if kind < 6 else []
            # A keyword that nothing calls would count as if it were called.
            other = [f"    {row}" for row in self.body(depth + 1)] if kind in (0, 2) else []
            goes_on = self.one("Log    x", "No Operation", "Fail    no", "Fatal Error    no", "Give Up")
            if kind == 0:
                rows += ["TRY", *inner, self.one("EXCEPT", "EXCEPT    *    type=GLOB    AS    ${e}"), *other, "END"]
            elif kind == 1:
                rows += ["TRY", *inner, "EXCEPT", f"    {goes_on}", "END"]
            elif kind == 2:
                rows += [f"IF    {condition}", *inner, "ELSE", *other, "END"]
            elif kind == 3:
                rows += [f"IF    {condition}", *inner, "END"]
            elif kind == 4:
                rows += ["FOR    ${i}    IN    1", *inner, "END"]
            elif kind == 5:
                rows += ["GROUP    Several", *inner, "END"]
            else:
                rows.append(self.call())
        return rows

    def file(self) -> str:
        """A file with settings in any order and spelling, tasks of all kinds, and keywords."""
        settings = [
            "Library    RW.Core",
            f"Documentation    {self.one(*DOCUMENTATION)}",
            *[f"...    {self.one('more', '- item')}"][: self.random.randrange(2)],
            f"{self.one(*SETTINGS)}    {self.one(*SETUPS)}",
        ]
        forced, default = self.some(TAGS, 3), self.some(TAGS, 2)
        settings += [f"{self.one('Force Tags', 'Test Tags', 'Task Tags')}    {'    '.join(forced)}"] if forced else []
        settings += [f"Default Tags    {'    '.join(default)}"] if default else []
        settings += ["Task Setup    Log    before"] if self.random.random() < 0.3 else []
        settings += ["Task Template    Log"] if self.random.random() < 0.15 else []
        tasks = list[str]()
        for number in range(self.random.randint(1, 3)):
            tasks += [self.one(f"Task {number}", f"Look at `${{C0}}` {number}", f"{number}")]
            tasks += [f"    [Documentation]    {self.one('Looks', 'a    b', '*bold*')}"][: self.random.randrange(2)]
            tasks += [f"    [Tags]    {'    '.join(own)}" for own in [self.some(TAGS, 3)] if own]
            tasks += [self.one("    [Setup]    Log    own", "    [Setup]    NONE", "    [Teardown]    Log    after")]
            tasks += ["    [Template]    Log"][: self.random.randrange(4) // 3]
            tasks += [f"    {self.one('Log    x', 'x', 'No Operation')}" for _ in range(self.random.randint(1, 2))]
        init = "\n".join(f"    {row}" for row in self.body())
        header = self.one("*** Tasks ***", "*** Test Cases ***", "*** Task ***", "***tasks***")
        sections = [
            "\n".join(["*** Settings ***", *settings]),
            "\n".join(["*** Variables ***", *(f"${{C{number}}}    ${{TRUE}}" for number in range(CONDITIONS))]),
            "\n".join([header, *tasks]),
            f"*** Keywords ***\nInit\n{init}\nSet up ${{what}}\n    Init\nGive Up\n    Fail    no",
            "\n".join(["*** Keywords ***", *self.helpers]) if self.helpers else "",
        ]
        self.random.shuffle(sections)
        text = "\n".join(filter(None, sections)) + "\n"
        return text.replace("\n", "\r\n") if self.random.random() < 0.1 else text


@pytest.mark.slow
@pytest.mark.parametrize("part", range(12))
def test_what_a_file_says_is_what_robots_running_model_says(part: int) -> None:
    for seed in range(part * 50, part * 50 + 50):
        text = Generator(seed).file()
        suite, file = RobotSuite.from_string(text), parse_robot(text)
        assert [
            (block.name, block.line, block.documentation, list(block.tags), _first(block.steps[:1]))
            for block in file.tasks
        ] == [
            (
                test.name, test.lineno, test.doc, list(test.tags),
                _called(_begin(test)),
            )
            for test in suite.tests
        ]  # fmt: skip
        assert (file.documentation, _first(file.fixtures.steps)) == (suite.doc, _called(suite.setup))
        assert [keyword.name for keyword in file.keywords] == [keyword.name for keyword in suite.resource.keywords]
        bundle = runbook(text)
        assert [tool.line for tool in bundle.tools] == [test.lineno for test in suite.tests]


def _begin(test: running.TestCase) -> object:
    """Return what a task's steps begin with: a teardown runs however the body is left, so that it stands before it."""
    if test.has_setup:
        return test.setup
    return test.teardown if test.has_teardown else next(iter(test.body), None)


def _first(steps: object) -> tuple[str, tuple[str, ...]] | None:
    assert isinstance(steps, tuple)
    return (steps[0].keyword, steps[0].arguments) if steps and isinstance(steps[0], Call) else None


def _called(keyword: object) -> tuple[str, tuple[str, ...]] | None:
    return (keyword.name, tuple(keyword.args)) if isinstance(keyword, Keyword) else None


CORE = '''
"""Stands for RW.Core: the same arguments; what GIVEN names is there."""
GIVEN, ASKED = set(), []

class Core:
    def import_secret(self, varname: str, description: str = None, example: str = None, pattern: str = None,
                      optional: bool = False, **kwargs):
        ASKED.append(("secret", varname, description))
        if varname not in GIVEN and not optional:
            raise ImportError(f"Import Secret {varname}: Secret key not found in configuration")

    def import_user_variable(self, varname: str, type: str = "string", description: str = None, example: str = None,
                             pattern: str = None, enum: str = None, format: str = None, default: str = None, **kwargs):
        ASKED.append(("variable", varname, type))
        if varname not in GIVEN and default is None:
            raise ImportError(f"Import User Variable {varname}: not found")
'''


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """The module that stands for RW.Core."""
    (tmp_path / "RW").mkdir()
    (tmp_path / "RW" / "__init__.py").touch()
    (tmp_path / "RW" / "Core.py").write_text(CORE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "RW"}
    for name in before:
        monkeypatch.delitem(sys.modules, name)
    yield importlib.import_module("RW.Core")
    for name in [name for name in sys.modules if name.split(".")[0] == "RW"]:
        del sys.modules[name]


def passes(path: Path, conditions: tuple[bool, ...]) -> bool:
    """Whether Robot runs the file without an error."""
    text = path.read_text(encoding="utf-8")
    for number, value in enumerate(conditions):
        text = text.replace(f"${{C{number}}}    ${{TRUE}}", f"${{C{number}}}    ${{{str(value).upper()}}}")
    changed = path.with_name("run.robot")
    changed.write_text(text, encoding="utf-8")
    output = StringIO()
    none = dict.fromkeys(("output", "log", "report"), "NONE")
    return bool(run(str(changed), stdout=output, stderr=output, **none) == 0)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(6))
def test_what_is_required_is_what_robot_fails_without(part: int, core, tmp_path: Path) -> None:
    """For each name alone: a run fails without it, however conditions fall out, or it is not required."""
    judged = 0
    for seed in range(1_000 + part * 10, 1_000 + part * 10 + 10):
        text = Generator(seed).file().replace("\r\n", "\n")
        suite = Suite(parse_robot(text))
        path = tmp_path / "runbook.robot"
        path.write_text(text, encoding="utf-8")
        names = {(one.kind, one.name) for one in suite.imports}
        every = list(itertools.product((True, False), repeat=CONDITIONS))
        core.GIVEN.clear()
        core.GIVEN.update(name for _, name in names)
        core.ASKED.clear()
        sound = [conditions for conditions in every if passes(path, conditions)]
        # Whatever was asked for is declared here.
        assert {(kind, name) for kind, name, _ in core.ASKED} <= names, text
        if len(sound) < len(every):
            # It fails whatever is given; there is nothing to judge.
            continue
        required = {name for name, standing in needs(suite).items() if standing.required}
        for kind, name in sorted(names):
            core.GIVEN.discard(name)
            fails = not any(passes(path, conditions) for conditions in every)
            core.GIVEN.add(name)
            assert fails is ((kind, name) in required), (seed, name, text)
            judged += 1
    assert judged > 5
