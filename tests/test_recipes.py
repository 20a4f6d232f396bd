"""The recipes of docs/following.md, run as whoever copies them runs them, against servers on loopback."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from build.releases.models import CollectionReleases
from build.site.release_feeds import release_feeds
from tests.support.catalogues import sound
from tests.support.place import ROOT
from tests.support.releases import release, releases_of

RECIPES = ROOT / "docs" / "recipes"
_NEW = "harbor/pod-bearing"
# What a shell, Markdown, HTML or Slack would obey.
_HOSTILE = "$(touch owned) `id` <!channel> --> ``` *x* 'y' \"z\" \\n"


class Server:
    """Answers with files, and as a tracker of issues and a webhook that remember what they are sent."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.issues: list[dict[str, Any]] = []
        self.messages: list[str] = []
        self.address = ""
        self.broken = False


@contextmanager
def served() -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].lstrip("/")
            if server.broken:
                self.send_error(500)
            elif path == "repos/me/mine/issues":
                self._answer(json.dumps(server.issues))
            elif path in server.files:
                self._answer(server.files[path])
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/repos/me/mine/issues":
                assert self.headers["Authorization"] == "Bearer a-token"
                server.issues.append(sent)
            else:
                server.messages.append(sent["text"])
            self._answer("{}", 201)

        def _answer(self, text: str, status: int = 200) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        server.address = f"http://127.0.0.1:{http.server_port}"
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def lately(text: str = "PLACE") -> CollectionReleases:
    """Releases of Harbor the last of which is of yesterday."""
    own = releases_of(_NEW, text)
    day = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d")
    newest = release("2.0", day, "1.1", changed=own.releases[0].changed)
    return own.model_copy(update={"releases": (newest, *own.releases[1:])})


def feeds(own: CollectionReleases) -> dict[str, str]:
    return release_feeds(sound()._replace(releases={"harbor": own}), "")


def bash(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder, env={**os.environ, **environment}, capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip


def open_issues(server: Server, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the workflow's step as GitHub does."""
    workflow = yaml.safe_load((RECIPES / "skill-templates-changed.yml").read_text(encoding="utf-8"))
    (step,) = workflow["jobs"]["tell"]["steps"]
    environment = workflow["env"] | {
        "REGISTRY": server.address, "GITHUB_API_URL": server.address, "GITHUB_REPOSITORY": "me/mine",
        "GITHUB_TOKEN": "a-token",
    }  # fmt: skip
    return bash(step["run"], folder, **environment)


@pytest.mark.parametrize("text", ["PLACE", _HOSTILE])
def test_the_workflow_opens_an_issue_for_what_is_new_once(tmp_path: Path, text: str) -> None:
    with served() as server:
        server.files = feeds(lately(text))
        done = open_issues(server, tmp_path)
        assert done.returncode == 0, done.stderr
        (issue,) = server.issues
        assert issue["title"] == "pod-bearing: changed, breaking (harbor, 2.0)"
        assert issue["labels"] == ["skill-templates"]
        assert "breaking: new variable " in issue["body"]
        assert issue["body"].count("```") == 2
        assert open_issues(server, tmp_path).returncode == 0
        assert len(server.issues) == 1
    assert not (tmp_path / "owned").exists()


def test_the_workflow_fails_where_the_feed_cannot_be_read(tmp_path: Path) -> None:
    with served() as server:
        assert open_issues(server, tmp_path).returncode != 0
        assert server.issues == []


def post(server: Server, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "REGISTRY": f"{server.address}/", "SLACK_WEBHOOK_URL": f"{server.address}/hook", "STATE": str(folder / "told"),
    }  # fmt: skip
    script = (RECIPES / "slack.sh").read_text(encoding="utf-8")
    return bash(script, folder, **(environment | more))


@pytest.mark.parametrize("text", ["PLACE", _HOSTILE])
def test_slack_is_told_what_came_since_the_last_run(tmp_path: Path, text: str) -> None:
    own = lately(text)
    with served() as server:
        server.files = feeds(own.model_copy(update={"releases": own.releases[1:]}))
        first = post(server, tmp_path)
        assert (first.returncode, server.messages) == (0, []), first.stderr
        assert "2 entries are remembered" in first.stdout
        server.files = feeds(own)
        for _ in range(2):
            again = post(server, tmp_path)
            assert again.returncode == 0, again.stderr
        (message,) = server.messages
    assert message.startswith("*pod-bearing: changed, breaking (harbor, 2.0)*\n```- breaking: new variable ")
    assert "<!channel>" not in message
    assert message.count("```") == 2
    assert not (tmp_path / "owned").exists()


def test_slack_is_told_again_what_could_not_be_sent(tmp_path: Path) -> None:
    own = lately()
    with served() as server:
        server.files = feeds(own)
        (tmp_path / "told").write_text("", encoding="utf-8")
        failed = post(server, tmp_path, SLACK_WEBHOOK_URL="http://127.0.0.1:1/hook")
        assert failed.returncode != 0
        assert (tmp_path / "told").read_text(encoding="utf-8") == ""
        assert post(server, tmp_path).returncode == 0
        assert len(server.messages) == 3


def test_the_documentation_names_the_files_that_there_are() -> None:
    named = {
        page: set(re.findall(r"\(recipes/([^)]+)\)", (ROOT / "docs" / page).read_text(encoding="utf-8")))
        for page in ("following.md", "alerts.md")
    }
    assert named == {
        "following.md": {"skill-templates-changed.yml", "slack.sh"},
        "alerts.md": {"alertmanager.yml", "grafana-alerting.yml", "prometheus-alerting.yml"},
    }
    assert {file.name for file in RECIPES.iterdir()} == set().union(*named.values())
