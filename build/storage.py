"""JSON with one spelling, and values kept under a key in files that are written whole or not at all."""

import hashlib
import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

_Kept = TypeVar("_Kept", bound=BaseModel)


def canonical(value: Any) -> str:
    """JSON with one spelling: what is stored, published and compared."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def file_of(folder: Path, *key: str) -> Path:
    """Where in `folder` the value of this key is kept."""
    digest = hashlib.sha256("\0".join(key).encode()).hexdigest()
    return folder / f"{digest[:32]}.json"


def load(file: Path, kind: type[_Kept]) -> _Kept | None:
    """The value in a file, None where there is none that can be read."""
    try:
        return kind.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def write_whole(file: Path, text: str) -> None:
    """Write a file; a process that is killed leaves the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)
