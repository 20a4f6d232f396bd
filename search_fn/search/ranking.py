"""The one search: exact names first, then words (BM25) and meaning (vectors of passages) fused, grouped to bundles.

The score of a bundle, 0 to 1, is

    ceiling · platform · effect · quoted · (words + meaning) / 2

    words     the sum, over the query's words, of their BM25 weight in the bundle (`build.index.bm25`, over parts
              weighted by `search_fn.search.weights`), and HINT_WEIGHT of that for synonyms; divided by the greatest
    meaning   the greatest cosine of the query to the bundle's passages, above COSINE_FLOOR; divided by the greatest
    quoted    1, or QUOTED_PENALTY for each phrase in quotes of which it lacks a word; 0 for what the query leaves out
    platform  1, or less for a bundle of another cloud than the query wishes, 0 for one that it excludes
              (`search_fn.query.platforms`)
    effect    1 - CHANGES_PENALTY · √share, the share of its tools that change things; where the query asks for
              something to be done 1 - LOOKS_PENALTY · (1 - √share), where it names a variable 1
    ceiling   trust / FULL_TRUST, from LEAST_CEILING to 1: within one search the best would be 1 by construction; trust
              makes it honest

A bundle whose name is the query has 1. Where several have it, each has (1 + its score) / 2: any of them is worth more
than any likeness, and the likeness decides among them. What has no word of the query, and no passage from
MATCH_THRESHOLD on, does not match; where nothing does, the nearest are shown, and said to be no more. What several
collections have (twins) stands together, with the best one's score. What is deprecated comes last, unless its name is
the query (docs/decisions/0015-versions.md).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_fn.index.arrays import Scores
from search_fn.index.corpus import Corpus
from search_fn.index.facets import NO_FILTERS, Filters, Mask, count_each, encodable
from search_fn.index.open import Index
from search_fn.index.pages import Pages
from search_fn.query.read import Query, read_query
from search_fn.search.notes import NO_REMARKS, Remarks, notes_on, notes_on_query, unknown
from search_fn.search.order import Sort, in_order
from search_fn.search.reasons import Asked, asked_of, count_likely, match_of, reasons
from search_fn.search.results import SearchAnswer
from search_fn.text import shortened

# Of an answer or a part of it, by name.
Fields = dict[str, Any]
TYPES = ("codebundle", "documentation", "library")
MAX_LIMIT = 100
MAX_QUERY = 2_000
"""Characters of a query that are read, before and after they are normalized."""
# All of the following were measured, and are explained, in docs/decisions/0005-ranking.md.
# Factor of a synonym's BM25 weight, where a word that was written has 1.
HINT_WEIGHT = 0.5
# What a bundle all of whose tools change things loses of its score where nobody asked for anything to be done: what
# looks comes first. One with few such tools loses less, by the root of their share.
CHANGES_PENALTY = np.float32(0.4)
# The same the other way round, where somebody asks for something to be done.
LOOKS_PENALTY = np.float32(0.1)
# Factor of what lacks a word of a phrase that stands in quotes.
QUOTED_PENALTY = np.float32(0.8)
# Cosines, -1 to 1. COSINE_FLOOR is that of texts that have nothing in common: fixed, since the least of all passages
# would depend on how many there are. From MATCH_THRESHOLD on, a passage says something of the query.
COSINE_FLOOR, MATCH_THRESHOLD = 0.10, 0.30
# A tool, or a page's section, is shown from MATCH_THRESHOLD on, and no more than this below the best.
TOOL_MARGIN = 0.08
# Trust, 0 to 1: the nearest cosine times the share of the query's words that the corpus knows. From CONFIDENT on
# something here answers the query; from FULL_TRUST on the best score is 1; below, it is no less than LEAST_CEILING.
CONFIDENT, FULL_TRUST, LEAST_CEILING = 0.31, 0.6, 0.05
# Of a result and of a facet, so many are shown.
SHOWN_TOOLS = 5
_QUALIFIED = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)+(?:[ _]\w+)*", re.ASCII)
_FACET_VALUES = 30
# Bits of a position, which are enough for two million entries.
_PLACE = 21
# Where nothing matches, so many of the nearest are shown, and marked.
NEAREST = 5


class Ranking(NamedTuple):
    """`order` has the positions of all that matched, best first; the other arrays have a value for every bundle.
    `words` are scaled to 0..1, `meaning` are cosines; `vector` is the query's, None where only words were searched.
    `remarks` are what the answer says of the query; `query` is that as it was read, None where nothing was asked.
    """

    order: NDArray[np.intp]
    scores: Scores
    words: Scores
    meaning: Scores
    vector: Scores | None
    exact: frozenset[int]
    confident: bool
    engine: Literal["hybrid", "lexical", "listed"]
    remarks: Remarks = NO_REMARKS
    query: Query | None = None

    @property
    def degraded(self) -> bool:
        """Return whether only words were searched, since a provider made no vector of the query."""
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
    sort: Sort = "relevance",
    facets: bool = True,
) -> SearchAnswer:
    """Return what answers `q` and passes `filters`; equal arguments give equal answers.

    Args:
        index: The open index.
        q: What somebody typed; an empty one lists by id.
        filters: What has to be true of a result.
        types: Which of TYPES are searched.
        limit: Results at most.
        offset: Results before the first; `total` is the same at each.
        explain: Whether each result says why it stands where it does.
        sort: Of results.
        facets: Whether the bundles, or the pages where bundles are not asked for, are counted by their facets, which
            takes a third of the time.

    Raises:
        IndexUnavailableError: Documentation or keywords are asked for and cannot be read.
    """
    corpora = _corpora(index, filters, types)
    rankings = [rank(index, q, passing, corpus) for corpus, passing in corpora]
    # The first corpus's go before the others' of the same score.
    owners = np.repeat(np.arange(len(rankings)), [len(ranking.order) for ranking in rankings])
    places = np.concatenate([np.array([], np.intp), *(ranking.order for ranking in rankings)])
    if sort != "relevance":
        found = [(corpus, ranking.order.tolist()) for (corpus, _), ranking in zip(corpora, rankings, strict=True)]
        owners, places = np.array(in_order(found, sort), np.intp).reshape(-1, 2).T
    elif len(rankings) > 1:
        scores = np.concatenate([ranking.scores[ranking.order] for ranking in rankings])
        best = np.argsort(-np.round(scores, 6), kind="stable")
        owners, places = owners[best], places[best]
    page = slice(max(offset, 0), max(offset, 0) + max(limit, 0))
    asked = [
        asked_of(ranking.query, corpus, q) if explain and ranking.query else None
        for (corpus, _), ranking in zip(corpora, rankings, strict=True)
    ]
    pairs = list(zip(owners[page].tolist(), places[page].tolist(), strict=True))
    shown = [
        _shown(corpus, ranking, [place for owner, place in pairs if owner == number])
        for number, ((corpus, _), ranking) in enumerate(zip(corpora, rankings, strict=True))
    ]
    answer = {
        "query": encodable(q),
        "total": len(places),
        "likely": sum(map(_likely, rankings)),
        "confident": any(map(is_confident, rankings)) and not _is_unknown_name(q, types, rankings),
        "degraded": any(ranking.degraded for ranking in rankings),
        "engine": rankings[0].engine if rankings else "listed",
        "build_id": index.manifest.build_id,
        "facets": _facets(corpora[0][0], rankings[0].order) if corpora and facets else {},
        "results": [
            _result(corpora[owner][0], position, shown[owner][position], rankings[owner], asked[owner], explain)
            for owner, position in pairs
        ],
        "notes": [
            *unknown("type", types, TYPES),
            *notes_on(filters, [corpus for corpus, _ in corpora]),
            *notes_on_query([ranking.remarks for ranking in rankings]),
        ],
    }
    # As a whole: to make its hundred and more parts one by one would take a seventh of a search.
    return SearchAnswer.model_validate(answer)


def _likely(ranking: Ranking) -> int:
    return len(ranking.order) if ranking.query is None else count_likely(ranking.scores[ranking.order])


def is_confident(ranking: Ranking) -> bool:
    """Return whether something that was found answers the query."""
    return ranking.confident and len(ranking.order) > 0


def _is_unknown_name(q: str, types: Collection[str], rankings: Sequence[Ranking]) -> bool:
    """Return whether somebody asks for a keyword by its whole name, `RW.Core.Add Issue`, and none has it."""
    if "library" not in types or "codebundle" in types or any(ranking.exact for ranking in rankings):
        return False
    return is_qualified(q)


def is_qualified(q: str) -> bool:
    """Return whether a query is written as a keyword's whole name is."""
    return _QUALIFIED.fullmatch(q.strip()) is not None


