"""Where the answers of a model are kept: a file for each bundle, to be read and reviewed."""

import json
from pathlib import Path

from pydantic import ValidationError

from build.enhance.answer import Enhancement
from build.model import CatalogueEntry, Problem
from build.problems import problem
from build.storage import write_whole


def file_of(folder: Path, entry: CatalogueEntry) -> Path:
    """Where the bundle's answer is kept."""
    return folder / f"{entry.id}.json"


def load(folder: Path, entry: CatalogueEntry) -> tuple[Enhancement | None, list[Problem]]:
    """What is kept of the bundle, whatever files it was made from, and what was wrong with it."""
    try:
        kept = Enhancement.model_validate_json(file_of(folder, entry).read_bytes())
    except FileNotFoundError:
        return None, []
    except (OSError, ValidationError):
        return None, [_not_read(entry, "cannot be read")]
    if not kept.is_sound:
        return None, [_not_read(entry, "was changed since it was written")]
    return kept, list(kept.problems)


def _not_read(entry: CatalogueEntry, why: str) -> Problem:
    message = f"{entry.id}.json of the enhancements {why}"
    return problem("enhancement-not-read", message, collection=entry.collection.slug, bundle=entry.bundle.name)


def store(folder: Path, entry: CatalogueEntry, enhancement: Enhancement) -> None:
    """Keep an answer."""
    text = json.dumps(enhancement.sealed().model_dump(mode="json"), ensure_ascii=False, indent=1)
    write_whole(file_of(folder, entry), f"{text}\n")
