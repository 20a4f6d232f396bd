"""Publishing: whole or not at all. New folders are written beside the old ones and change places at the end."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from build.errors import RegistryError, UsageError


@contextmanager
def one_at_a_time(cache: Path) -> Iterator[None]:
    """Hold the cache for one run. Raises RegistryError: another run holds it."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RegistryError(f"Another run works with {cache}; wait for its end, or name another --cache.") from None
        yield


def check_target(folder: Path, mark: str) -> None:
    """Refuse to replace a folder that is not ours: one with files but without `mark`, the path of a file we write.
    Raises UsageError: with what to do.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder} is not a plain folder; name another one.")
    if folder.is_dir() and not (folder / mark).exists() and any(p.name != "README.md" for p in folder.iterdir()):
        raise UsageError(f"{folder} holds other files and would be replaced; name an empty or new folder.")


def repair(folder: Path) -> bool:
    """Put right what a killed run left: the old folder comes back, half-written ones go. Whether there was anything."""
    old, new = _beside(folder, ".old"), _beside(folder, ".new")
    found = old.exists() or new.exists()
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (old, new):
        shutil.rmtree(leftover, ignore_errors=True)
    return found


@contextmanager
def replacing(*folders: Path) -> Iterator[list[Path]]:
    """New, empty folders that at the end take the places of `folders`, one rename after the other; not on failure."""
    made = [_beside(folder, ".new") for folder in folders]
    try:
        for folder in made:
            folder.mkdir(parents=True)
        yield made
        # A rename may reach the disk before the files that it shows; after a power cut that would be a hollow site.
        os.sync()
        for folder, new in zip(folders, made, strict=True):
            _swap(folder, new)
    finally:
        for folder in made:
            shutil.rmtree(folder, ignore_errors=True)


def _swap(folder: Path, new: Path) -> None:
    readme = folder / "README.md"
    if readme.is_file() and not (new / "README.md").exists():
        # The one file there that is in git.
        shutil.copy2(readme, new / "README.md")
    old = _beside(folder, ".old")
    try:
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _beside(folder: Path, suffix: str) -> Path:
    if folder.name in ("", ".."):
        raise UsageError(f"{folder} cannot be replaced; name a folder in it.")
    return folder.with_name(folder.name + suffix)
