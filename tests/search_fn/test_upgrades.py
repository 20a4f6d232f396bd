"""Function and index of different releases, in every order: the rows of docs/operating/upgrades.md, run.

The releases before and after this one are this function with another schema: a copy of its folder in which the numbers
are lower or higher by one, in a process of its own as Lambda runs it. The indices are this one with the tables that
such a release writes.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from build.publish.push import push
from build.storage import write_checksums
from search_fn.encoder.minilm import ENCODER_FILE
from search_fn.index.facts import ADDED, BUNDLES, MANIFEST, OLDEST_SCHEMA, SCHEMA_VERSION
from search_fn.index.lance import lancedb
from search_fn.settings import PACKAGE
from tests.support.lambda_runtime import LambdaRuntime, function_url
from tests.support.made_up import copy_index, rewrite_manifest
from tests.support.object_storage import ObjectStorage

pytestmark = pytest.mark.slow

SECONDS = 300.0  # wall clock for a start, however busy the machine is

Release = Literal["before", "this", "next"]
RELEASES: tuple[Release, ...] = ("before", "this", "next")
SEARCH = "/api/v1/search"
# Which index each function reads: its own, and that of the release before.
READS = {("before", "before"), ("this", "before"), ("this", "this"), ("next", "this"), ("next", "next")}


def test_one_release_back_is_read() -> None:
    assert SCHEMA_VERSION - OLDEST_SCHEMA == 1, "the table of docs/operating/upgrades.md says otherwise"


def function_of(release: Release, folder: Path, encoder: Path) -> Path:
    """The function's folder as that release has it; it looks for another index with each request."""
    shutil.copytree(PACKAGE / "search_fn", folder / "search_fn", ignore=shutil.ignore_patterns("__pycache__", "deploy"))
    (folder / "index_data").mkdir()
    shutil.copy(encoder, folder / "index_data" / ENCODER_FILE)
    schema, step = folder / "search_fn" / "index" / "facts.py", RELEASES.index(release) - 1
    text = schema.read_text(encoding="utf-8")
    text = re.sub(
        r"^SCHEMA_VERSION = (\d+)", lambda found: f"SCHEMA_VERSION = {int(found[1]) + step}", text, flags=re.M
    )
    text = re.sub(r"^OLDEST_SCHEMA = (\d+)", lambda found: f"OLDEST_SCHEMA = {int(found[1]) + step}", text, flags=re.M)
    if release == "next":
        # What it reads that an index of this release does not have.
        text = re.sub(r"^ADDED = .*", 'ADDED = frozenset({"licence"})', text, flags=re.M)
        text += "    licences: list[str] = []\n"
        facets = folder / "search_fn" / "index" / "facets.py"
        said = facets.read_text(encoding="utf-8").replace(
            '"tests": "tests",\n}', '"tests": "tests", "licence": "licence",\n}'
        )
        said = said.replace(
            "    tests: tuple[str, ...] = ()", "    tests: tuple[str, ...] = ()\n    licence: tuple[str, ...] = ()"
        )
        facets.write_text(said, encoding="utf-8")
    elif release == "before":
        facets = folder / "search_fn" / "index" / "facets.py"
        said = facets.read_text(encoding="utf-8")
        for name in ADDED:
            said = said.replace(f'"{name}": "{name}",', "")
        facets.write_text(said, encoding="utf-8")
    assert f"SCHEMA_VERSION = {SCHEMA_VERSION + step}\n" in text
    schema.write_text(text, encoding="utf-8")
    current = folder / "search_fn" / "index" / "current.py"
    said = current.read_text(encoding="utf-8").replace("REFRESH_SECONDS = 60.0", "REFRESH_SECONDS = 0.0")
    current.write_text(said, encoding="utf-8")
    return folder


def turn_into(release: Release, where: str) -> None:
    """Make of this release's index at an address that of another."""
    database = lancedb.connect(where)
    manifest = json.loads(database.open_table(MANIFEST).to_arrow()["manifest"][0].as_py())
    rows = database.open_table(BUNDLES).to_arrow()
    if release == "before":
        rows = rows.drop_columns(sorted(ADDED))
    elif release == "next":
        rows = rows.append_column("licence", [["MIT"] * len(rows)])
    made = database.create_table(BUNDLES, rows, mode="overwrite")
    rewrite_manifest(
        where,
        schema_version=SCHEMA_VERSION + RELEASES.index(release) - 1,
        build_id=release,
        tables=manifest["tables"] | {BUNDLES: made.version},
        # The release before has no files of arrays.
        arrays={} if release == "before" else manifest["arrays"],
        # A later release may have more in its manifest, too.
        **({"licences": ["MIT"]} if release == "next" else {}),
    )
    if "://" not in where and release == "before":
        for file in Path(where).glob("*-*.safetensors"):
            file.unlink()
        write_checksums(Path(where))


@pytest.fixture(scope="module")
def functions(made_up, tmp_path_factory: pytest.TempPathFactory) -> dict[Release, Path]:
    folder = tmp_path_factory.mktemp("functions")
    return {release: function_of(release, folder / release, made_up.folder / ENCODER_FILE) for release in RELEASES}


