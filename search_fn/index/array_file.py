"""The files of arrays beside the tables, in the layout of safetensors: a header that names all arrays, and their bytes.

A file is mapped: what is not read costs no memory, and processes that read the same parts share them.
"""

import hashlib
import json
import mmap
from pathlib import Path

import numpy as np

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


def read_arrays(folder: Path, facts: ArrayFile) -> Arrays:
    """Return the arrays of a file, which are read in place.

    Raises:
        OSError: The file is missing or cannot be read.
        ValueError: It is another one than the manifest names, or cut off.
    """
    with (folder / facts.name).open("rb") as file:
        # An empty file cannot be mapped: that is a ValueError.
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = 8 + int.from_bytes(data[:8], "little")
    header = data[:start]
    # To digest all bytes would take as long as to read them; the header has their digest, and the build compares it.
    if len(data) != facts.size or hashlib.sha256(header).hexdigest() != facts.sha256:
        raise ValueError(f"{facts.name} is not the file that the manifest names")
    raw = np.frombuffer(data, np.uint8)
    return {
        name: raw[slice(*(start + offset for offset in entry["data_offsets"]))]
        .view(_DTYPES[entry["dtype"]])
        .reshape(entry["shape"])
        for name, entry in json.loads(header[8:]).items()
        if name != "__metadata__"
    }
