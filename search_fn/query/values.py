"""What a filter's value may mean that nothing is called: `k8s` is Kubernetes, `read_only` is read-only."""

import re
from collections.abc import Iterable

from search_fn.query.synonyms import phrases_like, stems_of

# Clouds by their makers' names, which are no synonyms in a query: "google" may stand there for much else.
MAKERS = {"google": "gcp", "google cloud platform": "gcp", "microsoft": "azure", "microsoft azure": "azure"}
_LONGEST = 60
_SHORTEST_PLURAL = 4


def meant(value: str, known: Iterable[str]) -> list[str]:
    """Return those of the `known` values that are another spelling of one that is not, or say the same."""
    if len(value) > _LONGEST:
        return []
    mine = _folded(value)
    maker = MAKERS.get(" ".join(value.casefold().split()))
    phrases = phrases_like(stems_of(value))
    return [
        each
        for each in known
        if mine and (_folded(each) == mine or each.casefold() == maker or (phrases and stems_of(each) in phrases))
    ]


def _folded(value: str) -> str:
    found = re.sub(r"[\W_]+", "", value.casefold())
    # The ending of number; AWS is no number of AW.
    return found.removesuffix("s") if len(found) > _SHORTEST_PLURAL else found
