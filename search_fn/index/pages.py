"""The shelf of pages: documentation, keyword libraries and keywords."""

from functools import cached_property
from typing import Any

from search_fn.index.facets import Facet
from search_fn.index.shelf import Shelf


class Pages(Shelf):
    """Pages have a type, a collection and tags; they are for no platform, and nobody says what their access is."""

    COLUMNS = ("id", "name", "type", "collection", "tags", "card")

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """What pages are counted and filtered by: those of bundles, so that one question may be for both."""
        size = len(self.columns)
        return {
            "platform": Facet.same([], size),
            "collection": Facet.of(self.columns["collection"]),
            "access": Facet.same(["unknown"], size),
            "effect": Facet.same([], size),
            "kind": Facet.of(self.columns["type"]),
            "tag": Facet.of(self.columns["tags"]),
            "resource_type": Facet.same([], size),
            "author": Facet.same([], size),
            "maintained_by": Facet.same([], size),
            "tests": Facet.same([], size),
        }

    def values(self, column: str) -> list[Any]:
        """A column's values, by position; nobody says when a page changed."""
        return [""] * len(self.columns) if column == "updated" else super().values(column)

    @cached_property
    def needs(self) -> Facet:
        """None needs any."""
        return Facet.same([], len(self.columns))
