"""The report of a run, for a person, a program and a CI job."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from build.model import Problem
from build.problems import sentence
from build.progress import Tracker, progress_bar
from build.runs import (
    Asked,
    Outcome,
)

# Problems that the console shows, the gravest first.
_SHOWN = 30
_STYLES = {"error": "red", "warning": "yellow", "note": "dim"}


@dataclass
class CollectionRow:
    """A collection in a run. `parsed`: bundles read anew; `failures`: runs in a row that failed to update it."""

    slug: str
    outcome: Outcome
    commit: str | None = None
    commit_date: str | None = None
    bundles: int = 0
    readable: int = 0
    tools: int = 0
    parsed: int = 0
    failures: int = 0

    @property
    def cells(self) -> list[str]:
        """Return the texts of the row's cells in a table."""
        return [self.slug, self.outcome, (self.commit or "–")[:12], *map(str, (self.bundles, self.tools, self.parsed))]


@dataclass
class ImageRow:
    """A collection's images in a run: how many refs have one, to which tags the pointers lead, and how many requests
    to the registry that took. `problem` is a code where they are the last good state.
    """

    slug: str
    registry: str
    refs: int
    latest: str | None
    stable: str | None
    ignored: int
    requests: int
    problem: str | None

    @property
    def cells(self) -> list[str]:
        """Return the texts of the row's cells in a table."""
        return [
            self.slug, self.problem or "read", str(self.refs), self.latest or "–", self.stable or "–",
            str(self.ignored), str(self.requests),
        ]  # fmt: skip


@dataclass
class Report:
    """The report that phases fill while a run goes on. `seconds` are wall time by phase, `damaged` are published files
    that a disk or a person has changed since.
    """

    rows: list[CollectionRow] = field(default_factory=list)
    images: list[ImageRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    build_id: str | None = None
    updated: str | None = None
    passages: int = 0
    encoded: int = 0
    published: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    enhanced: Asked = field(default_factory=Asked)

    @contextmanager
    def phase(self, name: str, console: Console) -> Iterator[Tracker]:
        """Time a phase, or a further part of it, and show that it runs; what this yields shows how far it is."""
        start = time.perf_counter()
        with progress_bar(name, console) as track:
            yield track
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 3)
        console.print(f"{name:<13} {self.seconds[name]:6.2f} s")

    @property
    def bundles(self) -> int:
        return sum(row.bundles for row in self.rows)

    @property
    def tools(self) -> int:
        return sum(row.tools for row in self.rows)

    def count(self, severity: str) -> int:
        """Return how many problems have a severity."""
        return sum(problem.severity == severity for problem in self.problems)

    @property
    def status(self) -> int:
        """Return the exit status: 0 clean, 3 published with errors or warnings."""
        return 3 if self.count("error") or self.count("warning") else 0

    def summary(self) -> str:
        """Return one sentence on what the run did."""
        parsed = sum(row.parsed for row in self.rows)
        fetched = sum(row.outcome == "fetched" for row in self.rows)
        what = (
            f"{self.bundles} bundles, {self.tools} tools: {fetched} of {len(self.rows)} collections with new commits, "
            f"{parsed} bundles parsed"
        )
        published = f"published {' and '.join(self.published)}" if self.published else "nothing changed"
        if self.images and not self.rows:
            asked = sum(row.requests for row in self.images)
            return f"images of {len(self.images)} collections read with {asked} requests; {published}"
        if self.build_id is None:
            # `fetch` and `parse` go no further.
            return what
        return f"{what}, {self.encoded} passages encoded; {published}"

    def as_json(self) -> dict[str, object]:
        """Return the report as values that JSON can hold, for programs."""
        return {
            "status": self.status,
            "build_id": self.build_id,
            "updated": self.updated,
            "bundles": self.bundles,
            "tools": self.tools,
            "passages": self.passages,
            "encoded": self.encoded,
            "parsed": sum(row.parsed for row in self.rows),
            "published": self.published,
            "repaired": self.repaired,
            "damaged": self.damaged,
            "enhanced": self.enhanced,
            "seconds": self.seconds,
            "collections": [vars(row) for row in self.rows],
            "images": [vars(row) for row in self.images],
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
        }


def print_report(report: Report, console: Console) -> None:
    """Print the collections, the gravest problems, and the summary."""
    table = Table("collection", "state", "commit", "bundles", "tools", "parsed", box=None, pad_edge=False)
    for row in report.rows:
        table.add_row(*row.cells)
    if report.rows:
        console.print(table)
    if report.images:
        images = Table(
            "images of", "state", "refs", "latest", "stable", "ignored", "requests", box=None, pad_edge=False
        )
        for image in report.images:
            images.add_row(*image.cells)
        console.print(images)
    print_problems(report.problems, console)
    for folder in report.repaired:
        console.print(f"repaired what a killed run had left of {escape(folder)}")
    for file in report.damaged:
        console.print(f"made anew, since it was not as it was written: {escape(file)}", soft_wrap=True)
    if report.enhanced:
        counts = [f"{n} {what.replace('_', ' ')}" for what, n in report.enhanced.items() if isinstance(n, int | str)]
        console.print(escape(f"AI enhancement: {', '.join(counts)}"), soft_wrap=True, highlight=False)
    console.print(escape(report.summary()), soft_wrap=True)


def print_problems(problems: Sequence[Problem], console: Console) -> None:
    """Print a line for each problem, gravest first; notes are counted only."""
    shown = sorted(
        (p for p in problems if p.severity != "note"), key=lambda p: (p.severity, p.collection, p.path or "")
    )
    for problem in shown[:_SHOWN]:
        place = f"{problem.path}:{problem.line}" if problem.line else problem.path
        where = ": ".join(filter(None, (problem.collection, place)))
        style = _STYLES[problem.severity]
        # A text from a repository may hold markup of the console library.
        text = f"{plain(where)} [{problem.code}] {sentences(problem)}"
        console.print(f"[{style}]{problem.severity:<7}[/] {escape(text)}", soft_wrap=True, highlight=False)
    if len(shown) > _SHOWN:
        console.print(f"… and {len(shown) - _SHOWN} more: see the site's page /report/ or --json")
    notes = sum(problem.severity == "note" for problem in problems)
    if notes:
        console.print(f"{notes} notes (page /report/)", highlight=False)


def sentences(problem: Problem) -> str:
    """Return what is wrong and what to do, as sentences on one line."""
    return plain(f"{sentence(problem.message)} {problem.hint}".strip())


def plain(text: str) -> str:
    """Return untrusted text on one line, with control characters spelled out: a terminal or a log would obey them."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def write_github_summary(report: Report) -> None:
    """Write the step summary of a GitHub job, where GITHUB_STEP_SUMMARY names its file."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    lines = ["| collection | state | commit | bundles | tools | parsed |", "|---|---|---|--:|--:|--:|"]
    lines += [f"| {' | '.join(row.cells)} |" for row in report.rows]
    build = f" Build {report.build_id}." if report.build_id else ""
    lines += ["", f"{report.summary()}. {report.count('error')} errors, {report.count('warning')} warnings, "
              f"{report.count('note')} notes.{build}", ""]  # fmt: skip
    with Path(file).open("a", encoding="utf-8") as summary:
        summary.write("\n".join(lines))
