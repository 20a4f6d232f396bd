"""What the system refuses, and who interrupts: a sentence with what, where and what next; nothing half published."""

import os
import re
import resource
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from build import cli
from tests.support.place import ROOT
from tests.support.repositories import TASK, Repository

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a collection and its collections.yaml."""
    folder = tmp_path_factory.mktemp("origin")
    files: dict[str, str | bytes | None] = {f"codebundles/{name}/runbook.robot": TASK for name in ("one", "two")}
    Repository(folder / "repository").commit(files)
    entry = "{name: Beacon, slug: beacon, git_url: 'https://github.com/o/beacon', clone_url: ./repository}"
    (folder / "collections.yaml").write_text(f"codecollections: [{entry}]\n")
    return folder


@pytest.fixture(scope="module")
def made(origin: Path) -> Path:
    """What a first run makes."""
    done = run(origin, origin)
    assert done.returncode == 3, done.stderr
    return origin


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    for part in ("index", "site", "cache"):
        shutil.copytree(made / part, tmp_path / part)
    return tmp_path


def command(origin: Path, place: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "build", "run", "--collections", str(origin / "collections.yaml"), "--allow-local"),
        *("--cache", str(place / "cache"), "--index", str(place / "index"), "--site", str(place / "site")),
        *("--jobs", "1", *more),
    ]


def run(
    origin: Path, place: Path, *more: str, file_bytes: int | None = None, environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    def limit() -> None:
        if file_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    return subprocess.run(
        command(origin, place, *more), cwd=ROOT, env={**os.environ, **(environment or {})}, preexec_fn=limit,
        capture_output=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip


def published(place: Path) -> dict[str, bytes]:
    parts = (place / "index", place / "site")
    return {str(file): file.read_bytes() for part in parts for file in part.rglob("*") if file.is_file()}


def sentence(done: "subprocess.CompletedProcess[str]", status: int) -> str:
    """The one sentence that a run ends with."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == status, done.stderr
    # Problems of collections end with a code and a hint.
    errors = [line for line in done.stderr.splitlines() if line.startswith("error ")]
    (line,) = [line for line in errors if not re.search(r" \[[a-z-]+\] ", line)]
    return line


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only who may mount has a small disk to try")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("full", ["cache", "index", "site"])
def test_a_full_disk_is_told_and_what_is_published_stays(place: Path, made: Path, small_disk: Path, full: str) -> None:
    before = published(place)
    shutil.rmtree(place / "cache" / "encoder")
    more = [f"--{full}", str(small_disk / full), "--search-url", "https://other.example"]
    said = sentence(run(made, place, *more), 1)
    assert said.startswith(f"error {os.strerror(28)}: ")
    assert "nothing was published" in said
    assert "make room there, then run again" in said
    assert published(place) == before
    assert not (small_disk / full).exists() or full == "cache"
    assert not list(place.glob("*.new")) + list(place.glob("*.old")) + list(small_disk.glob("*.new"))


def test_a_file_that_grows_beyond_a_limit_is_told(place: Path, made: Path) -> None:
    before = published(place)
    shutil.rmtree(place / "cache" / "encoder")
    said = sentence(run(made, place, "--search-url", "https://other.example", file_bytes=2_000_000), 1)
    assert said.startswith("error File too large: ")
    assert published(place) == before


def test_a_truncated_encoder_is_made_anew(place: Path, made: Path) -> None:
    (encoder,) = (place / "cache" / "encoder").glob("*/*.safetensors")
    whole = encoder.read_bytes()
    for content in (b"", whole[:1_000_000]):
        encoder.write_bytes(content)
        shutil.rmtree(place / "index")
        assert run(made, place).returncode == 3
        assert encoder.read_bytes() == whole == (place / "index" / "encoder.safetensors").read_bytes()


@pytest.mark.parametrize("which", ["index", "site"])
def test_an_output_that_is_a_mount_point_is_told_before_anything_is_fetched(
    place: Path, made: Path, which: str
) -> None:
    mounted = subprocess.run(
        ["mount", "--bind", str(place / which), str(place / which)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only who may mount has a mount point to try")
    try:
        shutil.rmtree(place / "cache")
        said = sentence(run(made, place), 2)
        assert f"{place / which} is a mount point" in said
        assert "name a folder in it" in said
        assert not (place / "cache").exists()
    finally:
        subprocess.run(["umount", "--lazy", str(place / which)], check=True)


@pytest.mark.parametrize("which", ["cache", "index", "site"])
def test_what_cannot_be_written_is_told(place: Path, made: Path, which: str) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o500)
    if os.access(closed, os.W_OK):
        # Whoever may do all is stopped by a file system that nobody may write.
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(closed)], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("who may write everywhere finds no folder that cannot be written")
    try:
        before = published(place)
        said = sentence(run(made, place, f"--{which}", str(closed / which)), 1 if which == "cache" else 2)
        assert str(closed) in said
        assert "cannot be written" in said
        assert "name another folder" in said
        assert published(place) == before
    finally:
        subprocess.run(["umount", "--lazy", str(closed)], capture_output=True, check=False)


def test_two_runs_on_one_output_take_turns(place: Path, made: Path) -> None:
    first = subprocess.Popen(
        command(made, place, "--search-url", "https://other.example"), cwd=ROOT, stderr=subprocess.DEVNULL
    )
    lock = place / ".site.lock"
    wait_for(first, lock.exists)
    said = sentence(run(made, place, "--cache", str(place / "another"), "--index", str(place / "another-index")), 1)
    assert re.search(r"Another run works with .*site; wait for its end, or name another --index or --site", said)
    assert first.wait(timeout=120) == 3


def wait_for(child: "subprocess.Popen[bytes]", condition: "object") -> None:
    end = time.monotonic() + 120
    while not condition():  # type: ignore[operator]
        assert child.poll() is None
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.mark.parametrize("moment", ["cache/lock", "cache/git", "cache/encoder", "index.new", "site.new"])
def test_an_interrupted_run_says_so_and_no_more(made: Path, tmp_path: Path, moment: str) -> None:
    with (tmp_path / "said").open("w+") as said:
        # What runs in the background ignores Ctrl-C, and whatever it starts does too.
        before = signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            child = subprocess.Popen(command(made, tmp_path), cwd=ROOT, stderr=said, start_new_session=True)
        finally:
            signal.signal(signal.SIGINT, before)
        wait_for(child, (tmp_path / moment).exists)
        # As a terminal does: to all that the run has begun.
        os.killpg(child.pid, signal.SIGINT)
        status = child.wait(timeout=120)
        said.seek(0)
        text = said.read()
    assert "Traceback" not in text
    assert status == 1, text
    assert "error Interrupted (nothing was published); run again" in text
    assert not [path for path in tmp_path.iterdir() if path.name in ("site", "index", "site.new", "index.new")]


def test_one_that_is_interrupted_before_it_has_begun_says_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    with pytest.raises(SystemExit, match="Interrupted; nothing was published"):
        runpy.run_module("build.__main__", run_name="__main__")


def test_ray_without_a_home_that_can_be_written_is_told(made: Path, place: Path) -> None:
    said = sentence(run(made, place, "--engine", "ray", environment={"HOME": "/proc/none"}), 1)
    assert "Ray did not start" in said
    assert "HOME" in said
