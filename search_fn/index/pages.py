"""The searchable arrays of pages: documentation, keyword libraries and keywords."""

from functools import cached_property
from typing import Any

from search_fn.index.facets import Facet
from search_fn.index.shelf import Shelf


class Pages(Shelf):
    """Documentation, libraries and keywords, searched together. They have a type, a collection and tags; they have no
    platform, and their access is unknown.
    """

    COLUMNS = ("id", "name", "type", "collection", "tags", "card")

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """Return the same facets as bundles have, so that one search can be for both."""
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
        """Return a column's values, by position; `updated` is "", since pages have no date."""
        return [""] * len(self.columns) if column == "updated" else super().values(column)

    @cached_property
    def needs(self) -> Facet:
        """Return a facet without values: pages need no permissions."""
        return Facet.same([], len(self.columns))
