"""Publishing the built index elsewhere, on object storage, for functions whose INDEX_URI names it.

Every push makes a new version of each table, and the manifest's comes last: until then readers find the publication
before in its own versions, and those that have it open keep it for as long as KEEP_REPLACED says.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from build.errors import RegistryError, UsageError
from build.index.write import manifest_rows
from build.storage import CHECKSUMS, find_damage
from search_fn.index.array_table import PIECE_BYTES
from search_fn.index.facts import ARRAY_TABLES, MANIFEST, IndexUnavailableError, Manifest
from search_fn.index.lance import lancedb
from search_fn.index.manifest import read_manifest
from search_fn.index.open import open_index
from search_fn.index.schema import PIECE_SCHEMA
from search_fn.settings import Settings

# How long a publication stays readable after the next one has taken its place: an instance of the function may sleep.
KEEP_REPLACED = timedelta(days=1)
# LanceDB takes ages, not times; this much may pass between working one out and its use.
SLACK = timedelta(minutes=10)


def push(folder: Path, uri: str) -> bool:
    """Publish an index on object storage, unless it is there already, and whole.

    Args:
        folder: The index.
        uri: Where to, as s3://BUCKET/PREFIX.

    Returns:
        Whether anything was written.

    Raises:
        IndexUnavailableError: There is no index in `folder` that can be opened.
        UsageError: `uri` is not an address.
        RegistryError: The index is damaged, or LanceDB could not write; what was published at `uri` still is.
    """
    if "://" not in uri:
        raise UsageError(
            f"{uri} is not an address such as s3://bucket/index; `python -m build index` writes to folders."
        )
    manifest = open_index(Settings(str(folder), folder)).manifest
    # An index of an earlier release has no digests.
    if (damage := find_damage(folder)) not in (None, CHECKSUMS):
        raise RegistryError(
            f"{folder / damage} was changed since it was written, so nothing is pushed; "
            "make the index anew with `python -m build index`."
        )
    if _is_published(manifest, folder, uri):
        return False
    source = lancedb.connect(str(folder))
    with _explain_errors(f"The index could not be pushed to {uri}", "what was published there still is as it was"):
        database = lancedb.connect(uri)
        versions = {name: _put(database, name, source.open_table(name).to_arrow) for name in manifest.tables}
        for corpus, file in manifest.arrays.items():
            name = ARRAY_TABLES[corpus]
            versions[name] = _put(database, name, partial(_pieces, folder / file.name))
        rows = manifest_rows(manifest.model_copy(update={"tables": versions}))
        _put(database, MANIFEST, lambda: rows)
    return True


def clean(uri: str) -> None:
    """Remove the versions at `uri` of publications that others replaced longer ago than KEEP_REPLACED.

    Raises:
        RegistryError: LanceDB could not; what is published is whole.
    """
    with _explain_errors(f"Old versions at {uri} could not be removed", "the index is published"):
        database = lancedb.connect(uri)
        manifests = database.open_table(MANIFEST)
        versions = manifests.list_versions()
        oldest = {MANIFEST: oldest_kept(versions, datetime.now(UTC) - KEEP_REPLACED)}
        for version in (each["version"] for each in versions if each["version"] >= oldest[MANIFEST]):
            manifests.checkout(version)
            # The manifest is read as JSON, because another release may have written it with another schema.
            for name, used in json.loads(manifests.to_arrow()["manifest"][0].as_py()).get("tables", {}).items():
                oldest[name] = min(used, oldest.get(name, used))
        for name, version in oldest.items():
            table = database.open_table(name)
            created = next((_time(each) for each in table.list_versions()[1:] if each["version"] == version), None)
            # The time is None where the version is the first, or is gone.
            if created is not None:
                table.optimize(cleanup_older_than=datetime.now(UTC) - created + SLACK)


def _is_published(manifest: Manifest, folder: Path, uri: str) -> bool:
    try:
        there = read_manifest(uri)
        # A release before this one pushed no files of arrays.
        facts = [(one.build_id, one.digest, one.arrays) for one in (there, manifest)]
        if facts[0] != facts[1]:
            return False
        open_index(Settings(uri, folder))
    except IndexUnavailableError:
        return False
    return True


def _pieces(path: Path) -> pa.RecordBatchReader:
    """Return a file as PIECE_SCHEMA has it."""

    def batches() -> Iterator[pa.RecordBatch]:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield pa.record_batch([pa.array([piece], pa.binary())], schema=PIECE_SCHEMA)

    return pa.RecordBatchReader.from_batches(PIECE_SCHEMA, batches())


def _put(database: Any, name: str, read: Callable[[], pa.Table | pa.RecordBatchReader]) -> int:
    """Write the rows that a function reads as a table; return the version that this made."""
    try:
        table = database.create_table(name, read())
    except ValueError:  # it exists, and a reader may have been read
        table = database.create_table(name, read(), mode="overwrite")
    return int(table.version)


def oldest_kept(versions: Sequence[dict[str, Any]], limit: datetime) -> int:
    """Return the oldest of a table's versions that was still the newest one at `limit` or later."""
    until = [_time(each) for each in versions[1:]]
    ended = sum(end <= limit for end in until)
    return int(versions[ended]["version"])


def _time(version: dict[str, Any]) -> datetime:
    # LanceDB tells local times without their zone.
    result: datetime = version["timestamp"]
    return result.astimezone(UTC)


@contextmanager
def _explain_errors(what: str, state: str) -> Iterator[None]:
    """Turn errors of LanceDB into a RegistryError.

    Args:
        what: What failed, as the beginning of a sentence.
        state: What is still right.
    """
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        # The cause, from storage or the system, is within the debugging text of several layers.
        text = str(error).replace('\\"', '"')
        result = re.search(r"<Code>(\w+)</Code>", text) or re.search(r'message: "([^"]+)"', text)
        # The rest of the line names a place in LanceDB's sources.
        cause = result[1] if result else text.partition("\n")[0].partition(", /")[0][:200]
        raise RegistryError(
            f"{what} ({cause}), and {state}; check the address and the credentials in the environment, then push again."
        ) from error
