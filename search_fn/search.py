"""The one search: exact names first, then words (BM25) and meaning (vectors of passages) fused, grouped to bundles."""

from collections import Counter
from collections.abc import Container, Iterable
from typing import Literal, NamedTuple

import numpy as np

from search_fn.answers import FacetValue, MatchedTool, Result, SearchAnswer, Why
from search_fn.filters import FACETS, NO_FILTERS, Filters, encodable
from search_fn.index import Index, fold_name, fold_number
from search_fn.lance import BooleanQuery, MatchQuery, Occur
from search_fn.query import Query, read_query
from search_fn.schema import TEXT_WEIGHTS

TYPES = ("codebundle", "documentation", "library")
MAX_LIMIT = 100
MAX_QUERY = 2_000
# Passages looked at: a bundle has some eight, so these reach well past the first page's bundles.
_NEAR_PASSAGES = 400
# What a hint of the query counts, where a word that was written counts 1.
_HINT = 0.5
# The cosine of texts that have nothing in common, and that from which a passage says something of the query. The first
# is a fixed floor for fusion: what the least of the passages looked at has would depend on how many those are.
_UNRELATED, _RELATED = 0.10, 0.30
# A question is answered from this trust on: the nearest cosine times the share of the query's words that the corpus
# knows. docs/decisions/0005-ranking.md has the figures.
_CONFIDENT = 0.28
# From this trust on the best score is 1.
_SURE = 0.6
_TOOL_MARGIN = 0.08
_MATCHED_TOOLS = 5
_FACET_VALUES = 30


class _Dense(NamedTuple):
    """A bundle's nearest passage, and its tools by nearness."""

    best: float
    tools: dict[int, float]


class Ranking(NamedTuple):
    """Positions of all that matched, best first, with score and reason of each. `nearest` are bundles by meaning."""

    order: list[int]
    scores: dict[int, float]
    reasons: dict[int, Why]
    nearest: dict[int, _Dense]
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
    order = ranking.order if "codebundle" in types else []
    page = order[max(offset, 0) :][: min(max(limit, 0), MAX_LIMIT)]
    return SearchAnswer(
        query=encodable(q),
        total=len(order),
        confident=ranking.confident and bool(order),
        degraded=False,
        engine=ranking.engine,
        build_id=index.manifest.build_id,
        facets=_facets(index, order),
        results=[_result(index, position, ranking, explain) for position in page],
    )


def rank(index: Index, q: str, filters: Filters = NO_FILTERS) -> Ranking:
    """Every bundle that matches `q` and passes `filters`, best first."""
    q = " ".join(encodable(q).split())[:MAX_QUERY]
    if not q:
        listed = [p for p, facts in enumerate(index.facts) if filters.accept(facts)]
        reasons = {position: Why(tier="listed") for position in listed}
        return Ranking(listed, dict.fromkeys(listed, 0.0), reasons, {}, True, "listed")

    query = read_query(q, index.vocabulary)
    exact = [p for p in _named(index, q) if filters.accept(index.facts[p])]
    lexical = _lexical(index, query, filters)
    dense = _dense(index, query, filters)
    wanted = {p: query.wish.weight(index.facts[p]["platforms"]) for p in {*lexical, *dense}}
    lexical = {p: score for p, score in lexical.items() if wanted[p]}
    dense = {p: found for p, found in dense.items() if wanted[p]}
    matched = {*exact, *lexical, *(p for p, found in dense.items() if found.best >= _RELATED)}

    words = _scaled(lexical, 0.0)
    meaning = _scaled({position: found.best for position, found in dense.items()}, _UNRELATED)
    nearest = max((found.best for found in dense.values()), default=0.0)
    # Within one search the best is 1 by construction; trust makes it honest.
    trust = nearest * query.known
    ceiling = min(max(trust / _SURE, 0.05), 1.0)
    scores = {p: ceiling * wanted.get(p, 1.0) * (words.get(p, 0.0) + meaning.get(p, 0.0)) / 2 for p in matched}
    # An exact name is worth more than any likeness; among several of one name the likeness still decides.
    scores |= {p: (1.0 + scores[p]) / 2 for p in exact} if len(exact) > 1 else dict.fromkeys(exact, 1.0)
    order = _twins_together(
        index, sorted(matched, key=lambda p: (p not in exact, -scores[p], index.facts[p]["id"])), scores
    )
    reasons = {
        p: Why(
            tier="exact" if p in exact else "hybrid",
            lexical=round(words[p], 4) if p in words else None,
            dense=round(dense[p].best, 4) if p in dense else None,
        )
        for p in order
    }
    return Ranking(order, scores, reasons, dense, bool(exact) or trust >= _CONFIDENT, "hybrid")


