import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from build.storage import canonical
from search_fn.index.open import Index, open_index
from search_fn.rest.application import create_app
from tests.support.made_up import records, settings_for, write_made_up_index
from tests.support.serving import serving
from tests.support.shared import made_once


class MadeUp(NamedTuple):
    """An index on disk, and the records that it was made from, as JSON has them."""

    folder: Path
    records: list[dict[str, Any]]


@pytest.fixture(scope="session")
def made_up(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    def write(folder: Path) -> None:
        written = write_made_up_index(folder / "index_data", encoder_path, records())
        (folder / "records.json").write_text(canonical(written), encoding="utf-8")

    folder = made_once("made-up", write, tmp_path_factory)
    return MadeUp(folder / "index_data", json.loads((folder / "records.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def index(made_up: MadeUp) -> Index:
    return open_index(settings_for(made_up.folder))


@pytest.fixture(scope="session")
def api(made_up: MadeUp) -> Iterator[httpx2.Client]:
    """The function over real HTTP."""
    with serving(create_app(settings_for(made_up.folder))) as client:
        yield client
