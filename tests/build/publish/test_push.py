"""Pushing an index to object storage, a real server of S3's protocol; search_fn/index/test_on_s3.py reads there."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from build import cli
from build.errors import RegistryError, UsageError
from build.publish import push as push_module
from build.publish.push import clean, oldest_kept, push
from search_fn.index.facts import (
    ARRAY_TABLES,
    BUNDLE_TABLES,
    BUNDLES,
    DOCUMENTS,
    FILES,
    MANIFEST,
    PAGE_TABLES,
    PAGES,
    SKILLS,
    IndexUnavailableError,
    Manifest,
)
from search_fn.index.lance import lancedb
from search_fn.index.manifest import read_manifest
from search_fn.index.open import open_index
from search_fn.settings import Settings
from tests.support.made_up import arrays_of, copy_index, records, rewrite_manifest, write_made_up_index
from tests.support.object_storage import ObjectStorage
from tests.support.place import ROOT

pytestmark = pytest.mark.slow

BUILT = [*BUNDLE_TABLES, *PAGE_TABLES, DOCUMENTS, FILES, SKILLS]
TABLES = [*BUILT, *ARRAY_TABLES.values()]


@pytest.fixture(scope="module")
def folder(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index as the build leaves it."""
    made = tmp_path_factory.mktemp("made-up") / "index_data"
    write_made_up_index(made, encoder_path, records())
    return made


@pytest.fixture
def other_builds(folder: Path, tmp_path: Path) -> list[Path]:
    """The same index as other builds."""
    found = [copy_index(folder, tmp_path / name) for name in ("second", "third")]
    for each in found:
        rewrite_manifest(each, build_id=each.name, tables=manifest_at(str(each)).tables)
    return found


def manifest_at(where: str) -> Manifest:
    return read_manifest(where)


def versions(uri: str) -> dict[str, list[int]]:
    database = lancedb.connect(uri)
    return {name: [each["version"] for each in database.open_table(name).list_versions()] for name in TABLES}


def test_the_manifest_is_the_same_but_for_the_versions_that_were_made(
    folder: Path, other_builds: list[Path], s3: ObjectStorage
) -> None:
    uri = s3.place()
    assert push(folder, uri)
    assert push(other_builds[0], uri)
    pushed, built = manifest_at(uri), manifest_at(str(other_builds[0]))
    assert pushed.tables == dict.fromkeys(TABLES, 2)
    assert pushed.tables != built.tables
    assert set(built.arrays) == {BUNDLES, PAGES}
    assert pushed.model_copy(update={"tables": built.tables}) == built


def test_every_row_arrives(folder: Path, s3: ObjectStorage) -> None:
    uri = s3.place()
    push(folder, uri)
    here, there = lancedb.connect(str(folder)), lancedb.connect(uri)
    for name in BUILT:
        assert there.open_table(name).to_arrow().equals(here.open_table(name).to_arrow())
    for corpus, table in ARRAY_TABLES.items():
        pieces = there.open_table(table).to_arrow()["piece"].to_pylist()
        assert b"".join(pieces) == arrays_of(folder, corpus).read_bytes()


def test_the_manifest_is_written_last(folder: Path, other_builds: list[Path], s3: ObjectStorage) -> None:
    uri = s3.place()
    for each in (folder, other_builds[0]):
        before = len(s3.requests())
        push(each, uri)
        written = [line for line in s3.requests()[before:] if not line.startswith("GET")]
        tables = [line.split(".lance/")[0].rpartition("/")[2] for line in written]
        assert set(tables) == {*TABLES, MANIFEST}
        assert MANIFEST not in tables[: tables.index(MANIFEST)]
        assert set(tables[tables.index(MANIFEST) :]) == {MANIFEST}


def test_what_is_there_already_is_not_written_again(folder: Path, s3: ObjectStorage) -> None:
    uri = s3.place()
    push(folder, uri)
    before = len(s3.requests())
    assert not push(folder, uri)
    assert {line.split()[0] for line in s3.requests()[before:]} == {"GET"}


