"""Which index can be read, and what is said of one that cannot."""

import json
from pathlib import Path

import pytest

from search_fn.index.facts import MANIFEST_FILE, OLDEST_SCHEMA, SCHEMA_VERSION
from tests.support.made_up import refusal, write_manifest


def test_without_an_index_it_says_where_it_looked_and_makes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere" / "index_data"
    said = refusal(folder)
    assert str(folder) in said
    assert "python -m build run" in said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_other_things_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("nothing", encoding="utf-8")
    assert "no readable index" in refusal(tmp_path)
    assert "no readable index" in refusal(tmp_path / "README.md")


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, OLDEST_SCHEMA - 1, 0, None, "1"])
def test_another_schema_is_told_with_both_versions(copy: Path, version: object) -> None:
    # A release to come may have changed everything else in the manifest too.
    write_manifest(copy, json.dumps({"schema_version": version, "new": []}))
    said = refusal(copy)
    assert f"has schema {version}" in said
    assert f"reads {OLDEST_SCHEMA} to {SCHEMA_VERSION}" in said


@pytest.mark.parametrize("text", ["", "null", "[]", '"x"', "{", "{}", json.dumps({"schema_version": SCHEMA_VERSION})])
def test_a_manifest_of_another_kind_is_told(copy: Path, text: str) -> None:
    write_manifest(copy, text)
    assert "build the index anew" in refusal(copy)


def test_a_folder_without_the_manifests_file_is_no_index(copy: Path) -> None:
    (copy / MANIFEST_FILE).unlink()
    assert "no readable index" in refusal(copy)
