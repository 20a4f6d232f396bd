"""What a comparison of two commits says: its measurements, their ratios, and the marks that these are held against."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from tests.support.measuring import table

Figures = dict[str, float]
Side = Literal["now", "then"]
CPU_MS = "processor ms"
_NONE = "–"


@dataclass(frozen=True)
class Mark:
    """What a row's ratio should reach or, where `of` is "now", this checkout's own figure."""

    bound: float
    of: Literal["ratio", "now"] = "ratio"
    at: Literal["most", "least"] = "most"

    def is_met(self, value: float) -> bool:
        """Say whether a value reaches it; one that equals it does."""
        return value <= self.bound if self.at == "most" else value >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.at == 'most' else '≥'} {self.bound:g}{' ×' * (self.of == 'ratio')}"


# By the row's name, against commit 392490d. A row that is not here has no mark.
MARKS: Mapping[str, Mark] = {
    f"encoder, a passage: {CPU_MS}": Mark(0.5),
    f"encoder, a query: {CPU_MS}": Mark(0.4),
    f"build, nothing changed: {CPU_MS}": Mark(0.6),
    f"build, cold, vectors kept: {CPU_MS}": Mark(0.7),
    "function, start to first answer: ms": Mark(0.9),
    "function, start without bytecode: ms": Mark(0.9),
    "function, search, p50: ms": Mark(0.5),
    "function, search, p99: ms": Mark(0.6),
    "function, memory after ten answers: MB": Mark(0.85),
    "function, memory after 2,000 answers: MB": Mark(0.85),
    "50,000 bundles, start to first answer: ms": Mark(0.4),
    "50,000 bundles, memory after ten answers: MB": Mark(0.35),
    "50,000 bundles, memory after 2,000 answers: MB": Mark(0.35),
    f"20,000 bundles, writing the index: {CPU_MS}": Mark(0.6),
    "20,000 bundles, writing the index: peak MB": Mark(0.5),
    f"20,000 bundles, neighbours: {CPU_MS}": Mark(0.6),
    "20,000 bundles, neighbours: peak MB": Mark(0.5),
    f"20,000 bundles, site: {CPU_MS}": Mark(0.6),
    "20,000 bundles, site: peak MB": Mark(0.5),
    "20,000 bundles, site: largest file in KB": Mark(400, of="now"),
    "load, 2 workers, new queries: answers a second": Mark(1.5, at="least"),
    "load, 2 workers, 1,000 queries again: answers a second": Mark(1.5, at="least"),
    "load, a second worker's memory, of the first's": Mark(0.3, of="now"),
}


@dataclass(frozen=True)
class Compared:
    """What is compared: two commits by their hashes, over the collections of a file."""

    now: str
    then: str
    collections: str


@dataclass(frozen=True)
class Measurement:
    """One part of one side in one turn of a run, which its start names, and the machine and its load at the end."""

    run: str
    machine: str
    load: float
    turn: int
    side: Side
    part: str
    figures: Figures


def add_measurement(file: Path, compared: Compared, measurement: Measurement) -> None:
    """Add a line to a file, which is made if there is none."""
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(compared) | asdict(measurement)) + "\n")


def load_measurements(file: Path, compared: Compared) -> list[Measurement]:
    """Return a file's measurements of these commits and collections, as they came; none without the file."""
    if not file.exists():
        return []
    wanted = asdict(compared)
    lines = [line for line in map(_read_line, file.read_text(encoding="utf-8").splitlines()) if line]
    return [
        Measurement(**{name: value for name, value in line.items() if name not in wanted})
        for line in lines
        if {name: line[name] for name in wanted} == wanted
    ]


def _read_line(line: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        # The last one of a run that was ended while it wrote.
        return {}
    return found


def summary(rev: str, measurements: Sequence[Measurement]) -> str:
    """Return on what was measured, and the table."""
    if not measurements:
        return f"Nothing was measured against {rev} yet."
    machines = "; ".join(dict.fromkeys(one.machine for one in measurements))
    loads = [one.load for one in measurements]
    return f"{machines}, load {min(loads):.1f} to {max(loads):.1f}; medians of turns\n\n{ratios(rev, measurements)}"


def ratios(rev: str, measurements: Sequence[Measurement]) -> str:
    """Return the table: medians of both sides, of the turns' ratios, marks, and of how many turns each row has both."""
    sides: dict[str, dict[Side, dict[tuple[str, int], float]]] = {}
    for one in measurements:
        for name, value in one.figures.items():
            sides.setdefault(name, {"now": {}, "then": {}})[one.side][one.run, one.turn] = value
    title = ["", "now", rev, "ratio", "mark", "met", "turns"]
    text = table(title, [_row(name, values["now"], values["then"]) for name, values in sides.items()])
    said: dict[Side, str] = {"now": "this checkout", "then": rev}
    for side, checkout in said.items():
        if missing := [name for name, values in sides.items() if not values[side]]:
            text += f"\nNot measured of {checkout}: {'; '.join(missing)}.\n"
    return text


def _row(name: str, now: Mapping[tuple[str, int], float], then: Mapping[tuple[str, int], float]) -> tuple[str, ...]:
    both = [turn for turn in now if turn in then]
    if both:
        # What is shown beside a ratio comes from the same turns.
        now, then = {turn: now[turn] for turn in both}, {turn: then[turn] for turn in both}
    quotients = [now[turn] / then[turn] for turn in both if then[turn]]
    ratio = median(quotients) if quotients else None
    own = median(now.values()) if now else None
    mark = MARKS.get(name)
    held = own if mark is not None and mark.of == "now" else ratio
    met = _NONE if mark is None or held is None else "yes" if mark.is_met(held) else "no"
    return (
        name, _figure(own), _figure(median(then.values()) if then else None),
        _NONE if ratio is None else f"{ratio:.2f}", str(mark or ""), met if mark else "", str(len(both)),
    )  # fmt: skip


def _figure(value: float | None) -> str:
    if value is None:
        return _NONE
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