def _corpora(index: Index, filters: Filters, types: Collection[str]) -> list[tuple[Corpus, Filters]]:
    found: list[tuple[Corpus, Filters]] = [(index, filters)] if "codebundle" in types else []
    pages = tuple(name for name in types if name in TYPES[1:])
    # A page's kind is its type; whoever asks for a kind of tool asks for no page.
    return [*found, (index.pages, filters if filters.kind else filters._replace(kind=pages))] if pages else found


def rank(index: Index, q: str, filters: Filters = NO_FILTERS, corpus: Corpus | None = None) -> Ranking:
    """Return everything that matches `q` and passes `filters`, best first.

    A bundle matches by a word of `q`, by the cosine of its nearest passage (from MATCH_THRESHOLD on), or by its name.
    The head of this module has the formula, docs/decisions/0005-ranking.md what each part is worth.

    Args:
        index: The open index, whose encoder is used.
        q: What somebody typed; cut after MAX_QUERY characters. Without a word everything is listed by name.
        filters: What has to be true of a result.
        corpus: What is searched; the bundles where it is None. What opens `index.pages` may raise, ranking does not.
    """
    corpus = corpus or index
    q = shortened(" ".join(encodable(q).split()), MAX_QUERY)
    passing = corpus.passing(filters)
    none = np.zeros(len(passing), np.float32)
    if not q:
        listed = np.flatnonzero(passing)
        return Ranking(listed, none, none, none, None, frozenset(), True, "listed")

    query = read_query(q, corpus.vocabulary)
    exact = [position for position in corpus.named(q) if passing[position]]
    wanted = _wanted(corpus, query, passing)
    words = _lexical(corpus, query, wanted)
    vector = index.encode(query.wish.text)
    meaning = none if vector is None else corpus.passages.best(vector, wanted, words)
    matched = (words > 0) | (meaning >= MATCH_THRESHOLD)
    matched[exact] = True
    # Behind a filter it would seem to be what was filtered for.
    nearest = not matched.any() and vector is not None and bool(passing.all())
    if nearest:
        matched[np.argsort(-meaning, kind="stable")[:NEAREST]] = True
        matched &= wanted > 0

    # Without a vector it is only as sure as a search for words can be.
    trust = (float(meaning.max(initial=0.0)) if vector is not None else CONFIDENT) * query.known
    ceiling = min(max(trust / FULL_TRUST, LEAST_CEILING), 1.0)
    words = _scaled(words, 0.0)
    scores: Scores = np.float32(ceiling / 2) * wanted * (words + _scaled(meaning, COSINE_FLOOR))
    scores[exact] = (1 + scores[exact]) / 2 if len(exact) > 1 else 1
    order, scores = _deprecated_last(corpus, *_ordered(corpus, matched, scores, exact), exact)
    confident = bool(exact) or trust >= CONFIDENT
    engine: Literal["hybrid", "lexical"] = "hybrid" if vector is not None else "lexical"
    remarks = Remarks(query.unknown, query.unwanted, nearest and len(order) > 0)
    return Ranking(
        order, scores, words, meaning, vector, frozenset(exact), confident and not nearest, engine, remarks, query
    )


