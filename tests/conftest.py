import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from build.index.encoder_file import make_encoder
from search_fn.encoder.minilm import ENCODER_FILE
from tests.support.object_storage import ObjectStorage, object_storage, use
from tests.support.place import ROOT, Place
from tests.support.scheduling import FolderScheduling
from tests.support.shared import made_once

# A busy machine is no failure of what is tested.
settings.register_profile("registry", deadline=None)
settings.load_profile("registry")

# Whatever provider a developer has configured: no test but those that say so asks a model.
os.environ["AI_ENHANCEMENT_ENABLED"] = "false"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FolderScheduling:
    """Return what shares tests out between processes (`-n`)."""
    return FolderScheduling(config, log)


@pytest.fixture(scope="session")
def encoder_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoder's file, made from the published weights."""
    return made_once("encoder", lambda folder: make_encoder(folder / ENCODER_FILE), tmp_path_factory) / ENCODER_FILE


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The samples, built once. Read only: a test that changes anything takes `place`."""

    def build(folder: Path) -> None:
        shutil.copytree(ROOT / "samples", folder / "samples")
        outcome = Place(folder).run_alone()
        assert outcome.status == 3, outcome.said

    return Place(made_once("built", build, tmp_path_factory))


@pytest.fixture
def place(built: Place, tmp_path: Path) -> Place:
    """A copy of what was built, to be changed."""
    for part in ("samples", "site", "index", "cache"):
        shutil.copytree(built.folder / part, tmp_path / part)
    place = Place(tmp_path)
    # The mirrors' names hold where their source was.
    for old, new in zip(built.mirrors(), place.mirrors(), strict=True):
        (tmp_path / "cache" / "git" / old.name).rename(new)
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