# The release before pushed no arrays.
@pytest.mark.parametrize("changes", [{"build_id": "another"}, {"digest": "another"}, {"arrays": {}}])
def test_another_build_or_other_rows_are_written(folder: Path, s3: ObjectStorage, changes: dict[str, Any]) -> None:
    uri = s3.place()
    push(folder, uri)
    rewrite_manifest(uri, **changes)
    assert push(folder, uri)
    assert manifest_at(uri).tables == dict.fromkeys(TABLES, 2)
    assert (manifest_at(uri).build_id, manifest_at(uri).digest) == (
        manifest_at(str(folder)).build_id,
        manifest_at(str(folder)).digest,
    )


@pytest.mark.parametrize("damage", ["a version is gone", "data are damaged"])
def test_what_is_there_but_damaged_is_written_anew(folder: Path, s3: ObjectStorage, damage: str) -> None:
    uri = s3.place()
    push(folder, uri)
    if damage == "a version is gone":
        rewrite_manifest(uri, tables=dict.fromkeys(TABLES, 9))
    else:
        for key in s3.keys(uri):
            if key.startswith(f"{ARRAY_TABLES[BUNDLES]}.lance/data/"):
                s3.put(uri, key, b"not lance")
    with pytest.raises(IndexUnavailableError, match="python -m build push s3://"):
        open_index(Settings(uri, folder))
    assert push(folder, uri)
    assert open_index(Settings(uri, folder)).manifest.build_id == manifest_at(str(folder)).build_id


def test_of_two_pushes_at_a_time_one_is_published_whole(
    folder: Path, s3: ObjectStorage, encoder_path: Path, tmp_path: Path
) -> None:
    uri = s3.place()
    push(folder, uri)
    rivals = ["somebody", "somebody else"]
    for name in rivals:
        made = [record.model_copy(update={"author": name}) for record in records()]
        write_made_up_index(tmp_path / name, encoder_path, made, build_id=name)
    with ThreadPoolExecutor(2) as pool:
        pushes = [pool.submit(push, tmp_path / name, uri) for name in rivals]
    # The other was published before it, or was told to push again.
    failures = [str(each.exception()) for each in pushes if each.exception()]
    assert all(said.endswith("push again.") for said in failures)
    assert len(failures) < 2
    index = open_index(Settings(uri, folder))
    assert index.manifest.build_id in rivals
    authors = {json.loads(found)["author"] for found in index.stored(list(range(len(index.ids))), "record")}
    assert authors == {index.manifest.build_id}


# Old versions


@pytest.mark.parametrize(
    ("made", "oldest"),
    [
        ([-90], 1),
        ([-90, -80, -70], 3),
        # Made long ago, but the newest until an hour ago.
        ([-90, -1], 1),
        ([-90, -80, -1], 2),
        ([-90, -80, -30, -20, -1], 3),
        ([-90, -3, -2, -1], 1),
        ([-90, -24], 2),
    ],
)
def test_a_version_is_kept_for_a_day_after_the_next_was_made(made: list[int], oldest: int) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    listed = [
        {"version": number, "timestamp": (now + timedelta(hours=hours)).astimezone().replace(tzinfo=None)}
        for number, hours in enumerate(made, 1)
    ]
    assert oldest_kept(listed, now - push_module.KEEP_REPLACED) == oldest


def test_by_default_nothing_goes_on_the_same_day(folder: Path, other_builds: list[Path], s3: ObjectStorage) -> None:
    uri = s3.place()
    for each in (folder, *other_builds):
        push(each, uri)
    before = s3.keys(uri)
    clean(uri)
    assert s3.keys(uri) == before
    assert versions(uri) == {name: [1, 2, 3] for name in TABLES}


