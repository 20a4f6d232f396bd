"""A repository without bundles: what it has instead is said, and capabilities are no error."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from build.environment import git_environment
from build.fetch.collections import fetch
from build.model import Problem
from tests.support.repositories import TASK, Repository


@pytest.fixture(autouse=True)
def _local() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


def told(tmp_path: Path, *paths: str) -> list[Problem]:
    """What is told of a repository with these files."""
    origin = Repository(tmp_path / "origin")
    origin.commit(dict.fromkeys(paths, "x"))
    (found,) = fetch([origin.collection()], tmp_path / "cache")
    assert (found.outcome, found.bundles, found.commit) == ("fetched", (), origin.head())
    return list(found.refused)


@pytest.mark.parametrize(
    ("paths", "what"),
    [
        (["capabilities/lamp/manifest.yaml", "capabilities/lamp/tasks.py"], "1 capability (lamp)"),
        (["capabilities/b/manifest.yaml", "capabilities/a/capability.yaml", "capabilities/c/README.md"],
         "2 capabilities (a, b)"),
        ([".runwhen/capabilities/lamp.yaml", ".runwhen/capabilities/README.md"], "1 capability (lamp)"),
        (["capabilities/lamp/manifest.yaml", ".runwhen/capabilities/lamp.yaml", ".runwhen/capabilities/more.yml"],
         "2 capabilities (lamp, more)"),
        (["capability.yaml", "tasks/look.sh"], "1 capability (this repository)"),
        (["lamp/capability.yaml", "lamp/tasks/look.sh", "README.md"], "1 capability (lamp)"),
        ([f"capabilities/c{number:02}/manifest.yaml" for number in range(12)],
         f"12 capabilities ({', '.join(f'c{number:02}' for number in range(10))}, 2 more)"),
    ],
)  # fmt: skip
def test_capabilities_are_noted_and_no_error(paths: list[str], what: str, tmp_path: Path) -> None:
    (problem,) = told(tmp_path, *paths)
    assert (problem.code, problem.severity, problem.bundle) == ("capabilities", "note", None)
    assert problem.message == f"it has no bundles but {what}, which are not read yet"


@pytest.mark.parametrize(
    ("paths", "what"),
    [
        (["README.md"], "the repository has the file README.md"),
        (["skills/a/x", "tools/b", "README.md", "LICENSE"],
         "the repository has the folders skills, tools and the files LICENSE, README.md"),
        (["codebundles/README.md", "src/x"], "codebundles has the file README.md"),
        (["capabilities/README.md", "capabilities/lamp/tasks.py"], "the repository has the folder capabilities"),
        ([f"f{number:02}" for number in range(12)],
         f"the repository has the files {', '.join(f'f{number:02}' for number in range(10))}, 2 more"),
        (["x" * 200], f"the repository has the file {'x' * 60}…"),
        (["a\x1b[31m\u202eb"], "the repository has the file a\\x1b[31m\\u202eb"),
    ],
)  # fmt: skip
def test_what_there_is_in_place_of_bundles_is_said(paths: list[str], what: str, tmp_path: Path) -> None:
    (problem,) = told(tmp_path, *paths)
    assert (problem.code, problem.severity, problem.path) == ("no-bundles", "error", "codebundles")
    assert problem.message == f"there are no bundles in codebundles; {what}"


def test_an_empty_repository_is_said_to_be_empty(tmp_path: Path) -> None:
    (problem,) = told(tmp_path)
    assert problem.message == "there are no bundles in codebundles; the repository is empty"


def test_beside_bundles_capabilities_are_not_told(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/a/runbook.robot": TASK, "capabilities/lamp/manifest.yaml": "x"})
    (found,) = fetch([origin.collection()], tmp_path / "cache")
    assert found.refused == ()
