"""The image catalogue in what is published."""

from pathlib import Path

import pytest

from build.errors import RegistryError
from build.images.documents import image_catalogue, image_files
from build.images.state import ImageState
from build.publish.images import published_state, push_images, write_files, write_table
from build.storage import find_damage, write_checksums
from search_fn.index.facts import IMAGES
from search_fn.index.images import read_images
from search_fn.index.lance import lancedb
from tests.support.images import FOUND, MAIN, STATE, THREE, images
from tests.support.object_storage import ObjectStorage

OTHER = ImageState(collections=(images("one", MAIN),))


def test_a_table_is_written_when_it_is_another(tmp_path: Path) -> None:
    where = str(tmp_path)
    assert published_state(tmp_path) is None
    assert write_table(where, FOUND, STATE)
    assert not write_table(where, FOUND, STATE)
    assert (published_state(tmp_path), read_images(where)[:2]) == (STATE, FOUND[:2])
    assert write_table(where, image_catalogue(THREE, OTHER), OTHER)
    assert read_images(where).refs("one") == image_catalogue(THREE, OTHER).refs("one")


def test_the_table_is_no_damage_of_an_index(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    write_checksums(tmp_path)
    write_table(str(tmp_path), FOUND, STATE)
    assert find_damage(tmp_path) is None


def test_a_table_that_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    write_table(str(tmp_path), FOUND, STATE)
    for file in (tmp_path / f"{IMAGES}.lance" / "data").iterdir():
        file.write_bytes(b"")
    assert published_state(tmp_path) is None
    assert write_table(str(tmp_path), FOUND, STATE)
    assert read_images(str(tmp_path)).details == FOUND.details


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert published_state(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()
    # Of a folder without a table nothing is pushed.
    assert not push_images(tmp_path, str(tmp_path / "elsewhere"))


@pytest.mark.slow
def test_the_table_is_pushed_to_object_storage(tmp_path: Path, s3: ObjectStorage) -> None:
    uri = f"s3://{s3.bucket}/images-pushed"
    write_table(str(tmp_path), FOUND, STATE)
    assert push_images(tmp_path, uri)
    assert not push_images(tmp_path, uri)
    assert read_images(uri).details == FOUND.details
    with pytest.raises(RegistryError, match="image catalogue could not be written at s3://no-such-bucket"):
        push_images(tmp_path, "s3://no-such-bucket/images")


def test_files_are_written_where_they_differ_and_others_removed(tmp_path: Path) -> None:
    page = tmp_path / "api" / "v1" / "index.json"
    page.parent.mkdir(parents=True)
    page.write_text("{}", encoding="utf-8")
    files = image_files(FOUND)
    assert write_files(tmp_path, files)
    root = tmp_path / "api" / "v1" / "catalog"
    before = {file: file.stat().st_mtime_ns for file in root.rglob("*.json")}
    assert len(before) == len(files)
    assert not write_files(tmp_path, files)
    assert {file: file.stat().st_mtime_ns for file in root.rglob("*.json")} == before
    fewer = image_files(image_catalogue(THREE[:1], OTHER))
    assert write_files(tmp_path, fewer)
    assert {file.relative_to(tmp_path).as_posix() for file in root.rglob("*") if file.is_file()} == set(fewer)
    assert not (root / "codecollections" / "hidden").exists()
    assert page.read_text(encoding="utf-8") == "{}"


def test_many_versions_leave_few_files(tmp_path: Path) -> None:
    """Nothing that a reader began with is removed within the hour; what is older is."""
    for state in (STATE, OTHER) * 3:
        write_table(str(tmp_path), image_catalogue(THREE, state), state)
    assert len(lancedb.connect(str(tmp_path)).open_table(IMAGES).list_versions()) >= 6
