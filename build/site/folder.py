"""The folder of a site while it is written: so many small files that to look for each one's folder cost more than to
write it.
"""

import os
from pathlib import Path

# Files come folder by folder: of more than so many, those that were made long ago are asked for no more.
_REMEMBERED = 4_096


class SiteFolder:
    """Writes files below a folder, and remembers some of the folders that are there."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._made = {""}

    def write(self, path: str, content: bytes) -> None:
        """Write a file, in the place of another of the same path below the folder.

        Raises:
            OSError: It cannot be written.
        """
        self._make(path.rpartition("/")[0])
        # An opened path asks the system three things more, which for files of some KB is a third of the time.
        file = os.open(f"{self._root}/{path}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(file, rest) :]
        finally:
            os.close(file)

    def _make(self, folder: str) -> None:
        if folder in self._made:
            return
        self._make(folder.rpartition("/")[0])
        Path(self._root, folder).mkdir(exist_ok=True)
        if len(self._made) >= _REMEMBERED:
            self._made = {""}
        self._made.add(folder)
