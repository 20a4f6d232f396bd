"""Which files of a bundle are named, what for, and whose texts are kept."""

import pytest

from build.catalogue.files import MAX_NAMED, MAX_TEXT, MAX_TEXTS, file_texts, named_files, role_of
from build.model import SourceFile


def file(path: str, content: bytes | None = b"text\n") -> SourceFile:
    return SourceFile(path=path, oid="0" * 40, content=content, size=len(content or b""))


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("runbook.robot", "robot"),
        ("sli.robot", "robot"),
        ("more.robot", "resource"),
        ("keywords/own.resource", "resource"),
        ("check.sh", "script"),
        ("lib/check.py", "script"),
        (".runwhen/generation-rules/a.yaml", "rules"),
        (".runwhen/templates/a-slx.yaml", "template"),
        ("README.md", "readme"),
        ("docs/README.md", "other"),
        ("SKILL-TEMPLATE.md", "skill"),
        ("meta.yaml", "meta"),
        (".test/Taskfile.yaml", "test"),
        (".test/terraform/main.tf", "test"),
        ("tests/check_test.py", "test"),
        ("data.json", "other"),
    ],
)
def test_a_role_follows_from_the_path(path: str, role: str) -> None:
    assert role_of(path) == role


def test_of_too_many_those_that_matter_are_named_by_path() -> None:
    files = [file(f".test/{number:04}") for number in range(MAX_NAMED + 9)]
    named = [one.path for one in named_files([*files, file("sli.robot"), file("z.sh")])]
    assert len(named) == MAX_NAMED
    assert named[-2:] == ["sli.robot", "z.sh"]
    assert named == sorted(named)


def test_what_has_no_text_says_why() -> None:
    kept = file_texts([file("a", b"\0"), file("b", None), file("c", b"x" * (MAX_TEXT + 1)), file("d")])
    assert kept.withheld == {"a": "binary", "b": "file-too-large", "c": "file-too-large"}
    assert kept.texts == {"d": "text\n"}


def test_where_not_all_fit_robot_files_come_first_and_small_ones_still_fit() -> None:
    many = [file(f".test/{number}.txt", b"x" * MAX_TEXT) for number in range(MAX_TEXTS // MAX_TEXT + 2)]
    kept = file_texts([*many, file("zz.txt", b"y" * 100), file("runbook.robot", b"z" * 1_000)])
    assert {"runbook.robot", "zz.txt"} <= set(kept.texts)
    assert sum(map(len, kept.texts.values())) <= MAX_TEXTS
    assert set(kept.withheld.values()) == {"bundle-too-large"}
    assert len(kept.texts) + len(kept.withheld) == len(many) + 2
