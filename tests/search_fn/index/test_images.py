"""The image catalogue as the function reads it, while the build writes the next one."""

import shutil
from pathlib import Path

import pytest

from build.images.state import ImageState
from search_fn.index import images as module
from search_fn.index.facts import IndexUnavailableError
from search_fn.index.images import CurrentImages
from tests.support.images import FOUND, MAIN, images, write_images

OTHER = ImageState(collections=(images("one", MAIN),))


def test_another_catalogue_is_seen_by_the_next_request(tmp_path: Path) -> None:
    write_images(tmp_path)
    current = CurrentImages(str(tmp_path))
    first = current()
    assert first.details == FOUND.details
    assert current() is first
    write_images(tmp_path, OTHER)
    second = current()
    assert [ref["ref"] for ref in second.refs("one")] == ["main"]
    assert second.version != first.version


def test_another_index_has_another_catalogue(tmp_path: Path) -> None:
    write_images(tmp_path / "index")
    write_images(tmp_path / "new", OTHER)
    current = CurrentImages(str(tmp_path / "index"))
    current()
    shutil.rmtree(tmp_path / "index")
    # Between two publications there is none for a moment.
    assert current().details == FOUND.details
    (tmp_path / "new").rename(tmp_path / "index")
    assert len(current().refs("one")) == 1


def test_without_a_catalogue_it_is_told_and_seen_when_it_comes(tmp_path: Path) -> None:
    current = CurrentImages(str(tmp_path / "index"))
    with pytest.raises(IndexUnavailableError, match="python -m build images"):
        current()
    assert not (tmp_path / "index").exists()
    write_images(tmp_path / "index")
    assert current().details == FOUND.details


def test_a_damaged_catalogue_leaves_the_one_before(tmp_path: Path) -> None:
    write_images(tmp_path)
    current = CurrentImages(str(tmp_path))
    first = current()
    write_images(tmp_path, OTHER)
    for file in (tmp_path / "images.lance" / "data").iterdir():
        file.write_bytes(b"")
    assert current() is first


def test_elsewhere_it_is_looked_at_once_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_images(tmp_path)
    current = CurrentImages(f"file://{tmp_path}")
    first = current()
    write_images(tmp_path, OTHER)
    assert current() is first
    monkeypatch.setattr(module, "REFRESH_SECONDS", 0.0)
    assert len(current().refs("one")) == 1
