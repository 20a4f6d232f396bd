from pathlib import Path

import pytest

from tests.support.made_up import copy_index


@pytest.fixture
def copy(made_up, tmp_path: Path) -> Path:
    """A copy of the index, to be damaged."""
    return copy_index(made_up.folder, tmp_path / "index_data")
