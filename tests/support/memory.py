"""The memory of a process on Linux."""

import os
from pathlib import Path


def resident_mb(process: int) -> float:
    """Return the megabytes that a process holds in memory."""
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6
