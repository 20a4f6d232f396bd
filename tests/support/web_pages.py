"""Other people's pages on loopback: what each path answers, and what was asked."""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

# Status, headers, body.
Reply = tuple[int, Mapping[str, str], bytes]
HTML = {"content-type": "text/html; charset=utf-8"}
PAGE = """<!doctype html><html><head><title>T</title></head><body><nav><a href="/">Menu entry</a></nav><main>
<h1>Writing</h1><p>An introduction that is long enough to count as the content of this page, which it surely is.</p>
<h2 id="rules">Rules</h2><p>Rules say what happens when a resource matches, in rather many words for a test.</p>
<script>alert(1)</script></main><footer>Imprint</footer></body></html>"""


class Pages:
    """`replies` by path; what is not there is 404. A function is asked anew for each request, with its headers."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.replies: dict[str, Reply | Callable[[Mapping[str, str]], Reply]] = {}
        self.asked: list[str] = []
        self.times: list[float] = []
        # Bytes at a time, and seconds between them.
        self.step, self.pause = 100_000_000, 0.0

    def page(self, path: str, text: str = PAGE, **headers: str) -> str:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies[path] = (200, {**HTML, **more}, text.encode())
        return f"{self.address}{path}"


@contextmanager
def web_pages(host: str = "127.0.0.1") -> Iterator[Pages]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            pages.asked.append(self.path)
            pages.times.append(time.monotonic())
            reply = pages.replies.get(self.path, (404, {}, b""))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, body = reply(headers) if callable(reply) else reply
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.send_header("connection", "close")
            self.end_headers()
            # Whoever asked may have had enough.
            with suppress(OSError):
                for start in range(0, len(body), pages.step):
                    self.wfile.write(body[start : start + pages.step])
                    time.sleep(pages.pause)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    pages = Pages(f"http://{host}:{server.server_port}")
    # How often it looks whether it is to end.
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield pages
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def trickling(first: bytes, more: bytes) -> Iterator[str]:
    """Yield host and port of a server that answers with `first`, then `more` every twentieth of a second for a
    minute.
    """
    ended = Event()

    def serve() -> None:
        with suppress(OSError):
            while True:
                line, _ = server.accept()
                Thread(target=answer, args=(line,), daemon=True).start()

    def answer(line: socket.socket) -> None:
        with line, suppress(OSError):
            line.recv(65_536)
            line.sendall(first)
            for _ in range(1_200):
                if ended.wait(0.05):
                    break
                line.sendall(more)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()
            # A close alone would not wake the one who accepts.
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
