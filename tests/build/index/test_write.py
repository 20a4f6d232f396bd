"""The index's tables, as they are written and read."""

import json
from pathlib import Path

import pytest

from build.catalogue.models import CodeBundleRecord
from build.index.entries import file_rows
from build.index.passages import passages
from build.index.write import digest
from search_fn.index.facts import (
    BUNDLE_TABLES,
    BUNDLES,
    DOCUMENTS,
    FILES,
    PAGE_TABLES,
    PASSAGES,
    POSTINGS,
    SKILLS,
    WORDS,
)
from search_fn.index.lance import lancedb
from search_fn.index.manifest import read_manifest
from search_fn.query.words import stem
from tests.support.made_up import TEXTS, records, with_files, write_made_up_index


@pytest.fixture(scope="module")
def made() -> list[CodeBundleRecord]:
    return records()[:3]


def test_the_digest_is_of_the_records_alone(made: list[CodeBundleRecord]) -> None:
    assert digest(made) == digest(records()[:3])
    assert (
        len({digest(made), digest(made[:2]), digest([made[0].model_copy(update={"doc": "x"}), *made[1:]]), digest([])})
        == 4
    )


def test_what_is_written_is_what_its_manifest_says(
    made: list[CodeBundleRecord], encoder_path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "index_data"
    write_made_up_index(folder, encoder_path, made)
    database, manifest = lancedb.connect(str(folder)), read_manifest(str(folder))
    assert manifest.tables.keys() == {*BUNDLE_TABLES, *PAGE_TABLES, DOCUMENTS, FILES, SKILLS}
    for name, version in manifest.tables.items():
        table = database.open_table(name)
        # One version each: what was written on the way is gone.
        assert [one["version"] for one in table.list_versions()] == [version]
    bundles = database.open_table(BUNDLES).to_arrow().to_pylist()
    assert [row["id"] for row in bundles] == [record.id for record in made]
    assert database.open_table(PASSAGES).count_rows() == len([one for record in made for one in passages(record)])
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8")) == manifest.model_dump(mode="json")


def test_files_stand_where_their_bundles_say(encoder_path: Path, tmp_path: Path) -> None:
    made, folder = records(), tmp_path / "index_data"
    texts: dict[str, str] = {}
    # More than are written at once, and some that are not stored.
    contents = {f"{number:03}": b"\0" if number % 7 == 0 else b"%d" % number for number in range(300)}
    for place in (2, 5):
        made[place], own = with_files(made[place], contents)
        texts |= own
    write_made_up_index(folder, encoder_path, made, texts=texts | TEXTS)
    database = lancedb.connect(str(folder))
    rows = database.open_table(FILES).to_arrow().to_pylist()
    assert [row["text"] for row in rows] == [(texts | TEXTS)[row["path"]] for row in rows]
    for record, bundle in zip(made, database.open_table(BUNDLES).to_arrow().to_pylist(), strict=True):
        first, stored = bundle["first_file"], [file.path for file in record.files if file.stored]
        own_rows = [row["path"] for row in rows[first : first + len(stored)] if row["bundle"] == record.id]
        assert own_rows == stored
    assert len(rows) == sum(file.stored for record in made for file in record.files) > 500


def test_a_stored_file_without_its_text_is_an_error(made: list[CodeBundleRecord]) -> None:
    full, texts = with_files(made[0], {"a": b"a", "b": b"b"})
    assert [row.path for row in file_rows(full, texts)] == ["a", "b"]
    with pytest.raises(KeyError, match="b"):
        list(file_rows(full, {"a": "a"}))


def test_words_are_counted_by_bundle_and_postings_by_stem(
    made: list[CodeBundleRecord], encoder_path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "index_data"
    write_made_up_index(folder, encoder_path, made)
    database = lancedb.connect(str(folder))
    counts = {row["word"]: row["bundles"] for row in database.open_table(WORDS).to_arrow().to_pylist()}
    postings = {row["word"]: row for row in database.open_table(POSTINGS).to_arrow().to_pylist()}
    assert list(counts) == sorted(counts)
    assert max(counts.values()) <= len(made)
    assert {stem(word) for word in counts} == postings.keys()
    for row in postings.values():
        assert row["bundles"] == sorted(set(row["bundles"]))
        assert len(row["weights"]) == len(row["bundles"])
