"""The bundle that an agent names; tests/search_fn/tools/test_handlers.py names some over HTTP."""

from pathlib import Path

import pytest

from search_fn.index.open import open_index
from search_fn.tools.arguments import ToolError
from search_fn.tools.named import record_named
from tests.support.made_up import records, settings_for, write_made_up_index


def test_a_slug_an_id_and_an_alias_name_a_bundle(encoder_path: Path, tmp_path: Path) -> None:
    write_made_up_index(tmp_path / "index_data", encoder_path, records())
    index = open_index(settings_for(tmp_path / "index_data"))
    volume = "beacon-codecollection/k8s_volume-fill"
    for slug, collection in (
        ("k8s_volume-fill", ""),
        ("K8S-volume-fill", ""),
        (volume, ""),
        ("k8s-volume-fill", "beacon-codecollection"),
    ):
        assert record_named(index, slug, collection)["id"] == volume
    for slug, said in (
        ("http-endpoint-check", "Several"),
        ("volume", volume.replace("_", r"\_")),
        ("a/b/c", "no such"),
    ):
        with pytest.raises(ToolError, match=said.replace("\\", r"\\")):
            record_named(index, slug)
