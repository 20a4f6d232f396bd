"""The manifest of an index: what is published at an address, and whether this code can read it."""

import json
from pathlib import Path

from search_fn.index.facts import (
    MANIFEST,
    MANIFEST_FILE,
    OLDEST_SCHEMA,
    SCHEMA_VERSION,
    IndexUnavailableError,
    Manifest,
)


def read_manifest(where: str) -> Manifest:
    """Return the manifest of what is published at an address that LanceDB reads.

    Raises:
        IndexUnavailableError: The index is missing, unreadable, or of a schema that this code does not read.
    """
    try:
        text = _read_table(where) if "://" in where else (Path(where) / MANIFEST_FILE).read_bytes()
    except Exception as error:  # LanceDB raises whatever its layers raise
        missing = f"There is no readable index at {where}"
        make = "build one with `python -m build run`"
        if "://" in where:
            missing, make = f"{missing}, or no access to it", f"publish one with `python -m build push {where}`"
        raise IndexUnavailableError(f"{missing}; {make}, or set INDEX_URI.") from error
    try:
        version = json.loads(text)["schema_version"]
        if is_read(version):
            return Manifest.model_validate_json(text)
    except (ValueError, TypeError, LookupError) as error:
        raise IndexUnavailableError(
            f"The manifest of the index at {where} cannot be read; build the index anew."
        ) from error
    raise IndexUnavailableError(f"The index at {where} {mismatch(version)}")


def _read_table(where: str) -> str:
    # Late: a start needs no tables where the index is a folder.
    from search_fn.index.lance import lancedb

    text: str = lancedb.connect(where).open_table(MANIFEST).to_arrow()["manifest"][0].as_py()
    return text


def is_read(version: object) -> bool:
    """Return whether this code reads an index of a schema version."""
    return isinstance(version, int) and OLDEST_SCHEMA <= version <= SCHEMA_VERSION


def mismatch(version: object) -> str:
    """Return the end of a sentence about an index of a schema that this code does not read: the versions, and what to
    deploy or build first.
    """
    newer = isinstance(version, int) and version > SCHEMA_VERSION
    order = (
        "deploy the function of the release that built it, or publish the index of before again"
        if newer
        else "build and publish the index with this release, or go back to the function of before"
    )
    return f"has schema {version}, this code reads {OLDEST_SCHEMA} to {SCHEMA_VERSION}; {order}."
