"""The files of arrays beside an index's tables: what a search reads, which search_fn.index.array_file maps."""

import hashlib
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from search_fn.index.array_file import DIGEST
from search_fn.index.facts import ArrayFile
from search_fn.index.strings import Arrays


def write_arrays(folder: Path, corpus: str, arrays: Arrays) -> ArrayFile:
    """Write a corpus's arrays into a file whose name depends on its contents: equal arrays make an equal file.

    Args:
        folder: The index.
        corpus: The name of the corpus's first table.
        arrays: The arrays by name.

    Returns:
        What the manifest says of the file.
    """
    # The library takes an array's memory as it lies there.
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    digest = hashlib.sha256()
    for name in sorted(whole):
        digest.update(name.encode())
        digest.update(whole[name].data)
    written = folder / f"{corpus}.safetensors"
    save_file(whole, written, {DIGEST: digest.hexdigest()})
    with written.open("rb") as file:
        length = file.read(8)
        header = hashlib.sha256(length + file.read(int.from_bytes(length, "little"))).hexdigest()
    # The library makes files that nobody else may read.
    written.chmod(0o644)
    named = written.rename(folder / f"{corpus}-{header[:16]}.safetensors")
    return ArrayFile(name=named.name, size=named.stat().st_size, sha256=header)
