"""Publishing, killed and failed at every step: what is published is the old or the new, and whole."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from build.errors import RegistryError, UsageError
from build.publish.swap import check_target, lock_outputs, repair, replace_folders

ROOT = Path(__file__).resolve().parents[3]
FILES = 30


def write(folder: Path, what: str) -> None:
    """A publication of many files, each of which says which one it is of."""
    for number in range(FILES):
        file = folder / "deep" / f"{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(what, encoding="utf-8")


def published(folder: Path) -> str | None:
    """Which publication a folder holds, None when there is none; a mixture or a part is an error."""
    if not folder.exists():
        return None
    texts = [file.read_text(encoding="utf-8") for file in folder.glob("deep/*.txt")]
    assert len(texts) == FILES
    assert len(set(texts)) == 1
    return texts[0]


def beside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir() if path.name.startswith(f"{folder.name}."))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """An index and a site that were published before."""
    both = tmp_path / "index_data", tmp_path / "site"
    for folder in both:
        write(folder, "old")
    return both


def test_both_folders_are_replaced(folders: tuple[Path, Path]) -> None:
    with replace_folders(*folders) as made:
        assert [list(folder.iterdir()) for folder in made] == [[], []]
        for folder in made:
            write(folder, "new")
        # Until the end nothing is to be seen of it.
        assert [published(folder) for folder in folders] == ["old", "old"]
    assert [published(folder) for folder in folders] == ["new", "new"]
    assert [beside(folder) for folder in folders] == [[], []]


def test_folders_that_are_not_there_yet_are_made(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet" / "site"
    with replace_folders(folder) as (made,):
        write(made, "new")
    assert published(folder) == "new"
    assert beside(folder) == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_the_old_ones(error: type[BaseException], folders: tuple[Path, Path]) -> None:
    def fail() -> None:
        with replace_folders(*folders) as made:
            write(made[0], "new")
            raise error

    with pytest.raises(error):
        fail()
    assert [published(folder) for folder in folders] == ["old", "old"]
    assert [beside(folder) for folder in folders] == [[], []]


@pytest.mark.parametrize("which", ["index_data.new", "site.new", "site"])
def test_a_rename_that_fails_puts_all_old_folders_back(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.name == which:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)

    def swap() -> None:
        with replace_folders(*folders) as made:
            for folder in made:
                write(folder, "new")

    with pytest.raises(PermissionError):
        swap()
    assert [published(folder) for folder in folders] == ["old", "old"]
    assert [beside(folder) for folder in folders] == [[], []]


def test_files_reach_the_disk_before_they_are_shown(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []
    monkeypatch.setattr(os, "sync", lambda: seen.append(published(folders[0])))
    with replace_folders(*folders) as made:
        for folder in made:
            write(folder, "new")
    assert seen == ["old"]


def test_the_readme_that_is_in_git_is_kept(folders: tuple[Path, Path]) -> None:
    index, site = folders
    for folder in folders:
        (folder / "README.md").write_text("in git", encoding="utf-8")
    with replace_folders(*folders) as made:
        for folder in made:
            write(folder, "new")
        (made[1] / "README.md").write_text("its own", encoding="utf-8")
    assert (index / "README.md").read_text(encoding="utf-8") == "in git"
    assert (site / "README.md").read_text(encoding="utf-8") == "its own"


@pytest.mark.parametrize(
    ("there", "kept"),
    [
        ({}, None),
        ({"site": "old"}, "old"),
        # Killed while it wrote, before the first rename, between the two, and before the old one was removed.
        ({"site": "old", "site.new": "part"}, "old"),
        ({"site.new": "new", "site.old": "old"}, "old"),
        ({"site": "new", "site.old": "old"}, "new"),
        # While the old one was being removed.
        ({"site": "new", "site.old": "part"}, "new"),
        ({"site.new": "part"}, None),
    ],
)
def test_what_a_killed_run_left_is_put_right(there: dict[str, str], kept: str | None, tmp_path: Path) -> None:
    for name, what in there.items():
        if what == "part":
            (tmp_path / name).mkdir()
            (tmp_path / name / "0.txt").write_text("part", encoding="utf-8")
        else:
            write(tmp_path / name, what)
    site = tmp_path / "site"
    assert repair(site) is bool(set(there) - {"site"})
    assert published(site) == kept
    assert beside(site) == []
    assert not repair(site)


# Publishes both folders and is killed by itself when the step of this number begins.
KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from build.publish import swap as publish

steps = -1


def step(work):
    def counted(*arguments, **options):
        global steps
        steps += 1
        if steps == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*arguments, **options)
    return counted


with publish.replace_folders(Path(sys.argv[1]), Path(sys.argv[2])) as made:
    os.sync = step(os.sync)
    for folder in made:
        for number in range(30):
            (folder / "deep").mkdir(exist_ok=True)
            (folder / "deep" / f"{number}.txt").write_text("new", encoding="utf-8")
        step(lambda: None)()
    Path.rename = step(Path.rename)
    shutil.rmtree = step(shutil.rmtree)
    os.unlink = step(os.unlink)
print("done", steps)
"""


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False
    )


