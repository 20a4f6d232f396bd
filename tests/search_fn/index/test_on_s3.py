"""The function over an index on object storage, through a real server of S3's protocol."""

import gc
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest

from build.errors import RegistryError
from build.publish import push as push_module
from build.publish.push import clean, push
from build.storage import canonical
from search_fn.encoder.minilm import ENCODER_FILE
from search_fn.index import current
from search_fn.index import open as index_module
from search_fn.index.facets import Filters
from search_fn.index.facts import (
    ARRAY_TABLES,
    BUNDLES,
    FILES,
    MANIFEST,
    OLDEST_SCHEMA,
    PAGES,
    SCHEMA_VERSION,
    IndexUnavailableError,
)
from search_fn.index.lance import lancedb
from search_fn.index.manifest import read_manifest
from search_fn.index.open import Index, open_index
from search_fn.rest.application import create_app
from search_fn.search.ranking import search
from search_fn.settings import Settings
from tests.support.made_up import TEXTS, records, rewrite_manifest, write_made_up_index
from tests.support.object_storage import ObjectStorage, object_storage, use
from tests.support.serving import serving

pytestmark = pytest.mark.slow

PODS = "/api/v1/collections/beacon-codecollection/codebundles/k8s-pod-restarts"
SEARCH = "/api/v1/search?q=pods+keep+restarting&explain=1"
QUERIES = ["pods keep restarting", "", "Endpoint Check", "certifcate", "disk is full, not aws", "überlauf"]


