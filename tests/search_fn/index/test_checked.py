"""When a build last looked, as a file says it that anybody may have written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from search_fn.index.checked import Checked, read_checked

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def checked(at: str | None, hours: int = 24) -> Checked:
    return Checked(checked_at=at, build_id="b", stale_after_hours=hours, collections=[])


@pytest.mark.parametrize(
    ("at", "age", "overdue"),
    [
        ("2026-03-09T11:59:00Z", 60, False),
        ("2026-03-08T12:00:00Z", 86_400, False),
        ("2026-03-08T11:59:59Z", 86_401, True),
        # Another clock's.
        ("2026-03-09T13:00:00Z", 0, False),
        ("2026-03-09T11:59:00", 60, False),
        ("yesterday", None, None),
        (None, None, None),
    ],
)
def test_the_age_is_that_of_the_last_look(at: str | None, age: int | None, overdue: bool | None) -> None:
    assert (checked(at).age(NOON), checked(at).overdue(NOON)) == (age, overdue)


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"checked_at": 3}', "x" * 4_000_001])
def test_what_is_no_such_file_says_nothing(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "checked.json"
    if text is not None:
        file.write_text(text)
    assert read_checked(file) is None


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    (file := tmp_path / "checked.json").write_text(checked("2026-03-09T11:59:00Z").model_dump_json())
    assert read_checked(file) == checked("2026-03-09T11:59:00Z")
