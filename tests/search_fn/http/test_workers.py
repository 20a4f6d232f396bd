"""Processes that share a socket and what they read: real ones, as the image starts them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from build.publish.push import push
from search_fn.settings import PACKAGE
from tests.support.image_registry import free_port
from tests.support.made_up import copy_index, rewrite_manifest
from tests.support.object_storage import ObjectStorage

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

NUMBER = 3


class Running(NamedTuple):
    """The first process, and the address that all answer at."""

    process: subprocess.Popen[bytes]
    address: str
    folder: Path

    def workers(self) -> list[int]:
        file = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in file.read_text("ascii").split()]

    def build(self) -> str:
        answer = httpx2.get(f"{self.address}/api/v1/search?q=pods", timeout=30)
        found: str = answer.raise_for_status().json()["build_id"]
        return found

    def builds(self) -> list[str]:
        """What each process answers while the others are stopped."""
        found = []
        for one in self.workers():
            others = [other for other in self.workers() if other != one]
            try:
                for other in others:
                    os.kill(other, signal.SIGSTOP)
                found.append(self.build())
            finally:
                for other in others:
                    os.kill(other, signal.SIGCONT)
        return found


def wait_for(true: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            if true():
                return
        except httpx2.TransportError:
            pass
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def started(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "INDEX_URI": str(folder)}
    with subprocess.Popen(command, cwd=PACKAGE, env=environment, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def running(made_up, tmp_path: Path) -> Iterator[Running]:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    port = free_port()
    command = [sys.executable, "-m", "search_fn.server", "--port", str(port), "--workers", str(NUMBER)]
    with started(command, folder) as process:
        found = Running(process, f"http://127.0.0.1:{port}", folder)
        wait_for(found.build)
        workers = found.workers()
        yield found
        process.terminate()
        assert process.wait(30) == 0
        assert process.stderr
        assert b"Traceback" not in process.stderr.read()
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def test_each_answers_and_takes_in_another_index(running: Running) -> None:
    before = running.build()
    assert len(running.workers()) == NUMBER
    # A fork has none of the threads of what it is forked from.
    assert len(list(Path(f"/proc/{running.process.pid}/task").iterdir())) == 1
    assert running.builds() == [before] * NUMBER
    rewrite_manifest(running.folder, build_id="another")
    assert running.builds() == ["another"] * NUMBER


def test_one_that_is_killed_is_replaced(running: Running) -> None:
    # Those that end sooner end all.
    time.sleep(1)
    (killed, *others) = running.workers()
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: len(running.workers()) == NUMBER and killed not in running.workers())
    assert set(others) < set(running.workers())
    wait_for(lambda: len(running.builds()) == NUMBER)


def test_what_they_only_read_is_in_memory_once(running: Running) -> None:
    for _ in range(60):
        running.build()
    for worker in running.workers():
        lines = Path(f"/proc/{worker}/smaps_rollup").read_text("ascii").splitlines()
        sizes = {line.partition(":")[0]: int(line.split()[1]) for line in lines[1:]}
        assert sizes["Private_Clean"] + sizes["Private_Dirty"] < 0.3 * sizes["Rss"]


OVER_STORAGE = """
import sys
from pathlib import Path
from search_fn.rest.application import create_app
from search_fn.server import serve_by, server_config
from search_fn.settings import Settings

uri, folder, port = sys.argv[1:]
app = create_app(Settings(uri, Path(folder)))
sys.exit(serve_by(2, server_config(app, 20, port=int(port)), app.state.index))
"""


def test_each_opens_an_index_on_object_storage_for_itself(s3: ObjectStorage, made_up) -> None:
    uri, port = s3.place(), free_port()
    push(made_up.folder, uri)
    command = [sys.executable, "-c", OVER_STORAGE, uri, str(made_up.folder), str(port)]
    with started(command, made_up.folder) as process:
        found = Running(process, f"http://127.0.0.1:{port}", made_up.folder)
        wait_for(found.build)
        assert len(found.builds()) == 2
        process.terminate()
        assert process.wait(30) == 0


ENDING = """
import sys
from search_fn.http.workers import Workers

sys.exit(Workers(2, lambda: sys.exit(7)).run())
"""


def test_one_that_ends_as_it_starts_ends_all(tmp_path: Path) -> None:
    with started([sys.executable, "-c", ENDING], tmp_path) as process:
        assert process.wait(30) == 7
        assert process.stderr
        assert b"ended with status 7" in process.stderr.read()


STOPPED = r"""
import signal
import sys
import time
from search_fn.http.workers import Workers


def serve():
    signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.5), sys.stderr.write("whole\n"), sys.exit(0)))
    sys.stderr.write("up\n")
    while True:
        signal.pause()


sys.exit(Workers(2, serve).run())
"""


def test_what_is_under_way_ends_before_the_first_process_does(tmp_path: Path) -> None:
    with started([sys.executable, "-c", STOPPED], tmp_path) as process:
        assert process.stderr
        assert [process.stderr.readline() for _ in range(2)] == [b"up\n"] * 2
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr.read().splitlines() == [b"whole"] * 2
