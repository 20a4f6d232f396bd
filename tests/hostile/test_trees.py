"""Trees that are small in git and endless in what they list: one such folder must not cost the run its collection."""

import json
import subprocess
import sys
import zlib
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from tests.support.place import ROOT
from tests.support.repositories import Repository

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell a process's memory"),
]

PROGRAM = """\
import json, sys
from pathlib import Path
from build.fetch.collections import fetch
from build.model import Collection
from build.environment import git_environment
at = Path(sys.argv[1])
collection = Collection(name="A", slug="a", git_url="https://github.com/o/a", clone_url=str(at / "repository"))
with git_environment(allow_local=True):
    (fetched,) = fetch([collection], at / "cache")
found = fetched if fetched.commit else None
print(json.dumps({
    "bundles": [bundle.name for bundle in found.bundles] if found else [],
    "told": [[problem.bundle, problem.code] for problem in found.refused] if found else [],
    # Not getrusage's: that has what the process was before it became this program.
    "megabytes": next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM")) // 1024,
}))
"""


def listed(folder: Path, evil: str, repository: Repository) -> Any:
    """What fetching, in a process of its own, makes of a repository with this tree as a bundle beside a sound one."""
    repository.bundles(("40000", b"evil", evil), ("40000", b"sound", repository.sound_bundle()))
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=True)
    return json.loads(done.stdout)


def test_a_tree_of_ten_thousand_paths_is_refused_by_name(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    found = listed(tmp_path, fanned_out(repository, 4), repository)
    assert found["bundles"] == ["sound"]
    assert found["told"] == [["evil", "too-many-files"]]


def test_a_tree_of_a_million_paths_takes_no_gigabyte(tmp_path: Path) -> None:
    """Made of seven objects; three more levels and no machine could list it."""
    repository = Repository(tmp_path / "repository")
    found = listed(tmp_path, fanned_out(repository, 6), repository)
    assert found["bundles"] == ["sound"]
    assert found["megabytes"] < 400


def test_a_tree_nested_very_deeply_costs_its_own_bundle_alone(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    oid = repository.sound_bundle()
    # Of some ten thousand git itself dies, and tells so: then there is no collection to save.
    for _ in range(1_900):
        # As Repository.tree does it; a process for each would take minutes.
        content = b"40000 d\0" + bytes.fromhex(oid)
        content = b"tree %d\0" % len(content) + content
        oid = sha1(content, usedforsecurity=False).hexdigest()
        file = repository.folder / ".git" / "objects" / oid[:2] / oid[2:]
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(zlib.compress(content))
    assert listed(tmp_path, oid, repository)["bundles"] == ["sound"]


def fanned_out(repository: Repository, levels: int) -> str:
    """A tree with a robot file and ten folders, each with ten folders, and so on: ten to the power of the levels."""
    robot = ("100644", b"runbook.robot", repository.object("blob", b"*** Tasks ***\nLook\n    Log    here\n"))
    oid = repository.tree(robot)
    for _ in range(levels):
        oid = repository.tree(robot, *(("40000", b"x%d" % number, oid) for number in range(10)))
    return oid
