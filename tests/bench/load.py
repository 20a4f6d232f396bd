"""A checkout's server under load, and what its processes hold in memory, with pages that they share counted once."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

from tests.bench.checkout import Checkout
from tests.bench.ratios import Figures
from tests.bench.workers import CLIENTS, ask
from tests.support.corpus import queries
from tests.support.measuring import started_by

WORKERS = 2
# More than are asked in a measurement, so that none comes twice; and those that come again and again.
_NEW, _KNOWN = 100_000, 1_000
_START_SECONDS = 60


def load(checkout: Checkout, seconds: float) -> Figures:
    """Return how many answers a second two workers give to a hundred clients, and what a second one adds in memory.

    Args:
        checkout: Whose server is asked.
        seconds: For how long; three times so, each after a sixth of it that does not count.
    """
    new = queries(_NEW)
    with serving(checkout, 1) as (addresses, processes):
        answered(addresses, new, seconds)
        one = shared_once_mb(processes)
    with serving(checkout, WORKERS) as (addresses, processes):
        fresh = answered(addresses, new, seconds)
        two = shared_once_mb(processes)
        again = answered(addresses, new[:_KNOWN], seconds)
    return {
        f"load, {WORKERS} workers, new queries: answers a second": fresh,
        f"load, {WORKERS} workers, {_KNOWN:,} queries again: answers a second": again,
        "load, 1 worker: MB": one,
        f"load, {WORKERS} workers: MB": two,
        "load, a second worker's memory, of the first's": (two - one) / one,
    }


def answered(addresses: list[str], texts: Sequence[str], seconds: float) -> float:
    """Return how many right answers came in a second; a wrong one ends the measurement."""
    # Others than those that count, and the first of all workers.
    asyncio.run(ask(addresses, seconds / 6, texts[::-1]))
    took, wrong = asyncio.run(ask(addresses, seconds, texts))
    if wrong:
        sys.exit(f"{wrong} of {len(took)} answers to {CLIENTS} clients were wrong.")
    return len(took) / seconds


@contextmanager
def serving(checkout: Checkout, workers: int) -> Iterator[tuple[list[str], list[int]]]:
    """Yield the addresses of so many workers and the processes that were started: one that starts the others, where
    the checkout's server can, otherwise one for each, with an address of its own.
    """
    command, together = _server(checkout.root)
    environment = {**os.environ, "INDEX_URI": str(checkout.index().resolve())}
    with ExitStack() as stack:
        addresses, processes = [], []
        for _ in range(1 if together else workers):
            port = _free_port()
            run = [*command, "--port", str(port), *(["--workers", str(workers)] if together else [])]
            processes.append(stack.enter_context(_process(run, checkout.root, environment)))
            addresses.append(f"http://127.0.0.1:{port}")
        for address in addresses:
            _wait_for(address)
        yield addresses, processes


def _server(root: Path) -> tuple[list[str], bool]:
    """Return the command that serves in a checkout's image, and whether it takes --workers."""
    if not (root / "search_fn" / "server.py").exists():
        return [sys.executable, "-m", "uvicorn", "search_fn.app:app", "--no-access-log"], False
    command = [sys.executable, "-m", "search_fn.server"]
    described = subprocess.run([*command, "--help"], cwd=root, capture_output=True, encoding="utf-8", check=True)
    return command, "--workers" in described.stdout


@contextmanager
def _process(command: Sequence[str], root: Path, environment: dict[str, str]) -> Iterator[int]:
    # A group of its own, so that no worker outlives the one that started it.
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _wait_for(address: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            httpx2.get(f"{address}/api/v1/search?q=warm", timeout=_START_SECONDS).raise_for_status()
        except httpx2.TransportError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def shared_once_mb(processes: Sequence[int]) -> float:
    """Return the memory of processes and of all that they started. Of a page that several have, each counts its part:
    together they count it once.
    """
    everyone = [one for process in processes for one in (process, *started_by(process))]
    rollups = [Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii") for one in everyone]
    return sum(int(rollup.split("\nPss:")[1].split()[0]) for rollup in rollups) * 1024 / 1e6
