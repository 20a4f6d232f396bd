"""The files of arrays that belong to the tables, in the layout of safetensors: a header that names all arrays, and
their bytes.

A file is mapped: what is not read costs no memory, and processes that read the same parts share them.
"""

import hashlib
import json
import mmap
import os
import weakref
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from search_fn.index.facts import ArrayFile
from search_fn.index.strings import Arrays

DIGEST = "sha256"
"""The header's entry for the digest of the arrays' bytes."""
_DTYPES = {
    "BOOL": "?",
    "U8": "<u1",
    "I8": "<i1",
    "I16": "<i2",
    "I32": "<i4",
    "I64": "<i8",
    "U32": "<u4",
    "U64": "<u8",
    "F16": "<f2",
    "F32": "<f4",
}


def read_arrays(file: BinaryIO, facts: ArrayFile) -> Arrays:
    """Return the arrays of an open file, which are read in place, also once it is closed.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is another one than the manifest names, or cut off.
    """
    # An empty file cannot be mapped: that is a ValueError.
    data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    raw, (start, entries) = np.frombuffer(data, np.uint8), _header(data, facts)
    return {
        name: raw[slice(*(start + offset for offset in entry["data_offsets"]))]
        .view(_DTYPES[entry["dtype"]])
        .reshape(entry["shape"])
        for name, entry in entries.items()
    }


def _header(data: mmap.mmap, facts: ArrayFile) -> tuple[int, dict[str, Any]]:
    """Return where the arrays of a file begin, and what its header says of each, by name."""
    start = 8 + int.from_bytes(data[:8], "little")
    header = data[:start]
    # To digest all bytes would take as long as to read them; the header has their digest, and the build compares it.
    if len(data) != facts.size or hashlib.sha256(header).hexdigest() != facts.sha256:
        raise ValueError(f"{facts.name} is not the file that the manifest names")
    return start, {name: entry for name, entry in json.loads(header[8:]).items() if name != "__metadata__"}


class FileRows:
    """The rows of a matrix in a file, each read when it is asked for: of a mapped file, every page that was ever read
    would count as memory.
    """

    def __init__(self, file: BinaryIO, facts: ArrayFile, name: str) -> None:
        """Take the matrix with this name from an open file; what is raised is what read_arrays raises."""
        self._descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._descriptor)
        with mmap.mmap(self._descriptor, 0, access=mmap.ACCESS_READ) as data:
            start, entries = _header(data, facts)
        entry = entries[name]
        self._at, self._width = start + entry["data_offsets"][0], entry["shape"][1]
        self._kind = np.dtype(_DTYPES[entry["dtype"]])

    def __getitem__(self, rows: NDArray[np.intp]) -> NDArray[Any]:
        """Return rows, shape (rows, width). Raises OSError: they cannot be read."""
        found = np.empty((len(rows), self._width), self._kind)
        # Rows that follow each other are read at once.
        ends = [*(np.flatnonzero(np.diff(rows) != 1) + 1).tolist(), len(rows)] if len(rows) else []
        size, start = self._width * self._kind.itemsize, 0
        for end in ends:
            wanted = (end - start) * size
            if (
                os.preadv(self._descriptor, [found[start:end].data.cast("B")], self._at + int(rows[start]) * size)
                != wanted
            ):
                raise OSError("a file of the index is shorter than its header says")
            start = end
        return found