# 0 and 1: written; 2: sync; 3 and 4: the index moves away, the new one comes; 5 and 6: the site alike; then the old go,
# file by file.
@pytest.mark.parametrize("step", [0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 37, 38, 39, 40, 60])
def test_a_process_killed_at_any_step_leaves_old_or_new(step: int, folders: tuple[Path, Path]) -> None:
    done = start(KILLED, *map(str, folders), str(step))
    assert done.returncode == -signal.SIGKILL, done.stderr
    for folder in folders:
        repair(folder)
    index, site = (published(folder) for folder in folders)
    # The index goes first, so a new site beside an old index cannot be.
    assert (index, site) in {("old", "old"), ("new", "old"), ("new", "new")}
    assert (index == "new") is (step >= 5)
    assert (site == "new") is (step >= 7)
    assert [beside(folder) for folder in folders] == [[], []]


def test_the_steps_are_as_many_as_were_thought(folders: tuple[Path, Path]) -> None:
    done = start(KILLED, *map(str, folders), "1000")
    assert (done.returncode, done.stdout.split()[0]) == (0, "done"), done.stderr
    assert int(done.stdout.split()[1]) > 60


AGAIN = """
import sys
from pathlib import Path
from build.publish import swap as publish

folders = [Path(name) for name in sys.argv[1:3]]
for turn in range(10_000):
    for folder in folders:
        publish.repair(folder)
    with publish.replace_folders(*folders) as made:
        for folder in made:
            (folder / "deep").mkdir()
            for number in range(30):
                (folder / "deep" / f"{number}.txt").write_text(str(turn), encoding="utf-8")
    print(turn, flush=True)
"""


def test_a_process_killed_at_any_moment_leaves_a_whole_publication(folders: tuple[Path, Path]) -> None:
    for moment in (0, 0.002, 0.005, 0.011, 0.02, 0.03, 0.04, 0.05):
        process = subprocess.Popen(
            [sys.executable, "-c", AGAIN, *map(str, folders)], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment)
        process.kill()
        process.wait()
        process.stdout.close()
        for folder in folders:
            repair(folder)
            assert published(folder) is not None
            assert beside(folder) == []


def test_a_folder_of_ours_an_empty_one_and_none_may_be_replaced(tmp_path: Path) -> None:
    check_target(tmp_path / "absent", "mark.json")
    check_target(tmp_path, "mark.json")
    (tmp_path / "README.md").write_text("only this", encoding="utf-8")
    check_target(tmp_path, "mark.json")
    (tmp_path / "more").mkdir()
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "mark.json").write_text("{}", encoding="utf-8")
    check_target(tmp_path, "api/mark.json")


@pytest.mark.parametrize("name", ["thesis.odt", ".git", "readme.md", "mark.json.bak"])
def test_a_folder_with_other_files_is_never_replaced(name: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("x", encoding="utf-8")
    (tmp_path / name).write_text("precious", encoding="utf-8")
    with pytest.raises(UsageError, match="holds other files and would be replaced; name an empty or new folder"):
        check_target(tmp_path, "mark.json")
    assert (tmp_path / name).read_text(encoding="utf-8") == "precious"


def test_links_and_files_are_no_targets(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "mark.json").write_text("{}", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for name in ("link", "dangling", "file"):
        with pytest.raises(UsageError, match="is not a plain folder"):
            check_target(tmp_path / name, "mark.json")


@pytest.mark.parametrize("name", [".", "..", "", "a/..", "/"])
def test_a_folder_that_has_no_name_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be replaced; name a folder in it"):
        repair(Path(name))


HOLD = """
import sys, time
from pathlib import Path
from build.publish.swap import lock_outputs

with lock_outputs(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the cache."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "cache")], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_run_is_refused_and_a_killed_one_holds_nothing(
    holder: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    with pytest.raises(RegistryError, match=r"Another run works with .*; wait for its end, or name another --cache"):
        lock_outputs(cache).__enter__()
    # Another cache is free, and this one is as soon as its holder is gone.
    with lock_outputs(tmp_path / "other"):
        pass
    holder.kill()
    holder.wait()
    with lock_outputs(cache):
        pass


def test_a_run_that_failed_holds_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with lock_outputs(tmp_path):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with lock_outputs(tmp_path):
        assert (tmp_path / "lock").exists()
