"""The texts of files are read once, from git's objects, and kept under the cache."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from build.catalogue.files import MAX_TEXT
from build.catalogue.models import CodeBundleRecord
from build.catalogue.record import record
from build.environment import git_environment
from build.fetch.collections import fetch
from build.file_cache import store_texts, texts_of
from build.model import Bundle, BundleSource
from build.workers import Budget, Columns, collection_budget
from tests.support.bundles import SOUND
from tests.support.catalogues import entry
from tests.support.repositories import Repository


class Reader:
    """Calls in this process, counted; `fails` is what becomes of each where it is stopped."""

    def __init__(self, fails: str = "") -> None:
        self.rows, self._fails = 0, fails

    def __call__(self, function: Any, arguments: Columns, budget: Budget, seconds: float) -> Iterator[Any]:
        for row in zip(*arguments, strict=True):
            self.rows += 1
            yield self._fails or function(*row)


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "origin")
    (made.folder / "codebundles/lamp").mkdir(parents=True)
    (made.folder / "codebundles/lamp/out").symlink_to("/etc/passwd")
    made.commit(
        {
            "codebundles/lamp/runbook.robot": SOUND,
            "codebundles/lamp/big.json": "x" * (MAX_TEXT + 1),
            "codebundles/lamp/bin": "\0\0",
            "codebundles/lamp/light.sh": "echo on\r\n",
            "codebundles/moon/sli.robot": SOUND,
        }
    )
    return made


def stored(origin: Repository, cache: Path, reader: Reader) -> list[CodeBundleRecord]:
    """Fetch and store the bundles; their records."""
    (fetched,) = fetch([origin.collection()], cache)
    sources = store_texts(fetched.collection, fetched.bundles, reader, cache, collection_budget())
    return [_record(origin, source) for source in sources]


def _record(origin: Repository, source: BundleSource) -> CodeBundleRecord:
    bundle = Bundle(name=source.name)
    return record(entry(bundle, origin.collection(), files=source.files, left_out=source.left_out))


def test_each_file_is_named_with_its_text_or_why_there_is_none(origin: Repository, tmp_path: Path) -> None:
    lamp, moon = stored(origin, tmp_path / "cache", Reader())
    assert [(one.path, one.size, one.stored, one.reason) for one in lamp.files] == [
        ("big.json", MAX_TEXT + 1, False, "file-too-large"),
        ("bin", 2, False, "binary"),
        ("light.sh", 9, True, None),
        ("out", 11, False, "link"),
        ("runbook.robot", len(SOUND), True, None),
    ]
    assert lamp.file_count == 5
    assert dict(texts_of(tmp_path / "cache", lamp)) == {"light.sh": "echo on\n", "runbook.robot": SOUND}
    assert dict(texts_of(tmp_path / "cache", moon)) == {"sli.robot": SOUND}


def test_only_what_changed_is_read_again(origin: Repository, tmp_path: Path) -> None:
    first = stored(origin, tmp_path / "cache", Reader())
    again = Reader()
    assert stored(origin, tmp_path / "cache", again) == first
    assert again.rows == 0
    origin.commit({"codebundles/lamp/light.sh": "echo off\n"})
    changed = Reader()
    lamp, _ = stored(origin, tmp_path / "cache", changed)
    assert changed.rows == 1
    assert texts_of(tmp_path / "cache", lamp)["light.sh"] == "echo off\n"


def test_what_could_not_be_read_in_time_is_tried_again(origin: Repository, tmp_path: Path) -> None:
    lamp, _ = stored(origin, tmp_path / "cache", Reader(fails="it took too long"))
    assert {one.reason for one in lamp.files} == {"not-read", "link"}
    assert not texts_of(tmp_path / "cache", lamp)
    again = Reader()
    lamp, _ = stored(origin, tmp_path / "cache", again)
    assert again.rows == 2
    assert {one.path for one in lamp.files if one.stored} == {"light.sh", "runbook.robot"}


def test_a_damaged_text_is_read_again(origin: Repository, tmp_path: Path) -> None:
    stored(origin, tmp_path / "cache", Reader())
    for file in (tmp_path / "cache/texts").iterdir():
        file.write_text(file.read_text(encoding="utf-8").replace("echo on", "echo no"), encoding="utf-8")
    again = Reader()
    lamp, _ = stored(origin, tmp_path / "cache", again)
    assert again.rows == 1
    assert texts_of(tmp_path / "cache", lamp)["light.sh"] == "echo on\n"
