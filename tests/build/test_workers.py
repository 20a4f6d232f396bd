"""On a cluster the build makes what it makes on one machine, of bundles that harm their process too."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import ray

from build.environment import git_environment
from build.errors import UsageError
from build.fetch.collections import fetch
from build.options import Engine
from build.parse_cache import parser
from build.workers import pool
from search_fn.index.lance import lancedb
from tests.support import misbehaving
from tests.support.bundles import SOUND
from tests.support.place import ROOT, Place
from tests.support.repositories import Repository

RAY = str(Path(sys.executable).with_name("ray"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Ray cluster of its own processes, without our code among them; RAY_ADDRESS names it."""
    home = tmp_path_factory.mktemp("home")
    # The tests' own parser is no code of the build's, which brings that along.
    alone = home / "alone"
    shutil.copytree(ROOT / "tests" / "support", alone / "tests" / "support")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    # Ray keeps a token in the home folder; its sockets' paths must be short.
    with TemporaryDirectory(dir="/tmp") as short, pytest.MonkeyPatch.context() as patch:
        for name, value in {"HOME": str(home), "RAY_TMPDIR": short, "RAY_USAGE_STATS_ENABLED": "0"}.items():
            patch.setenv(name, value)
        # As on a machine of the job's own, whose workers begin with all that the job has.
        patch.setenv("OPENAI_API_KEY", "canary")
        small = ["--num-cpus=2", "--object-store-memory=100000000", "--include-dashboard=false"]
        where = [f"--port={address.rpartition(':')[2]}", "--node-ip-address=127.0.0.1"]
        node = subprocess.Popen(
            [RAY, "start", "--head", "--block", *small, *where],
            env=os.environ | {"PYTHONPATH": str(alone)},
            cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        patch.setenv("RAY_ADDRESS", address)
        end = time.monotonic() + 60
        while subprocess.run([RAY, "status"], cwd=home, capture_output=True, check=False).returncode:
            assert time.monotonic() < end, "the cluster did not come up"
        yield
        # Else it waits a minute for the cluster when the tests end.
        ray.shutdown()
        node.terminate()
        node.wait(30)


@pytest.mark.slow
@pytest.mark.alone
def test_a_cluster_makes_the_same_bytes(cluster: None, built: Place, tmp_path: Path) -> None:
    shutil.copytree(built.folder / "samples", tmp_path / "samples")
    place = Place(tmp_path)
    outcome = place.run_alone("run", "--engine", "ray", "--jobs", "2")
    assert outcome.status == 3, outcome.said
    assert outcome.report["bundles"] == outcome.report["parsed"] > 0
    assert place.manifest() == built.manifest()
    assert place.digest() == built.digest()
    here, there = (lancedb.connect(str(at.folder / "index")).open_table("passages") for at in (built, place))
    assert here.to_arrow().equals(there.to_arrow())


@pytest.mark.slow
@pytest.mark.alone
def test_a_bundle_that_harms_its_process_harms_no_other_on_a_cluster(
    cluster: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("build.parse.bundle.parse_bundle", misbehaving.parse)
    origin = Repository(tmp_path / "origin")
    names = ["dies", "eats", "fails", "hangs", "sound", "sound-too"]
    origin.commit({f"codebundles/{name}/runbook.robot": SOUND for name in names})
    with parser(tmp_path, 2, "ray") as reader, git_environment(allow_local=True):
        (fetched,) = fetch([origin.collection()], tmp_path)
        bundles = reader.parse(origin.collection(), fetched.bundles).bundles
    said = {bundle.name: [problem.message for problem in bundle.problems][:1] for bundle in bundles if not bundle.tools}
    assert [bundle.name for bundle in bundles if bundle.tools] == ["sound", "sound-too"], said
    assert said == {
        "dies": ["it could not be read: it took too much memory"],
        "eats": ["it could not be read: it took too much memory"],
        "fails": ["it could not be read: the registry's parser failed (KeyError)"],
        "hangs": ["it could not be read: it took more than 5 seconds"],
    }


@pytest.mark.parametrize("engine", ["local", pytest.param("ray", marks=[pytest.mark.slow, pytest.mark.alone])])
def test_what_reads_a_bundle_has_no_keys(
    engine: Engine, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "ray":
        request.getfixturevalue("cluster")
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    monkeypatch.setattr("build.parse.bundle.parse_bundle", misbehaving.parse)
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/peeks/runbook.robot": SOUND})
    # In this order, as a run does it.
    with parser(tmp_path, 2, engine) as reader, git_environment(allow_local=True):
        (fetched,) = fetch([origin.collection()], tmp_path)
        (bundle,) = reader.parse(origin.collection(), fetched.bundles).bundles
    assert [tool.name for tool in bundle.tools] == ["Look"], bundle.problems


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"install requirements/cluster\.txt"), pool("ray", 7):
        pytest.fail("there is no pool")
