"""The one search: exact names first, then words (BM25) and meaning (vectors of passages) fused, grouped to bundles."""

from collections.abc import Collection
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_fn.index.arrays import Scores
from search_fn.index.facets import NO_FILTERS, Filters, Mask, encodable
from search_fn.index.open import Index
from search_fn.index.pages import Pages
from search_fn.index.shelf import Shelf, fold_name, fold_number
from search_fn.query.read import read_query
from search_fn.search.notes import notes_on, unknown
from search_fn.search.results import FacetValue, MatchedTool, Result, SearchAnswer, Why
from search_fn.text import shortened

TYPES = ("codebundle", "documentation", "library")
MAX_LIMIT = 100
MAX_QUERY = 2_000
"""Characters, also of what they are made of."""
# What a synonym counts, where a word that was written counts 1.
_HINT = 0.5
# What changes things comes after what looks at them, where nobody asked for a change.
_CHANGES = np.float32(0.9)
# The cosine of texts that have nothing in common, and that from which a passage says something of the query. The first
# is a fixed floor for fusion: what the least of all passages has would depend on how many there are.
_UNRELATED, _RELATED = 0.10, 0.30
# From this trust on something here answers the query: the nearest cosine, times the share of its words that the corpus
# knows. docs/decisions/0005-ranking.md has the figures.
_CONFIDENT = 0.28
# From this trust on the best score is 1.
_SURE = 0.6
_ITEM_MARGIN = 0.08
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
    engine: Literal["hybrid", "lexical", "listed"]

    @property
    def degraded(self) -> bool:
        """Whether only words were searched, since a provider made no vector of the query."""
        return self.engine == "lexical"


def search(
    index: Index,
    q: str,
    filters: Filters = NO_FILTERS,
    *,
    types: Collection[str] = ("codebundle",),
    limit: int = 10,
    offset: int = 0,
    explain: bool = False,
) -> SearchAnswer:
    """Answer `q` with what of these TYPES passes `filters`; an empty `q` lists by id. Facets count the bundles, or the
    pages where bundles are not asked for. `limit` is cut to MAX_LIMIT. Equal arguments give equal answers, and `total`
    is the same on every page. Raises IndexUnavailable if documentation or keywords are asked for and cannot be read.
    """
    shelves = _shelves(index, filters, types)
    rankings = [rank(index, q, passing, shelf) for shelf, passing in shelves]
    # The first shelf's go before the others' of the same score.
    owners = np.repeat(np.arange(len(rankings)), [len(ranking.order) for ranking in rankings])
    places = np.concatenate([np.array([], np.intp), *(ranking.order for ranking in rankings)])
    if len(rankings) > 1:
        scores = np.concatenate([ranking.scores[ranking.order] for ranking in rankings])
        best = np.argsort(-np.round(scores, 6), kind="stable")
        owners, places = owners[best], places[best]
    page = slice(max(offset, 0), max(offset, 0) + min(max(limit, 0), MAX_LIMIT))
    pairs = zip(owners[page].tolist(), places[page].tolist(), strict=True)
    return SearchAnswer(
        query=encodable(q),
        total=len(places),
        confident=any(ranking.confident and len(ranking.order) > 0 for ranking in rankings),
        degraded=any(ranking.degraded for ranking in rankings),
        engine=rankings[0].engine if rankings else "listed",
        build_id=index.manifest.build_id,
        facets=_facets(shelves[0][0], rankings[0].order) if shelves else {},
        results=[_result(shelves[owner][0], position, rankings[owner], explain) for owner, position in pairs],
        notes=[*unknown("type", types, TYPES), *notes_on(filters, [shelf for shelf, _ in shelves])],
    )


def _shelves(index: Index, filters: Filters, types: Collection[str]) -> list[tuple[Shelf, Filters]]:
    found: list[tuple[Shelf, Filters]] = [(index, filters)] if "codebundle" in types else []
    pages = tuple(name for name in types if name in TYPES[1:])
    # A page's kind is its type; whoever asks for a kind of tool asks for no page.
    return [*found, (index.pages, filters if filters.kind else filters._replace(kind=pages))] if pages else found