@pytest.fixture(scope="module")
def newer(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another publication: one bundle fewer, and something else in each record."""
    folder = tmp_path_factory.mktemp("newer") / "index_data"
    made = [record.model_copy(update={"author": "somebody else"}) for record in records()[:-1]]
    write_made_up_index(folder, encoder_path, made, "made-up-newer")
    return folder


@pytest.fixture
def uri(s3: ObjectStorage, made_up) -> str:
    """Where the made-up index is published."""
    place = s3.place()
    push(made_up.folder, place)
    return place


@pytest.fixture
def elsewhere(uri: str, made_up) -> Settings:
    return Settings(uri, made_up.folder)


@pytest.fixture
def client(elsewhere: Settings) -> Iterator[httpx2.Client]:
    with serving(create_app(elsewhere)) as client:
        yield client


def answers(index: Index) -> dict[str, Any]:
    """All that an index says: every record, and some searches."""
    positions = list(range(len(index.ids)))
    found: dict[str, Any] = {query: search(index, query, limit=100, explain=True) for query in QUERIES}
    return {**found, "records": index.stored(positions, "record"), "summaries": index.stored(positions, "summary")}


def build_of(client: httpx2.Client) -> str:
    found: str = client.get("/health").json()["build_id"]
    return found


def refusal(answer: httpx2.Response) -> str:
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    said: str = answer.json()["detail"]
    assert said[0].isupper()
    assert said.endswith(".")
    assert "\n" not in said
    return said


def test_it_answers_as_the_folder_does(elsewhere: Settings, index: Index, made_up) -> None:
    there = open_index(elsewhere)
    assert answers(there) == answers(index)
    filters = Filters.of(platform=["kubernetes"], tag=["aks"])
    assert search(there, "memory", filters) == search(index, "memory", filters)
    assert there.stored([4, 0], "record") == [canonical(made_up.records[4]), canonical(made_up.records[0])]


def test_over_http_bodies_are_the_same(client: httpx2.Client, api: httpx2.Client) -> None:
    for path in (SEARCH, PODS, "/api/v1/codebundles?search=pods", "/api/v1/codebundles?sort_by=tasks", "/health"):
        assert client.get(path).content == api.get(path).content


def test_the_encoder_is_never_read_from_there(elsewhere: Settings, s3: ObjectStorage) -> None:
    s3.put(elsewhere.index_uri, ENCODER_FILE, b"another encoder")
    before = len(s3.requests())
    assert search(open_index(elsewhere), "pods keep restarting").results
    asked = s3.requests()[before:]
    assert asked
    assert [line for line in asked if ENCODER_FILE in line or not line.startswith("GET")] == []


def test_a_start_reads_arrays_and_none_of_the_tables_that_they_were_made_of(
    elsewhere: Settings, s3: ObjectStorage
) -> None:
    before = len(s3.requests())
    assert search(open_index(elsewhere), "pods keep restarting").results
    asked = {line.split(".lance/")[0].rpartition("/")[2] for line in s3.requests()[before:] if ".lance/" in line}
    assert asked == {MANIFEST, BUNDLES, ARRAY_TABLES[BUNDLES]}
    # Of bundles themselves no rows.
    assert not [line for line in s3.requests()[before:] if f"/{BUNDLES}.lance/data/" in line]


def test_the_copy_of_arrays_ends_with_the_index(elsewhere: Settings) -> None:
    def copies() -> int:
        return Path("/proc/self/maps").read_text(encoding="utf-8").count("(deleted)")

    before = copies()
    index = open_index(elsewhere)
    assert copies() > before
    del index
    gc.collect()
    assert copies() == before


def test_files_are_read_there_when_they_are_asked_for(client: httpx2.Client, s3: ObjectStorage) -> None:
    before = len(s3.requests())
    assert client.get(SEARCH).status_code == 200
    assert not [line for line in s3.requests()[before:] if FILES in line]
    for path in ("restarts.sh", "sli.robot"):
        asked = {"tool_name": "get_codebundle_file", "arguments": {"slug": "k8s-pod-restarts", "path": path}}
        (file,) = client.post("/tools/call", json=asked).json()["structured"]["files"]
        assert file["text"].removesuffix("\n") == TEXTS[path].removesuffix("\n")
    assert [line for line in s3.requests()[before:] if FILES in line]


def test_an_encoder_there_is_none_here(elsewhere: Settings, s3: ObjectStorage, encoder_path: Path, tmp_path) -> None:
    s3.put(elsewhere.index_uri, ENCODER_FILE, encoder_path.read_bytes())
    with pytest.raises(IndexUnavailableError, match="There is no encoder"):
        open_index(Settings(elsewhere.index_uri, tmp_path))


# A newer publication


def test_a_new_publication_is_opened_after_a_while_and_not_before(
    client: httpx2.Client, uri: str, newer: Path, s3: ObjectStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, detail = build_of(client), client.get(PODS).content
    push(newer, uri)
    before = len(s3.requests())
    assert build_of(client) == old
    assert client.get(SEARCH).json()["build_id"] == old
    assert s3.requests()[before:] == []
    assert client.get(PODS).content == detail
    monkeypatch.setattr(current, "REFRESH_SECONDS", 0.0)
    assert build_of(client) == client.get(SEARCH).json()["build_id"] == "made-up-newer"
    assert client.get(PODS).json()["author"] == "somebody else"
    assert client.get("/api/v1/codebundles").json()["total_count"] == 12


def test_what_is_open_is_kept_while_nothing_newer_is_there(
    client: httpx2.Client, s3: ObjectStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(PODS)
    monkeypatch.setattr(current, "REFRESH_SECONDS", 0.0)
    before = len(s3.requests())
    client.get(SEARCH)
    asked = s3.requests()[before:]
    assert asked
    assert [line for line in asked if "manifest" not in line] == []


def test_an_open_index_answers_from_its_publication_while_and_after_another_is_pushed(
    elsewhere: Settings, uri: str, newer: Path
) -> None:
    old = open_index(elsewhere)
    # Only the small columns are in memory: what it said once could have been kept.
    expected = answers(open_index(elsewhere))
    pushing = Thread(target=push, args=[newer, uri])
    pushing.start()
    during = 0
    while pushing.is_alive():
        assert answers(old) == expected
        during += 1
    assert during
    clean(uri)
    assert answers(old) == expected
    assert answers(open_index(elsewhere))["records"] != expected["records"]


def test_a_half_pushed_publication_is_not_seen(
    elsewhere: Settings, uri: str, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = answers(open_index(elsewhere))

    def die(manifest: object) -> None:
        raise RuntimeError("the tables are written, the manifest is not")

    with monkeypatch.context() as patch:
        patch.setattr(push_module, "manifest_rows", die)
        with pytest.raises(RegistryError, match="not"):
            push(newer, uri)
    assert lancedb.connect(uri).open_table(BUNDLES).count_rows() == 12
    assert answers(open_index(elsewhere)) == expected
    push(newer, uri)
    assert open_index(elsewhere).manifest.build_id == "made-up-newer"


# What is refused

MISMATCHES: dict[str, dict[str, Any]] = {
    "versions that are gone": {"tables": {BUNDLES: 999, ARRAY_TABLES[BUNDLES]: 999}},
    "another schema": {"schema_version": SCHEMA_VERSION + 1},
    "another encoder": {"encoder": {"name": "all-MiniLM-L6-v2", "dimensions": 384, "sha256": "0" * 64}},
}


@pytest.mark.parametrize(
    ("mismatch", "said"),
    [
        ("versions that are gone", "is damaged"),
        ("another schema", f"has schema {SCHEMA_VERSION + 1}, this code reads {OLDEST_SCHEMA} to {SCHEMA_VERSION}"),
        ("another encoder", "cannot be read with this encoder"),
    ],
)
def test_a_mismatch_is_told_by_every_answer(elsewhere: Settings, mismatch: str, said: str) -> None:
    rewrite_manifest(elsewhere.index_uri, **MISMATCHES[mismatch])
    with serving(create_app(elsewhere)) as client:
        for path in (SEARCH, PODS, "/health"):
            assert said in refusal(client.get(path))


@pytest.mark.parametrize("other", ["of another publication", "of the other corpus", "missing"])
def test_other_arrays_than_the_manifest_names_are_refused(
    elsewhere: Settings, uri: str, newer: Path, other: str
) -> None:
    manifest = read_manifest(uri)
    if other == "of another publication":
        push(newer, uri)
        tables = read_manifest(uri).tables
        rewrite_manifest(uri, **manifest.model_dump() | {"tables": tables})
    elif other == "of the other corpus":
        database = lancedb.connect(uri)
        pieces = database.open_table(ARRAY_TABLES[PAGES]).to_arrow()
        made = database.create_table(ARRAY_TABLES[BUNDLES], pieces, mode="overwrite")
        rewrite_manifest(uri, tables=manifest.tables | {ARRAY_TABLES[BUNDLES]: made.version})
    else:
        lancedb.connect(uri).drop_table(ARRAY_TABLES[BUNDLES])
    with pytest.raises(
        IndexUnavailableError, match=r"is damaged.*publish it anew with `python -m build push s3://"
    ) as told:
        open_index(elsewhere)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("mismatch", MISMATCHES)
def test_what_is_open_answers_on_when_what_replaces_it_cannot_be_opened(
    client: httpx2.Client, uri: str, mismatch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [client.get(path).content for path in (SEARCH, PODS)]
    rewrite_manifest(uri, **MISMATCHES[mismatch])
    monkeypatch.setattr(current, "REFRESH_SECONDS", 0.0)
    for _ in range(2):
        assert [client.get(path).content for path in (SEARCH, PODS)] == expected


def test_without_an_index_there_it_says_how_to_publish_one(s3: ObjectStorage, made_up) -> None:
    place = s3.place()
    with serving(create_app(Settings(place, made_up.folder))) as client:
        assert f"publish one with `python -m build push {place}`" in refusal(client.get(SEARCH))
        push(made_up.folder, place)
        assert client.get(SEARCH).status_code == 200


# When storage fails


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStorage]:
    """A server to be maltreated, and little patience."""
    monkeypatch.setattr(current, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(index_module, "PATIENCE_SECONDS", 0.3)
    with object_storage() as storage:
        use(storage, monkeypatch)
        yield storage


@pytest.mark.parametrize("failure", ["fall_silent", "stop"])
def test_without_its_storage_an_open_index_searches_and_tells_what_it_cannot_read(
    failing: ObjectStorage, made_up, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = failing.place()
    push(made_up.folder, uri)
    with serving(create_app(Settings(uri, made_up.folder))) as client:
        expected = client.get(SEARCH).content
        getattr(failing, failure)()
        started = time.monotonic()
        for _ in range(2):
            assert client.get(SEARCH).content == expected
            assert "does not answer" in refusal(client.get(PODS))
        monkeypatch.setattr(current, "REFRESH_SECONDS", 0.0)
        for _ in range(3):
            assert client.get(SEARCH).content == expected
        assert time.monotonic() - started < 5


def test_when_storage_answers_again_so_does_the_detail(failing: ObjectStorage, made_up) -> None:
    uri = failing.place()
    push(made_up.folder, uri)
    with serving(create_app(Settings(uri, made_up.folder))) as client:
        expected = client.get(PODS).content
        failing.fall_silent()
        refusal(client.get(PODS))
        failing.wake()
        assert client.get(PODS).content == expected


def test_files_that_were_exchanged_under_an_equal_manifest_are_opened_anew(
    client: httpx2.Client, uri: str, s3: ObjectStorage, made_up, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = client.get(PODS).content
    for key in s3.keys(uri):
        s3.delete(uri, key)
    push(made_up.folder, uri)
    refusal(client.get(PODS))
    assert client.get(SEARCH).status_code == 200
    monkeypatch.setattr(current, "REFRESH_SECONDS", 0.0)
    assert client.get(PODS).content == expected
