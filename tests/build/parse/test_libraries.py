"""Which keywords a library has, against what Robot Framework finds when it imports the same (our own) files."""

import itertools
import sys
import types
from collections.abc import Mapping
from keyword import iskeyword
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from robot.libdocpkg import LibraryDocumentation
from robot.running import testlibraries

from build.keyword_libraries import (
    Library,
)
from build.parse.libraries import MAX_LIBRARIES
from tests.support.libraries import libraries_in, only
from tests.support.place import ROOT

HARBOR = ROOT / "samples" / "harbor-codecollection" / "libraries"
SHAPES = '''\
"""A module."""
import os, re
from os.path import join  # Not ours: Robot shows it, a reader of names cannot know that it is a function.
from .base import Base, helper as renamed
from .stars import *

ROBOT_LIBRARY_SCOPE = "SUITE"

def simple(): pass
def all_kinds(a, b: int, /, c="x", d: "str | None" = None, *rest: str, e, f: float = 1.5, **others): """Takes all."""
def only_named(*, a, b=True): """First.

    Second, further in:
        third
    """
async def waits(seconds=0.1): pass
def camelCaseName(): pass
def with_HTTP_in_it2(): pass
def _private(): pass
if os.name:
    def conditional(): pass
try:
    import nothing_of_this_name
except ImportError:
    pass
else:
    def never(): pass
def twice(a): pass
def twice(b): """The later one."""
'''
FILES = {
    "NAME/__init__.py": SHAPES.replace("    def never(): pass", "    pass"),
    "NAME/base.py": """
from robot.api.deco import keyword, not_keyword, library
def helper(x): "Helps."
class Root:
    def inherited(self, a=1): "From the root."
    def replaced(self): "Not this."
class Base(Root):
    def replaced(self, now: bool): "This."
    @property
    def prop(self): raise RuntimeError
    @staticmethod
    def static(a, b=()): pass
    @classmethod
    def of_class(cls, a): pass
    @not_keyword
    def hidden(self): pass
    @keyword("Named Otherwise", tags=["x"])
    def _with_underscore(self): pass
    @keyword
    def marked(self): pass
    @keyword(name="By Name")
    def other(self): pass
    attribute = 3
""",
    "NAME/stars.py": """
__all__ = ["listed", "_listed_too", "OTHER"]
OTHER = 1
def listed(): pass
def _listed_too(): pass
def not_listed(): pass
""",
    "NAME/Child.py": """
from .base import Base
class Child(Base):
    "A child."
    ROBOT_LIBRARY_SCOPE = "GLOBAL"
    def own(self): pass
class Other:
    def nothing(self): pass
""",
    "NAME/decorated.py": """
from robot.api.deco import keyword, library
@library(scope="SUITE")
class Anything:
    def plain(self): pass
    @keyword
    def chosen(self): pass
""",
    "NAME/automatic.py": """
from robot.api import deco
@deco.library(auto_keywords=True)
class Anything:
    def plain(self): pass
    @deco.keyword("${count} lamps are ${state:on|off}")
    def lamps(self, count, state): pass
""",
    "NAME/quiet.py": """
from robot.api.deco import keyword
ROBOT_AUTO_KEYWORDS = False
def plain(): pass
@keyword
def chosen(): pass
""",
    "NAME/circle/__init__.py": "from .one import *\ndef of_package(): pass\n",
    "NAME/circle/one.py": "from . import two\ndef of_one(): pass\n",
    "NAME/circle/two.py": "from .one import *\nfrom . import one\ndef of_two(): pass\n",
}
_NUMBERS = itertools.count()


def found_by_robot(name: str) -> dict[str, tuple[list[str], str, int]]:
    """Arguments, documentation and line of each keyword, by name."""
    return {
        keyword.name: ([str(one) for one in keyword.args], keyword.doc, keyword.lineno)
        for keyword in LibraryDocumentation(name).keywords
    }


def found_here(library: Library) -> dict[str, tuple[list[str], str, int]]:
    # Robot shows a text without its quotes.
    return {
        keyword.name: (
            [argument.replace("'", "") for argument in keyword.arguments], keyword.documentation, keyword.line
        )
        for keyword in library.keywords
    }  # fmt: skip


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Mapping[str, str]]:
    """FILES as a package that Python never imported before: its name, and the texts by path."""
    name = f"Shapes{next(_NUMBERS)}"
    files = {path.replace("NAME", name): text for path, text in FILES.items()}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    return name, files


@pytest.mark.parametrize(
    "below", ["", ".Child", ".base.Base", ".decorated", ".automatic", ".quiet", ".circle", ".circle.one"]
)
def test_a_library_has_the_keywords_that_robot_finds(written: tuple[str, Mapping[str, str]], below: str) -> None:
    name, files = written
    library = next(one for one in libraries_in(files, [name + below]).libraries if one.name == name + below)
    expected = found_by_robot(name + below)
    expected.pop("Join", None)
    lines = {keyword: found[2] for keyword, found in expected.items()}
    here = found_here(library)
    assert here.keys() == expected.keys()
    for keyword, (arguments, documentation, _) in expected.items():
        # Robot counts from the first decorator.
        assert here[keyword][:2] == (arguments, documentation), keyword
        assert 0 <= here[keyword][2] - lines[keyword] <= 1, keyword


