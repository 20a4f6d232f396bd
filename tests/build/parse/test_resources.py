"""Resource files: those of the bundle and of its collection are read, others are told."""

import time

import pytest

from build.model import Bundle, SourceFile
from build.parse.bundle import parse_bundle
from tests.support.bundles import SETTINGS, codes, parse, source

COMMON = """\
*** Settings ***
Library    RW.Core
*** Variables ***
${SCRIPT}    check.sh
*** Keywords ***
Prepare
    RW.Core.Import User Variable    LAMP    default=1
    RW.Core.Import Secret    lamp_key
Check The Lamp
    Run Bash File    ${SCRIPT}    ${LAMP}
    RW.Core.Add Issue    title=x
Never Called
    RW.Core.Import Secret    other_key
"""


def main(name: str) -> str:
    return f"{SETTINGS}Resource    {name}\nSuite Setup    Prepare\n*** Tasks ***\nLook\n    Check The Lamp\n"


def said(bundle: Bundle) -> tuple[list[str], list[str], bool, tuple[str, ...], tuple[str, ...]]:
    (tool,) = bundle.tools
    return (
        [variable.name for variable in bundle.user_variables], [secret.name for secret in bundle.secrets],
        tool.raises_issues, tool.variables, tool.scripts,
    )  # fmt: skip


EVERYTHING = (["LAMP"], ["lamp_key"], True, ("LAMP",), ("check.sh",))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("common.resource", "common.resource"),
        ("./common.resource", "common.resource"),
        ("keywords/common.resource", "keywords/common.resource"),
        ("keywords/../common.resource", "common.resource"),
        ("${CURDIR}/common.resource", "common.resource"),
        ("${CURDIR}${/}common.resource", "common.resource"),
        ("common.robot", "common.robot"),
        ("${NAME}.resource\n*** Variables ***\n${NAME}    common\n*** Settings ***", "common.resource"),
    ],
)
def test_a_resource_beside_the_robot_file_is_read(name: str, path: str) -> None:
    bundle = parse({"runbook.robot": main(name), path: COMMON, "check.sh": "x"})
    assert said(bundle) == EVERYTHING
    assert "resource-not-read" not in codes(bundle)
    # Where the robot file brings it in: other files have no page.
    assert {variable.line for variable in bundle.user_variables} == {6}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("lamps/common.resource", "libraries/lamps/common.resource"),
        ("../../libraries/common.resource", "libraries/common.resource"),
        ("../other/common.resource", "codebundles/other/common.resource"),
        ("${CURDIR}/../other/common.resource", "codebundles/other/common.resource"),
    ],
)
def test_a_resource_of_the_collection_is_read(name: str, path: str) -> None:
    shared = [SourceFile(path=path, oid="0" * 40, content=COMMON.encode())]
    bundle = parse_bundle("beacon", source({"runbook.robot": main(name), "check.sh": "x"}), shared)
    assert said(bundle) == EVERYTHING


def test_resources_may_import_each_other_in_circles() -> None:
    bundle = parse(
        {
            "runbook.robot": main("a/one.resource"),
            "a/one.resource": "*** Settings ***\nResource    two.resource\nResource    ../runbook.robot\n",
            "a/two.resource": "*** Settings ***\nResource    ../common.resource\nResource    one.resource\n",
            "common.resource": COMMON,
            "check.sh": "x",
        }
    )
    assert said(bundle) == EVERYTHING
    assert "resource-not-read" not in codes(bundle)


def test_the_suite_s_own_keywords_and_variables_come_first() -> None:
    own = main("common.resource") + "*** Keywords ***\nCheck The Lamp\n    Log    x\n"
    bundle = parse({"runbook.robot": own, "common.resource": COMMON, "check.sh": "x"})
    assert said(bundle) == (["LAMP"], ["lamp_key"], False, (), ())
    named = own.replace("    Check The Lamp\n***", "    common.Check The Lamp\n***")
    assert said(parse({"runbook.robot": named, "common.resource": COMMON, "check.sh": "x"})) == EVERYTHING


@pytest.mark.parametrize(
    "name",
    [
        "missing.resource", "../../../etc/passwd", "/etc/passwd.resource", "http://x.example/a.resource",
        "${UNKNOWN}/common.resource", "common.txt", "../../../../common.resource", "%{HOME}/common.resource",
        "common", "libraries",
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_with_its_line(name: str) -> None:
    bundle = parse({"runbook.robot": main(name), "common.resource": COMMON})
    (told,) = (problem for problem in bundle.problems if problem.code == "resource-not-read")
    assert (told.severity, told.line, name in told.message) == ("note", 6, True)
    assert bundle.tools[0].name == "Look"


def test_a_resource_that_robot_refuses_is_told() -> None:
    bundle = parse({"runbook.robot": main("common.resource"), "common.resource": "*** Tasks ***\nX\n    Log    x\n"})
    (told,) = (problem for problem in bundle.problems if problem.code == "resource-not-read")
    assert "common.resource" in told.message


def test_odd_bytes_and_keys_of_a_resource_are_told_by_its_path() -> None:
    bundle = parse({"runbook.robot": main("common.resource"), "common.resource": COMMON.encode() + b"# \xff\n"})
    (told,) = (problem for problem in bundle.problems if problem.code == "not-utf8")
    assert told.path == "codebundles/a-bundle/common.resource"


def test_a_file_that_nothing_imports_is_not_looked_at() -> None:
    bundle = parse({"runbook.robot": main("common.resource"), "common.resource": COMMON, "other.resource": b"\xff"})
    assert "not-utf8" not in codes(bundle)


def test_very_many_resources_are_bounded_and_told() -> None:
    files = {f"r{n}.resource": f"*** Settings ***\nResource    r{n + 1}.resource\n" for n in range(100)}
    start = time.perf_counter()
    bundle = parse({"runbook.robot": main("r0.resource"), **files})
    (told,) = (problem for problem in bundle.problems if problem.code == "resource-not-read")
    assert "more than 20 resource files" in told.message
    assert time.perf_counter() - start < 10
