"""The server of a container: what stalls ends, what is too much is refused, and nobody else waits for it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from threading import Thread
from typing import Any

import httpx2
import pytest
import uvicorn

from search_fn import server
from search_fn.http import body_limit
from search_fn.rest.application import create_app
from search_fn.settings import PACKAGE, Settings
from tests.support.memory import resident_mb

POST = b"POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
HALVES = {
    "nothing": b"",
    "half a line": b"GET /hea",
    "half a head": b"GET /health HTTP/1.1\r\nHost: x\r\n",
    "half a body": POST + b'{"jsonrpc"',
    "half a body of another route": POST.replace(b"/mcp", b"/tools/call") + b"{",
}


@contextmanager
def serving(made_up, limit_concurrency: int = 50, **more: Any) -> Iterator[int]:
    """The port of a server with this module's protocol."""
    settings = Settings(str(made_up.folder), made_up.folder, log=True, **more)
    running = uvicorn.Server(server.server_config(create_app(settings), limit_concurrency, log_level="warning"))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        thread = Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            end = time.monotonic() + 30
            while not running.started:
                assert thread.is_alive()
                assert time.monotonic() < end
                time.sleep(0.01)
            yield listener.getsockname()[1]
        finally:
            running.should_exit = True
            thread.join(30)


def connected(port: int, sent: bytes = b"") -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port), timeout=30)
    found.sendall(sent)
    return found


def send_for_ever(connection: socket.socket, sent: bytes) -> None:
    """Raises ConnectionError when the other side has closed."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        connection.sendall(sent)
        time.sleep(0.01)


def received(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    found = b""
    while part := connection.recv(65_536):
        found += part
    return found


def healthy(port: int) -> int:
    return httpx2.get(f"http://127.0.0.1:{port}/health", timeout=30).status_code


@pytest.mark.parametrize("sent", HALVES.values(), ids=HALVES)
def test_half_a_request_ends(
    made_up, sent: bytes, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "REQUEST_SECONDS", 0.2)
    with serving(made_up) as port, connected(port, sent) as connection:
        answer = received(connection)
        assert healthy(port) == 200
    assert answer.startswith(b"HTTP/1.1 408 ")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 408
    # A line for each request that had a head, and no traceback.
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    statuses = [line["status"] for line in lines if line["path"] != "/health"]
    assert statuses == ([499] if sent.startswith(b"POST") else [])


def test_a_request_that_drips_ends_too(made_up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "REQUEST_SECONDS", 0.3)
    with serving(made_up) as port, connected(port, POST) as connection:
        connection.settimeout(0.05)
        answer = b""
        end = time.monotonic() + 30
        while not answer:
            assert time.monotonic() < end, "it never ended"
            connection.sendall(b" ")
            try:
                answer = connection.recv(100)
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408 ")


def test_whole_requests_one_after_the_other_have_no_end(made_up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "REQUEST_SECONDS", 0.3)
    with serving(made_up) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(6):
            connection.request("GET", "/health")
            answer = connection.getresponse()
            assert (answer.status, json.loads(answer.read())["status"]) == (200, "ok")
            time.sleep(0.1)
        connection.close()


@pytest.mark.slow
def test_an_answer_that_nobody_reads_ends(
    made_up, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "ANSWER_SECONDS", 0.2)
    asked = b"GET /api/v1/search?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n"
    with serving(made_up) as port, socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", port))
        # More answers than the kernel holds for somebody who does not read them.
        with pytest.raises(ConnectionError):
            send_for_ever(connection, asked * 1_000)
        assert healthy(port) == 200
    assert "Traceback" not in capfd.readouterr().err


def test_too_many_requests_at_once_are_refused_and_stalled_connections_are_none(made_up) -> None:
    with serving(made_up, limit_concurrency=3) as port, ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(connected(port, HALVES["half a head"]))
        assert healthy(port) == 200
        for _ in range(3):
            stack.enter_context(connected(port, HALVES["half a body"]))
        end = time.monotonic() + 30
        while healthy(port) != 503:
            assert time.monotonic() < end


def test_too_many_connections_are_closed(made_up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 5)
    with serving(made_up) as port, ExitStack() as stack:
        first = [stack.enter_context(connected(port)) for _ in range(5)]
        with connected(port) as more, suppress(ConnectionResetError):
            assert more.recv(1) == b""
        for each in first:
            each.close()
        end = time.monotonic() + 30
        while True:
            try:
                assert healthy(port) == 200
                break
            except httpx2.HTTPError:
                assert time.monotonic() < end


def test_bodies_under_way_are_bounded_together(made_up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "MAX_BODIES", 150_000)
    with serving(made_up) as port, ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(connected(port, POST + b" " * 60_000))
        message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).ljust(50_000)
        end = time.monotonic() + 30
        while True:
            answer = httpx2.post(f"http://127.0.0.1:{port}/mcp", content=message, timeout=30)
            if answer.status_code == 503:
                break
            assert time.monotonic() < end, answer.text
        assert answer.headers["retry-after"] == "1"
        stack.close()
        while httpx2.post(f"http://127.0.0.1:{port}/mcp", content=message, timeout=30).status_code != 200:
            assert time.monotonic() < end


@pytest.mark.parametrize("path", ["/mcp", "/tools/call", "/api/v1/chat/query"])
def test_a_client_that_goes_away_is_one_line_of_the_log(made_up, path: str, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(made_up) as port:
        connected(port, POST.replace(b"/mcp", path.encode()) + b"{").close()
        end = time.monotonic() + 30
        err = ""
        while path not in err:
            assert time.monotonic() < end
            err += capfd.readouterr().err
            time.sleep(0.01)
    (line,) = [json.loads(each) for each in (err + capfd.readouterr().err).splitlines()]
    assert (line["path"], line["status"]) == (path, 499)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nine_hundred_stalled_requests_end_and_leave_the_memory_where_it_was(made_up) -> None:
    """The command of the image, with its own limits."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        subprocess.Popen(
            [sys.executable, "-m", "search_fn.server", "--port", str(port)],
            cwd=PACKAGE,
            env={**os.environ, "INDEX_URI": str(made_up.folder)},
            stderr=subprocess.PIPE,
        ) as process,
        ExitStack() as stack,
    ):
        stack.callback(process.terminate)
        end = time.monotonic() + 60
        while True:
            try:
                assert healthy(port) == 200
                break
            except httpx2.HTTPError:
                assert time.monotonic() < end
                time.sleep(0.1)
        before = resident_mb(process.pid)
        kinds = list(HALVES.values())
        stalled = [stack.enter_context(connected(port, kinds[turn % 3])) for turn in range(900)]
        assert healthy(port) == 200
        for connection in stalled:
            assert received(connection).startswith(b"HTTP/1.1 408 ")
        assert healthy(port) == 200
        assert resident_mb(process.pid) - before < 20
        process.terminate()
        assert process.stderr
        assert b"Traceback" not in process.stderr.read()
