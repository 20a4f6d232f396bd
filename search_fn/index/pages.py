"""The shelf of pages: documentation, keyword libraries and keywords."""

from search_fn.index.shelf import Shelf


class Pages(Shelf):
    """Documentation, libraries and keywords, searched together."""
