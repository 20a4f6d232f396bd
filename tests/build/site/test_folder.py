"""Files of a site as they are written."""

from pathlib import Path

import pytest

from build.site.folder import SiteFolder


def test_files_are_written_with_their_folders_and_over_others(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    folder = SiteFolder(tmp_path)
    large = bytes(range(256)) * 40_000
    wanted = {"a.txt": b"", "made/b": large, "new/x/c": b"", "new/d": "ö".encode()}
    for path, content in [("a.txt", b"1"), *wanted.items()]:
        folder.write(path, content)
    found = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == wanted


def test_a_file_in_the_place_of_a_folder_is_told_of(tmp_path: Path) -> None:
    folder = SiteFolder(tmp_path)
    folder.write("a", b"")
    with pytest.raises(OSError, match="a"):
        folder.write("a/b", b"")
