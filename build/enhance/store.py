"""The files of a model's answers: one for each bundle, to be read and reviewed."""

import json
from pathlib import Path
from typing import Any

from build.enhance.answer import ADDED, Enhancement
from build.model import CatalogueEntry, Problem
from build.problems import problem
from build.storage import canonical, digest_of, write_whole


def file_of(folder: Path, entry: CatalogueEntry) -> Path:
    """Return the file of a bundle's answer."""
    return folder / f"{entry.id}.json"


def load(folder: Path, entry: CatalogueEntry) -> tuple[Enhancement | None, list[Problem]]:
    """Read the stored answer about a bundle, whatever version of its files it was made from.

    Returns:
        The answer, and the problems that were found when it was made; None where there is none, and where it cannot be
        read, with a problem.
    """
    try:
        content = file_of(folder, entry).read_bytes()
        data = json.loads(content)
        answer = dict.fromkeys(ADDED, ()) | data["answer"]
        stored = Enhancement.model_validate({**data, "answer": answer})
    except FileNotFoundError:
        return None, []
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        RecursionError,
    ):  # ValidationError and JSON's errors are ValueErrors
        return None, [_not_read(entry, "cannot be read")]
    # The digest is of the file's own fields, so that fields which a later release adds do not change it.
    if stored.sha256 not in ("", _digest(data)):
        return None, [_not_read(entry, "was changed since it was written")]
    return stored, list(stored.problems)


def _not_read(entry: CatalogueEntry, why: str) -> Problem:
    message = f"{entry.id}.json of the enhancements {why}"
    return problem("enhancement-not-read", message, collection=entry.collection.slug, bundle=entry.bundle.name)


def store(folder: Path, entry: CatalogueEntry, enhancement: Enhancement) -> None:
    """Write the answer about a bundle to its file, with its digest."""
    data = enhancement.model_dump(mode="json")
    text = json.dumps({**data, "sha256": _digest(data)}, ensure_ascii=False, indent=1)
    write_whole(file_of(folder, entry), f"{text}\n")


def _digest(data: dict[str, Any]) -> str:
    return digest_of(canonical({name: value for name, value in data.items() if name != "sha256"}))