@pytest.fixture(scope="module")
def indices(made_up, tmp_path_factory: pytest.TempPathFactory) -> dict[Release, Path]:
    """The index of each release, in a folder."""
    folder = tmp_path_factory.mktemp("indices")
    found: dict[Release, Path] = {}
    for release in RELEASES:
        found[release] = copy_index(made_up.folder, folder / release)
        turn_into(release, str(found[release]))
    return found


class Place:
    """Where an index is published: a folder, or object storage."""

    def __init__(self, uri: str, indices: dict[Release, Path]) -> None:
        self.uri, self._indices = uri, indices

    def publish(self, release: Release) -> None:
        if "://" not in self.uri:
            # As the build does it.
            old, new = Path(f"{self.uri}.old"), copy_index(self._indices[release], Path(f"{self.uri}.new"))
            if Path(self.uri).exists():
                Path(self.uri).rename(old)
            new.rename(self.uri)
            shutil.rmtree(old, ignore_errors=True)
        elif release == "next":
            # Only that release's own command can push it.
            push(self._indices["this"], self.uri)
            turn_into("next", self.uri)
        else:
            push(self._indices[release], self.uri)


@pytest.fixture(params=["folder", "storage"])
def place(request: pytest.FixtureRequest, indices: dict[Release, Path], tmp_path: Path) -> Place:
    if request.param == "folder":
        return Place(str(tmp_path / "published"), indices)
    s3: ObjectStorage = request.getfixturevalue("s3")
    return Place(s3.place(), indices)


@pytest.fixture
def start(functions: dict[Release, Path], place: Place) -> Iterator[Callable[[Release], Callable[[], tuple[int, Any]]]]:
    """Start the function of a release; what comes back asks it, and returns the status and the body."""
    running: list[LambdaRuntime] = []

    def begin(release: Release) -> Callable[[], tuple[int, Any]]:
        storage = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        runtime = LambdaRuntime(functions[release], {**storage, "INDEX_URI": place.uri}, timeout=SECONDS)
        running.append(runtime.__enter__())

        def ask() -> tuple[int, Any]:
            answer = runtime.invoke(function_url(SEARCH, {"q": "pods keep restarting"})).body
            return answer["statusCode"], json.loads(answer["body"])

        return ask

    yield begin
    for runtime in running:
        runtime.__exit__(None, None, None)


def told(said: Any, function: Release, index: Release) -> None:
    """The problem names both schemas, and what to do."""
    own, other = (SCHEMA_VERSION + RELEASES.index(one) - 1 for one in (function, index))
    assert f"has schema {other}, this code reads {own - 1} to {own};" in said["detail"]
    order = "deploy the function of the release that built it" if other > own else "publish the index with this release"
    assert order in said["detail"]


@pytest.mark.parametrize("function", RELEASES)
def test_a_function_that_starts_reads_its_own_index_and_the_one_before(
    function: Release, place: Place, start: Callable[[Release], Callable[[], tuple[int, Any]]]
) -> None:
    for index in RELEASES:
        place.publish(index)
        status, said = start(function)()
        if (function, index) in READS:
            assert (status, said.get("build_id")) == (200, index), said
            assert said["results"][0]["slug"] == "k8s-pod-restarts"
        else:
            assert status == 503
            told(said, function, index)


def test_function_first_then_index_has_no_gap_and_neither_has_the_way_back(
    place: Place, start: Callable[[Release], Callable[[], tuple[int, Any]]]
) -> None:
    place.publish("before")
    assert start("before")()[0] == 200
    new = start("this")
    assert (new()[0], new()[1]["build_id"]) == (200, "before")
    place.publish("this")
    assert (new()[0], new()[1]["build_id"]) == (200, "this")
    # Back: the index first, then the function.
    place.publish("before")
    assert (new()[0], new()[1]["build_id"]) == (200, "before")
    assert start("before")()[0] == 200


def test_index_first_keeps_what_runs_on_storage_and_nothing_that_starts(
    place: Place, start: Callable[[Release], Callable[[], tuple[int, Any]]]
) -> None:
    place.publish("before")
    old = start("before")
    assert old()[0] == 200
    place.publish("this")
    status, said = old()
    if "://" in place.uri:
        # It answers from the publication that it has open, which storage keeps for a day.
        assert (status, said["build_id"]) == (200, "before")
    else:
        assert status == 503
        told(said, "before", "this")
    status, said = start("before")()
    assert status == 503
    told(said, "before", "this")
    # The function that was to come first, or the index of before, ends it.
    assert start("this")()[0] == 200
    place.publish("before")
    assert (old()[0], old()[1]["build_id"]) == (200, "before")


def test_values_that_an_older_index_lacks_are_told_and_cost_no_answer(
    functions: dict[Release, Path], indices: dict[Release, Path]
) -> None:
    with LambdaRuntime(functions["this"], {"INDEX_URI": str(indices["before"])}, timeout=SECONDS) as runtime:
        answer = json.loads(runtime.invoke(function_url(SEARCH, {"q": "pods", "tests": "ci"})).body["body"])
    assert answer["total"] == 0
    assert answer["facets"]["tests"] == []
    assert any("tests" in note for note in answer["notes"])
