"""A model provider on loopback that speaks OpenAI's chat completions, and fails in whatever way a test wants."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Data = dict[str, Any]
KEY = "canary-key-5f1d0c"


class FakeProvider:
    """`mode` says how it answers; `requests` are the bodies that it got, `paths` and `headers` where and with what."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.mode = "good"
        self.retry_after = "0"
        self.location = ""
        self.claims: Callable[[Data], list[Data]] = good
        self.requests: list[Data] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.stop = Event()

    def data(self) -> Data:
        """Return what the last request asked about."""
        result: Data = json.loads(self.requests[-1]["messages"][-1]["content"])
        return result

    def begin(self, mode: str) -> None:
        self.mode = mode
        self.claims = CLAIMS.get(mode, good)
        for seen in (self.requests, self.paths, self.headers, self.times):
            seen.clear()


def good(data: Data) -> list[Data]:
    first = data["sources"][0]
    return [{"text": f"{first['name']} is what helps, with {first['tools'][0]['title']}.", "sources": [1]}]


CLAIMS: dict[str, Callable[[Data], list[Data]]] = {
    "invented citation": lambda data: [{"text": "Bundle 99 mends it.", "sources": [99, 0, -1]}],
    "uncited": lambda data: [{"text": "Everyone knows that.", "sources": []}],
    "one of three": lambda data: [
        {"text": "Nobody says this.", "sources": []},
        {"text": "This stands.", "sources": [1, 77]},
        {"text": "Read more at HTTPS://evil.example/pay now.", "sources": [1]},
    ],
    "address smuggled": lambda data: [
        {"text": text, "sources": [1]}
        for text in (
            "Read https://evil.example/x first.",
            "Read ｈｔｔｐｓ：／／evil．example first.",
            "Go to www.evil.example now.",
            "Write to help@evil.example now.",
            "Run javascript:alert(1) there.",
            "See evil.com for more.",
            "See //evil.example/x.",
            "See ht\u200btps://evil\u00ad.example.",
            "See evil.рф/x.",
        )
    ],
}


def _content(fake: FakeProvider, body: Data) -> str:
    data = json.loads(body["messages"][-1]["content"])
    if fake.mode == "not answered":
        return json.dumps({"answered": False, "claims": []})
    if fake.mode == "not JSON":
        return "I would rather talk."
    if fake.mode == "wrong schema":
        return json.dumps({"answered": "certainly", "text": "x"})
    return json.dumps({"answered": True, "claims": fake.claims(data)})


def _completion(fake: FakeProvider, body: Data) -> Data:
    message: Data = {"role": "assistant", "content": _content(fake, body), "refusal": None}
    reason = "stop"
    if fake.mode == "refusal":
        message |= {"content": None, "refusal": "I cannot help with that."}
    if fake.mode == "length":
        message |= {"content": message["content"][:20]}
        reason = "length"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1893456000,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


@contextmanager
def fake_provider() -> Iterator[FakeProvider]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            fake.requests.append(body)
            fake.paths.append(self.path)
            fake.headers.append({name.lower(): value for name, value in self.headers.items()})
            fake.times.append(time.monotonic())
            once = fake.mode.endswith(" once")
            mode = fake.mode.removesuffix(" once") if not once or len(fake.requests) == 1 else "good"
            if mode == "hangs":
                fake.stop.wait(60)
            if mode in ("hangs", "closes"):
                self.close_connection = True
                return
            if mode.isdigit():
                # As careless as real ones: the error repeats what it was asked.
                error = {"message": f"{self.headers['authorization']} at {fake.address} asked {body}", "code": "x"}
                self._send(int(mode), json.dumps({"error": error}))
            elif mode == "HTML":
                self._send(200, "<html><body>Sign in to the hotel's network</body></html>", "text/html")
            else:
                self._send(200, json.dumps(_completion(fake, body)))

        def _send(self, status: int, text: str, kind: str = "application/json") -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            if status in (301, 307, 308):
                self.send_header("location", fake.location)
            if status == 429:
                self.send_header("retry-after", fake.retry_after)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake = FakeProvider(f"http://127.0.0.1:{server.server_port}/canary-path/v1")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.stop.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
