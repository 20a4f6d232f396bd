"""What is published, as the next run needs to know it; and that it does not vanish by an accident."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from build.fetch.baseline import NO_BASELINE, Baseline, Selection
from build.index.entries import bundle_entry
from build.index.passages import passages
from build.index.weighing import weigh
from build.index.write import digest, write_index
from build.publish.published import MARKS, Output, build_id_of, read_baseline
from search_fn.index.facts import DIMENSIONS
from tests.support.catalogues import sound
from tests.support.publications import manifest


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


def test_what_may_stay_is_read_from_the_index(tmp_path: Path) -> None:
    assert read_baseline(tmp_path, Selection(("harbor",)), accept_shrink=False) == NO_BASELINE
    catalogue = sound()
    texts = {passage.key for record in catalogue.records for passage in passages(record)}
    vectors = {key: np.zeros(DIMENSIONS, dtype=np.float16) for key in texts}
    written = manifest(*catalogue.collections).model_copy(update={"digest": digest(catalogue.records)})
    bundles = [bundle_entry(found, "", passages(found)) for found in catalogue.records]
    write_index(tmp_path, weigh(bundles), weigh([]), vectors, {}, written)
    baseline = read_baseline(tmp_path, Selection(("harbor",)), accept_shrink=False)
    assert baseline.bundles == {record.id: record.codecollection.commit for record in catalogue.records}
    # One that was never fetched is at no commit.
    assert baseline.collections == {
        found.slug: found.commit for found in catalogue.collections if found.slug != "adrift"
    }
    assert baseline.counts == {found.slug: found.bundles for found in catalogue.collections}
    assert read_baseline(tmp_path, Selection(), accept_shrink=True) == Baseline(collections=baseline.collections)
    # Damaged tables under a sound manifest keep nothing.
    shutil.rmtree(tmp_path / "bundles.lance")
    assert read_baseline(tmp_path, Selection(("harbor",)), accept_shrink=False) == NO_BASELINE
