import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from build.index.encoder_file import make_encoder
from search_fn.encoder.minilm import ENCODER_FILE
from tests.support.object_storage import ObjectStorage, object_storage, use
from tests.support.place import ROOT, Place

# Whatever provider a developer has configured: no test but those that say so asks a model.
os.environ["AI_ENHANCEMENT_ENABLED"] = "false"


@pytest.fixture(scope="session")
def encoder_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoder's file, made from the published weights."""
    path = tmp_path_factory.mktemp("encoder") / ENCODER_FILE
    make_encoder(path)
    return path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The samples, built once. Read only: a test that changes anything takes `place`."""
    place = Place(tmp_path_factory.mktemp("built"))
    shutil.copytree(ROOT / "samples", place.folder / "samples")
    outcome = place.run()
    assert outcome.status == 3, outcome.said
    return place


@pytest.fixture
def place(built: Place, tmp_path: Path) -> Place:
    """A copy of what was built, to be changed."""
    for part in ("samples", "site", "index", "cache"):
        shutil.copytree(built.folder / part, tmp_path / part)
    # The mirrors' names hold where their source was.
    shutil.rmtree(tmp_path / "cache" / "git")
    place = Place(tmp_path)
    assert place.run("fetch").status == 3
    return place


@pytest.fixture(scope="session")
def s3_server() -> Iterator[ObjectStorage]:
    with object_storage() as storage:
        yield storage


@pytest.fixture
def s3(s3_server: ObjectStorage, monkeypatch: pytest.MonkeyPatch) -> ObjectStorage:
    """Object storage that LanceDB finds by the environment. Shared: a test takes a place of its own."""
    use(s3_server, monkeypatch)
    return s3_server
