"""The index as an archive of the site."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from build.errors import RegistryError
from build.publish.offer import offer_index
from build.storage import digest_of
from search_fn.index.facts import IndexUnavailableError
from search_fn.index.open import open_index
from search_fn.settings import Settings
from tests.support.made_up import copy_index
from tests.support.place import Place


def test_the_archive_is_the_index_and_nothing_else(built: Place, tmp_path: Path) -> None:
    index, site = built.folder / "index", tmp_path
    offer = offer_index(index, site)
    assert json.loads((site / "downloads/index.json").read_text()) == offer.model_dump()
    archive = (site / "downloads" / offer.file).read_bytes()
    assert (digest_of(archive), len(archive)) == (offer.sha256, offer.size)
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        names = packed.getnames()
        packed.extractall(tmp_path / "unpacked", filter="data")
    held = {path.relative_to(index).as_posix() for path in index.rglob("*") if path.is_file()}
    # A run writes that also where the index stays as it is.
    assert names == sorted(held - {"checked.json"})
    assert open_index(Settings(str(tmp_path / "unpacked"), tmp_path / "unpacked")).manifest.build_id == offer.build_id


def test_equal_indices_have_equal_bytes_and_one_archive_is_offered(built: Place, tmp_path: Path) -> None:
    index = built.folder / "index"
    first = offer_index(index, tmp_path)
    (tmp_path / "downloads/index-0123456789abcdef.tar.gz").write_bytes(b"of another publication")
    assert offer_index(index, tmp_path) == first
    assert sorted(path.name for path in (tmp_path / "downloads").iterdir()) == sorted([first.file, "index.json"])


def test_what_is_damaged_or_missing_is_not_offered(built: Place, tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"There is no site in .*nowhere"):
        offer_index(built.folder / "index", tmp_path / "nowhere")
    with pytest.raises(IndexUnavailableError):
        offer_index(tmp_path / "empty", tmp_path)
    damaged = tmp_path / "damaged"
    copy_index(built.folder / "index", damaged)
    # A link: changed in place it would be damaged for all other tests.
    text = (damaged / "manifest.json").read_text(encoding="utf-8")
    (damaged / "manifest.json").unlink()
    (damaged / "manifest.json").write_text(text + " ", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"manifest\.json was changed since it was written"):
        offer_index(damaged, tmp_path)
    assert not (tmp_path / "downloads").exists()
