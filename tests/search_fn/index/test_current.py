"""A hundred clients at once, while the index is replaced, taken away and damaged."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from search_fn.settings import PACKAGE
from tests.support.made_up import copy_index, records, write_made_up_index
from tests.support.mcp_messages import ERAS, message
from tests.support.memory import resident_mb

CLIENTS = 100
# A quarter of a minute has every kind of disturbance in it; a whole one, with 200 clients, found no more.
SECONDS = 15.0
pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

# Method, path, body, headers.
Asked = tuple[str, str, Any, dict[str, str]]


def requests() -> list[Asked]:
    found: list[Asked] = [
        ("GET", path, None, {})
        for path in (
            *("/api/v1/search?q=pods+keep+restarting", "/api/v1/search?q=certifcate&limit=3&explain=1"),
            *("/api/v1/search?platform=AWS", "/api/v1/codebundles?search=volume", "/api/v1/registry/tasks?limit=5"),
            *(f"/api/v1/collections/{record.id.replace('/', '/codebundles/')}" for record in records()[:3]),
            *("/api/v1/registry/stats", "/tools", "/health", "/api/docs", "/api/v1/search?limit=0", "/nothing"),
        )
    ]
    for era in ERAS:
        for tool, arguments in (("find_codebundle", {"query": "pods restart"}), ("list_codecollections", {})):
            body, headers = message(era, "tools/call", {"name": tool, "arguments": arguments})
            found.append(("POST", "/mcp", body, headers))
    found.append(("POST", "/tools/call", {"tool_name": "find_codebundle", "arguments": {"query": 1}}, {}))
    return found


@pytest.fixture
def server(made_up, tmp_path: Path) -> Iterator[tuple[str, Path, int]]:
    """The function in a process of its own: its address, its index, and its process id."""
    index = copy_index(made_up.folder, tmp_path / "index_data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "search_fn.app:app", "--port", str(port), "--log-level", "error"]
    with subprocess.Popen(
        command, cwd=PACKAGE, env={**os.environ, "INDEX_URI": str(index)}, stderr=subprocess.DEVNULL
    ) as process:
        address = f"http://127.0.0.1:{port}"
        end = time.monotonic() + 30
        while True:
            try:
                httpx2.get(f"{address}/health").raise_for_status()
                break
            except httpx2.HTTPError:
                assert time.monotonic() < end
                time.sleep(0.1)
        yield address, index, process.pid
        process.terminate()


def replace(index: Path, other: Path, work: Path) -> None:
    """As a publication does it: two renames."""
    new = copy_index(other, work / "index_data.new")
    index.rename(work / "index_data.old")
    new.rename(index)
    shutil.rmtree(work / "index_data.old")


def test_a_hundred_clients_get_right_answers_or_clear_problems(
    server: tuple[str, Path, int], made_up, encoder_path: Path, tmp_path: Path
) -> None:
    address, index, process = server
    newer = tmp_path / "newer"
    write_made_up_index(newer, encoder_path, records()[:-1], "made-up-newer")
    asked = requests()

    def answers() -> list[tuple[int, bytes]]:
        with httpx2.Client(base_url=address) as client:
            sent = [client.request(method, path, json=body, headers=headers) for method, path, body, headers in asked]
        return [(answer.status_code, answer.content) for answer in sent]

    right = [{answer} for answer in answers()]
    replace(index, newer, tmp_path)
    for known, answer in zip(right, answers(), strict=True):
        known.add(answer)
    replace(index, made_up.folder, tmp_path)
    before = resident_mb(process)

    statuses: Counter[int] = Counter()
    wrong: list[tuple[str, int, bytes]] = []
    end = time.monotonic() + SECONDS

    async def client_of(number: int, client: httpx2.AsyncClient) -> None:
        turn = number
        while time.monotonic() < end:
            method, path, body, headers = asked[turn % len(asked)]
            answer = await client.request(method, path, json=body, headers=headers)
            statuses[answer.status_code] += 1
            told = answer.status_code == 503 and "ndex" in json.dumps(answer.json())
            if not told and (answer.status_code, answer.content) not in right[turn % len(asked)]:
                wrong.append((path, answer.status_code, answer.content[:500]))
            turn += 7

    async def operator() -> None:
        for step in range(8):
            await asyncio.sleep(SECONDS / 10)
            if step % 4 == 3:
                index.rename(tmp_path / "away")
                # Damaged: a manifest that names other tables.
                (index / "manifest.json").parent.mkdir()
                (index / "manifest.json").write_text("{}", encoding="utf-8")
                await asyncio.sleep(SECONDS / 60)
                shutil.rmtree(index)
                (tmp_path / "away").rename(index)
            else:
                replace(index, (newer, made_up.folder)[step % 2], tmp_path)

    async def everybody() -> None:
        limits = httpx2.Limits(max_connections=CLIENTS)
        async with httpx2.AsyncClient(base_url=address, timeout=30, limits=limits) as client:
            await asyncio.gather(operator(), *(client_of(number, client) for number in range(CLIENTS)))

    # In a thread of its own: in this one Mangum keeps a loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, everybody()).result()
    assert wrong == []
    assert statuses[200] > 50 * SECONDS, statuses
    assert statuses[500] == 0
    assert statuses[503] > 0, "the index was never away"
    assert resident_mb(process) - before < 60