@pytest.mark.parametrize("name", ["Harbor.durations", "Harbor.Prices"])
def test_the_samples_python_libraries_are_what_robot_finds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(HARBOR)
    assert found_here(harbor(name)) == found_by_robot(name)


def test_the_samples_resource_is_what_robot_finds() -> None:
    library = harbor("Harbor.scripts.resource")
    assert found_here(library) == found_by_robot(str(HARBOR / "Harbor" / "scripts.resource"))
    assert (library.setting, library.import_name) == ("Resource", "Harbor/scripts.resource")
    assert library.documentation == "What every task does with the outcome of its script."


def harbor(name: str) -> Library:
    files = {
        path.relative_to(HARBOR).as_posix(): path.read_text() for path in HARBOR.rglob("*.[pr]*") if path.is_file()
    }
    return next(library for library in libraries_in(files).libraries if library.name == name)


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,30}", fullmatch=True).filter(lambda name: not iskeyword(name)))
def test_a_functions_name_is_written_as_robot_writes_it(name: str) -> None:
    module = types.ModuleType("Anything")
    setattr(module, name, lambda: None)
    expected = [found.name for found in testlibraries.TestLibrary.from_module(module).keywords]
    library = only(libraries_in({"Anything.py": f"ROBOT_LIBRARY_VERSION = 1\ndef {name}(): pass\n"}))
    assert [found.name for found in library.keywords] == expected


def test_what_says_that_it_is_a_library_and_what_bundles_import_is_one() -> None:
    files = {
        "helpers.py": "def help(): pass\n",
        "Said.py": "class Said:\n    ROBOT_LIBRARY_SCOPE = 'TEST'\n    def say(self): pass\n",
        "empty.py": "ROBOT_LIBRARY_SCOPE = 'TEST'\n",
    }
    assert [library.name for library in libraries_in(files).libraries] == ["Said"]
    assert [library.name for library in libraries_in(files, ["helpers", "empty", "not.there", ""]).libraries] == [
        "Said",
        "helpers",
    ]


def test_what_a_package_hands_on_is_not_shown_twice() -> None:
    files = {
        "RW/CLI/__init__.py": "from .CLI import *\n",
        "RW/CLI/CLI.py": '"""About it."""\nROBOT_LIBRARY_SCOPE = "GLOBAL"\ndef run_cli(cmd): pass\n',
    }
    library = only(libraries_in(files))
    assert (library.name, library.path, library.documentation) == (
        "RW.CLI",
        "libraries/RW/CLI/__init__.py",
        "About it.",
    )
    assert (library.scope, library.keywords[0].path) == ("GLOBAL", "libraries/RW/CLI/CLI.py")
    # But whoever imports it by its own name is answered.
    assert [one.name for one in libraries_in(files, ["RW.CLI", "RW.CLI.CLI"]).libraries] == ["RW.CLI", "RW.CLI.CLI"]


def test_a_package_may_hand_on_a_class_by_another_packages_name() -> None:
    files = {
        "RW/RunWhen/__init__.py": "from .papi import Papi\n",
        "RW/RunWhen/papi.py": "class Papi:\n    'The interface.'\n    def get_slo(self, name): pass\n",
    }
    library = only(libraries_in(files, ["RW.RunWhen.Papi"]))
    assert (library.path, library.line, library.documentation) == ("libraries/RW/RunWhen/papi.py", 1, "The interface.")


def test_two_names_that_an_address_cannot_tell_apart_are_one_library_and_a_problem() -> None:
    body = "ROBOT_LIBRARY_SCOPE = 'TEST'\ndef {}(): pass\n"
    found = libraries_in(
        {"Lamp_a.py": body.format("one"), "lamp_A.py": body.format("two"), "con.py": body.format("three")}
    )
    assert [library.name for library in found.libraries] == ["Lamp_a"]
    assert [(problem.code, problem.path, problem.bundle) for problem in found.problems] == [
        ("library-refused", "libraries/con.py", None),
        ("library-refused", "libraries/lamp_A.py", None),
    ]


def test_a_library_that_makes_its_keywords_when_it_runs_is_told() -> None:
    found = libraries_in({"Made.py": "class Made:\n    def get_keyword_names(self): return []\n"}, ["Made"])
    assert found.libraries == ()
    assert [(problem.code, problem.severity) for problem in found.problems] == [("library-dynamic", "note")]


def test_circles_end() -> None:
    found = libraries_in(
        {
            "a.py": "from b import *\nfrom a import *\nclass a(a, b): pass\ndef of_a(): pass\n",
            "b.py": "from a import *\nclass b(a): \n    def of_b(self): pass\nclass Loop(Loop): pass\n",
        },
        ["a", "b", "b.Loop"],
    )
    assert {library.name: [one.name for one in library.keywords] for library in found.libraries} == {
        "a": ["Of B"],
        "b": ["Of B"],
    }


