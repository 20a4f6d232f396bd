"""The linter as authors install it: the package, the action and the hook."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.place import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
COLLECTION = ROOT / "samples" / "harbor-codecollection"
# What it would do if any of it were imported.
TRAP = 'raise SystemExit("code of the collection ran")\n'


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A collection with folders named like the linter's own, and like what it imports."""
    folder = tmp_path / "collection"
    bundle = folder / "codebundles" / "disk"
    bundle.mkdir(parents=True)
    (bundle / "runbook.robot").write_text("*** Tasks ***\nShow Free Space\n    Log    x\n")
    for name in ("build", "search_fn", "typer", "robot"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(TRAP)
    return folder


def codes(said: str) -> set[str]:
    return set(re.findall(r"title=([a-z-]+)::", said))


def test_the_package_needs_what_the_lock_has() -> None:
    group = PROJECT["dependency-groups"]["lint"]
    assert PROJECT["project"]["dependencies"] == group
    assert {"include-group": "lint"} in PROJECT["dependency-groups"]["build"]


@pytest.mark.slow
def test_the_package_is_made_and_says_what_the_build_says(trapped: Path, tmp_path: Path) -> None:
    dist, installed = tmp_path / "dist", tmp_path / "installed"
    making = ("uv", "build", "--wheel", "--no-build-isolation", "--offline", "--quiet", "--out-dir", str(dist))
    subprocess.run([*making, str(ROOT)], check=True)
    (wheel,) = dist.glob("*.whl")
    assert wheel.stat().st_size < 1_500_000
    subprocess.run(
        ["uv", "pip", "install", "--quiet", "--no-deps", "--offline", "--target", str(installed), str(wheel)],
        check=True,
    )
    # Nothing that another package could have.
    assert {path.name.partition("-")[0] for path in installed.iterdir() if path.name != "bin"} - {".lock"} == {
        "codecollection_registry"
    }
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed)}
    command = [sys.executable, str(installed / "bin" / "codecollection-registry")]
    said = subprocess.run(
        [*command, "lint", "--format", "github"], cwd=trapped, env=env, capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stderr) == (3, "")
    here = subprocess.run(
        [sys.executable, "-m", "build", "lint", str(trapped), "--format", "github"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert codes(said.stdout) == codes(here.stdout) > {"no-metadata"}
    version = subprocess.run([*command, "--version"], cwd=trapped, env=env, capture_output=True, text=True, check=True)
    assert version.stdout.startswith(f"codecollection-registry {PROJECT['project']['version']} (Python ")


def test_the_action_checks_the_collection_and_runs_none_of_it(trapped: Path, tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    setup, install, check = action["runs"]["steps"]
    assert re.fullmatch(r"actions/setup-python@[0-9a-f]{40}", setup["uses"])
    assert (
        'pip install --quiet --no-deps --require-hashes -r "$GITHUB_ACTION_PATH/requirements/lint.txt"'
        in (install["run"])
    )
    # Installed already, as the lock has it.
    bin_folder = tmp_path / "codecollection-registry" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (bin_folder / "python").chmod(0o755)
    said = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", check["run"]],
        cwd=trapped,
        env={
            "PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(ROOT),
            **{**check["env"], "COLLECTION": action["inputs"]["path"]["default"]},
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (said.returncode, said.stderr) == (3, "")
    assert "::warning file=codebundles/disk/runbook.robot" in said.stdout


def test_the_hook_calls_the_command_that_the_package_has() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["entry"].split()[0] in PROJECT["project"]["scripts"]
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    assert re.match(hook["files"], "codebundles/disk/runbook.robot")


def test_the_workflow_to_copy_names_the_action_and_the_hook_that_there_are() -> None:
    page = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    (workflow,) = [block for block in blocks if "jobs" in block]
    steps = workflow["jobs"]["registry"]["steps"]
    assert [step["uses"] for step in steps][1].startswith("runwhen-contrib/codecollection-registry@")
    assert workflow["permissions"] == {"contents": "read"}
    (hooks,) = [block for block in blocks if "repos" in block]
    assert hooks["repos"][0]["hooks"] == [{"id": "codecollection-lint"}]
