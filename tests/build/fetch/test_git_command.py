"""Git is run with an environment of ours, ends when it shall, and this process's environment stays as it is."""

import os
import time
from pathlib import Path
from subprocess import PIPE
from threading import Thread

import pytest
from git import GitCommandError, GitCommandNotFound

from build.environment import clean_environment, git_environment
from build.fetch.git_command import BareRepository, CleanGit

HOSTILE = {
    "OPENAI_API_KEY": "secret",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.pager",
    "GIT_CONFIG_VALUE_0": "secret",
    "GIT_SSH_COMMAND": "secret",
    "LD_PRELOAD": "",
}


@pytest.fixture
def repository(tmp_path: Path) -> BareRepository:
    return BareRepository(tmp_path / "folders" / "repository")


def program(folder: Path, script: str) -> list[str]:
    file = folder / "program"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return [str(file)]


def lives(number: int) -> bool:
    # A child that nobody has waited for yet has ended, too.
    status = Path(f"/proc/{number}/stat")
    return status.exists() and status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def test_a_child_sees_the_clean_environment_and_what_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    git = CleanGit(tmp_path)
    git.update_environment(GIT_AUTHOR_NAME="Somebody")
    for allow_local in (False, True):
        with git_environment(allow_local=allow_local):
            seen = dict(line.split("=", 1) for line in git.execute(["/usr/bin/env"]).splitlines())
            expected = clean_environment() | {"GIT_AUTHOR_NAME": "Somebody"}
        assert {name: value for name, value in seen.items() if expected.get(name) != value} == {}
        assert expected.keys() <= seen.keys()
    child = git.execute(["/usr/bin/env"], istream=PIPE, as_process=True)
    assert b"secret" not in child.communicate()[0]


def test_the_environment_of_the_process_is_never_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    command = program(tmp_path, "sleep 0.5")
    seen: list[str | None] = []

    def look() -> None:
        while running:
            seen.append(os.environ.get("OPENAI_API_KEY"))
            time.sleep(0.01)

    running, thread = True, Thread(target=look)
    thread.start()
    with git_environment(allow_local=True):
        CleanGit(tmp_path).execute(command)
    running = False
    thread.join()
    assert set(seen) == {"secret"}
    assert len(seen) > 5


@pytest.mark.parametrize(
    "name", ["GIT_DIR", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "GIT_INDEX_FILE"]
)
def test_no_variable_leads_git_into_another_repository(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv(name, str(other))
    repository = BareRepository(tmp_path / "repository")
    oid = repository.git.hash_object("-w", "--stdin", istream=None)
    assert repository.git.rev_parse("--absolute-git-dir") == str(tmp_path / "repository")
    assert repository.git.get_object_data(oid)[3] == b""
    assert (tmp_path / "repository" / "objects" / oid[:2]).is_dir()
    assert list(other.iterdir()) == []
    repository.close()
    # What is there is opened, and not begun anew.
    assert BareRepository(tmp_path / "repository").git.cat_file("-t", oid) == "blob"


def test_what_fails_has_its_words_and_its_status(repository: BareRepository, tmp_path: Path) -> None:
    with pytest.raises(GitCommandError) as caught:
        repository.git.rev_parse("--verify", "nothing")
    assert caught.value.status == 128
    assert "Needed a single revision" in caught.value.stderr
    with pytest.raises(GitCommandNotFound):
        CleanGit(tmp_path).execute([str(tmp_path / "no-such-program")])


def test_output_is_text_or_bytes_without_the_last_end_of_line(tmp_path: Path) -> None:
    git, command = CleanGit(tmp_path), program(tmp_path, r"printf 'a\377\n\n'")
    assert git.execute(command, stdout_as_string=False) == b"a\xff\n"
    assert git.execute(command) == "a\udcff\n"


def test_what_takes_too_long_is_stopped_with_what_it_started(tmp_path: Path) -> None:
    command = program(tmp_path, f"sleep 600 & echo $! > {tmp_path}/child; wait")
    begin = time.monotonic()
    with pytest.raises(GitCommandError, match="did not complete in 2 secs"):
        CleanGit(tmp_path).execute(command, kill_after_timeout=2)
    assert time.monotonic() - begin < 60
    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    assert not lives(child)


def test_an_interruption_stops_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = program(tmp_path, f"echo $$ > {tmp_path}/child; exec sleep 600")

    def interrupted(child: object, timeout: float | None = None) -> None:
        monkeypatch.undo()
        while not (tmp_path / "child").is_file() or not (tmp_path / "child").read_text(encoding="utf-8").strip():
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr("build.fetch.git_process.Popen.communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        CleanGit(tmp_path).execute(command)
    assert not lives(int((tmp_path / "child").read_text(encoding="utf-8")))
