"""The publication of the moment, as the next run and `serve` need to know it."""

import json
from pathlib import Path
from typing import Literal

from build.fetch.baseline import NO_BASELINE, Baseline, Selection
from build.model import API_ROOT, JsonObject
from build.storage import CHECKSUMS, find_damage, load
from search_fn.index.facts import BUNDLES, MANIFEST_FILE, Manifest

Output = Literal["index", "site"]
# The file of each output that names its build; a folder with it is one of ours.
MARKS: dict[Output, str] = {"index": MANIFEST_FILE, "site": f"{API_ROOT}/index.json"}


def build_id_of(folder: Path, output: Output) -> str | None:
    """Return the build id of what is published in `folder`, None when nothing readable is."""
    try:
        return str(json.loads((folder / MARKS[output]).read_text(encoding="utf-8"))["build_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_published(site: Path, document: Literal["report", "requests"]) -> JsonObject | None:
    """Return a document of the static API of the site in `site`, None when there is none that can be read."""
    try:
        result = json.loads((site / MARKS["site"]).with_name(f"{document}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return result if isinstance(result, dict) else None


def published_manifest(index: Path) -> Manifest | None:
    """Return the manifest of the published index, None where there is none that can be trusted."""
    damage = find_damage(index, MARKS["index"])
    return load(index / MARKS["index"], Manifest) if damage in (None, CHECKSUMS) else None


def read_baseline(index: Path, selection: Selection, *, accept_shrink: bool) -> Baseline:
    """Return what is published, with which a run compares what it fetched; NO_BASELINE where nothing is.

    Args:
        index: The published index.
        selection: What the run brings up to date; with a part of the catalogue, the commits of the rest are read, too.
        accept_shrink: Whether collections may shrink: then the baseline has no counts.
    """
    manifest = published_manifest(index)
    if manifest is None:
        return NO_BASELINE
    bundles = {}
    if selection.only:
        if find_damage(index, BUNDLES) not in (None, CHECKSUMS):
            return NO_BASELINE
        # Imported here: only a run of some collections reads what is published.
        from search_fn.index.lance import lancedb

        try:
            rows = lancedb.connect(str(index)).open_table(BUNDLES).to_arrow().select(["id", "summary"]).to_pylist()
        except (OSError, ValueError, RuntimeError):
            return NO_BASELINE
        bundles = {row["id"]: json.loads(row["summary"])["codecollection"]["commit"] for row in rows}
    return Baseline(
        bundles=bundles,
        collections={facts.slug: facts.commit for facts in manifest.collections if facts.commit},
        counts={} if accept_shrink else {facts.slug: facts.bundles for facts in manifest.collections},
    )
