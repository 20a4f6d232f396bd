"""When all collections, and each, were last looked at."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from build.options import Options
from build.phases.checked import last_look, write_checked
from build.phases.context import RunContext
from build.publish.report import CollectionRow, Report
from build.runs import Outcome
from tests.support.catalogues import sound

FIRST, SECOND = datetime(2026, 3, 9, 8, tzinfo=UTC), datetime(2026, 3, 9, 14, tzinfo=UTC)


def run_at(folder: Path, *outcomes: Outcome, **options: object) -> RunContext:
    made = replace(Options(index=folder / "index", site=folder / "site"), **options)  # type: ignore[arg-type]
    rows = [CollectionRow(slug, outcome) for slug, outcome in zip(("harbor", "quay", "adrift"), outcomes, strict=True)]
    return RunContext(made, Console(quiet=True), [], ("index", "site"), report=Report(rows=rows))


def test_a_collection_that_fails_keeps_the_time_at_which_it_was_well(tmp_path: Path) -> None:
    first = last_look(run_at(tmp_path, "fetched", "unchanged", "unavailable"), sound(), FIRST)
    assert first.checked_at == "2026-03-09T08:00:00Z"
    assert [one.checked_at for one in first.collections] == [first.checked_at, first.checked_at, None]
    assert [one.state for one in first.collections] == ["current", "stale", "unavailable"]
    write_checked(first, {"index": tmp_path / "index", "site": tmp_path / "site"})
    second = last_look(run_at(tmp_path, "unchanged", "stale", "unavailable", stale_after=7), sound(), SECOND)
    assert (second.checked_at, second.stale_after_hours) == ("2026-03-09T14:00:00Z", 7)
    assert [one.checked_at for one in second.collections] == [second.checked_at, first.checked_at, None]


@pytest.mark.parametrize(("options", "outcome"), [({"offline": True}, "offline"), ({"only": ["other"]}, "kept")])
def test_who_did_not_look_at_everything_says_so(options: dict[str, object], outcome: Outcome, tmp_path: Path) -> None:
    assert last_look(run_at(tmp_path, *[outcome] * 3, **options), sound(), SECOND).checked_at is None
    first = last_look(run_at(tmp_path, "fetched", "fetched", "fetched"), sound(), FIRST)
    # One of the two is enough.
    write_checked(first, {"index": tmp_path / "index"})
    assert last_look(run_at(tmp_path, *[outcome] * 3, **options), sound(), SECOND) == first


def test_what_is_there_and_damaged_is_as_if_it_were_not(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index/checked.json").write_text("{")
    assert (
        last_look(run_at(tmp_path, "offline", "offline", "offline", offline=True), sound(), SECOND).checked_at is None
    )
