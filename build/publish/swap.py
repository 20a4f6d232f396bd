"""Publishing: whole or not at all. New folders are written beside the old ones and change places at the end."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from build.errors import RegistryError, UsageError


@contextmanager
def lock_outputs(cache: Path, *outputs: Path) -> Iterator[None]:
    """Lock the cache and the outputs until the end of the context.

    Raises:
        RegistryError: Another run holds one of them.
    """
    with ExitStack() as held:
        for folder in (cache, *sorted(outputs)):
            lock = cache / "lock" if folder == cache else _lock_of(folder)
            lock.parent.mkdir(parents=True, exist_ok=True)
            try:
                fcntl.flock(held.enter_context(lock.open("w")), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                option = "--cache" if folder == cache else "--index or --site"
                raise RegistryError(
                    f"Another run works with {folder}; wait for its end, or name another {option}."
                ) from None
        yield


def _lock_of(folder: Path) -> Path:
    """Return the lock beside an output, by whatever name the output is called."""
    folder = folder.resolve()
    return folder.with_name(f".{folder.name}.lock")


def check_target(folder: Path, mark: str) -> None:
    """Refuse to replace a folder that is not ours, or that cannot be renamed.

    Args:
        folder: The folder.
        mark: The path in it of a file that we write: a folder with files but without this one is not ours.

    Raises:
        UsageError: It cannot be replaced; the message says what to do.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder} is not a plain folder; name another one.")
    if str(folder.resolve()) in _mount_points():
        raise UsageError(
            f"{folder} is a mount point, which cannot be replaced as a whole; mount the folder above it, or name a "
            "folder in it."
        )
    if not os.access(_existing(folder.absolute().parent), os.W_OK | os.X_OK):
        raise UsageError(
            f"{folder.absolute().parent} cannot be written, and what is published is replaced there; "
            "let this user write there, or name another folder."
        )
    if folder.is_dir() and not (folder / mark).exists() and any(p.name != "README.md" for p in folder.iterdir()):
        raise UsageError(f"{folder} holds other files and would be replaced; name an empty or new folder.")


def repair(folder: Path) -> bool:
    """Bring back the folder that a killed run had moved away, and remove half-written ones; return whether any was
    left.
    """
    old, new = _beside(folder, ".old"), _beside(folder, ".new")
    result = old.exists() or new.exists()
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (old, new):
        shutil.rmtree(leftover, ignore_errors=True)
    return result


@contextmanager
def replace_folders(*folders: Path) -> Iterator[list[Path]]:
    """Yield new, empty folders that take the places of `folders` at the end, one rename after the other; not on
    failure.
    """
    new_folders = [_beside(folder, ".new") for folder in folders]
    try:
        for folder in new_folders:
            folder.mkdir(parents=True)
        yield new_folders
        # A rename may reach the disk before the files that it shows; after a power cut that would be a hollow site.
        os.sync()
        _swap_all(list(zip(folders, new_folders, strict=True)))
    finally:
        for folder in new_folders:
            shutil.rmtree(folder, ignore_errors=True)


def _swap_all(pairs: list[tuple[Path, Path]]) -> None:
    """Put each new folder into its place; where one cannot be, the places are as before."""
    swapped: list[tuple[Path, Path]] = []
    try:
        for folder, new in pairs:
            _swap(folder, new)
            swapped.append((folder, new))
    except BaseException:
        for folder, new in reversed(swapped):
            folder.rename(new)
            old = _beside(folder, ".old")
            if old.exists():
                old.rename(folder)
        raise
    for folder, _ in pairs:
        shutil.rmtree(_beside(folder, ".old"), ignore_errors=True)


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


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _mount_points() -> set[str]:
    """Return where file systems are mounted, folders of others among them; nothing where the system does not tell."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return set()
    # Blanks and the like are spelled out in octal.
    return {re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), line.split(" ")[4]) for line in lines}


def _beside(folder: Path, suffix: str) -> Path:
    if folder.name in ("", ".."):
        raise UsageError(f"{folder} cannot be replaced; name a folder in it.")
    return folder.with_name(folder.name + suffix)
