"""Files of arrays that are damaged, missing, or of another index."""

from pathlib import Path

import pytest

from search_fn.index.facts import BUNDLES, IndexUnavailableError
from search_fn.index.open import open_index
from search_fn.search.ranking import search
from tests.support.made_up import arrays_of, records, refusal, settings_for, write_made_up_index

DAMAGES = {"empty": b"", "cut off": None, "other": b"\x08\0\0\0\0\0\0\0not json", "long header": b"\xff" * 99}


@pytest.mark.parametrize("damage", [*DAMAGES, "missing", "of the other corpus"])
def test_a_damaged_or_foreign_file_of_arrays_is_told_in_a_sentence(copy: Path, damage: str) -> None:
    bundles, pages = arrays_of(copy, BUNDLES), arrays_of(copy, "pages")
    whole, other = bundles.read_bytes(), pages.read_bytes()
    for file, own, foreign in ((bundles, whole, other), (pages, other, whole)):
        file.unlink()
        if damage != "missing":
            content = DAMAGES.get(damage, foreign)
            file.write_bytes(own[:-1] if content is None else content)
    said = refusal(copy)
    assert said.startswith(f"The index at {copy} is damaged (")
    assert bundles.name in said or damage == "empty"
    assert said.endswith("; build it anew.")
    assert "\n" not in said
    # Those of documentation are read when somebody asks for it.
    bundles.unlink(missing_ok=True)
    bundles.write_bytes(whole)
    index = open_index(settings_for(copy))
    with pytest.raises(IndexUnavailableError, match="replaced or damaged"):
        search(index, "pods", types=["documentation"])


def test_arrays_of_another_build_are_refused(copy: Path, encoder_path: Path, tmp_path: Path) -> None:
    made = [record.model_copy(update={"author": "Nobody"}) for record in records()]
    write_made_up_index(tmp_path / "other", encoder_path, made)
    # As long, and the arrays have the same shapes.
    other = arrays_of(tmp_path / "other", BUNDLES)
    own = arrays_of(copy, BUNDLES)
    assert other.name != own.name
    own.unlink()
    own.write_bytes(other.read_bytes())
    assert "is not the file that the manifest names" in refusal(copy)
