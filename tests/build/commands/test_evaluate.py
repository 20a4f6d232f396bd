"""Judged queries: the figures are those of the definitions, and the command prints them."""

import json
import math
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from build.cli import app
from build.commands.evaluate import Figures, read_queries, score, table
from build.errors import UsageError
from tests.support.place import ROOT, Place

QUERIES = ROOT / "samples" / "queries.jsonl"
RELEVANT = {"c/a": 3, "c/b": 2, "c/c": 1}
IDEAL = 7 + 3 / math.log2(3) + 1 / math.log2(4)


@pytest.mark.parametrize(
    ("ranked", "ndcg", "mrr", "r5", "s1"),
    [
        (["c/a", "c/b", "c/c"], 1.0, 1.0, 1.0, 1.0),
        (["c/x", "c/a"], 7 / math.log2(3) / IDEAL, 0.5, 0.5, 0.0),
        # Grade 1 gains, but is no hit.
        (["c/c", "c/b"], (1 + 3 / math.log2(3)) / IDEAL, 0.5, 0.5, 0.0),
        # A repeated bundle counts once, at its first place, and what follows moves up.
        (["c/a", "c/a", "c/b", "c/a", "c/c"], 1.0, 1.0, 1.0, 1.0),
        ([*(f"c/x{n}" for n in range(10)), "c/a"], 0.0, 0.0, 0.0, 0.0),
        ([*(f"c/x{n}" for n in range(5)), "c/a"], 7 / math.log2(7) / IDEAL, 1 / 6, 0.0, 0.0),
        ([], 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_a_query_is_scored_as_defined(ranked: list[str], ndcg: float, mrr: float, r5: float, s1: float) -> None:
    assert score(ranked, RELEVANT) == pytest.approx((1, ndcg, mrr, r5, s1))


def test_where_nothing_is_clearly_useful_the_marginal_counts() -> None:
    assert score(["c/a"], {"c/a": 1, "c/b": 0}) == Figures(1, 1.0, 1.0, 1.0, 1.0)


def test_of_many_good_ones_five_are_enough() -> None:
    relevant = {f"c/{n}": 3 for n in range(8)}
    assert score(list(relevant)[:5], relevant).r5 == 1.0


def test_what_nothing_answers_has_no_figures() -> None:
    with pytest.raises(ValueError, match="nothing answers"):
        score(["c/a"], {"c/a": 0})


@given(st.dictionaries(st.sampled_from("abcdefghijklmn"), st.integers(1, 3), min_size=1), st.randoms())
def test_no_order_is_better_than_that_of_the_grades(relevant: dict[str, int], chance: random.Random) -> None:
    order = [*relevant, "x", "y"]
    chance.shuffle(order)
    found, best = score(order, relevant), score(sorted(relevant, key=lambda b: -relevant[b]), relevant)
    assert all(0 <= value <= top + 1e-12 for value, top in zip(found[1:], best[1:], strict=True))
    assert best.ndcg == pytest.approx(1)


def test_a_table_has_a_row_for_each_kind_and_one_for_all() -> None:
    rows = table([("b", Figures(1, 1, 1, 1, 1)), ("a", Figures(1, 0, 0, 0, 0)), ("b", Figures(1, 0.5, 1, 0, 0))])
    assert list(rows.items()) == [
        ("b", Figures(2, 0.75, 1, 0.5, 0.5)),
        ("a", Figures(1, 0, 0, 0, 0)),
        ("ALL", pytest.approx(Figures(3, 0.5, 2 / 3, 1 / 3, 1 / 3))),
    ]
    assert table([]) == {}


@pytest.mark.parametrize(
    "line", ["{", '{"id": "a"}', '{"id": "a", "query": "q", "kind": "k", "relevant": {"c/a": "much"}}', "[]"]
)
def test_a_line_that_is_no_query_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(f'{{"id": "a", "query": "q", "kind": "k", "relevant": {{}}}}\n\n{line}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"queries\.jsonl:3 is no judged query"):
        read_queries(path)


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_queries(tmp_path / "none.jsonl")


def ask(built: Place, *options: str) -> str:
    """What the command prints for the samples' own queries."""
    result = CliRunner().invoke(app, ["eval", str(QUERIES), "--index", str(built.folder / "index"), *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_samples_own_queries_are_answered(built: Place) -> None:
    found = json.loads(ask(built, "--json"))
    judged = read_queries(QUERIES)
    assert list(found["tables"]) == ["lexical", "dense", "fused"]
    for rows in found["tables"].values():
        assert set(rows) == {query.kind for query in judged if query.relevant} | {"ALL"}
        assert rows["ALL"]["n"] == sum(bool(query.relevant) for query in judged)
    assert found["tables"]["fused"]["ALL"]["ndcg"] >= 0.9
    assert (found["abstained"], found["doubted"]) == (1.0, 0.0)


def test_an_index_of_other_collections_is_named_instead_of_figures_that_are_all_0(built: Place, tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    query = {"id": "1", "query": "pods", "kind": "task", "relevant": {"elsewhere/pod-health": 3}}
    queries.write_text(json.dumps(query), encoding="utf-8")
    result = CliRunner().invoke(app, ["eval", str(queries), "--index", str(built.folder / "index")])
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(
        "This index has none of the 1 entries by which the queries are judged (the first is elsewhere/pod-health); "
    )


def test_the_table_is_for_people(built: Place) -> None:
    said = ask(built).splitlines()
    assert [line.split()[0] for line in said if "nDCG10" in line] == ["lexical", "dense", "fused"]
    assert said[-2:] == [
        "unanswerable said not to be confident: 1.000",
        "answerable said not to be confident: 0.000",
    ]
