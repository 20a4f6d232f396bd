"""This checkout against another commit: both build and answer in turns, and what counts are the ratios.

`nox -s bench -- --against REV` runs it. Modules have other names in other commits, so each is driven by its command
line, by Lambda's client, over HTTP and by files; both run in this environment, with the packages of this checkout's
lock.
"""

import contextlib
import os
import signal
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from tests.bench.checkout import Catalogue, Checkout, check_out, full_hash
from tests.bench.parts import Step, steps
from tests.bench.ratios import Compared, Measurement, add_measurement, load_measurements, summary
from tests.bench.run import ROOT, adopt_orphans
from tests.support.measuring import machine_kind, started_by


def compare_as_told(parser: ArgumentParser, options: Namespace, allow_local: bool) -> str:
    """Return the table that the options of tests/bench/run.py ask for; what they get wrong ends the process."""
    try:
        wanted = steps(options.parts, options.sizes, options.seconds)
    except ValueError as error:
        parser.error(str(error))
    if options.pairs < 0 or (options.pairs == 0 and not options.json):
        parser.error("--pairs must be 1 or more, or 0 with --json FILE")
    catalogue = Catalogue(options.collections, allow_local)
    return compare(options.against, catalogue, wanted, options.pairs, options.json)


def compare(rev: str, catalogue: Catalogue, wanted: Sequence[Step], pairs: int, file: Path | None) -> str:
    """Return a table of this checkout against a commit.

    Args:
        rev: The commit, as git names one.
        catalogue: What both build.
        wanted: What is measured, in order.
        pairs: How often each is measured; they take turns, and who begins changes. None says what `file` has.
        file: Where each measurement is added when it ends. The table is of all that are there of these two commits.
    """
    compared = Compared(full_hash("HEAD"), full_hash(rev), str(catalogue.collections.resolve()))
    measurements = load_measurements(file, compared) if file else []
    if pairs:
        started = datetime.now(UTC).isoformat(timespec="seconds")
        signal.signal(signal.SIGTERM, _end)
        adopt_orphans()
        with tempfile.TemporaryDirectory(prefix="registry-against-") as name:
            # What a process that is ended leaves behind goes with it.
            os.environ["TMPDIR"] = name
            sides = _sides(rev, Path(name), catalogue)
            for turn, step in product(range(pairs), wanted):
                for checkout in sides[:: -1 if turn % 2 else 1]:
                    figures = step.measure(checkout)
                    load = os.getloadavg()[0]
                    one = Measurement(started, machine_kind(), load, turn, checkout.side, step.name, figures)
                    measurements.append(one)
                    if file:
                        add_measurement(file, compared, one)
                    print(f"{step.name}, {checkout.side}: {turn + 1} of {pairs}", file=sys.stderr, flush=True)
    return summary(rev, measurements)


def _end(*_: object) -> None:
    """End what runs, so that nothing writes into the folders that are deleted then."""
    for process in started_by(os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    sys.exit("Ended from outside; --json's file has what was measured.")


def _sides(rev: str, folder: Path, catalogue: Catalogue) -> tuple[Checkout, Checkout]:
    then = folder / "checkout"
    check_out(rev, then)
    for side in ("then", "now"):
        (folder / side).mkdir()
    return Checkout("then", then, folder / "then", catalogue), Checkout("now", ROOT, folder / "now", catalogue)
