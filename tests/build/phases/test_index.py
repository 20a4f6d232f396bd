"""What is published is encoded and written; tests/build/index has how, tests/build/test_pipeline.py the whole."""

import json
import shutil
from pathlib import Path

import pytest

from build.errors import RegistryError
from build.index.encoder_file import cached_file
from build.model import Bundle, CatalogueEntry
from build.phases.context import RunContext
from build.phases.index import describe_interface, index_catalogue
from search_fn.encoder.remote import EncoderUnavailableError
from search_fn.index.open import open_index
from search_fn.search.ranking import search
from search_fn.settings import Settings
from tests.support.catalogues import HARBOR, QUAY, entry, sound
from tests.support.releases import releases_of
from tests.support.runs import run_of


@pytest.fixture
def run(tmp_path: Path, encoder_path: Path) -> RunContext:
    run = run_of(tmp_path)
    file = cached_file(run.options.cache)
    file.parent.mkdir(parents=True)
    shutil.copyfile(encoder_path, file)
    return run


def entries(code: str = "") -> list[CatalogueEntry]:
    """A bundle for each record."""
    collections = {one.slug: one for one in (HARBOR, QUAY)}
    return [
        entry(Bundle(name=record.slug, code=code), collections[record.codecollection.slug])
        for record in sound().records
    ]


def test_the_index_is_written_and_answers(run: RunContext, tmp_path: Path) -> None:
    folder, catalogue = tmp_path / "new", sound()
    folder.mkdir()
    indexed = index_catalogue(run, catalogue, entries("xylophone"), folder)
    index = open_index(Settings.of_folder(folder))
    assert index.manifest.build_id == catalogue.build_id
    assert index.manifest.counts.passages == run.report.passages == run.report.encoded > 0
    # The robot files' words are searched too.
    assert search(index, "xylophone").total == len(catalogue.records)
    for record in indexed.catalogue.records:
        assert record.id not in record.related
        assert len(record.related) == len(catalogue.records) - 1
    assert indexed.openapi["info"]["title"] == "CodeCollection Registry"
    assert catalogue.build_id in indexed.documents["index"]
    assert list(run.report.seconds) == ["encode", "index"]


def test_a_text_that_is_gone_from_the_cache_stops_the_publication(run: RunContext, tmp_path: Path) -> None:
    catalogue = sound()
    first = catalogue.records[0]
    file = first.files[0].model_copy(update={"path": "gone.sh", "stored": True, "reason": None})
    records = [first.model_copy(update={"files": (file,)}), *catalogue.records[1:]]
    (tmp_path / "new").mkdir()
    with pytest.raises(RegistryError, match=r"gone\.sh.*is gone from .* run again\."):
        index_catalogue(run, catalogue._replace(records=records), entries(), tmp_path / "new")


def test_for_the_site_alone_no_index_is_written(run: RunContext) -> None:
    indexed = index_catalogue(run, sound(), entries(), None)
    assert all(record.related for record in indexed.catalogue.records)
    assert not run.options.index.exists()


def test_a_remote_encoder_that_does_not_answer_stops_the_publication(
    run: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent:
        model, dimensions = "m", 384

        def encode(self, texts: list[str]) -> None:
            raise EncoderUnavailableError("the provider did not answer")

    monkeypatch.setattr("build.phases.index.remote_encoder", Silent)
    with pytest.raises(RegistryError, match="Refused to publish: the provider did not answer"):
        index_catalogue(run, sound(), entries(), None)


def test_a_copy_of_the_encoder_that_is_another_is_refused(
    run: RunContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    monkeypatch.setattr(
        "build.phases.index.shutil.copyfile", lambda source, target: target.write_bytes(source.read_bytes()[:-1])
    )
    with pytest.raises(RegistryError, match="another than its original; look whether the disk is sound"):
        index_catalogue(run, sound(), entries(), folder)


def test_the_interface_is_described_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_SECONDS", "x")
    assert "/api/v1/search" in describe_interface()["paths"]


def test_what_was_removed_names_the_bundles_that_are_most_like_it(run: RunContext) -> None:
    own = releases_of("harbor/pod-bearing")
    (gone,) = own.removed
    gone = gone.model_copy(update={"id": "harbor/pod-bearing-old", "nearest": ()})
    moved = {gone.id: own.moved["harbor/gone"]}
    releases = {"harbor": own.model_copy(update={"removed": (gone,), "moved": moved})}
    indexed = index_catalogue(run, sound()._replace(releases=releases), entries(), None)
    (told,) = json.loads(indexed.documents["removed"])["removed"]
    assert told["nearest"][0] == "harbor/pod-bearing"
