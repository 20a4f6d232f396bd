"""The open requests for CodeBundles that the build found in the issue tracker."""

import json
from typing import Any

from search_fn.index import Index
from search_fn.words import stem, words

# The share of the shorter text's words that both have.
_ALIKE = 0.5
_LABEL_WORDS = frozenset({"new", "codebundle", "request", "newcodebundlerequest"})


def open_requests(index: Index, text: str, limit: int = 10) -> list[dict[str, Any]] | None:
    """The requests whose titles are about what `text` is about, best first; None where the build asked nobody."""
    document = index.document("requests")
    if document is None:
        return None
    wanted = _stems(text)
    found = []
    for request in json.loads(document)["requests"]:
        title = _stems(request["title"])
        alike = len(wanted & title) / max(min(len(wanted), len(title)), 1)
        if alike >= _ALIKE:
            found.append((-alike, -request["number"], request))
    return [request for _, _, request in sorted(found, key=lambda one: one[:2])[:limit]]


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)} - _LABEL_WORDS
