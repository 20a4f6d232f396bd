"""Past runs: remembered when they end, carried forward by what is published, counted in a row."""

from pathlib import Path
from typing import Any

import pytest

from build.model import (
    Problem,
)
from build.publish.ledger import count_failures, past_runs, public_runs, remember
from build.publish.report import CollectionRow, Report
from build.runs import (
    Run,
)


def report(build_id: str, *, published: bool = False, **outcomes: Any) -> Report:
    rows = [CollectionRow(slug, outcome, bundles=3, tools=5) for slug, outcome in outcomes.items()]
    made = Report(rows=rows, build_id=build_id, published=["site"] if published else [], seconds={"fetch": 0.5})
    made.problems = [Problem(collection=row.slug, code="c", severity="note", message="m") for row in rows]
    return made


def ids(runs: list[Run]) -> list[str | None]:
    return [run.build_id for run in runs]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "runs.jsonl"


def test_a_run_is_remembered_with_all_that_became_of_it(ledger: Path) -> None:
    remember(ledger, report("one", published=True, beacon="fetched"), 3)
    (run,) = past_runs(ledger, None, "one")
    assert (run.status, run.build_id, run.published, run.seconds) == (3, "one", True, {"fetch": 0.5})
    assert run.collections["beacon"].model_dump() == {
        "outcome": "fetched", "bundles": 3, "tools": 5, "problems": 1, "failures": 0,
    }  # fmt: skip
    assert len(run.ended) == 20


def test_what_is_published_carries_the_runs_before_it_and_the_ledger_those_since(ledger: Path) -> None:
    for build_id, published in (("one", True), ("one", False), ("two", True), ("two", False)):
        remember(ledger, report(build_id, published=published), 0)
    # What was published as "two" had seen both runs of "one".
    carried = {"runs": [run.model_dump() for run in past_runs(ledger, None, "one")[:2]]}
    assert ids(past_runs(ledger, carried, "two")) == ["one", "one", "two", "two"]
    # Without the cache there is what the publication has, without a publication nothing.
    assert ids(past_runs(ledger.with_name("gone"), carried, "two")) == ["one", "one"]
    assert past_runs(ledger, None, None) == []


def test_another_site_s_runs_are_not_this_one_s(ledger: Path) -> None:
    remember(ledger, report("other", published=True), 0)
    assert past_runs(ledger, {"runs": []}, "mine") == []


@pytest.mark.parametrize("damage", ["", "{", "[]\n", '{"ended": 1}\n', "null\n"])
def test_a_damaged_ledger_or_report_costs_the_history_alone(damage: str, ledger: Path) -> None:
    ledger.write_text(damage)
    assert past_runs(ledger, {"runs": damage}, "x") == []
    remember(ledger, report("x", published=True), 0)
    assert ids(past_runs(ledger, {"runs": None}, "x")) == ["x"]


def test_no_more_than_a_hundred_are_kept(ledger: Path) -> None:
    for number in range(130):
        remember(ledger, report("x", published=number == 40), 0)
    assert len(ledger.read_text().splitlines()) == 100
    assert len(past_runs(ledger, None, "x")) == 90


def test_failures_in_a_row_are_counted_until_one_succeeds(ledger: Path) -> None:
    counts = []
    for outcome in ("fetched", "stale", "unavailable", "offline", "stale", "kept", "unchanged", "stale"):
        made = report("x", published=True, beacon=outcome, other="fetched")
        count_failures(made.rows, past_runs(ledger, None, "x"))
        remember(ledger, made, 0)
        counts.append(made.rows[0].failures)
        assert made.rows[1].failures == 0
    assert counts == [0, 1, 2, 2, 3, 3, 0, 1]


def test_hidden_collections_are_left_out_of_what_is_shown(ledger: Path) -> None:
    remember(ledger, report("x", published=True, beacon="fetched", secret="fetched"), 0)
    (shown,) = public_runs(past_runs(ledger, None, "x"), ["beacon"])
    assert list(shown.collections) == ["beacon"]
