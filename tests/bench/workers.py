"""Many clients at once against worker processes that share one index, as containers do: throughput, errors, memory.

`nox -s load` runs it over the demo's index; `-- INDEX 1 2 4` names another and the numbers of processes.
"""

import argparse
import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import httpx2  # noqa: E402 - after the path to it

from tests.support.corpus import queries  # noqa: E402
from tests.support.measuring import machine, table  # noqa: E402
from tests.support.memory import resident_mb  # noqa: E402

CLIENTS = 100
_HEAD = 65_536
_LENGTH = re.compile(rb"^content-length: (\d+)", re.IGNORECASE | re.MULTILINE)


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


async def ask(addresses: list[str], seconds: float, texts: Sequence[str]) -> tuple[list[float], int]:
    """Return the seconds of each answer, and how many were not right.

    Args:
        addresses: Those among which the clients are divided.
        seconds: How long they ask.
        texts: What they ask, one after the other, and from the first again.
    """
    took: list[float] = []
    wrong = 0
    end = time.monotonic() + seconds

    async def one(number: int, address: str) -> None:
        nonlocal wrong
        host = urlsplit(address)
        # Not through a client of a library: that takes a third of what an answer takes, from the same processors.
        reader, writer = await asyncio.open_connection(host.hostname, host.port, limit=_HEAD)
        turn = number
        while time.monotonic() < end:
            begun = time.perf_counter()
            asked = urlencode({"q": texts[turn % len(texts)]})
            writer.write(f"GET /api/v1/search?{asked} HTTP/1.1\r\nHost: {host.netloc}\r\n\r\n".encode("ascii"))
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(_LENGTH.findall(head)[0]))
            took.append(time.perf_counter() - begun)
            wrong += not head.startswith(b"HTTP/1.1 200 ") or b'"results":' not in body
            turn += CLIENTS
        writer.close()

    await asyncio.gather(*(one(number, addresses[number % len(addresses)]) for number in range(CLIENTS)))
    return took, wrong


def measure(index: Path, number: int, seconds: float) -> tuple[str, ...]:
    texts = queries(1_000)
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(index)) for _ in range(number)]
        addresses = [address for address, _ in workers]
        asyncio.run(ask(addresses, seconds / 6, texts))
        before = max(resident_mb(process) for _, process in workers)
        took, wrong = asyncio.run(ask(addresses, seconds, texts))
        after = max(resident_mb(process) for _, process in workers)
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
