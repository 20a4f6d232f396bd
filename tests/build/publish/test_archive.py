"""Archives of what is published."""

import tarfile
from pathlib import Path

import pytest

from build.errors import RegistryError
from build.publish.archive import files_below, index_files, sound_manifest, write_archive
from tests.support.made_up import copy_index
from tests.support.place import Place


@pytest.mark.parametrize("packed", [True, False])
def test_equal_files_make_equal_bytes_without_this_machine(packed: bool, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "below").mkdir(parents=True)
        for path in ("b.txt", "below/a.txt"):
            (folder / path).write_text(path)
        (folder / "b.txt").chmod(0o600 if name == "one" else 0o644)
        write_archive(tmp_path / f"{name}.tar", dict(files_below(folder)), packed=packed)
        made.append((tmp_path / f"{name}.tar").read_bytes())
    assert made[0] == made[1]
    with tarfile.open(tmp_path / "one.tar") as archive:
        assert [(one.name, one.mtime, one.uid, one.uname) for one in archive] == [
            ("b.txt", 0, 0, ""),
            ("below/a.txt", 0, 0, ""),
        ]


def test_of_an_index_all_but_the_last_look_is_taken(built: Place, tmp_path: Path) -> None:
    index = copy_index(built.folder / "index", tmp_path / "index")
    assert (index / "checked.json").is_file()
    names = set(index_files(index))
    assert {"manifest.json", "SHA256SUMS"} <= names
    assert "checked.json" not in names
    assert sound_manifest(index).build_id == built.manifest()["build_id"]
    text = (index / "manifest.json").read_text(encoding="utf-8")
    (index / "manifest.json").unlink()
    (index / "manifest.json").write_text(f"{text}\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"manifest\.json was changed since it was written"):
        sound_manifest(index)