def _wanted(corpus: Corpus, query: Query, passing: Mask) -> Scores:
    """Return platform times effect times quoted for every bundle, 0 for those that do not pass the filters."""
    wanted: Scores = passing.astype(np.float32)
    if query.wish.named or query.wish.excluded:
        # One weight for each set of platforms that bundles have; `codes` says which set is whose.
        weights = np.array([query.wish.weight(platforms) for platforms in corpus.platforms.sets], np.float32)
        wanted *= weights[corpus.platforms.codes]
    for word in query.unwanted:
        wanted[corpus.called(word)] = 0
    for phrase in query.quoted:
        wanted[~corpus.postings.having(phrase)] *= QUOTED_PENALTY
    changes = np.sqrt(corpus.changing)
    if query.asks:
        wanted *= 1 - LOOKS_PENALTY * (1 - changes)
    elif not query.names:
        wanted *= 1 - CHANGES_PENALTY * changes
    return wanted


def _lexical(corpus: Corpus, query: Query, wanted: Scores) -> Scores:
    """Return what the query's words are worth to every bundle, in the unit of BM25; 0 to those that are not wanted."""
    words: Scores = np.zeros(len(wanted), np.float32)
    corpus.postings.add(words, query.words)
    corpus.postings.add(words, query.hints, HINT_WEIGHT)
    words[wanted <= 0] = 0
    return words


def _scaled(scores: Scores, floor: float) -> Scores:
    """Return scores as 0..1 between `floor` and the best."""
    top = float(scores.max(initial=floor))
    if top <= floor:
        return np.zeros_like(scores)
    scaled: Scores = np.maximum(scores - np.float32(floor), np.float32(0)) / np.float32(top - floor)
    return scaled


