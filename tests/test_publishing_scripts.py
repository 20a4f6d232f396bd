"""What the publishing workflow runs besides the build, against a function and an issue tracker on loopback."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from search_fn.issues.github import REPOSITORY
from search_fn.rest.application import create_app
from search_fn.settings import Settings
from tests.support.issue_tracker import IssueTracker, issue_tracker
from tests.support.place import ROOT, Place
from tests.support.serving import serving

SCRIPTS = ROOT / ".github" / "scripts"


def run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPTS / script), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def tell(tracker: IssueTracker, folder: Path, failures: int, message: str = "It cannot be fetched.") -> None:
    report: dict[str, Any] = {
        "collections": [{"slug": "sound", "failures": 0}, {"slug": "ours", "failures": failures}],
        "problems": [
            {"collection": "ours", "severity": "error", "code": "not-fetched", "message": message},
            {"collection": "ours", "severity": "note", "code": "other", "message": "a note"},
        ],
    }
    path = folder / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    told = run("tell.py", str(path), **tracker.environment, GITHUB_REPOSITORY=REPOSITORY)
    assert told.returncode == 0, told.stderr


def test_one_issue_is_opened_refreshed_and_closed(tmp_path: Path) -> None:
    with issue_tracker() as tracker:
        tell(tracker, tmp_path, 2)
        assert tracker.issues == []
        tell(tracker, tmp_path, 3)
        tell(tracker, tmp_path, 4, "It is\n# still not there.")
        (issue,) = tracker.issues
        assert issue["title"] == "ours cannot be brought up to date"
        assert issue["body"].startswith("4 runs in a row")
        # A repository's lines are no Markdown of the issue's.
        assert "\n    not-fetched: It is # still not there." in issue["body"]
        assert "a note" not in issue["body"]
        tell(tracker, tmp_path, 0)
        assert issue["state"] == "closed"
        tell(tracker, tmp_path, 3)
        assert [one["state"] for one in tracker.issues] == ["closed", "open"]


def test_the_smoke_test_passes_for_the_build_that_is_there_and_no_other(built: Place) -> None:
    build_id = json.loads((built.folder / "index" / "manifest.json").read_text(encoding="utf-8"))["build_id"]
    with serving(create_app(Settings.of_folder(built.folder / "index"))) as client:
        address = str(client.base_url)
        sound = run("smoke.py", address, build_id)
        assert (sound.returncode, sound.stdout) == (0, f"sound: build {build_id}\n"), sound.stderr
        other = run("smoke.py", address, "0" * 16)
        assert other.returncode == 1
        assert f"it has build {build_id}, not" in other.stdout


def test_every_file_has_its_hash(tmp_path: Path) -> None:
    (tmp_path / "site" / "deep").mkdir(parents=True)
    (tmp_path / "site" / "deep" / "a.txt").write_bytes(b"one")
    made = subprocess.run(
        [sys.executable, str(SCRIPTS / "hashes.py"), "site"], cwd=tmp_path, capture_output=True, check=True
    )
    assert json.loads(made.stdout) == {"site/deep/a.txt": hashlib.sha256(b"one").hexdigest()}


@pytest.mark.parametrize(("status", "expected"), [(0, 0), (3, 0), (1, 1), (2, 2)])
def test_a_publication_with_warnings_is_a_success(status: int, expected: int, tmp_path: Path) -> None:
    """Against a `python` that ends as it is told, and keeps what it was asked."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/asked"\nexit {status}\n', encoding="utf-8")
    python.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "COLLECTIONS": "own/collections.yaml",
        "ONLY": "a; touch b",
        "ACCEPT_SHRINK": "true",
    }
    ended = subprocess.run(
        [str(SCRIPTS / "build"), "run", "--json"], env={**os.environ, **environment}, capture_output=True, check=False
    )
    assert ended.returncode == expected
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[:3] == ["-m", "build", "run"]
    assert asked[asked.index("--only") + 1] == "a; touch b"
    assert {"--accept-shrink", "--json"} <= set(asked)


@pytest.mark.parametrize(
    ("written", "hours", "said"),
    [
        (timedelta(hours=2), [], ""),
        (timedelta(hours=30), [], "was last checked 30.0 hours ago, which should be 24 at most"),
        (timedelta(hours=30), ["48"], ""),
        (timedelta(hours=3), ["2"], "which should be 2.0 at most"),
        (None, [], "does not say when a build last looked"),
    ],
)
def test_another_machine_sees_that_a_check_is_overdue(
    written: timedelta | None, hours: list[str], said: str, tmp_path: Path
) -> None:
    if written is not None:
        (tmp_path / "api/v1").mkdir(parents=True)
        at = (datetime.now(UTC) - written).strftime("%Y-%m-%dT%H:%M:%SZ")
        (tmp_path / "api/v1/checked.json").write_text(json.dumps({"checked_at": at, "stale_after_hours": 24}))
    app = FastAPI()
    app.mount("/", StaticFiles(directory=tmp_path))
    with serving(app) as client:
        ended = run("overdue.py", str(client.base_url), *hours)
    assert said in ended.stderr
    assert ended.returncode == bool(said)
