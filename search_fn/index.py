"""The shipped index, opened for reading and checked: schema, encoder, one publication."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from search_fn.encoder import ENCODER_FILE, Encoder, EncoderMismatch
from search_fn.lance import lancedb
from search_fn.repair import Vocabulary
from search_fn.schema import BUNDLES, MANIFEST, PASSAGES, SCHEMA_VERSION, WORDS, Manifest
from search_fn.settings import Settings
from search_fn.words import stem

_FILTERED = ["collection", "platforms", "tags", "access", "kinds"]
_FACTS = ["id", "name", "updated", "task_count", "discovered", "platform_names", *_FILTERED, "card"]


class IndexUnavailable(Exception):
    """There is no index to answer from; the message is for the person who runs the function."""


def fold_name(text: str) -> str:
    """A name without case, separators and quotes: `K8s_PVC health` and `k8s-pvc-health` are one."""
    return re.sub(r"[\W_]+", "", text.casefold())


def fold_number(text: str) -> str:
    """A name as fold_name has it, and its words without their endings too: `Pod Restarts` and `pod-restart` are one."""
    found = re.split(r"[\W_]+", text.casefold())
    # The stem leaves short words alone.
    return "".join(stem(word) if len(word) > 3 else word.removesuffix("s") for word in found)


@dataclass(frozen=True)
class Index:
    """An open index. `facts` are the small columns of all bundles, in the table's order."""

    manifest: Manifest
    encoder: Encoder
    bundles: Any
    passages: Any
    facts: list[dict[str, Any]]
    vocabulary: Vocabulary

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each bundle stands, by id."""
        return {facts["id"]: position for position, facts in enumerate(self.facts)}

    @cached_property
    def names(self) -> dict[str, list[int]]:
        """Where the bundles of a name stand, by their slug, title, and collection with slug, folded."""
        return self._names(fold_name)

    @cached_property
    def names_in_any_number(self) -> dict[str, list[int]]:
        """The same by fold_number."""
        return self._names(fold_number)

    def _names(self, fold: Callable[[str], str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for position, facts in enumerate(self.facts):
            slug = facts["id"].split("/", 1)[1]
            for name in {fold(slug), fold(facts["name"]), fold(facts["id"])} - {""}:
                found.setdefault(name, []).append(position)
        return found

    @cached_property
    def twins(self) -> dict[int, list[int]]:
        """Where those bundles stand that others share their slug with: one bundle in several collections."""
        found: dict[str, list[int]] = {}
        for position, facts in enumerate(self.facts):
            found.setdefault(fold_name(facts["id"].split("/", 1)[1]), []).append(position)
        return {position: twins for twins in found.values() if len(twins) > 1 for position in twins}

    def card(self, position: int) -> dict[str, Any]:
        """The bundle at a position as a search result."""
        found: dict[str, Any] = json.loads(self.facts[position]["card"])
        return found

    def column(self, positions: list[int], column: str) -> list[str]:
        """The JSON of `summary` or `record` of the bundles at `positions`, in that order."""
        if not positions:
            return []
        rows = self.rows(self.bundles.take_offsets(positions).select(["id", column])).to_pylist()
        by_id = {row["id"]: row[column] for row in rows}
        return [by_id[self.facts[position]["id"]] for position in positions]

    def rows(self, query: Any) -> pa.Table:
        """What a query of one of the tables finds.

        Raises:
            IndexUnavailable: the tables' files are no longer those that were opened.
        """
        try:
            return query.to_arrow()
        except (OSError, RuntimeError) as error:  # what LanceDB says of files; of a wrong query it says ValueError
            raise IndexUnavailable(
                "The index has been replaced or damaged since it was opened; the next request opens it anew."
            ) from error


def open_index(settings: Settings) -> Index:
    """Open what `settings.index_uri` names.

    Raises:
        IndexUnavailable: it is missing, unreadable, of another schema, or made with another encoder.
    """
    where = settings.index_uri
    try:
        if "://" not in where and not Path(where).is_dir():
            # LanceDB would make it.
            raise FileNotFoundError(where)
        database = lancedb.connect(where)
        text = database.open_table(MANIFEST).to_arrow()["manifest"][0].as_py()
    except Exception as error:  # LanceDB raises whatever its layers raise
        message = f"There is no readable index at {where}; build one with `python -m build run`, or set INDEX_URI."
        raise IndexUnavailable(message) from error
    manifest = _manifest(where, text)
    try:
        tables = {name: database.open_table(name) for name in (BUNDLES, PASSAGES, WORDS)}
        for name, table in tables.items():
            if table.version != manifest.tables[name]:
                # A newer publication is being written: this one is still there under its version.
                table.checkout(manifest.tables[name])
        facts = _facts(tables[BUNDLES])
        words = tables[WORDS].to_arrow()
    except Exception as error:
        raise IndexUnavailable(f"The index at {where} is damaged ({error}); build it anew.") from error
    try:
        encoder = Encoder.load(settings.encoder_folder / ENCODER_FILE, manifest.encoder.sha256)
    except (OSError, EncoderMismatch) as error:
        raise IndexUnavailable(f"The index at {where} cannot be read with this encoder: {error}") from error
    counts = dict(zip(words["word"].to_pylist(), words["bundles"].to_pylist(), strict=True))
    return Index(manifest, encoder, tables[BUNDLES], tables[PASSAGES], facts, Vocabulary(counts, encoder.has_word))


def _manifest(where: str, text: str) -> Manifest:
    try:
        version = json.loads(text).get("schema_version")
        if version == SCHEMA_VERSION:
            return Manifest.model_validate_json(text)
    except (ValueError, AttributeError, ValidationError) as error:
        raise IndexUnavailable(f"The manifest of the index at {where} cannot be read; build the index anew.") from error
    raise IndexUnavailable(
        f"The index at {where} has schema {version}, this code reads {SCHEMA_VERSION}; "
        "build the index anew with this release."
    )


def _facts(table: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.search().select(_FACTS).limit(table.count_rows() or 1).to_arrow().to_pylist()
    return rows