def _ordered(corpus: Corpus, matched: Mask, scores: Scores, exact: list[int]) -> tuple[NDArray[np.intp], Scores]:
    """Return the positions of what matched, best first and exact names before all others, and the scores: twins stand
    together, with the score of the best of them.
    """
    found = np.flatnonzero(matched)
    best = np.zeros_like(scores)
    np.maximum.at(best, corpus.twins[found], scores[found])
    shared = best[corpus.twins]
    others = np.ones(len(scores), np.bool_)
    others[exact] = False
    # What cannot be told apart when it is shown must not be told apart here, or processors would.
    millionths = np.rint(shared[found] * np.float32(1e6)).astype(np.int64)
    # One number of all that counts, which is sorted in a quarter of the time: others last, by score, twin and position.
    twins, places = corpus.twins[found].astype(np.int64), found.astype(np.int64)
    keys = (others[found].astype(np.int64) << 62) | ((1_000_000 - millionths) << 42) | (twins << _PLACE) | places
    keys.sort()
    return keys & ((1 << _PLACE) - 1), shared


def _deprecated_last(
    corpus: Corpus, order: NDArray[np.intp], scores: Scores, exact: list[int]
) -> tuple[NDArray[np.intp], Scores]:
    """Return the order and the scores in which what is deprecated comes after all others, but for who names it."""
    late = corpus.deprecated[order]
    if late.any():
        late &= ~np.isin(order, exact)
    if not late.any():
        return order, scores
    first, last = order[~late], order[late]
    if len(first):
        # Pages are put among bundles by their scores, so that these have to say the same as the order.
        scores = scores.copy()
        scores[last] *= scores[first].min()
    return np.concatenate([first, last]), scores


class _Shown(NamedTuple):
    """The card of an entry that is shown, and the cosine of each of its tools or sections, by position."""

    card: Mapping[str, Any]
    near: Mapping[int, float]


def _shown(corpus: Corpus, ranking: Ranking, positions: Sequence[int]) -> dict[int, _Shown]:
    """Return what is shown of entries, by position; all are read at once, since that may be from object storage."""
    nothing: list[dict[int, float]] = [{} for _ in positions]
    near = nothing if ranking.vector is None else corpus.passages.near_items(ranking.vector, positions)
    return dict(zip(positions, map(_Shown, corpus.cards(positions), near), strict=True))


def _result(
    corpus: Corpus, position: int, shown: _Shown, ranking: Ranking, asked: Asked | None, explain: bool
) -> Fields:
    near = shown.near
    best = max(near.values(), default=0.0)
    matched = sorted(
        (item for item, nearness in near.items() if nearness >= max(MATCH_THRESHOLD, best - TOOL_MARGIN)),
        key=lambda item: (-near[item], item),
    )
    of_page = isinstance(corpus, Pages)
    card = (_page if of_page else _bundle)(shown.card, matched)
    score = round(float(ranking.scores[position]), 4)
    return {
        **card,
        "score": score,
        "match": match_of(score) if ranking.query else None,
        "why": _why(corpus, position, ranking, asked, card) if explain else None,
    }


def _bundle(card: Mapping[str, Any], matched: list[int]) -> Fields:
    """Return a bundle's card with those of its tools that matched."""
    # In an index of an earlier release a tool has no title.
    tools = [{"title": tool["name"], **tool} for tool in (card["tools"][item] for item in matched[:SHOWN_TOOLS])]
    return {**card, "tools": tools}


def _page(card: Mapping[str, Any], matched: list[int]) -> Fields:
    """Return a page's card as a result, with the address and the words of the section that says it best."""
    sections = card["sections"]
    nothing: Fields = {
        "platforms": [],
        "access_level": "unknown",
        "access_level_source": None,
        "access_level_claimed": None,
        "effect": None,
        "deprecated": None,
        "updated": None,
    }
    return {**card, **nothing, "tools": [], **(sections[matched[0]] if matched else {})}


def _why(corpus: Corpus, position: int, ranking: Ranking, asked: Asked | None, card: Fields) -> Fields:
    if asked is None:
        return {"tier": "listed"}
    exact = position in ranking.exact
    words, meaning = (round(float(scores[position]), 4) for scores in (ranking.words, ranking.meaning))
    return {
        "because": reasons(asked, corpus, position, card, exact=exact),
        "tier": "exact" if exact else ranking.engine,
        "lexical": words or None,
        "dense": meaning,
    }


def _facets(corpus: Corpus, ranked: NDArray[np.intp]) -> dict[str, list[Fields]]:
    chosen = np.zeros(corpus.size, np.bool_)
    chosen[ranked] = True
    return count_each(corpus.facets, chosen, _FACET_VALUES)
