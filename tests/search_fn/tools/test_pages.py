"""Pages and libraries as the index has them."""

from pathlib import Path

import pytest

from search_fn.index.open import Index, open_index
from search_fn.tools.pages import keywords_of, libraries, library_ids, page_of
from tests.support.made_up import settings_for


@pytest.fixture(scope="module")
def opened(paged: Path) -> Index:
    return open_index(settings_for(paged))


def test_a_page_has_its_sections(opened: Index) -> None:
    page = page_of(opened, "documentation/rules")
    assert page is not None
    assert [one["anchor"] for one in page["sections"]] == ["where", "templates"]
    assert page_of(opened, "documentation/none") is None


def test_a_library_goes_by_its_id_and_its_imports_name(opened: Index) -> None:
    assert set(libraries(opened)) == {"beacon/RW.Harbour", "called/RW.Core"}
    assert library_ids(opened, "rw.core") == library_ids(opened, "called/RW.Core") == ["called/RW.Core"]
    assert library_ids(opened, "none") == library_ids(opened, "") == []
    assert [one["name"] for one in keywords_of(opened, "beacon/RW.Harbour")] == ["Book Berth", "Weigh Cargo"]


def test_an_index_without_pages_has_none(index: Index) -> None:
    assert libraries(index) == {}
    assert page_of(index, "documentation/rules") is None
