"""What is said of measurements: `nox -s bench -- --against REV`. What measures is run by whoever measures."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.inside import defining
from tests.bench.load import shared_once_mb
from tests.bench.parts import PARTS, SIZED, steps
from tests.bench.ratios import (
    MARKS,
    Compared,
    Figures,
    Mark,
    Measurement,
    Side,
    add_measurement,
    load_measurements,
    ratios,
    summary,
)
from tests.support.place import ROOT

COMPARED = Compared("a" * 40, "b" * 40, "/somewhere/collections.yaml")
SIDES: tuple[Side, ...] = ("now", "then")
P50, A_SECOND = "function, search, p50: ms", "load, 2 workers, new queries: answers a second"


def measured(turn: int, side: Side, figures: Figures, run: str = "first") -> Measurement:
    return Measurement(run, "x86_64", turn / 2, turn, side, "function", figures)


def rows(measurements: list[Measurement]) -> dict[str, list[str]]:
    """Return the table's rows by their name: now, then, ratio, mark, met, turns."""
    lines = [line.strip("| ").split(" | ") for line in ratios("REV", measurements).splitlines()[2:]]
    return {name: cells for name, *cells in lines}


def test_a_ratio_is_the_median_of_the_turns_ratios() -> None:
    """The machine was three times as slow in one turn, for both: medians alone would say 1.0."""
    turns = []
    for turn, (now, then) in enumerate([(5.0, 10.0), (30.0, 60.0), (10.0, 10.0)]):
        turns += [measured(turn, "now", {P50: now}), measured(turn, "then", {P50: then})]
    assert rows(turns)[P50] == ["10.0", "10.0", "0.50", "≤ 0.5 ×", "yes", "3"]


def test_turns_of_different_runs_are_no_pair() -> None:
    ended = [measured(0, "then", {P50: 1_000.0}, "ended early")]
    whole = [measured(0, "then", {P50: 10.0}), measured(0, "now", {P50: 8.0})]
    assert rows(ended + whole)[P50] == ["8.00", "10.0", "0.80", "≤ 0.5 ×", "no", "1"]


def test_what_one_side_cannot_give_has_no_ratio_and_is_named() -> None:
    both = [measured(0, "now", {P50: 4.0, "new: ms": 1.0}), measured(0, "then", {P50: 10.0, "old: ms": 2.0})]
    text = ratios("REV", both)
    assert "| new: ms | 1.00 | – | – |  |  | 0 |" in text
    assert "Not measured of this checkout: old: ms." in text
    assert "Not measured of REV: new: ms." in text
    assert rows([measured(0, "now", {P50: 4.0})])[P50][2:] == ["–", "≤ 0.5 ×", "–", "0"]


def test_a_mark_may_be_of_this_checkouts_own_figure_and_a_least_one() -> None:
    second = "load, a second worker's memory, of the first's"
    both = [
        measured(0, "now", {second: 0.2, A_SECOND: 1_400.0}),
        measured(0, "then", {second: 0.1, A_SECOND: 1_000.0}),
    ]
    assert rows(both)[second][2:5] == ["2.00", "≤ 0.3", "yes"]
    assert rows(both)[A_SECOND][2:5] == ["1.40", "≥ 1.5 ×", "no"]
    assert Mark(0.5).is_met(0.5)
    assert Mark(1.5, at="least").is_met(1.5)


def test_nothing_is_divided_by_nothing() -> None:
    turns = [measured(0, "now", {P50: 1.0}), measured(0, "then", {P50: 0.0})]
    assert rows(turns)[P50][2:5] == ["–", "≤ 0.5 ×", "–"]


def test_each_mark_is_of_a_row_that_is_measured() -> None:
    """A row that was renamed would lose its mark without a word."""
    written = "".join((ROOT / "tests" / "bench" / f"{name}.py").read_text("utf-8") for name in ("load", "parts"))
    for name in MARKS:
        part = name.split(" bundles, ")[-1].split(": ")[0].split(", ")[-1]
        assert part.replace("1,000", "{_KNOWN:,}").replace("2,000", "{2 * CALLS:,}") in written, name


def test_a_file_keeps_what_was_measured_of_these_commits(tmp_path: Path) -> None:
    file = tmp_path / "measured.jsonl"
    assert load_measurements(file, COMPARED) == []
    kept = [measured(0, "then", {P50: 10.0}), measured(0, "now", {P50: 4.0})]
    add_measurement(file, COMPARED, kept[0])
    add_measurement(file, dataclasses.replace(COMPARED, now="c" * 40), measured(1, "now", {P50: 1.0}))
    add_measurement(file, COMPARED, kept[1])
    # A run that was ended while it wrote.
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"run": "first"})[:-3])
    assert load_measurements(file, COMPARED) == kept


def test_the_machine_and_its_load_are_named() -> None:
    """A table may be printed long after, and elsewhere."""
    turns = [measured(turn, side, {P50: 1.0}) for turn in range(3) for side in SIDES]
    assert summary("REV", turns).startswith("x86_64, load 0.0 to 1.0; medians of turns\n\n|  | now | REV | ratio |")
    assert summary("REV", []) == "Nothing was measured against REV yet."


def test_parts_are_chosen() -> None:
    def names(parts: list[str], sizes: list[int]) -> list[str]:
        return [step.name for step in steps(parts, sizes, seconds=1)]

    assert names([], []) == [part for part in PARTS if part not in SIZED]
    assert names([], [5_000, 20_000])[3:] == ["sizes 5,000", "sizes 20,000", "site 5,000", "site 20,000"]
    assert names(["load", "build"], []) == ["build", "load"]
    with pytest.raises(ValueError, match="sizes needs --sizes"):
        names(["build", "sizes"], [])
    with pytest.raises(ValueError, match="--parts speed: there are build, "):
        names(["speed"], [5_000])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--pairs", "0"], "or 0 with --json FILE"),
        (["--parts", "site"], "site needs --sizes"),
        (["--json", "none.jsonl", "--pairs", "0", "--against", "no-such-commit"], "name a commit of this repository"),
    ],
)
def test_what_cannot_be_compared_is_said_at_once(options: list[str], said: str, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tests" / "bench" / "run.py"), "--against", "HEAD", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode
    assert said in done.stderr


def test_a_module_is_found_by_what_it_defines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "of_another_commit" / "deeper"
    package.mkdir(parents=True)
    (package / "misleading.py").write_text("class EncoderFacts: ...\nEncoder = 'class Encoder'\n")
    (package / "right.py").write_text("class Encoder:\n    dimensions = 384\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert defining(tmp_path, "of_another_commit", "class Encoder").dimensions == 384
    with pytest.raises(LookupError, match="no `def related`"):
        defining(tmp_path, "of_another_commit", "def related")


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux alone counts shared pages once")
def test_memory_that_a_process_shares_with_one_it_started_counts_once() -> None:
    size = 64
    program = f"import os, time; shared = b'x' * {size} * 10**6; os.fork(); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            for _ in range(2):
                process.stdout.readline()
            assert size < shared_once_mb([process.pid]) < 2 * size
        finally:
            for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split():
                subprocess.run(["kill", child], check=True)
            process.kill()
