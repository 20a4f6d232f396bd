from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from search_fn.rest.application import create_app
from tests.support.made_up import settings_for
from tests.support.paged import write_paged_index
from tests.support.serving import serving


@pytest.fixture(scope="session")
def paged(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paged") / "index_data"
    write_paged_index(folder, encoder_path)
    return folder


@pytest.fixture(scope="session")
def pages(paged: Path) -> Iterator[httpx2.Client]:
    """The function over an index with keyword libraries and documentation."""
    with serving(create_app(settings_for(paged))) as client:
        yield client
