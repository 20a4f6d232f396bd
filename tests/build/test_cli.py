"""The command line: what each command offers, what it says, and how it ends."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from build import cli
from build.cli import app
from tests.support.bundles import SOUND
from tests.support.place import ROOT, Place

SHARED = {"collections", "index", "cache", "only", "allow-local", "jobs", "engine"}
OFFERED = {
    "run": {
        *SHARED, "site", "enhancements", "offline", "accept-shrink", "site-url", "search-url", "stale-after",
        "max-calls", "max-tokens", "max-seconds",
    },
    "fetch": {*SHARED, "offline", "accept-shrink"},
    "parse": {*SHARED, "accept-shrink"},
    "index": {*SHARED, "site", "enhancements", "accept-shrink", "site-url", "search-url", "stale-after"},
    "site": {*SHARED, "site", "enhancements", "accept-shrink", "site-url", "search-url", "stale-after"},
    "enhance": {
        *SHARED, "enhancements", "offline", "max-calls", "max-tokens", "max-seconds", "limit", "force", "dry-run",
        "price-prompt", "price-completion",
    },
}  # fmt: skip


def shown(command: str, option: str) -> set[str]:
    done = CliRunner().invoke(app, [command, option], env={"COLUMNS": "200", "TERM": "dumb"})
    assert done.exit_code == 0
    return set(re.findall(r"^\W*--([a-z-]+)", done.stdout, re.MULTILINE)) - {"json", "help"}


@pytest.mark.parametrize("command", OFFERED)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_a_command_shows_the_options_that_it_uses(command: str, option: str) -> None:
    assert shown(command, option) == OFFERED[command]


def test_what_a_command_does_not_use_is_taken_as_before() -> None:
    for command in ("fetch", "parse", "index", "site"):
        unused = [f"--{name}=1" for name in sorted(OFFERED["run"] - OFFERED[command] - {"offline"})]
        done = CliRunner().invoke(app, [command, *unused, "--offline", "--no-such-option"])
        assert (done.exit_code, "No such option: --no-such-option" in done.output) == (2, True)


def test_the_version_is_that_of_the_project() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "build", "--version"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert done.stdout.startswith(f"codecollection-registry {version} (Python ")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle whose author is missing."""
    folder = tmp_path / "lamp"
    folder.mkdir()
    (folder / "runbook.robot").write_text(SOUND.replace("Author", "Autor"), encoding="utf-8")
    (folder / "README.md").write_text("# Lamp\n", encoding="utf-8")
    return folder


def test_lint_tells_a_warning_by_its_status_and_its_place(bundle: Path) -> None:
    told = CliRunner().invoke(app, ["lint", str(bundle)])
    assert told.exit_code == 3
    assert told.stdout.startswith("runbook.robot: warning no-metadata: The metadata 'Author' is missing. Add: Metadata")
    assert told.stdout.endswith("1 problem\n")
    (as_json,) = json.loads(CliRunner().invoke(app, ["lint", str(bundle), "--json"]).stdout)
    assert (as_json["code"], as_json["path"]) == ("no-metadata", "runbook.robot")
    github = CliRunner().invoke(app, ["lint", str(bundle), "--format", "github"]).stdout
    assert github.startswith("::warning file=")


def test_lint_of_a_sound_bundle_is_clean(bundle: Path) -> None:
    (bundle / "runbook.robot").write_text(SOUND, encoding="utf-8")
    told = CliRunner().invoke(app, ["lint", str(bundle)])
    assert (told.exit_code, told.stdout) == (0, "no problems found\n")


def test_the_report_of_what_is_published_is_shown(built: Place) -> None:
    site = str(built.folder / "site")
    told = CliRunner().invoke(app, ["report", "--site", site])
    assert told.exit_code == 0
    assert "harbor-codecollection: current, " in told.stdout
    found = json.loads(CliRunner().invoke(app, ["report", "--site", site, "--json"]).stdout)
    assert found == built.json("report.json")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["report", "--site", "none"], 1, "There is no site in none; build one with `python -m build run`."),
        (["run", "--collections", "none.yaml"], 2, "none.yaml"),
        (["search", "pods", "--index", "none"], 1, "python -m build run"),
        (["run", "--no-such-option"], 2, "No such option"),
    ],
)
def test_what_stops_a_command_is_one_sentence_and_a_status(
    words: list[str],
    status: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["build", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == status
    captured = capsys.readouterr()
    assert said in " ".join(captured.err.split())
    assert "Traceback" not in captured.err
    assert captured.out == ""
    assert list(tmp_path.iterdir()) == []


def test_every_phase_takes_the_options_of_a_run() -> None:
    for name in ("run", "fetch", "parse", "index", "site"):
        told = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).stdout
        for option in ("--collections", "--cache", "--only", "--jobs", "--json"):
            assert option in told, (name, option)
    # A model shrinks nothing and renders nothing.
    asked = CliRunner().invoke(app, ["enhance", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).stdout
    assert "--dry-run" in asked
    assert "--accept-shrink" not in asked


@pytest.mark.parametrize(
    ("modules", "without"),
    [
        ("build.cli", {"git", "httpx2", "lancedb", "mkdocs", "numpy", "openai", "pyarrow", "robot", "starlette"}),
        ("build.cli, build.phases.images", {"git", "lxml", "mkdocs", "openai", "robot", "starlette", "tree_sitter"}),
        # What worker processes load.
        ("build.effects.read, build.parse.libraries, build.site.prose", {"git", "httpx2", "lancedb", "numpy"}),
    ],
)
def test_a_job_imports_what_it_needs_alone(modules: str, without: set[str]) -> None:
    code = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert without & set(done.stdout.split()) == set()
