"""Files of arrays as the build writes them."""

from pathlib import Path

import numpy as np

from build.index.array_files import write_arrays
from search_fn.index.array_file import read_arrays

ARRAYS = {
    "half": np.array([[0.5, -1.0]], np.float16), "flag": np.array([True, False]), "none": np.zeros(0, np.int32),
    "text": np.frombuffer(b"pod", np.uint8), "letters": np.zeros((0, 36), np.int8), "starts": np.arange(3)[::-1],
    "lengths": np.array([5], np.int16), "weights": np.array([0.1], np.float32),
}  # fmt: skip


def test_what_is_written_is_read_as_it_was(tmp_path: Path) -> None:
    facts = write_arrays(tmp_path, "things", ARRAYS)
    with (tmp_path / facts.name).open("rb") as file:
        found = read_arrays(file, facts)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert found[name].tolist() == array.tolist()
        # It is the file itself.
        assert not found[name].flags.writeable
    assert [file.name for file in tmp_path.iterdir()] == [facts.name]
    assert (tmp_path / facts.name).stat().st_mode & 0o777 == 0o644


def test_equal_arrays_make_an_equal_file_and_others_another_name(tmp_path: Path) -> None:
    first = write_arrays(tmp_path, "things", ARRAYS)
    content = (tmp_path / first.name).read_bytes()
    assert write_arrays(tmp_path, "things", dict(reversed(ARRAYS.items()))) == first
    assert (tmp_path / first.name).read_bytes() == content
    # Of the same shapes, and as long.
    other = write_arrays(tmp_path, "things", ARRAYS | {"weights": np.array([0.2], np.float32)})
    assert other.size == first.size
    assert (other.name, other.sha256) != (first.name, first.sha256)
    assert (tmp_path / first.name).read_bytes() == content
