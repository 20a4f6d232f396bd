"""What is kept between runs: written whole or not at all, with a digest, so that what a disk has damaged since is never
taken for what was written.
"""

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from build.options import CODE
from search_fn import text as spelling

_Kept = TypeVar("_Kept", bound=BaseModel)

CHECKSUMS = "SHA256SUMS"
_BEGIN, _BETWEEN, _END = '{"sha256":"', '","value":', "}"
# Hexadecimal digits of a sha256.
_HEX = 64


def canonical(value: object) -> str:
    """Return JSON with one spelling: what is stored, published and compared. Models may stand anywhere in `value`."""
    if isinstance(value, BaseModel):
        # Writes the same, ten times as fast.
        return value.model_dump_json()
    return spelling.canonical(value, default=_plain)


def _plain(value: object) -> dict[str, Any]:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} is not JSON")


def digest_of(text: str | bytes) -> str:
    """Return the sha256 of a text or of bytes, in hexadecimal."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def file_of(folder: Path, *key: str) -> Path:
    """Return the file in `folder` that holds the value of a key."""
    return folder / f"{digest_of(chr(0).join(key))[:32]}.json"


def load(file: Path, kind: type[_Kept]) -> _Kept | None:
    """Return the value in a file that others write too, None where there is none that can be read."""
    try:
        return kind.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def keep(file: Path, value: BaseModel) -> None:
    """Write a value with its digest, for `load_kept`."""
    write_whole(file, seal(value.model_dump_json(), file.name) + "\n")


def load_kept(file: Path, kind: type[_Kept]) -> _Kept | None:
    """Return the value that `keep` wrote, None where there is none, or another one than was written there."""
    try:
        return kind.model_validate_json(unseal(file.read_text(encoding="utf-8").removesuffix("\n"), file.name))
    except (OSError, ValueError):
        return None


def seal(text: str, name: str = "") -> str:
    """Return a line of JSON that holds `text`, itself a line of JSON, with a digest of it and of its place's `name`."""
    return f"{_BEGIN}{digest_of(f'{name}{chr(0)}{text}')}{_BETWEEN}{text}{_END}"


def unseal(line: str, name: str = "") -> str:
    """Return the text of a sealed line.

    Raises:
        ValueError: The line is not sealed, or was changed since.
    """
    text = line[len(_BEGIN) + _HEX + len(_BETWEEN) : -len(_END)]
    if line != seal(text, name):
        raise ValueError("the digest is another one")
    return text


def write_whole(file: Path, text: str) -> None:
    """Write a file; a process that is killed leaves the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".new")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
    except OSError:
        # A half-written file on a full disk is removed, for it would only take space.
        temporary.unlink(missing_ok=True)
        raise


def write_checksums(folder: Path) -> None:
    """Write the digests of all files of a folder into its file SHA256SUMS, as sha256sum reads it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / CHECKSUMS)
    lines = [f"{_digest_of_file(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    temporary = folder / f".{CHECKSUMS}"
    # Names of branches and tags are any bytes.
    temporary.write_text("".join(lines), encoding="utf-8", errors="surrogateescape")
    temporary.replace(folder / CHECKSUMS)


def find_damage(folder: Path, below: str = "") -> str | None:
    """Return the first file that is not as it was when `write_checksums` was called for its folder.

    Args:
        folder: Where it lies.
        below: Look only at files whose path begins so.

    Returns:
        A path below the folder; SHA256SUMS where that is missing or cannot be read; None where all is sound. A file
        that has come since is no damage.
    """
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return CHECKSUMS
    for line in lines:
        digest, mark, name = line.partition("  ")
        if not mark or not name or len(digest) != _HEX:
            return CHECKSUMS
        if name.startswith(below):
            try:
                if _digest_of_file(folder / name) != digest:
                    return name
            except (OSError, ValueError):
                return name
    return None


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code_version(files: Iterable[Path], distributions: Iterable[str]) -> str:
    """Return a key of all that a kept result depends on besides its input: files of code, installed packages."""
    digest = hashlib.sha256("\0".join(map(version, distributions)).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def code_files(patterns: Iterable[str]) -> list[Path]:
    """Return the modules and tables that patterns below the checkout name, and those in folders that they name."""
    places = [place for pattern in patterns for place in CODE.glob(pattern)]
    inside = [file for place in places for file in place.glob("*")]
    return sorted(file for file in (*places, *inside) if file.suffix in (".py", ".toml"))
