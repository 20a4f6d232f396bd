"""Archives of what is published: equal files make equal bytes."""

import gzip
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

from build.errors import RegistryError
from build.storage import find_damage
from search_fn.index.checked import CHECKED_FILE
from search_fn.index.facts import Manifest
from search_fn.index.open import open_index
from search_fn.settings import Settings


def sound_manifest(index: Path) -> Manifest:
    """Return the manifest of an index that can be opened.

    Raises:
        RegistryError: A file of the index was changed since it was written.
        IndexUnavailableError: There is no index in the folder that can be opened.
    """
    manifest = open_index(Settings(str(index), index)).manifest
    if damage := find_damage(index):
        raise RegistryError(
            f"{index / damage} was changed since it was written, so nothing is offered; "
            "make the index anew with `python -m build index`."
        )
    return manifest


def index_files(index: Path) -> dict[str, Path]:
    """Return the files of an index by their names in an archive. When somebody last looked is no part of it."""
    return {name: path for name, path in files_below(index) if path != index / CHECKED_FILE}


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file below a folder with its name there, in one order on every machine."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def write_archive(target: Path, files: Mapping[str, Path], *, packed: bool) -> None:
    """Write a tar archive.

    Args:
        target: The file.
        files: What is in it, by name, in its order.
        packed: Whether gzip packs it.
    """
    # No names, dates or owners of this machine.
    with ExitStack() as stack:
        raw: IO[bytes] = stack.enter_context(target.open("wb"))
        if packed:
            raw = cast("IO[bytes]", stack.enter_context(gzip.GzipFile("", "wb", 6, raw, mtime=0)))
        archive = stack.enter_context(tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT))
        for name, path in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = path.stat().st_size
            with path.open("rb") as file:
                archive.addfile(entry, file)
