"""Where the answers of a model are kept: a file for each bundle, to be read and reviewed."""

import json
from pathlib import Path
from typing import Any

from build.enhance.answer import ADDED, Enhancement
from build.model import CatalogueEntry, Problem
from build.problems import problem
from build.storage import canonical, digest_of, write_whole


def file_of(folder: Path, entry: CatalogueEntry) -> Path:
    """Where the bundle's answer is kept."""
    return folder / f"{entry.id}.json"


def load(folder: Path, entry: CatalogueEntry) -> tuple[Enhancement | None, list[Problem]]:
    """What is kept of the bundle, whatever files it was made from, and what was wrong with it."""
    try:
        content = file_of(folder, entry).read_bytes()
        data = json.loads(content)
        answer = dict.fromkeys(ADDED, ()) | data["answer"]
        kept = Enhancement.model_validate({**data, "answer": answer})
    except FileNotFoundError:
        return None, []
    except (OSError, ValueError, TypeError, KeyError, RecursionError):  # as ValidationError and what JSON raises are
        return None, [_not_read(entry, "cannot be read")]
    # Of what stands there, whatever a later release makes of it.
    if kept.sha256 not in ("", _digest(data)):
        return None, [_not_read(entry, "was changed since it was written")]
    return kept, list(kept.problems)


def _not_read(entry: CatalogueEntry, why: str) -> Problem:
    message = f"{entry.id}.json of the enhancements {why}"
    return problem("enhancement-not-read", message, collection=entry.collection.slug, bundle=entry.bundle.name)


def store(folder: Path, entry: CatalogueEntry, enhancement: Enhancement) -> None:
    """Keep an answer."""
    data = enhancement.model_dump(mode="json")
    text = json.dumps({**data, "sha256": _digest(data)}, ensure_ascii=False, indent=1)
    write_whole(file_of(folder, entry), f"{text}\n")


def _digest(data: dict[str, Any]) -> str:
    return digest_of(canonical({name: value for name, value in data.items() if name != "sha256"}))
