"""Many clients at once against worker processes that share one index, as containers do: throughput, errors, memory.

`nox -s load` runs it over the demo's index; `-- INDEX 1 2 4` names another and the numbers of processes.
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import httpx2  # noqa: E402 - after the path to it

from tests.support.corpus import queries  # noqa: E402
from tests.support.measuring import machine, table  # noqa: E402

CLIENTS = 100


@contextmanager
def worker(index: Path) -> Iterator[tuple[str, int]]:
    """Address and process of one, as `docker run` of the image starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "search_fn.app:app", "--port", str(port), "--no-access-log"]
    environment = {**os.environ, "INDEX_URI": str(index.resolve())}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            end = time.monotonic() + 30
            while True:
                try:
                    httpx2.get(f"{address}/api/v1/search?q=warm").raise_for_status()
                    break
                except httpx2.TransportError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.1)
            yield address, process.pid
        finally:
            process.terminate()


def resident(process: int) -> float:
    """Megabytes."""
    return int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def ask(addresses: list[str], seconds: float) -> tuple[list[float], int]:
    """Seconds of each answer that was right, and how many were not."""
    took: list[float] = []
    wrong = 0
    texts = queries(1_000)
    end = time.monotonic() + seconds

    async def one(number: int, client: httpx2.AsyncClient) -> None:
        nonlocal wrong
        turn = number
        while time.monotonic() < end:
            begun = time.perf_counter()
            answer = await client.get("/api/v1/search", params={"q": texts[turn % len(texts)]})
            took.append(time.perf_counter() - begun)
            wrong += answer.status_code != 200 or "results" not in answer.json()
            turn += CLIENTS

    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=60)) for address in addresses
        ]
        await asyncio.gather(*(one(number, clients[number % len(clients)]) for number in range(CLIENTS)))
    return took, wrong


def measure(index: Path, number: int, seconds: float) -> tuple[str, ...]:
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(index)) for _ in range(number)]
        addresses = [address for address, _ in workers]
        asyncio.run(ask(addresses, seconds / 6))
        before = max(resident(process) for _, process in workers)
        took, wrong = asyncio.run(ask(addresses, seconds))
        after = max(resident(process) for _, process in workers)
    each = len(took) / seconds
    return (
        str(number), f"{each:.0f}", f"{each / number:.0f}", f"{median(took) * 1e3:.0f}",
        f"{sorted(took)[int(len(took) * 0.99)] * 1e3:.0f}", str(wrong), f"{before:.0f}", f"{after:.0f}",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Load workers that share an index.")
    parser.add_argument("index", type=Path, nargs="?", default=ROOT / ".demo" / "index")
    parser.add_argument("numbers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    rows = [measure(options.index, number, options.seconds) for number in options.numbers]
    print(f"{CLIENTS} clients for {options.seconds:.0f} s, clients on the same machine: {machine()}\n")
    print(table(["processes", "a second", "each", "p50 ms", "p99 ms", "wrong", "MB before", "MB after"], rows))
    sys.exit(any(row[5] != "0" for row in rows))


if __name__ == "__main__":
    main()
