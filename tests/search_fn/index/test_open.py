import json
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest

from search_fn.encoder.minilm import ENCODER_FILE
from search_fn.index.facts import (
    BUNDLE_TABLES,
    BUNDLES,
    DOCUMENTS,
    FILES,
    MANIFEST,
    MANIFEST_FILE,
    PAGE_TABLES,
    PASSAGES,
    SKILLS,
    IndexUnavailableError,
)
from search_fn.index.lance import lancedb
from search_fn.index.open import open_index
from search_fn.search.ranking import search
from search_fn.settings import PACKAGE
from tests.support.made_up import (
    TEXTS,
    copy_index,
    refusal,
    rewrite_manifest,
    settings_for,
    without_arrays,
)
from tests.support.sandbox import read_only


def replace(file: Path, content: bytes) -> None:
    file.unlink()
    file.write_bytes(content)


def test_a_sound_index_opens_with_what_its_manifest_says(copy: Path, made_up) -> None:
    index = open_index(settings_for(copy))
    rows = index.tables.open(BUNDLES).count_rows()
    assert index.manifest.counts.bundles == len(index.ids) == rows == len(made_up.records)
    assert index.manifest.counts.passages == len(index.passages)
    assert index.ids == sorted(record["id"] for record in made_up.records)
    assert index.manifest.encoder.sha256 == index.encoder.sha256
    assert json.loads((copy / "manifest.json").read_text(encoding="utf-8")) == index.manifest.model_dump(mode="json")


def test_each_table_is_one_version(copy: Path) -> None:
    database = lancedb.connect(str(copy))
    for name in (BUNDLES, PASSAGES, MANIFEST):
        assert len(database.open_table(name).list_versions()) == 1


@pytest.mark.parametrize("table", [BUNDLES, PASSAGES, DOCUMENTS])
def test_a_table_that_is_missing_is_told(copy: Path, table: str) -> None:
    shutil.rmtree(copy / f"{table}.lance")
    said = refusal(copy)
    assert str(copy) in said
    assert f"its table {table} is missing" in said
    assert "build" in said


def test_another_encoder_is_refused(copy: Path) -> None:
    facts = {"name": "all-MiniLM-L6-v2", "dimensions": 384, "sha256": "0" * 64}
    rewrite_manifest(copy, encoder=facts)
    said = refusal(copy)
    assert "encoder" in said
    assert "0" * 64 in said


def test_a_missing_or_damaged_encoder_is_told(copy: Path) -> None:
    encoder = copy / ENCODER_FILE
    replace(encoder, encoder.read_bytes()[:1000])
    assert "encoder" in refusal(copy)
    encoder.unlink()
    assert "no encoder" in refusal(copy)


def test_a_version_that_is_gone_is_told(copy: Path) -> None:
    without_arrays(copy)
    rewrite_manifest(copy, tables={BUNDLES: 999, PASSAGES: 999})
    assert "damaged" in refusal(copy)
    rewrite_manifest(copy, tables={})
    assert "damaged" in refusal(copy)


def test_while_a_newer_publication_is_written_the_old_one_is_read(copy: Path) -> None:
    before = open_index(settings_for(copy))
    database = lancedb.connect(str(copy))
    table = database.open_table(BUNDLES)
    database.create_table(BUNDLES, table.to_arrow().slice(0, 2), mode="overwrite")
    during = open_index(settings_for(copy))
    assert during.ids == before.ids
    assert during.stored([5, 0], "record") == before.stored([5, 0], "record")
    assert search(during, "pod restarts") == search(before, "pod restarts")


@pytest.mark.parametrize("wrong", ["another order", "a bundle without any", "one too many"])
def test_passages_that_are_not_the_bundles_own_are_refused(copy: Path, wrong: str) -> None:
    without_arrays(copy)
    database = lancedb.connect(str(copy))
    rows = database.open_table(PASSAGES).to_arrow()
    owners = rows["bundle"].to_pylist()
    kept = {
        "another order": range(len(rows) - 1, -1, -1),
        "a bundle without any": [row for row, owner in enumerate(owners) if owner != 3],
        "one too many": range(len(rows)),
    }[wrong]
    if wrong == "one too many":
        rows = rows.set_column(0, "bundle", pa.array([*owners[:-1], 99], pa.int32()))
    tables = (*BUNDLE_TABLES, *PAGE_TABLES, DOCUMENTS, FILES, SKILLS)
    versions = {name: database.open_table(name).version for name in tables}
    made = database.create_table(PASSAGES, rows.take(list(kept)), mode="overwrite")
    rewrite_manifest(copy, tables={**versions, PASSAGES: made.version})
    assert "not those of its bundles" in refusal(copy)


def test_texts_of_files_are_read_when_they_are_asked_for(copy: Path) -> None:
    index = open_index(settings_for(copy))
    place = index.positions["beacon-codecollection/k8s-pod-restarts"]
    # By path: the second of those that are stored is the README.
    assert index.text_of(place, 1, "README.md") == TEXTS["README.md"]
    with pytest.raises(IndexUnavailableError, match="replaced or damaged"):
        index.text_of(place, 2, "README.md")
    with pytest.raises(IndexUnavailableError, match="replaced or damaged"):
        index.text_of(place, 999, "README.md")
    # Nothing of the table is read before.
    index = open_index(settings_for(copy))
    shutil.rmtree(copy / f"{FILES}.lance")
    with pytest.raises(IndexUnavailableError, match="replaced or damaged"):
        index.text_of(place, 1, "README.md")


@pytest.mark.parametrize("message", ["no index", "other schema", "other encoder"])
def test_each_refusal_is_sentences_for_a_person(copy: Path, message: str) -> None:
    if message == "no index":
        (copy / MANIFEST_FILE).unlink()
    elif message == "other schema":
        rewrite_manifest(copy, schema_version=9)
    else:
        (copy / ENCODER_FILE).unlink()
    said = refusal(copy)
    assert said[0].isupper()
    assert said.endswith(".")
    assert "\n" not in said
    assert "Traceback" not in said


def test_a_read_only_folder_is_enough(made_up, tmp_path: Path, index) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    code = (
        "import sys; from pathlib import Path; from search_fn.index.open import open_index;"
        "from search_fn.search.ranking import search; from search_fn.settings import Settings;"
        "folder = Path(sys.argv[1]);"
        "print(search(open_index(Settings(str(folder), folder)), 'pod restarts').model_dump_json())"
    )
    with read_only(folder) as python:
        result = subprocess.run(
            [*python, "-c", code, str(folder)], cwd=PACKAGE, capture_output=True, encoding="utf-8", check=False
        )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == search(index, "pod restarts").model_dump_json()
