"""The command as people call it, within the registry and on its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from build.commands.linter import NAME
from tests.support.place import ROOT


@pytest.mark.parametrize("module", [["build"], ["build.commands.linter"]])
def test_what_is_wrong_and_what_to_do_are_sentences_of_their_own(tmp_path: Path, module: list[str]) -> None:
    (tmp_path / "codebundles" / "disk").mkdir(parents=True)
    (tmp_path / "codebundles" / "disk" / "runbook.robot").write_text(
        "*** Tasks ***\nCheck `${DISK}`\n    Log    x\nB\n    [Documentation]    b\n    Log    x\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", *module, "lint", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert (
        "undocumented-tools: 1 of 2 tools has no documentation; the first is 'Check ${DISK}'. "
        "Add [Documentation] to each task." in done.stdout
    )


@pytest.mark.parametrize("path", ["nowhere", "."])
def test_what_is_no_collection_is_one_sentence(tmp_path: Path, path: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "build.commands.linter", "lint", path],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == (
        f"error {path} has neither a folder codebundles nor a runbook.robot or sli.robot; name one that has.\n"
    )


def test_help_is_short_and_has_both_spellings() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-m", "build.commands.linter", "lint", flag],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
        ).stdout
        for flag in ("-h", "--help")
    ]  # fmt: skip
    assert said[0] == said[1]
    assert NAME in said[0]