def test_a_collection_has_no_more_libraries_than_can_be_shown() -> None:
    found = libraries_in(
        {f"m{n}.py": f"ROBOT_LIBRARY_SCOPE = ''\ndef k{n}(): pass\n" for n in range(MAX_LIBRARIES + 5)}
    )
    assert len(found.libraries) == MAX_LIBRARIES
    assert [problem.code for problem in found.problems] == ["too-long"]


def test_keywords_of_a_resource_that_are_private_are_left_out() -> None:
    text = """\
*** Keywords ***
Light The Lamp
    [Arguments]    ${lamp}    ${for}=1    @{more}    ${named}    &{rest}
    [Documentation]    Lights it.
    Log    x
Set ${lamp} To
    [Arguments]    ${state}
    Log    x
Inner
    [Tags]    Robot:Private
    Log    x
"""
    found, embedded = only(libraries_in({"lamps.resource": text})).keywords
    assert (embedded.name, embedded.arguments) == ("Set ${lamp} To", ("state",))
    assert (found.name, found.documentation, found.line) == ("Light The Lamp", "Lights it.", 2)
    assert found.arguments == ("lamp", "for=1", "*more", "named", "**rest")


IN_BLOCKS = """\
import contextlib
try:
    import nosuch
except ImportError:
    def in_except(x): 'Except.'
else:
    def in_else(): 'Else.'
finally:
    def in_finally(): 'Finally.'
for number in range(1):
    def in_for(): 'For.'
while False:
    pass
else:
    def in_while(): 'While.'
with contextlib.nullcontext():
    def in_with(a, b=1): 'With.'
    with contextlib.nullcontext():
        if number:
            def never(): 'Never.'
        else:
            def deeper(): 'Deeper.'
match number:
    case 0:
        def in_case(): 'Case.'
as_lambda = lambda x, y=2: x
other_name = in_with
try:
    def twice(a): 'Tried.'
except ImportError:
    def twice(b): 'Instead.'
"""


def test_functions_are_found_in_every_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "blocks_of_code.py").write_text(IN_BLOCKS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    robot = {one.name: [str(a) for a in one.args] for one in LibraryDocumentation("blocks_of_code").keywords}
    library = only(libraries_in({"blocks_of_code.py": IN_BLOCKS}, ["blocks_of_code"]))
    found = {one.name: list(one.arguments) for one in library.keywords}
    # Which branches run is known to nobody here: all of them are shown.
    assert found.items() >= robot.items()
    assert found.keys() - robot.keys() == {"In Else", "Never"}


def test_a_library_in_newer_syntax_is_read_and_the_limit_is_the_registrys() -> None:
    text = "type L = int\ndef two[T](x: T): 'Two'\ndef one(x): return f'{x['a']}'\n"
    found = libraries_in({"a.py": text}, ["a"])
    assert [keyword.name for keyword in only(found).keywords] == ["One", "Two"]
    told = [(problem.severity, problem.code, problem.line) for problem in found.problems]
    assert told == ([("note", "library-newer", 1)] if sys.version_info < (3, 12) else [])
    broken = libraries_in({"a.py": "def one(:\n"}, ["a"])
    assert [(problem.severity, problem.code) for problem in broken.problems] == [("error", "library-not-read")]


@pytest.mark.parametrize(
    "text",
    [
        "*** Settings ***\nKeyword Tags    robot:private    a\n*** Keywords ***\nHidden\n    Log    x\n"
        "Shown\n    [Tags]    -robot:private\n    Log    x\n",
        "*** Keywords ***\nHidden\n    [Tags]    Robot: Private\n    Log    x\nShown\n    [Tags]    a\n    Log    x\n",
        "*** Keywords ***\nHidden\n    [Documentation]    Hides.\n    ...\n    ...    Tags: b, ROBOT:PRIVATE\n"
        "    Log    x\n"
        "Shown\n    [Tags]    a\n    Log    x\n",
    ],
)
def test_private_keywords_of_a_resource_are_left_out_however_that_is_said(text: str) -> None:
    assert [(keyword.name, keyword.tags) for keyword in only(libraries_in({"k.resource": text})).keywords] == [
        ("Shown", ("a",))
    ]


def test_keyword_tags_are_shown_and_no_part_of_the_text() -> None:
    resource = (
        "*** Settings ***\nKeyword Tags    all\n*** Keywords ***\nLight\n    [Documentation]    Lights\\nit.\n    ...\n"
        "    ...    Tags: lamp, oil\n    [Tags]    own\n    Log    x\n"
    )
    (light,) = only(libraries_in({"k.resource": resource})).keywords
    assert (light.documentation, light.tags) == ("Lights\nit.", ("all", "lamp", "oil", "own"))
    python = (
        "from robot.api.deco import keyword\n@keyword(tags=['own', 'OWN'])\ndef light():\n"
        "    '''Lights it.\n\n    Tags: lamp\n    '''\n@keyword(tags=('robot:private',))\ndef hidden(): pass\n"
    )
    (light,) = only(libraries_in({"k.py": python}, ["k"])).keywords
    assert (light.documentation, light.tags) == ("Lights it.", ("lamp", "own"))
