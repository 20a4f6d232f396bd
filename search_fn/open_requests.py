"""The open requests for CodeBundles that the build found in the issue tracker."""

import json
from typing import Any

from search_fn.index import Index
from search_fn.words import stem, words

# The share of the shorter text's words that both have.
_ALIKE = 0.5
_LABEL_WORDS = frozenset({"new", "codebundle", "request", "newcodebundlerequest"})


def open_requests(index: Index, *texts: str) -> list[dict[str, Any]] | None:
    """At most ten requests whose titles are about what one of `texts` is about, best first; None where the build asked
    nobody.
    """
    document = index.document("requests")
    if document is None:
        return None
    wanted = list(map(_stems, texts))
    found = []
    for request in json.loads(document)["requests"]:
        title = _stems(request["title"])
        alike = max(len(stems & title) / max(min(len(stems), len(title)), 1) for stems in wanted)
        if alike >= _ALIKE:
            found.append((-alike, -request["number"], request))
    return [request for _, _, request in sorted(found, key=lambda one: one[:2])[:10]]


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)} - _LABEL_WORDS
