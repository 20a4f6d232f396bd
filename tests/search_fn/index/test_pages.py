"""The corpus of pages, filtered by what bundles are filtered by."""

from pathlib import Path

import pytest

from build.documentation import (
    DocumentationPage,
)
from build.index.page_entries import documentation_entries, library_entries
from search_fn.index.facets import FACETS, Filters
from search_fn.index.from_tables import PAGE_COLUMNS
from search_fn.index.open import open_index
from search_fn.index.pages import Pages
from search_fn.index.schema import PAGE_SCHEMA
from tests.support.catalogues import HARBOR, facts, full_library
from tests.support.made_up import records, settings_for, write_made_up_index


@pytest.fixture(scope="module")
def pages(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """A page of documentation, a library, and its two keywords."""
    page = DocumentationPage(category="faq", slug="a", name="A", url=None, description="On a.", topics=("Lamps",))
    libraries = library_entries(
        [full_library("Lamp", "Light", "b")], {HARBOR.slug: facts(HARBOR, bundles=0, tools=0)}, ""
    )
    entries = sorted([*documentation_entries([page], ""), *libraries], key=lambda entry: entry.row.id)
    folder = tmp_path_factory.mktemp("pages") / "index_data"
    write_made_up_index(folder, encoder_path, records()[:1], pages=entries)
    return open_index(settings_for(folder)).pages


def test_a_page_has_its_own_columns_and_no_others() -> None:
    assert set(PAGE_COLUMNS) == set(PAGE_SCHEMA.names)


def test_pages_are_counted_by_the_facets_of_bundles(pages: Pages) -> None:
    every = Filters().mask(pages.facets)
    assert list(pages.facets) == list(FACETS)
    assert {name: facet.counts(every, 9) for name, facet in pages.facets.items()} == {
        "platform": [],
        "collection": [("harbor", 3), ("faq", 1)],
        "access": [("unknown", 4)],
        "effect": [],
        "kind": [("library", 3), ("documentation", 1)],
        "tag": [("keyword", 2), ("Lamps", 1), ("library", 1)],
        "resource_type": [],
        "author": [],
        "maintained_by": [],
        "tests": [],
    }


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"kind": ["documentation"]}, ["faq/a"]), ({"collection": ["HARBOR"], "access": ["unknown"]}, 3),
        ({"tag": ["lamps"]}, ["faq/a"]), ({"platform": ["AWS"]}, []), ({"access": ["read-only"]}, []),
    ],
)  # fmt: skip
def test_filters_of_bundles_are_for_pages_too(pages: Pages, wanted: dict[str, list[str]], ids: list[str] | int) -> None:
    passing = Filters.of(**wanted).mask(pages.facets)
    found = [name for name, passes in zip(pages.ids, passing, strict=True) if passes]
    assert found == ids if isinstance(ids, list) else len(found) == ids
