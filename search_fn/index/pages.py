"""The corpus of pages: documentation, keyword libraries and keywords."""

from search_fn.index.corpus import Corpus


class Pages(Corpus):
    """Documentation, libraries and keywords, searched together."""
