"""The build: fetches, parses, enhances, indexes and renders the CodeCollections."""

import search_fn  # noqa: F401 - settles numpy's threads, which must happen before numpy is imported
