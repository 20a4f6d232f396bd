"""The one search: exact names first, then words (BM25) and meaning (vectors of passages) fused, grouped to bundles."""

from collections.abc import Container
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_fn.answers import FacetValue, MatchedTool, Result, SearchAnswer, Why
from search_fn.facets import Mask
from search_fn.filters import NO_FILTERS, Filters, encodable
from search_fn.index import Index, fold_name, fold_number
from search_fn.query import Query, read_query
from search_fn.scores import Scores

TYPES = ("codebundle", "documentation", "library")
MAX_LIMIT = 100
MAX_QUERY = 2_000
# What a synonym counts, where a word that was written counts 1.
_HINT = 0.5
# The cosine of texts that have nothing in common, and that from which a passage says something of the query. The first
# is a fixed floor for fusion: what the least of all passages has would depend on how many there are.
_UNRELATED, _RELATED = 0.10, 0.30
# From this trust on something here answers the query: the nearest cosine, times the share of its words that the corpus
# knows. docs/decisions/0005-ranking.md has the figures.
_CONFIDENT = 0.28
# From this trust on the best score is 1.
_SURE = 0.6
_TOOL_MARGIN = 0.08
_MATCHED_TOOLS = 5
_FACET_VALUES = 30


class Ranking(NamedTuple):
    """`order` has the positions of all that matched, best first; the other arrays have a value for every bundle, but
    `likeness` one for every passage. `words` are scaled to 0..1, `meaning` are cosines.
    """

    order: NDArray[np.intp]
    scores: Scores
    words: Scores
    meaning: Scores
    likeness: Scores
    exact: frozenset[int]
    confident: bool
    engine: Literal["hybrid", "listed"]


def search(
    index: Index,
    q: str,
    filters: Filters = NO_FILTERS,
    *,
    types: Container[str] = TYPES,
    limit: int = 10,
    offset: int = 0,
    explain: bool = False,
) -> SearchAnswer:
    """Answer `q` with the bundles that pass `filters`; an empty `q` lists them by id.

    `limit` is cut to MAX_LIMIT. Equal arguments give equal answers, and `total` is the same on every page.
    """
    ranking = rank(index, q, filters)
    order = ranking.order if "codebundle" in types else ranking.order[:0]
    page = order[max(offset, 0) :][: min(max(limit, 0), MAX_LIMIT)]
    return SearchAnswer(
        query=encodable(q),
        total=len(order),
        confident=ranking.confident and len(order) > 0,
        degraded=False,
        engine=ranking.engine,
        build_id=index.manifest.build_id,
        facets=_facets(index, order),
        results=[_result(index, position, ranking, explain) for position in page.tolist()],
    )


def rank(index: Index, q: str, filters: Filters = NO_FILTERS) -> Ranking:
    """Every bundle that matches `q` and passes `filters`, best first."""
    q = " ".join(encodable(q).split())[:MAX_QUERY]
    passing = filters.mask(index.facets)
    if not q:
        none = np.zeros(len(passing), np.float32)
        listed = np.flatnonzero(passing)
        return Ranking(listed, none, none, none, none[:0], frozenset(), True, "listed")

    query = read_query(q, index.vocabulary)
    exact = [position for position in _named(index, q) if passing[position]]
    wishes = np.array([query.wish.weight(each) for each in index.platforms.sets], np.float32)
    wanted: Scores = wishes[index.platforms.codes] * passing
    words = _lexical(index, query, wanted)
    likeness = index.passages.likeness(index.encode(query.wish.text))
    meaning: Scores = index.passages.best(likeness) * (wanted > 0)
    matched = (words > 0) | (meaning >= _RELATED)
    matched[exact] = True

    nearest = float(meaning.max(initial=0.0))
    # Within one search the best is 1 by construction; trust makes it honest.
    trust = nearest * query.known
    ceiling = min(max(trust / _SURE, 0.05), 1.0)
    words, near = _scaled(words, 0.0), _scaled(meaning, _UNRELATED)
    scores: Scores = np.float32(ceiling / 2) * wanted * (words + near)
    # An exact name is worth more than any likeness; among several of one name the likeness still decides.
    scores[exact] = (1 + scores[exact]) / 2 if len(exact) > 1 else 1
    order, scores = _ordered(index, matched, scores, exact)
    return Ranking(
        order, scores, words, meaning, likeness, frozenset(exact), bool(exact) or trust >= _CONFIDENT, "hybrid"
    )


def _named(index: Index, q: str) -> list[int]:
    """The bundles that `q` is the name of, as it is spelled, else in another number."""
    return index.names.get(fold_name(q)) or index.names_in_any_number.get(fold_number(q)) or []


def _lexical(index: Index, query: Query, wanted: Scores) -> Scores:
    scores = np.zeros(len(wanted), np.float32)
    index.postings.add(scores, query.words)
    index.postings.add(scores, query.hints, _HINT)
    scores[wanted <= 0] = 0
    return scores


def _scaled(scores: Scores, floor: float) -> Scores:
    """Scores as 0..1 between `floor` and the best."""
    top = float(scores.max(initial=floor))
    if top <= floor:
        return np.zeros_like(scores)
    scaled: Scores = np.maximum(scores - np.float32(floor), np.float32(0)) / np.float32(top - floor)
    return scaled


def _ordered(index: Index, matched: Mask, scores: Scores, exact: list[int]) -> tuple[NDArray[np.intp], Scores]:
    """What matched, best first and exact names before all others; twins stand together, with the score of the best of
    them. The scores, with that.
    """
    found = np.flatnonzero(matched)
    best = np.zeros_like(scores)
    np.maximum.at(best, index.twins[found], scores[found])
    shared = best[index.twins]
    others = np.ones(len(scores), np.bool_)
    others[exact] = False
    # What cannot be told apart when it is shown must not be told apart here, or processors would.
    keys = (found, index.twins[found], -np.round(shared[found], 6), others[found])
    return found[np.lexsort(keys)], shared


def _result(index: Index, position: int, ranking: Ranking, explain: bool) -> Result:
    card = index.card(position)
    tools = card.pop("tools")
    near = index.passages.near_tools(ranking.likeness, position) if len(ranking.likeness) else {}
    best = max(near.values(), default=0.0)
    matched = sorted(
        (tool for tool, nearness in near.items() if nearness >= max(_RELATED, best - _TOOL_MARGIN)),
        key=lambda tool: (-near[tool], tool),
    )
    return Result(
        **card,
        score=round(float(ranking.scores[position]), 4),
        tools=[MatchedTool(**tools[tool]) for tool in matched[:_MATCHED_TOOLS]],
        why=_why(position, ranking) if explain else None,
    )


def _why(position: int, ranking: Ranking) -> Why:
    if ranking.engine == "listed":
        return Why(tier="listed")
    return Why(
        tier="exact" if position in ranking.exact else "hybrid",
        lexical=round(float(ranking.words[position]), 4) or None,
        dense=round(float(ranking.meaning[position]), 4),
    )


def _facets(index: Index, ranked: NDArray[np.intp]) -> dict[str, list[FacetValue]]:
    chosen = np.zeros(len(index.columns), np.bool_)
    chosen[ranked] = True
    return {
        name: [FacetValue(value=value, count=count) for value, count in facet.counts(chosen, _FACET_VALUES)]
        for name, facet in index.facets.items()
    }
