"""What a reader of the catalogue will miss in a bundle is told to its author."""

import pytest

from build.model import Kind
from tests.support.bundles import SOUND, TEMPLATE, codes, parse


def test_a_template_of_a_robot_file_that_is_not_there_is_told() -> None:
    bundle = parse({"runbook.robot": SOUND, ".runwhen/templates/sli.yaml": TEMPLATE})
    (told,) = (problem for problem in bundle.problems if problem.code == "template-astray")
    assert told.path == "codebundles/a-bundle/.runwhen/templates/sli.yaml"
    there = parse({"runbook.robot": SOUND, "sli.robot": SOUND, ".runwhen/templates/sli.yaml": TEMPLATE})
    elsewhere = TEMPLATE.replace("a-bundle", "another")
    other = parse({"runbook.robot": SOUND, ".runwhen/templates/sli.yaml": elsewhere})
    assert "template-astray" not in codes(there) | codes(other)


@pytest.mark.parametrize("kind", ["runbook", "monitor"])
def test_problems_name_the_file_that_they_are_in(kind: Kind) -> None:
    file = {"runbook": "runbook.robot", "monitor": "sli.robot"}[kind]
    bundle = parse({file: "*** Tasks ***\nLook\n    Import Secret    ${x}    a=1    b\n    IF    1\n"})
    told = {(p.code, p.severity, p.line) for p in bundle.problems if p.path == f"codebundles/a-bundle/{file}"}
    assert told == {
        ("surplus-cell", "warning", 3),
        ("dynamic-import", "note", 3),
        ("robot-says", "note", 4),
        ("no-metadata", "warning", None),
        ("no-documentation", "warning", None),
        ("undocumented-tools", "note", 2),
    }
    assert [p.path for p in bundle.problems if p.code == "no-readme"] == ["codebundles/a-bundle/README.md"]


def test_a_task_that_has_the_name_of_another_is_told_with_both_lines() -> None:
    """Case, blanks and underscores do not tell two tasks apart: Robot Framework takes them for one."""
    bundle = parse({"runbook.robot": f"{SOUND}lo_OK\n    Log    again\n", "README.md": "# A\n"})
    (told,) = (problem for problem in bundle.problems if problem.code == "repeated-task")
    assert told.line == 10
    assert "'lo_OK' has the name of the one in line 7" in told.message


def test_tools_without_documentation_are_counted_and_the_first_named() -> None:
    bundle = parse({"runbook.robot": f"{SOUND}Hear\n    Log    x\nSmell\n    Log    y\n", "README.md": "# A\n"})
    (told,) = bundle.problems
    assert (told.code, told.line) == ("undocumented-tools", 10)
    assert told.message == "2 of 3 tools have no documentation; the first is 'Hear'"


def test_metadata_of_blanks_is_missing_and_the_hint_can_be_pasted() -> None:
    bundle = parse({"runbook.robot": SOUND.replace("Somebody", "${EMPTY}").replace("Author    ${EMPTY}", "Author")})
    assert [(told.message, told.hint) for told in bundle.problems if told.code == "no-metadata"] == [
        ("the metadata 'Author' is missing", "Add: Metadata    Author    …")
    ]


@pytest.mark.parametrize("line", ["Metadata         Supports    Kubernetes", "| metadata | SUPPORTS | Kubernetes |"])
def test_supports_whose_items_may_begin_anywhere_is_told_with_its_line(line: str) -> None:
    text = SOUND.replace("Metadata         Supports    Kubernetes", line)
    assert "supports-unseparated" not in codes(parse({"runbook.robot": text}))
    bundle = parse({"runbook.robot": text.replace("Kubernetes", "Beacon beacon_lamp status")})
    (told,) = (problem for problem in bundle.problems if problem.code == "supports-unseparated")
    assert (told.severity, told.line) == ("note", 5)
    assert "'Beacon beacon_lamp status' of Supports is read as one item" in told.message


def test_an_optional_secret_speaks_for_no_platform() -> None:
    text = SOUND.replace("Supports    Kubernetes", "Supports    Beacon")
    for option, found in (("", ("Kubernetes", "Beacon")), ("    optional=True", ("Beacon",))):
        assert parse({"runbook.robot": f"{text}    Import Secret    kubeconfig{option}\n"}).platforms == found
