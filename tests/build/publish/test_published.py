"""What is published, as the next run needs to know it; and that it does not vanish by an accident."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from build.errors import RegistryError
from build.fetch.collections import Kept
from build.index.entries import bundle_entry
from build.index.passages import passages
from build.index.write import digest, write_index
from build.publish.published import MARKS, Output, build_id_of, kept_state
from build.publish.shrink_guard import guard_shrink
from search_fn.index.schema import DIMENSIONS, SCHEMA_VERSION, CollectionFacts, Counts, EncoderFacts, Manifest
from tests.support.catalogues import HARBOR, QUAY, facts, sound


def manifest(*collections: CollectionFacts) -> Manifest:
    bundles = sum(found.bundles for found in collections)
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


@pytest.mark.parametrize("output", ["index", "site"])
def test_the_build_id_is_read_from_the_mark(output: Output, tmp_path: Path) -> None:
    assert build_id_of(tmp_path, output) is None
    mark = tmp_path / MARKS[output]
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(json.dumps({"build_id": "an-id"}), encoding="utf-8")
    assert build_id_of(tmp_path, output) == "an-id"
    for damaged in (b"", b"{", b"[]", b"{}", b"7", b'"x"', b"null", b"\xff"):
        mark.write_bytes(damaged)
        assert build_id_of(tmp_path, output) is None


@pytest.mark.parametrize(
    ("before", "now"), [((10,), (8,)), ((10, 10), (8, 8)), ((0,), (0,)), ((5, 5), (6, 5)), ((3,), (3, 9)), ((1,), (1,))]
)
def test_a_fifth_may_go(before: tuple[int, ...], now: tuple[int, ...], tmp_path: Path) -> None:
    publish(tmp_path, *before)
    guard_shrink(tmp_path, readable(*now))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ((10,), (7,), "harbor went from 10 to 7 readable bundles"),
        # One that is emptied shows, though the whole hardly shrinks.
        ((90, 10), (95, 0), "quay went from 10 to 0 readable bundles"),
        # And one that is taken out of the configuration.
        ((10, 10), (10,), "the catalogue went from 20 to 10 readable bundles"),
        ((10,), (), "the catalogue went from 10 to 0 readable bundles"),
        ((1,), (0,), "harbor went from 1 to 0 readable bundles"),
    ],
)
def test_more_is_refused_with_the_next_step(
    before: tuple[int, ...], now: tuple[int, ...], said: str, tmp_path: Path
) -> None:
    publish(tmp_path, *before)
    with pytest.raises(RegistryError, match=f"Refused to publish: {said}; .* run again with --accept-shrink") as caught:
        guard_shrink(tmp_path, readable(*now))
    assert caught.value.exit_status == 1


def test_without_a_readable_manifest_nothing_is_guarded(tmp_path: Path) -> None:
    guard_shrink(tmp_path / "absent", readable(0))
    for damaged in ("", "{", "{}", '{"build_id": "x"}'):
        (tmp_path / MARKS["index"]).write_text(damaged, encoding="utf-8")
        guard_shrink(tmp_path, readable(0))


def test_what_may_stay_is_read_from_the_index(tmp_path: Path) -> None:
    assert kept_state(tmp_path, ("harbor",), accept_shrink=False) == Kept(("harbor",))
    catalogue = sound()
    texts = {passage.key for record in catalogue.records for passage in passages(record)}
    vectors = {key: np.zeros(DIMENSIONS, dtype=np.float16) for key in texts}
    written = manifest(*catalogue.collections).model_copy(update={"digest": digest(catalogue.records)})
    write_index(tmp_path, [bundle_entry(found, "") for found in catalogue.records], [], vectors, {}, written)
    kept = kept_state(tmp_path, ("harbor",), accept_shrink=False)
    assert kept.bundles == {record["id"]: record["codecollection"]["commit"] for record in catalogue.records}
    # One that was never fetched is at no commit.
    assert kept.collections == {found.slug: found.commit for found in catalogue.collections if found.slug != "adrift"}
    assert kept.counts == {found.slug: found.bundles for found in catalogue.collections}
    assert kept_state(tmp_path, (), accept_shrink=True) == Kept(collections=kept.collections)
    # Damaged tables under a sound manifest keep nothing.
    shutil.rmtree(tmp_path / "bundles.lance")
    assert kept_state(tmp_path, ("harbor",), accept_shrink=False) == Kept(("harbor",))
