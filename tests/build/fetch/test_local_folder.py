"""Plain folders as repositories: the same files are the same commit, wherever and whenever."""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from git import Repo

from build.environment import git_environment
from build.fetch.git import FetchError, Mirror
from build.fetch.local_folder import commit_folder
from build.fetch.refs import is_plain_folder
from tests.support.repositories import TASK, Repository


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of files, two of which an ignore file names."""
    folder = tmp_path / "beacon"
    bundle = folder / "codebundles" / "one"
    bundle.mkdir(parents=True)
    (bundle / "runbook.robot").write_text(TASK, encoding="utf-8")
    (bundle / ".runwhen").mkdir()
    (bundle / ".runwhen" / "rule.yaml").write_text("a: 1\n", encoding="utf-8")
    (folder / ".gitignore").write_text("*.robot\n.runwhen\n", encoding="utf-8")
    return folder


def commit(folder: Path, target: Path) -> str:
    path, branch = commit_folder(folder, target)
    assert (path, branch) == (str(target), "main")
    with Repo(path) as repo:
        return repo.commit("main").hexsha


def paths(folder: Path, target: Path) -> list[str]:
    """What of the folder a mirror sees."""
    mirror = Mirror(target.with_name("mirror.git"))
    mirror.fetch(*commit_folder(folder, target))
    found = [
        entry.path.decode() for entry in mirror.tree(mirror.head() or "", "codebundles", 99) if entry.type == "blob"
    ]
    mirror.close()
    return found


def test_a_folder_gives_the_same_commit_twice_and_elsewhere(folder: Path, tmp_path: Path) -> None:
    first = commit(folder, tmp_path / "a.git")
    copy = tmp_path / "copied" / "under-another-name"
    shutil.copytree(folder, copy)
    for path in copy.rglob("*"):
        os.utime(path, (0, 0))
    assert commit(folder, tmp_path / "a.git") == first
    assert commit(copy, tmp_path / "b.git") == first


def test_neither_author_nor_date_is_anybody_s(folder: Path, tmp_path: Path) -> None:
    os.environ.update(GIT_AUTHOR_NAME="Somebody", GIT_COMMITTER_DATE="1700000000 +0530")
    path, branch = commit_folder(folder, tmp_path / "a.git")
    with Repo(path) as repo:
        made = repo.commit(branch)
    assert (made.author.name, made.committer.email) == ("CodeCollection Registry", "registry@localhost")
    assert made.authored_datetime == made.committed_datetime == datetime(2026, 1, 1, tzinfo=UTC)
    assert made.parents == ()


def test_another_content_is_another_commit(folder: Path, tmp_path: Path) -> None:
    first = commit(folder, tmp_path / "a.git")
    (folder / "codebundles" / "one" / "runbook.robot").write_text(f"{TASK}\n", encoding="utf-8")
    assert commit(folder, tmp_path / "a.git") != first


def test_every_file_is_taken_ignored_or_not(folder: Path, tmp_path: Path) -> None:
    (folder / "codebundles" / "one" / "new\nline").write_text("x", encoding="utf-8")
    assert paths(folder, tmp_path / "a.git") == [
        "codebundles/one/.runwhen/rule.yaml", "codebundles/one/new\nline", "codebundles/one/runbook.robot",
    ]  # fmt: skip
    (folder / "codebundles" / "one" / "new\nline").unlink()
    assert "codebundles/one/new\nline" not in paths(folder, tmp_path / "a.git")


def test_the_folder_itself_stays_as_it_is(folder: Path, tmp_path: Path) -> None:
    before = sorted(str(path) for path in folder.rglob("*"))
    commit(folder, tmp_path / "a.git")
    assert sorted(str(path) for path in folder.rglob("*")) == before


def test_links_are_kept_as_links(folder: Path, tmp_path: Path) -> None:
    (folder / "codebundles" / "one" / "README.md").symlink_to("/etc/passwd")
    mirror = Mirror(tmp_path / "mirror.git")
    mirror.fetch(*commit_folder(folder, tmp_path / "a.git"))
    entries = {entry.path: entry for entry in mirror.tree(mirror.head() or "", "codebundles", 99)}
    link = entries[b"codebundles/one/README.md"]
    assert link.mode == "120000"
    assert mirror.blobs([link.oid]) == {link.oid: b"/etc/passwd"}
    mirror.close()


def test_an_empty_folder_is_a_commit_without_files(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert paths(tmp_path / "empty", tmp_path / "a.git") == []


def test_a_lock_of_a_killed_run_is_no_hindrance(folder: Path, tmp_path: Path) -> None:
    first = commit(folder, tmp_path / "a.git")
    (tmp_path / "a.git" / "index.lock").write_text("", encoding="utf-8")
    assert commit(folder, tmp_path / "a.git") == first


def test_a_folder_that_git_cannot_read_is_a_failed_fetch(folder: Path, tmp_path: Path) -> None:
    objects = tmp_path / "a.git" / "objects"
    commit(folder, tmp_path / "a.git")
    shutil.rmtree(objects)
    objects.write_text("no folder", encoding="utf-8")
    with pytest.raises(FetchError, match=r"\w"):
        commit_folder(folder, tmp_path / "a.git")


def test_which_folders_are_plain(folder: Path, tmp_path: Path) -> None:
    assert is_plain_folder(str(folder))
    work_tree = Repository(tmp_path / "work")
    assert not is_plain_folder(str(work_tree.folder))
    # A bare one, a work tree with a file for .git as submodules have it, and what is no folder.
    assert not is_plain_folder(str(work_tree.folder / ".git"))
    (folder / ".git").write_text("gitdir: /nowhere\n", encoding="utf-8")
    assert not is_plain_folder(str(folder))
    assert not is_plain_folder(str(tmp_path / "absent"))
    assert not is_plain_folder("https://github.com/example-org/beacon")
    assert not is_plain_folder(str(folder / ".gitignore"))


def test_the_right_to_execute_is_part_of_a_file(folder: Path, tmp_path: Path) -> None:
    first = commit(folder, tmp_path / "a.git")
    script = folder / "codebundles" / "one" / "runbook.robot"
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    assert commit(folder, tmp_path / "a.git") != first


def test_a_bundle_s_folder_can_stand_where_a_collection_has_it(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.git"
    mirror = Mirror(tmp_path / "mirror.git")
    mirror.fetch(*commit_folder(folder / "codebundles" / "one", target, "codebundles/one"))
    alone = mirror.tree(mirror.head() or "", "codebundles", 99)
    mirror.fetch(*commit_folder(folder, tmp_path / "b.git"))
    assert alone == mirror.tree(mirror.head() or "", "codebundles", 99)
    mirror.close()
