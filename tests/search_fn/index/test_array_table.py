"""A file of arrays that is copied from a table of its pieces."""

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from search_fn.index.array_table import copy_file
from search_fn.index.lance import lancedb
from search_fn.index.schema import PIECE_SCHEMA

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def table(tmp_path: Path) -> Any:
    """More pieces than are read at once, the last of which is shorter."""
    pieces = [CONTENT[start : start + 100] for start in range(0, len(CONTENT), 100)]
    return lancedb.connect(str(tmp_path / "tables")).create_table("pieces", pa.table([pieces], PIECE_SCHEMA))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def read(table: Any) -> bytes:
    with copy_file(table, len(CONTENT)) as file:
        file.seek(0)
        return file.read()


def test_a_copy_is_the_file_and_leaves_no_name(table: Any, temporary: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert read(table) == CONTENT
    assert list(temporary.iterdir()) == []
    assert caplog.messages == []


@pytest.mark.parametrize("more", [-1, 1])
def test_a_file_of_another_size_is_refused(table: Any, temporary: Path, more: int) -> None:
    with pytest.raises(ValueError, match="its arrays have 10,240 bytes and not"):
        copy_file(table, len(CONTENT) + more)


@pytest.mark.parametrize("lack", ["room", "a folder"])
def test_without_room_for_it_the_copy_is_in_memory(
    table: Any, temporary: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, lack: str
) -> None:
    if lack == "room":
        full = SimpleNamespace(f_bavail=2, f_frsize=4096)
        monkeypatch.setattr(os, "fstatvfs", lambda descriptor: full)
    else:
        temporary.rmdir()
    assert read(table) == CONTENT
    (said,) = caplog.messages
    assert "0 MB of memory" in said


def test_where_files_cannot_be_in_memory_it_is_said_what_lacks_room(
    table: Any, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary.rmdir()
    monkeypatch.delattr(os, "memfd_create")
    with pytest.raises(OSError, match="the folder for temporary files has no room for"):
        read(table)
