"""The ledger of past runs under the cache, and the runs that each publication carries forward.

A run writes to the ledger when it ends. The runs that it publishes are those before it alone: no clock is in them, so
that a first build of the same input has the same bytes wherever it is made.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from build.publish.report import CollectionRow, Report
from build.runs import (
    CollectionRun,
    Run,
)
from build.storage import seal, unseal, write_whole

# Runs that the site shows, the newest.
_KEPT = 100
_FAILED = ("stale", "unavailable")


def past_runs(ledger: Path, published: Mapping[str, object] | None, build_id: str | None) -> list[Run]:
    """Return the runs that led to what is published, oldest first.

    Args:
        ledger: The file that runs are recorded in.
        published: The published report, whose runs come first; None where there is none.
        build_id: The build that is published: of the ledger its run counts, and those since.
    """
    try:
        carried = TypeAdapter(list[Run]).validate_python((published or {}).get("runs", []))
    except (TypeError, ValidationError):
        carried = []
    written = _read(ledger)
    start = next(
        (i for i in reversed(range(len(written))) if written[i].published and written[i].build_id == build_id), None
    )
    since = [] if start is None else written[start:]
    return [*(run for run in carried if run not in since), *since][-_KEPT:]


def count_failures(rows: Sequence[CollectionRow], past: Sequence[Run]) -> None:
    """Set each row's `failures` from the last run that knew its collection."""
    for row in rows:
        before = next((run.collections[row.slug].failures for run in reversed(past) if row.slug in run.collections), 0)
        row.failures = before + 1 if row.outcome in _FAILED else before if row.outcome in ("offline", "kept") else 0


def remember(ledger: Path, report: Report, status: int) -> None:
    """Add a run that ends now to the ledger.

    Args:
        ledger: The file that runs are recorded in.
        report: The run's report.
        status: The run's exit status.
    """
    problems = Counter(problem.collection for problem in report.problems)
    collections = {
        r.slug: CollectionRun(
            outcome=r.outcome, bundles=r.bundles, tools=r.tools, problems=problems[r.slug], failures=r.failures
        )
        for r in report.rows
    }
    run = Run(
        ended=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        status=status,
        build_id=report.build_id,
        published=bool(report.published),
        seconds=report.seconds,
        collections=collections,
    )
    lines = [*_read(ledger), run][-_KEPT:]
    write_whole(ledger, "".join(seal(line.model_dump_json()) + "\n" for line in lines))


def public_runs(runs: Sequence[Run], slugs: Collection[str]) -> list[Run]:
    """Return the runs with the numbers of those collections alone that are among `slugs`."""
    return [
        run.model_copy(update={"collections": {slug: c for slug, c in run.collections.items() if slug in slugs}})
        for run in runs
    ]


def _read(ledger: Path) -> list[Run]:
    result = []
    try:
        lines = ledger.read_bytes().split(b"\n")
    except OSError:
        return []
    for line in filter(None, lines):
        # One that is damaged, of another release or somebody's edit is left out: history is not worth a refusal.
        with suppress(ValueError):
            result.append(Run.model_validate_json(unseal(line.decode("utf-8"))))
    return result
