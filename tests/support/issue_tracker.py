"""GitHub's issues as its interface gives and takes them, over HTTP on loopback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from search_fn.issues.github import REPOSITORY

TOKEN = "made-up-token"
AUTHOR = "registry-bot"
"""Whose token that is."""


@dataclass
class IssueTracker:
    """`issues` are those of REPOSITORY, the oldest first; with `failing` it answers with that status, and so many
    `failures` (None: each time) with these `headers`.
    """

    address: str = ""
    issues: list[dict[str, Any]] = field(default_factory=list)
    failing: int | None = None
    failures: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    asked: list[str] = field(default_factory=list)
    writing: Any = field(default_factory=Lock)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_API_URL": self.address,
        }

    def add(self, title: str, **more: Any) -> dict[str, Any]:
        number = len(self.issues) + 1
        issue = {
            "number": number,
            "title": title,
            "state": "open",
            "html_url": f"https://github.com/{REPOSITORY}/issues/{number}",
            "created_at": f"2026-03-{number % 28 + 1:02}T10:00:00Z",
            "labels": [],
            "body": "",
            "user": {"login": "somebody"},
            **more,
        }
        self.issues.append(issue)
        return issue


@contextmanager
def issue_tracker() -> Iterator[IssueTracker]:
    tracker = IssueTracker()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            tracker.asked.append(f"GET {self.path}")
            if parts.path == "/user":
                self.answer(200, {"login": AUTHOR})
                return
            if parts.path != f"/repos/{REPOSITORY}/issues":
                self.answer(404, {"message": "Not Found"})
                return
            state, author = query.get("state", "open"), query.get("creator")
            result = [issue for issue in reversed(tracker.issues) if state in ("all", issue["state"])]
            result = [issue for issue in result if author in (None, issue["user"]["login"])]
            if label := query.get("labels"):
                result = [issue for issue in result if label in [one["name"] for one in issue["labels"]]]
            size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
            self.answer(200, result[(page - 1) * size : page * size])

        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["content-length"])))
            tracker.asked.append(f"POST {self.path}")
            labels = [{"name": name} for name in given.pop("labels", [])]
            with tracker.writing:
                made = tracker.add(**given, labels=labels, user={"login": AUTHOR}) if not tracker.failing else {}
            self.answer(201, made)

        def do_PATCH(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["content-length"])))
            tracker.asked.append(f"PATCH {self.path}")
            issue = tracker.issues[int(self.path.rpartition("/")[2]) - 1]
            issue.update(given)
            self.answer(200, issue)

        def answer(self, status: int, body: Any) -> None:
            if self.headers["authorization"] != f"Bearer {TOKEN}":
                status, body = 401, {"message": "Bad credentials"}
            more: dict[str, str] = {}
            if tracker.failing and tracker.failures != 0:
                tracker.failures = tracker.failures and tracker.failures - 1
                status, more = tracker.failing, tracker.headers
            content = json.dumps(body).encode() if tracker.body is None else tracker.body
            self.send_response(status)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.send_header("content-length", str(len(content)))
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tracker.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield tracker
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
