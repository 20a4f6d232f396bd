"""Which folder became which: by what git finds renamed of their files, one to one."""

import pytest

from build.fetch.renames import Move, renamed_folders


@pytest.mark.parametrize(
    ("files", "counts", "renamed"),
    [
        ([("a/runbook.robot", "b/runbook.robot")], {"a": 9}, {"a": "b"}),
        ([("a/sli.robot", "b/runbook.robot")], {"a": 9}, {"a": "b"}),
        ([("a/x", "b/x"), ("a/y", "b/z")], {"a": 4}, {"a": "b"}),
        ([("a/x", "b/x")], {"a": 4}, {}),
        ([("a/deep/runbook.robot", "b/deep/runbook.robot")], {"a": 4}, {}),
        # The one that most of it went to, and a robot file before all else.
        ([("a/x", "b/x"), ("a/y", "c/y"), ("a/z", "c/z")], {"a": 3}, {"a": "c"}),
        ([("a/sli.robot", "b/sli.robot"), ("a/y", "c/y"), ("a/z", "c/z")], {"a": 3}, {"a": "b"}),
        # Two become one, or one two: one of them is the same bundle still.
        ([("a/runbook.robot", "c/runbook.robot"), ("b/sli.robot", "c/sli.robot"), ("b/x", "c/x")],
         {"a": 1, "b": 2}, {"b": "c"}),
        ([("a/runbook.robot", "c/runbook.robot"), ("b/runbook.robot", "d/runbook.robot")],
         {"a": 1, "b": 1}, {"a": "c", "b": "d"}),
        ([], {"a": 1}, {}),
    ],
)  # fmt: skip
def test_folders_are_paired_by_their_files(
    files: list[tuple[str, str]], counts: dict[str, int], renamed: dict[str, str]
) -> None:
    found = renamed_folders(
        [(before.encode(), after.encode()) for before, after in files],
        {name.encode(): count for name, count in counts.items()},
    )
    assert found == {old.encode(): new.encode() for old, new in renamed.items()}


def test_a_folder_with_the_same_content_is_the_same_one() -> None:
    move = Move("0" * 40, {b"a": "1", b"b": "2", b"c": "1"}, {b"x": "1", b"y": "3"})
    assert move.unchanged() == {b"a": b"x"}
