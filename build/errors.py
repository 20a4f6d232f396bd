"""What stops a run. The message is one sentence for the person who can act, with the next step."""

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class RegistryError(Exception):
    """Nothing was published. Exit status 1."""

    exit_status = 1


class UsageError(RegistryError):
    """The command line or a configuration file is wrong. Exit status 2."""

    exit_status = 2


# What git, or a library that is written in another language, has the system's words of.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def number_of(error: Exception | str) -> int | None:
    """Return the system's number of an error, None where it is none of the system's.

    Libraries that are not written in Python tell it in words: "(os error 28)".
    """
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    said = re.search(r"\(os error (\d+)\)", str(error))
    if said:
        return int(said[1])
    return next((number for number in (*FULL, errno.EROFS) if os.strerror(number) in str(error)), None)


@contextmanager
def system_errors_told(state: Callable[[], str], *folders: Path) -> Iterator[None]:
    """Turn what the system refuses, such as to write to a full disk, into a sentence.

    Args:
        state: Says what the person finds: "nothing was published", say.
        folders: Where the program writes.

    Raises:
        RegistryError: With what was refused, where, and what to do.
    """
    try:
        yield
    except RegistryError:
        raise
    except Exception as error:
        number = number_of(error)
        if number is None:
            raise
        place = getattr(error, "filename", None)
        raise RegistryError(_sentence(number, str(place) if place else "", state(), folders)) from error


def _sentence(number: int, place: str, state: str, folders: tuple[Path, ...]) -> str:
    said = os.strerror(number)
    if number in FULL:
        left = ", ".join(f"{folder} ({free:,} MB left)" for folder in folders if (free := _free(folder)) is not None)
        where = place or left or "a disk"
        return f"{said}: {where} cannot take what this writes ({state}); make room there, then run again."
    if number in _REFUSED:
        return (
            f"{said}: {place or 'a file'} cannot be written ({state}); "
            "let this user write there, or name another folder."
        )
    return f"{said}: {place or 'the system'} refused what this asks ({state}); correct that, then run again."


def _free(folder: Path) -> int | None:
    """Return the megabytes that the disk of a folder, or of what will be around it, has left."""
    there = next((path for path in (folder, *folder.absolute().parents) if path.exists()), None)
    try:
        return shutil.disk_usage(there).free // 1_000_000 if there else None
    except OSError:
        return None
