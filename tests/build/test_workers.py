"""On a cluster the build makes what it makes on one machine, of bundles that harm their process too."""

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import ray

from build.environment import git_environment
from build.errors import UsageError
from build.fetch.collections import fetch
from build.options import Engine
from build.parse_cache import parser
from build.workers import Budget, ByName, Packed, Processes, defer_interrupts, pool, run_guarded
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
    monkeypatch.setattr("build.parse_cache.PARSE_BUNDLE", misbehaving.parse)
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
    monkeypatch.setattr("build.parse_cache.PARSE_BUNDLE", misbehaving.parse)
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


def test_ctrl_c_is_deferred_and_never_lost() -> None:
    steps: list[str] = []

    def work() -> None:
        with defer_interrupts():
            signal.raise_signal(signal.SIGINT)
            steps.append("goes on")
            raise ValueError("what it makes of that")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["goes on"]
    assert signal.getsignal(signal.SIGINT) == before
    with defer_interrupts():
        pass


def test_who_presses_ctrl_c_twice_waits_for_nothing() -> None:
    def work() -> None:
        with defer_interrupts():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            pytest.fail("it goes on")

    with pytest.raises(KeyboardInterrupt):
        work()


def ray_run(place: Place, home: Path) -> subprocess.Popen[str]:
    """A run of its own, as from a terminal, with a Ray of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return subprocess.Popen(
        place.command("fetch", "--allow-local", "--engine", "ray", "--jobs", "1"),
        cwd=ROOT, env=environment | {"HOME": str(home)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip


def sample_place(folder: Path) -> Place:
    shutil.copytree(ROOT / "samples", folder / "samples")
    return Place(folder)


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("seconds", [1, 2, 3, 4, 6, 8, 10, 12, 15])
def test_ctrl_c_in_the_first_seconds_is_a_sentence(seconds: int, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    run = ray_run(sample_place(tmp_path), tmp_path / "home")
    time.sleep(seconds)
    # To all that the terminal would tell, Ray's own programs among them.
    os.killpg(run.pid, signal.SIGINT)
    sent = time.monotonic()
    said = run.communicate(timeout=120)[0]
    if run.returncode == 3:
        # A quick machine had done it by then, and was ending; a run that lost the interrupt goes on for longer.
        assert time.monotonic() - sent < 4, said
        assert seconds >= 6, said
        assert said.splitlines()[-1].endswith("13 bundles parsed"), said
        return
    assert run.returncode == 1, said
    (line,) = [line for line in said.splitlines() if not line.startswith(("fetch ", "parse "))]
    assert line.startswith("error Interrupted"), said


@pytest.mark.slow
@pytest.mark.alone
def test_two_runs_at_once_each_end_as_one_alone(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    runs = [ray_run(sample_place(tmp_path / name), tmp_path / "home") for name in ("one", "two")]
    for run in runs:
        said = run.communicate(timeout=300)[0]
        assert "Traceback" not in said
        # Where Ray does not start a second time, it is one sentence that says so.
        errors = [line for line in said.splitlines() if line.startswith("error ")]
        assert (run.returncode, errors) == (3, []) or (
            run.returncode == 1 and len(errors) == 1 and errors[0].startswith("error Ray did not start")
        ), said


@pytest.mark.slow
@pytest.mark.alone
def test_two_runs_over_one_cache_are_one_and_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    place = sample_place(tmp_path)
    runs = [ray_run(place, tmp_path / "home") for _ in range(2)]
    ends = sorted((run.communicate(timeout=300)[0], run.returncode) for run in runs)
    assert sorted(status for _, status in ends) == [1, 3], ends
    (refused,) = [said for said, status in ends if status == 1]
    assert refused.startswith(f"error Another run works with {tmp_path}"), refused
    assert len(refused.splitlines()) == 1


def test_a_pool_that_the_library_gives_up_costs_no_call() -> None:
    naps = [0.0, 0.5, 0.5, 0.5, 0.0, 0.0]
    with Processes(2) as workers:
        outcomes = run_guarded(workers, time.sleep, (naps,), Budget(60, "time is up"), 20)  # type: ignore[type-var]
        found = [next(outcomes)]
        # What pebble does where a process ends before it has said which call it was at.
        workers._pool._pool_manager.handle_broken_pool(BrokenProcessPool("All workers expired"))
        found += outcomes
    # Of each the result, which is none, and of none a reason.
    assert found == [None] * len(naps)


def test_a_function_by_its_name_is_called_where_it_runs() -> None:
    named = pickle.loads(pickle.dumps(ByName("build.model", "is_script")))  # noqa: S301 - our own
    assert (named("a.sh"), named(Packed.of("a.txt"))) == (True, False)


def test_what_is_packed_is_unpacked_once() -> None:
    packed = pickle.loads(pickle.dumps(Packed.of(["a", "b"])))  # noqa: S301 - our own
    assert packed.value() == ["a", "b"]
    assert packed.value() is Packed.of(["a", "b"]).value()
