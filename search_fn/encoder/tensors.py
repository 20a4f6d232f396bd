"""The reader of safetensors' layout, in which the encoder's file is: any other reader of it opens that file too."""

import json
import math
import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_DTYPES = {"F32": "<f4", "F16": "<f2", "I64": "<i8", "I8": "i1", "U8": "u1"}


def read_tensors(data: bytes | mmap.mmap) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Return the tensors of a safetensors file by name, as views of `data`, and the file's metadata.

    Raises:
        KeyError: A tensor has a type or entry that is unknown.
        ValueError: `data` is cut off or not in this layout.
    """
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__", {})
    tensors: dict[str, NDArray[Any]] = {}
    for name, entry in header.items():
        shape, offset = entry["shape"], start + entry["data_offsets"][0]
        tensors[name] = np.frombuffer(data, _DTYPES[entry["dtype"]], math.prod(shape), offset).reshape(shape)
    return tensors, metadata
