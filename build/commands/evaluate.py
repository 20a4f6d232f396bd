"""Measures how well a search ranks judged queries: nDCG@10, MRR@10, R@5, S@1 by kind, and how honest `confident` is.

A query is a line of JSON: {"id", "query", "kind", "relevant": {"<collection>/<bundle>": grade 1..3}}, and "type" where
it is about documentation or libraries; one with nothing relevant is unanswerable and takes part in abstention only.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ValidationError

from build.errors import UsageError
from search_fn.index.facets import NO_FILTERS, Filters
from search_fn.index.open import Index
from search_fn.search.ranking import rank

_DEPTH = 10
# The lowest grade that MRR, R@5 and S@1 count; where a query has none so high, all its grades count.
_GOOD = 2


class JudgedQuery(BaseModel):
    """A query and the bundles that answer it: 3 a named tool or the whole purpose, 2 clearly useful, 1 marginal."""

    id: str
    query: str
    kind: str
    relevant: dict[str, int]
    type: Literal["codebundle", "documentation", "library"] = "codebundle"


class Figures(NamedTuple):
    """Means over `n` queries, each 0..1."""

    n: int
    ndcg: float
    mrr: float
    r5: float
    s1: float


class Evaluation(NamedTuple):
    """Figures by engine (lexical, dense, fused) and kind, ALL last.

    `abstained` is the share of unanswerable queries that were marked as such, `doubted` the share of answerable ones;
    None without any.
    """

    tables: dict[str, dict[str, Figures]]
    abstained: float | None
    doubted: float | None


def read_queries(path: Path) -> list[JudgedQuery]:
    """Return the judged queries of a file of JSON lines.

    Raises:
        UsageError: The file cannot be read, or a line of it is no query.
    """
    queries = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                queries.append(JudgedQuery.model_validate_json(line))
            except ValidationError as error:
                wanted = '{"id": "…", "query": "…", "kind": "…", "relevant": {"<collection>/<bundle>": 3}}'
                raise UsageError(f"{path}:{number} is no judged query; a line is {wanted}.") from error
    return queries


def score(ranked: Iterable[str], relevant: Mapping[str, int]) -> Figures:
    """Return the figures of one query; a bundle that is ranked twice counts at its first place.

    Raises:
        ValueError: Nothing is relevant.
    """
    order = list(dict.fromkeys(ranked))
    grades = {bundle: grade for bundle, grade in relevant.items() if grade > 0}
    good = {bundle for bundle, grade in grades.items() if grade >= _GOOD} or set(grades)
    if not good:
        raise ValueError("a query that nothing answers has no figures")
    ideal = _gain(sorted(grades.values(), reverse=True))
    first = next((place for place, bundle in enumerate(order[:_DEPTH], 1) if bundle in good), None)
    return Figures(
        n=1,
        ndcg=_gain([grades.get(bundle, 0) for bundle in order]) / ideal,
        mrr=1 / first if first else 0.0,
        r5=len(good.intersection(order[:5])) / min(5, len(good)),
        s1=float(first == 1),
    )


def table(scored: Iterable[tuple[str, Figures]]) -> dict[str, Figures]:
    """Return the means by kind, in the order of the kinds, and over ALL."""
    rows: dict[str, list[Figures]] = {}
    everything = []
    for kind, figures in scored:
        rows.setdefault(kind, []).append(figures)
        everything.append(figures)
    return {kind: _mean(result) for kind, result in {**rows, "ALL": everything}.items() if result}


def evaluate(index: Index, queries: Sequence[JudgedQuery]) -> Evaluation:
    """Search `index` for all queries, and return the figures.

    Raises:
        UsageError: The index has nothing of what the queries are judged by.
    """
    _check_judged(index, queries)
    scored: dict[str, list[tuple[str, Figures]]] = {"lexical": [], "dense": [], "fused": []}
    flags: dict[bool, list[bool]] = {True: [], False: []}
    for judged in queries:
        of_bundles = judged.type == "codebundle"
        corpus, filters = (index, NO_FILTERS) if of_bundles else (index.pages, Filters(kind=(judged.type,)))
        ranking = rank(index, judged.query, filters, corpus)
        answerable = any(grade > 0 for grade in judged.relevant.values())
        flags[answerable].append(not ranking.confident)
        if not answerable:
            continue
        orders = {
            "lexical": np.argsort(-ranking.words, kind="stable")[: np.count_nonzero(ranking.words)],
            "dense": np.argsort(-ranking.meaning, kind="stable"),
            "fused": ranking.order,
        }
        for engine, order in orders.items():
            figures = score([corpus.ids[position] for position in order.tolist()], judged.relevant)
            scored[engine].append((judged.kind, figures))
    return Evaluation(
        {engine: table(result) for engine, result in scored.items()}, _share(flags[False]), _share(flags[True])
    )


def as_text(evaluation: Evaluation) -> str:
    """Return the evaluation as a table for a terminal."""
    lines = []
    for engine, rows in evaluation.tables.items():
        lines.append(f"{engine:10} {'n':>4} {'nDCG10':>6} {'MRR10':>6} {'R@5':>6} {'S@1':>6}")
        for kind, result in rows.items():
            lines.append(
                f"{kind:10} {result.n:4} {result.ndcg:6.3f} {result.mrr:6.3f} {result.r5:6.3f} {result.s1:6.3f}"
            )
        lines.append("")
    for name, share in (("unanswerable", evaluation.abstained), ("answerable", evaluation.doubted)):
        lines.append(f"{name} said not to be confident: {'-' if share is None else f'{share:.3f}'}")
    return "\n".join(lines)


def as_json(evaluation: Evaluation) -> dict[str, object]:
    """Return the evaluation for a program."""
    tables = {engine: {kind: row._asdict() for kind, row in rows.items()} for engine, rows in evaluation.tables.items()}
    return {**evaluation._asdict(), "tables": tables}


def _check_judged(index: Index, queries: Sequence[JudgedQuery]) -> None:
    """Raise UsageError where the index has nothing of what the queries are judged by: all figures would be 0."""
    judged = {name for query in queries for name, grade in query.relevant.items() if grade > 0}
    known = set(index.ids)
    if any(query.type != "codebundle" for query in queries):
        known.update(index.pages.ids)
    if judged and judged.isdisjoint(known):
        raise UsageError(
            f"This index has none of the {len(judged)} entries by which the queries are judged (the first is "
            f"{min(judged)}); build that of their collections, and name it by --index."
        )


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades[:_DEPTH], 1))


def _mean(rows: Sequence[Figures]) -> Figures:
    means = [sum(column) / len(rows) for column in list(zip(*rows, strict=True))[1:]]
    return Figures(len(rows), *means)


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None
