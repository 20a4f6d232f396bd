"""A model provider on loopback that speaks OpenAI's chat completions and answers what was recorded, or misbehaves."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

EMPTY: dict[str, Any] = {
    "description": "", "use_cases": [], "questions": [], "symptoms": [], "aliases": [], "alerts": [], "errors": [],
    "access_level": "unknown", "access_reason": "", "iam_requirements": [], "tools": [], "limitations": "",
}  # fmt: skip
KEY = "made-up-provider-key"


@dataclass
class ModelServer:
    """`answers` by the bundle's id; one without is answered in a sentence. `modes` are how the next calls about a
    bundle go, one taken for each, "" stands for all bundles; when they are used up, all goes well.
    """

    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    address: str = ""
    modes: dict[str, list[str]] = field(default_factory=dict)
    always: str = "good"
    seconds: float = 0
    retry_after: str = "1"
    counted: bool = True
    asked: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{self.address}/v1", "AI_MODEL": "recorded"}

    def answer(self, name: str) -> dict[str, Any]:
        given = self.answers.get(name, {"description": f"What {name} does."})
        return {**EMPTY, **{key: value for key, value in given.items() if key in EMPTY}}


def recorded(source: Path) -> dict[str, dict[str, Any]]:
    """Return answers by the bundle's id: of a file with a JSON object a line, or of a folder of kept answers."""
    if source.is_dir():
        return {
            f"{file.parent.name}/{file.stem}": json.loads(file.read_text(encoding="utf-8"))["answer"]
            for file in source.glob("*/*.json")
        }
    lines = map(json.loads, source.read_text(encoding="utf-8").splitlines())
    return {line.pop("id"): line for line in lines}


@contextmanager
def model_server(answers: Mapping[str, Mapping[str, Any]] | None = None) -> Iterator[ModelServer]:
    """Serve one in threads."""
    model, lock = ModelServer(answers or {}), Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            text = body["messages"][-1]["content"]
            name = json.loads(text.removeprefix("<data>\n").removesuffix("\n</data>"))["id"]
            with lock:
                model.asked.append(name)
                model.times.append(time.monotonic())
                model.paths.append(self.path)
                model.headers.append({key.lower(): value for key, value in self.headers.items()})
                model.bodies.append(body)
                queue = model.modes.get(name) or model.modes.get("") or []
                mode = queue.pop(0) if queue else model.always
            time.sleep(model.seconds)
            self.reply(mode, name, len(text))

        def reply(self, mode: str, name: str, length: int) -> None:
            if mode == "quota":
                self.send(429, json.dumps({"error": {"message": "no", "code": "insufficient_quota"}}), {})
                return
            if mode.isdecimal():
                headers = {"retry-after": model.retry_after} if mode == "429" else {}
                self.send(int(mode), json.dumps({"error": {"message": f"no: {KEY}", "code": None}}), headers)
                return
            if mode == "timeout":
                time.sleep(1.5)
            answer = model.answer(name)
            if mode == "tool":
                extra = {"name": "Launch Rockets", "purpose": "x", "function": "x", "requirements": []}
                answer["tools"] = [*answer["tools"], extra]
            content = {
                "invalid": "I would rather not speak JSON.",
                "schema": json.dumps({**answer, "symptoms": "many"}),
                "cut": json.dumps(answer)[:40],
            }.get(mode, json.dumps(answer))
            message = {"role": "assistant", "content": content, "refusal": None}
            if mode == "refusal":
                message |= {"content": None, "refusal": "I cannot help with that."}
            completion = {
                "id": "c", "object": "chat.completion", "created": 0, "model": "recorded",
                "choices": [
                    {
                        "index": 0,
                        "message": message,
                        "finish_reason": {"cut": "length", "filter": "content_filter"}.get(mode, "stop"),
                    }
                ],
                "usage": {
                    "prompt_tokens": length // 4 * model.counted,
                    "completion_tokens": len(content) // 4 * model.counted,
                    "total_tokens": 0,
                },
            }  # fmt: skip
            text = json.dumps(completion)
            self.send(200, {"html": "<h1>Sign in</h1>", "broken": text[:50]}.get(mode, text), {})

        def send(self, status: int, text: str, headers: dict[str, str]) -> None:
            content = text.encode()
            try:
                self.send_response(status)
                kind = "text/html" if text.startswith("<") else "application/json"
                for key, value in {"content-type": kind, "content-length": str(len(content)), **headers}.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the caller did not wait, or was killed

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # a caller that was killed

    server = Server(("127.0.0.1", 0), Handler)
    model.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