def _named(index: Index, q: str) -> list[int]:
    """The bundles that `q` is the name of, as it is spelled, else in another number."""
    return index.names.get(fold_name(q)) or index.names_in_any_number.get(fold_number(q)) or []


def _lexical(index: Index, query: Query, filters: Filters) -> dict[int, float]:
    parts = [*_matches(query.words, 1.0), *_matches(query.hints, _HINT)]
    if not parts:
        return {}
    search = BooleanQuery([(Occur.SHOULD, part) for part in parts])
    rows = index.bundles.search(search).select(["position", "_score"]).limit(max(len(index.facts), 1))
    where = filters.where()
    if where:
        rows = rows.where(where, prefilter=True)
    found = index.rows(rows)
    return dict(zip(found["position"].to_pylist(), found["_score"].to_pylist(), strict=True))


def _matches(words: Iterable[str], weight: float) -> list[MatchQuery]:
    text = " ".join(words)
    if not text:
        return []
    # mypy does not see the defaults that MatchQuery gives to pydantic's Field by position.
    return [MatchQuery(text, column, boost=weight * boost) for column, boost in TEXT_WEIGHTS.items()]  # type: ignore[call-arg]


def _dense(index: Index, query: Query, filters: Filters) -> dict[int, _Dense]:
    vector = index.encoder.encode([query.wish.text])[0]
    rows = index.passages.search(vector.astype(np.float16), vector_column_name="vector").distance_type("cosine")
    rows = rows.select(["bundle", "tool", "_distance"]).limit(_NEAR_PASSAGES)
    where = filters.where()
    if where:
        rows = rows.where(where, prefilter=True)
    table = index.rows(rows)
    found: dict[int, _Dense] = {}
    columns = (table[name].to_pylist() for name in ("bundle", "tool", "_distance"))
    for bundle, tool, distance in zip(*columns, strict=True):
        entry = found.setdefault(bundle, _Dense(1.0 - distance, {}))
        if tool >= 0:
            entry.tools[tool] = 1.0 - distance
    return found


def _twins_together(index: Index, order: list[int], scores: dict[int, float]) -> list[int]:
    """`order` with the twins of a bundle right behind the best of them; they get its score."""
    found: dict[int, None] = {}
    for position in order:
        for twin in (position, *index.twins.get(position, ())):
            if twin in scores and twin not in found:
                found[twin] = None
                scores[twin] = scores[position]
    return list(found)


def _scaled(scores: dict[int, float], floor: float) -> dict[int, float]:
    """Scores as 0..1 between `floor` and the best."""
    top = max(scores.values(), default=floor)
    return {key: max(score - floor, 0.0) / (top - floor) if top > floor else 0.0 for key, score in scores.items()}


def _result(index: Index, position: int, ranking: Ranking, explain: bool) -> Result:
    card = index.card(position)
    tools = card.pop("tools")
    near = ranking.nearest[position].tools if position in ranking.nearest else {}
    best = max(near.values(), default=0.0)
    matched = sorted(
        (tool for tool, nearness in near.items() if nearness >= max(_RELATED, best - _TOOL_MARGIN)),
        key=lambda tool: (-near[tool], tool),
    )
    return Result(
        **card,
        score=round(ranking.scores[position], 4),
        tools=[MatchedTool(**tools[tool]) for tool in matched[:_MATCHED_TOOLS]],
        why=ranking.reasons[position] if explain else None,
    )


def _facets(index: Index, ranked: list[int]) -> dict[str, list[FacetValue]]:
    facets = {}
    for facet, column in FACETS.items():
        counts: Counter[str] = Counter()
        for position in ranked:
            value = index.facts[position]["platform_names" if facet == "platform" else column]
            counts.update([value] if isinstance(value, str) else value)
        top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_FACET_VALUES]
        facets[facet] = [FacetValue(value=value, count=count) for value, count in top]
    return facets
