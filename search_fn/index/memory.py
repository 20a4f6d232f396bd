"""The memory of a process that has just read or written an index."""

import ctypes
from contextlib import suppress


def return_freed() -> None:
    """Give the system back what the C library's allocator holds of what was freed: a hundred megabytes and more after
    large tables.
    """
    with suppress(AttributeError, OSError, TypeError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)