def rank(index: Index, q: str, filters: Filters = NO_FILTERS, shelf: Shelf | None = None) -> Ranking:
    """Everything on the shelf, without one the bundles, that matches `q` and passes `filters`, best first."""
    shelf = shelf or index
    q = shortened(" ".join(encodable(q).split()), MAX_QUERY)
    passing = filters.mask(shelf.facets)
    if not q:
        none = np.zeros(len(passing), np.float32)
        listed = np.flatnonzero(passing)
        return Ranking(listed, none, none, none, none[:0], frozenset(), True, "listed")

    query = read_query(q, shelf.vocabulary)
    # As it is spelled, else in another number.
    named = shelf.names.get(fold_name(q)) or shelf.names_in_any_number.get(fold_number(q), [])
    exact = [position for position in named if passing[position]]
    wishes = np.array([query.wish.weight(each) for each in shelf.platforms.sets], np.float32)
    wanted: Scores = wishes[shelf.platforms.codes] * passing
    if query.happens:
        wanted[shelf.facets["access"].mask(("read-write",))] *= _CHANGES
    words: Scores = np.zeros(len(wanted), np.float32)
    shelf.postings.add(words, query.words)
    shelf.postings.add(words, query.hints, _HINT)
    words[wanted <= 0] = 0
    vector = index.encode(query.wish.text)
    passages = shelf.passages
    likeness = passages.vectors @ vector if vector is not None else np.zeros(len(passages.items), np.float32)
    meaning: Scores = passages.best(likeness) * (wanted > 0)
    matched = (words > 0) | (meaning >= _RELATED)
    matched[exact] = True

    nearest = float(meaning.max(initial=0.0))
    # Within one search the best is 1 by construction; trust makes it honest.
    # Without a vector: it is only as sure as a search for words can be.
    trust = (nearest if vector is not None else _CONFIDENT) * query.known
    ceiling = min(max(trust / _SURE, 0.05), 1.0)
    words, near = _scaled(words, 0.0), _scaled(meaning, _UNRELATED)
    scores: Scores = np.float32(ceiling / 2) * wanted * (words + near)
    # An exact name is worth more than any likeness; among several of one name the likeness still decides.
    scores[exact] = (1 + scores[exact]) / 2 if len(exact) > 1 else 1
    order, scores = _ordered(shelf, matched, scores, exact)
    confident = bool(exact) or trust >= _CONFIDENT
    engine: Literal["hybrid", "lexical"] = "hybrid" if vector is not None else "lexical"
    return Ranking(order, scores, words, meaning, likeness, frozenset(exact), confident, engine)


def _scaled(scores: Scores, floor: float) -> Scores:
    """Scores as 0..1 between `floor` and the best."""
    top = float(scores.max(initial=floor))
    if top <= floor:
        return np.zeros_like(scores)
    scaled: Scores = np.maximum(scores - np.float32(floor), np.float32(0)) / np.float32(top - floor)
    return scaled


def _ordered(shelf: Shelf, matched: Mask, scores: Scores, exact: list[int]) -> tuple[NDArray[np.intp], Scores]:
    """What matched, best first and exact names before all others; twins stand together, with the score of the best of
    them. The scores, with that.
    """
    found = np.flatnonzero(matched)
    best = np.zeros_like(scores)
    np.maximum.at(best, shelf.twins[found], scores[found])
    shared = best[shelf.twins]
    others = np.ones(len(scores), np.bool_)
    others[exact] = False
    # What cannot be told apart when it is shown must not be told apart here, or processors would.
    keys = (found, shelf.twins[found], -np.round(shared[found], 6), others[found])
    return found[np.lexsort(keys)], shared


def _result(shelf: Shelf, position: int, ranking: Ranking, explain: bool) -> Result:
    near = shelf.passages.near_items(ranking.likeness, position) if len(ranking.likeness) else {}
    best = max(near.values(), default=0.0)
    matched = sorted(
        (item for item, nearness in near.items() if nearness >= max(_RELATED, best - _ITEM_MARGIN)),
        key=lambda item: (-near[item], item),
    )
    shown = _page if isinstance(shelf, Pages) else _bundle
    return Result(
        **shown(shelf.card(position), matched),
        score=round(float(ranking.scores[position]), 4),
        why=_why(position, ranking) if explain else None,
    )


def _bundle(card: dict[str, Any], matched: list[int]) -> dict[str, Any]:
    """A bundle's card with those of its tools that matched."""
    return {**card, "tools": [MatchedTool(**card["tools"][tool]) for tool in matched[:_MATCHED_TOOLS]]}


def _page(card: dict[str, Any], matched: list[int]) -> dict[str, Any]:
    """A page's card as a result, with the address and the words of the section that says it best."""
    sections = card.pop("sections")
    nothing: dict[str, Any] = {
        "platforms": [],
        "access_level": "unknown",
        "access_level_source": None,
        "access_level_claimed": None,
    }
    return {**card, **nothing, "tools": [], **(sections[matched[0]] if matched else {})}


def _why(position: int, ranking: Ranking) -> Why:
    if ranking.engine == "listed":
        return Why(tier="listed")
    words, meaning = (round(float(scores[position]), 4) for scores in (ranking.words, ranking.meaning))
    return Why(tier="exact" if position in ranking.exact else ranking.engine, lexical=words or None, dense=meaning)


def _facets(shelf: Shelf, ranked: NDArray[np.intp]) -> dict[str, list[FacetValue]]:
    chosen = np.zeros(len(shelf.columns), np.bool_)
    chosen[ranked] = True
    return {
        name: [FacetValue(value=value, count=count) for value, count in facet.counts(chosen, _FACET_VALUES)]
        for name, facet in shelf.facets.items()
    }