def test_what_no_reader_can_still_use_goes(
    folder: Path, other_builds: list[Path], s3: ObjectStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = s3.place()
    settings = Settings(uri, folder)
    push(folder, uri)
    first = open_index(settings)
    time.sleep(1.5)
    push(other_builds[0], uri)
    second = open_index(settings)
    time.sleep(1.5)
    push(other_builds[1], uri)
    replaced = [each["timestamp"].astimezone(UTC) for each in lancedb.connect(uri).open_table(MANIFEST).list_versions()]
    # A time between the second and the third publication.
    monkeypatch.setattr(push_module, "KEEP_REPLACED", datetime.now(UTC) - replaced[2] + timedelta(seconds=0.75))
    monkeypatch.setattr(push_module, "SLACK", timedelta(seconds=1))
    clean(uri)
    assert versions(uri) == {name: [2, 3] for name in TABLES}
    assert len(second.stored([0, 5], "record")) == 2
    assert open_index(settings).manifest.build_id == "third"
    with pytest.raises(IndexUnavailableError, match="replaced or damaged"):
        first.stored([0, 5], "record")


def test_a_publication_is_kept_through_pushes_that_failed(
    folder: Path, other_builds: list[Path], s3: ObjectStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = s3.place()
    push(folder, uri)
    with monkeypatch.context() as patch:
        patch.setattr(push_module, "manifest_rows", lambda manifest: 1 / 0)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                push(other_builds[0], uri)
    # As if the failed ones were long ago.
    monkeypatch.setattr(push_module, "KEEP_REPLACED", timedelta(0))
    monkeypatch.setattr(push_module, "SLACK", timedelta(seconds=1))
    clean(uri)
    assert open_index(Settings(uri, folder)).manifest.build_id == manifest_at(str(folder)).build_id


# What is refused


@pytest.mark.parametrize("uri", ["", "index_data", "/srv/index", "C:\\index"])
def test_a_folder_is_no_address(folder: Path, uri: str) -> None:
    with pytest.raises(UsageError, match="s3://bucket/index"):
        push(folder, uri)


def test_without_an_index_here_nothing_is_asked_there(tmp_path: Path, s3: ObjectStorage) -> None:
    uri = s3.place()
    before = len(s3.requests())
    with pytest.raises(IndexUnavailableError, match="python -m build run"):
        push(tmp_path / "index_data", uri)
    assert s3.requests()[before:] == []


@pytest.mark.parametrize(
    ("uri", "cause"), [("s3://no-such-bucket/index", "NoSuchBucket"), ("s4://bucket/index", "No object store provider")]
)
def test_storage_that_refuses_is_told_in_a_sentence(folder: Path, s3: ObjectStorage, uri: str, cause: str) -> None:
    with pytest.raises(RegistryError) as raised:
        push(folder, uri)
    said = str(raised.value)
    assert said.startswith(f"The index could not be pushed to {uri} (")
    assert cause in said
    assert said.endswith("push again.")
    assert "\n" not in said
    assert len(said) < 400


# The command


def command(uri: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "build", "push", uri, "--index", str(folder)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_command_pushes_and_says_so(folder: Path, s3: ObjectStorage) -> None:
    uri = s3.place()
    for said in (f"The index is published at {uri}.\n", f"{uri} has this index already.\n"):
        done = command(uri, folder)
        assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
    assert manifest_at(uri).digest == manifest_at(str(folder)).digest


@pytest.mark.parametrize(("uri", "status"), [("index_data", 2), ("s4://bucket/index", 1)])
def test_the_command_fails_with_a_sentence(folder: Path, uri: str, status: int) -> None:
    done = command(uri, folder)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith("error ")
    assert done.stderr.count("\n") == 1


def test_old_versions_that_cannot_be_removed_are_a_warning(
    folder: Path, s3: ObjectStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(uri: str) -> None:
        raise RegistryError(f"Old versions at {uri} could not be removed.")

    monkeypatch.setattr("build.publish.push.clean", refuse)
    uri = s3.place()
    result = CliRunner().invoke(cli.app, ["push", uri, "--index", str(folder)])
    assert result.exit_code == 3
    assert "is published" in result.stdout
    assert f"warning Old versions at {uri} could not be removed." in result.stderr
    assert open_index(Settings(uri, folder)).manifest.digest == manifest_at(str(folder)).digest
