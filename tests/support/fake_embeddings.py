"""A provider on loopback that speaks OpenAI's embeddings, and fails in whatever way a test wants."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import numpy as np

KEY = "canary-embedding-key"


class FakeEmbeddings:
    """`mode` says how it answers; `requests` are the bodies that it got, and `paths` where."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.mode = "good"
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        return {
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": f"{self.address}/v1",
            "EMBEDDING_MODEL": "made-up-embedding",
            "EMBEDDING_DIMENSIONS": "64",
        }


def vector(text: str, dimensions: int) -> list[float]:
    """Return a vector; texts that share words get near ones."""
    result = np.zeros(dimensions)
    for word in text.lower().split():
        result[int(hashlib.sha256(word.strip(".,:?!").encode()).hexdigest(), 16) % dimensions] += 1
    return [float(value) for value in result]


@contextmanager
def fake_embeddings() -> Iterator[FakeEmbeddings]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            fake.requests.append(body)
            fake.paths.append(self.path)
            mode, fake.mode = fake.mode, "good" if fake.mode == "429 once" else fake.mode
            if mode == "hangs":
                time.sleep(3)
            status = 200 if mode in ("good", "hangs", "short", "text", "few") else int(mode.split()[0])
            if KEY not in (self.headers.get("authorization") or self.headers.get("api-key") or ""):
                status = 401
            size = body["dimensions"] - (mode == "short")
            rows = [
                {"object": "embedding", "index": at, "embedding": vector(text, size)}
                for at, text in enumerate(body["input"][mode == "few" :])
            ]
            answer = {"object": "list", "model": body["model"], "usage": {"prompt_tokens": 1, "total_tokens": 1}}
            content = json.dumps({**answer, "data": rows[::-1]} if status == 200 else {"error": {"message": KEY}})
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("retry-after", "0")
            self.end_headers()
            self.wfile.write(b"<html>" if mode == "text" else content.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = FakeEmbeddings(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
