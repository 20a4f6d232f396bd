"""Tables of a folder, which are opened when they are asked for: damaged, or those of another publication by then."""

from pathlib import Path

import pytest

from search_fn.index.facts import BUNDLES, DOCUMENTS, IndexUnavailableError
from search_fn.index.open import open_index
from search_fn.search.ranking import search
from tests.support.made_up import rewrite_manifest, settings_for


def replace(file: Path, content: bytes) -> None:
    file.unlink()
    file.write_bytes(content)


@pytest.mark.parametrize("part", ["data", "_versions"])
@pytest.mark.parametrize("content", [b"", b"not lance"], ids=["empty", "other"])
def test_a_damaged_table_is_told_when_it_is_read(copy: Path, part: str, content: bytes) -> None:
    for table in (BUNDLES, DOCUMENTS):
        for file in (copy / f"{table}.lance" / part).iterdir():
            replace(file, content)
    index = open_index(settings_for(copy))
    assert search(index, "pod restarts").results
    with pytest.raises(IndexUnavailableError, match="replaced or damaged"):
        index.stored([0], "record")
    with pytest.raises(IndexUnavailableError, match="replaced or damaged"):
        _ = index.documents


def test_an_index_whose_folder_was_replaced_reads_nothing_of_its_successor(copy: Path) -> None:
    index = open_index(settings_for(copy))
    rewrite_manifest(copy, build_id="another")
    assert search(index, "pod restarts").results
    with pytest.raises(IndexUnavailableError, match="replaced or damaged"):
        index.stored([0], "record")
