"""A file of arrays as a table of its pieces, from which it is copied: LanceDB, which knows how to reach every kind of
object storage, reads no other files there.
"""

import logging
import os
import tempfile
from contextlib import suppress
from typing import Any, BinaryIO

from search_fn.index.schema import PIECE

_log = logging.getLogger(__name__)
PIECE_BYTES = 1 << 22
"""The size of all pieces but the last."""
# Pieces that are read at once: they are in memory until they are written.
_PIECES = 8


def copy_file(table: Any, size: int) -> BinaryIO:
    """Return a copy of a file in the temporary folder, without a name there: it ends with the process that has it open
    or mapped. Where that folder has no room for it, the copy is in memory.

    Args:
        table: Its pieces, open in LanceDB, which raises what its layers raise.
        size: How many bytes it has to have.

    Raises:
        ValueError: It is longer or shorter.
        OSError: There is no room for it anywhere.
    """
    file = _empty_file(size)
    try:
        copied, count = 0, table.count_rows()
        for start in range(0, count, _PIECES):
            rows = table.take_offsets(list(range(start, min(start + _PIECES, count)))).select([PIECE]).to_arrow()
            for piece in rows[PIECE]:
                copied += file.write(piece.as_buffer())
        if copied != size:
            raise ValueError(f"its arrays have {copied:,} bytes and not {size:,}")
    except BaseException:
        file.close()
        raise
    return file


def _empty_file(size: int) -> BinaryIO:
    """Return a new file without a name, where there is room for so many bytes."""
    with suppress(FileNotFoundError):  # where no folder for temporary files can be written
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it is what this returns
        room = os.fstatvfs(file.fileno())
        if room.f_bavail * room.f_frsize > size:
            return file
        file.close()
    if not hasattr(os, "memfd_create"):  # Linux has it
        raise OSError(f"the folder for temporary files has no room for {size >> 20} MB of arrays")
    _log.warning(
        "The copy of the index's arrays takes %d MB of memory, as the folder for temporary files has no room for it; "
        "give that more, or name another by TMPDIR.",
        size >> 20,
    )
    return os.fdopen(os.memfd_create("arrays"), "w+b", buffering=0)
