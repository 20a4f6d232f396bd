"""What is published of two collections, as the next run reads it."""

from pathlib import Path

from build.publish.published import MARKS
from search_fn.index.facts import DIMENSIONS, SCHEMA_VERSION, CollectionFacts, Counts, EncoderFacts, Manifest
from tests.support.catalogues import HARBOR, QUAY, facts


def manifest(*collections: CollectionFacts) -> Manifest:
    bundles = sum(result.bundles for result in collections)
    return Manifest(
        build_id="an-id",
        schema_version=SCHEMA_VERSION,
        updated=None,
        counts=Counts(
            collections=len(collections), bundles=bundles, tools=0, runbook_tools=0, monitor_tools=0, passages=0
        ),
        tables={},
        encoder=EncoderFacts(name="none", dimensions=DIMENSIONS, sha256="0"),
        collections=list(collections),
        digest="0",
    )


def publish(index: Path, *counts: int) -> None:
    (index / MARKS["index"]).write_text(manifest(*of(*counts)).model_dump_json(), encoding="utf-8")


def readable(*counts: int) -> dict[str, int]:
    return {known.slug: count for known, count in zip((HARBOR, QUAY), counts, strict=False)}


def of(*counts: int) -> list[CollectionFacts]:
    return [facts(known, bundles=count, tools=0) for known, count in zip((HARBOR, QUAY), counts, strict=False)]
