import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from build.catalogue.models import AiText
from build.model import Deprecation
from search_fn.index.facets import FACETS, Filters
from search_fn.index.open import Index, open_index
from search_fn.query.read import read_query
from search_fn.search.ranking import MAX_LIMIT, MAX_QUERY, rank, search
from search_fn.search.results import Result, SearchAnswer
from tests.support.made_up import records, settings_for, write_made_up_index

QUERIES = [
    "pods keep restarting",
    "certificate about to expire",
    "buckets anyone can read",
    "azure",
    "check",
    "disk",
    "Endpoint Check",
    "queue backlog",
    "the latency of a web address and its redirects",
]


def ids(answer: SearchAnswer) -> list[str]:
    return [result.id for result in answer.results]


def all_pages(index: Index, query: str, size: int, filters: Filters | None = None) -> list[SearchAnswer]:
    pages = [search(index, query, filters or Filters(), limit=size)]
    while sum(len(page.results) for page in pages) < pages[0].total:
        pages.append(search(index, query, filters or Filters(), limit=size, offset=len(pages) * size))
        assert pages[-1].results
    return pages


def spellings(name: str) -> set[str]:
    return {
        name,
        name.upper(),
        name.swapcase(),
        name.replace("-", "_"),
        name.replace("_", "-"),
        name.replace("-", " ").replace("_", " "),
        name.replace("-", "").replace("_", "").replace(" ", ""),
        f"  {name}\n",
        f'"{name}"',
    }


def in_another_number(name: str) -> set[str]:
    """A name with its last word in the other number, as people write plurals."""
    start, word = re.fullmatch(r"(.*?)([^\W_]+)[\W_]*", name, re.DOTALL).groups()  # type: ignore[union-attr]
    if word.endswith("y"):
        return {f"{start}{word[:-1]}ies"}
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return {f"{start}{word[:-1]}"}
    return {f"{start}{word}{'es' if word.endswith(('s', 'x', 'ch', 'sh')) else 's'}"}


def exact_for(made: list[dict[str, Any]], name: str) -> set[str]:
    """The bundles that have this name, by slug or display name."""

    def folded(text: str) -> str:
        return "".join(c for c in text.casefold() if c.isalnum())

    return {r["id"] for r in made if folded(name) in (folded(r["slug"]), folded(r["title"]))}


def test_every_bundle_is_first_for_its_names_in_every_spelling(index: Index, made_up) -> None:
    wrong = []
    for record in made_up.records:
        for name in (record["slug"], record["title"], record["id"]):
            wanted = exact_for(made_up.records, name) | {record["id"]}
            if name == record["id"]:
                wanted = {record["id"]}
            for query in spellings(name):
                answer = search(index, query)
                if set(ids(answer)[: len(wanted)]) != wanted or not answer.confident:
                    wrong.append((query, ids(answer)[:3]))
    assert wrong == []


def test_every_bundle_is_first_for_its_names_in_another_number(index: Index, made_up) -> None:
    wrong = []
    for record in made_up.records:
        for name in (record["slug"], record["title"]):
            if not name.isascii():
                continue
            wanted = exact_for(made_up.records, name) | {record["id"]}
            for query in in_another_number(name):
                answer = search(index, query, explain=True)
                if set(ids(answer)[: len(wanted)]) != wanted or answer.results[0].score < 0.5:
                    wrong.append((query, ids(answer)[:3]))
    assert wrong == []


def test_a_name_as_it_is_spelled_comes_before_one_in_another_number(encoder_path: Path, tmp_path: Path) -> None:
    made = records()
    made[:2] = [
        record.model_copy(update={"title": title})
        for record, title in zip(made, ("Lamp Checks", "Lamp Check"), strict=False)
    ]
    write_made_up_index(tmp_path / "index_data", encoder_path, made)
    opened = open_index(settings_for(tmp_path / "index_data"))
    for record, query in zip(made, ("lamp-checks", "Lamp Check"), strict=False):
        assert ids(search(opened, query))[0] == record.id
        assert [r.why.tier for r in search(opened, query, explain=True).results[:2] if r.why] == ["exact", "hybrid"]


def test_of_one_name_in_two_collections_both_are_first(index: Index) -> None:
    answer = search(index, "http-endpoint-check", explain=True)
    assert set(ids(answer)[:2]) == {
        "anchor-codecollection/http-endpoint-check",
        "beacon-codecollection/http-endpoint-check",
    }
    assert [result.why and result.why.tier for result in answer.results[:3]] == ["exact", "exact", "hybrid"]


def test_a_display_name_that_is_anothers_slug_has_both_first(index: Index) -> None:
    both = {"anchor-codecollection/queue-backlog", "anchor-codecollection/github-runner-wait"}
    assert set(ids(search(index, "Queue Backlog"))[:2]) == both


def test_an_exact_name_that_the_filters_refuse_is_not_found(index: Index) -> None:
    answer = search(index, "k8s-pod-restarts", Filters.of(platform=["AWS"]))
    assert "beacon-codecollection/k8s-pod-restarts" not in ids(answer)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("pods keep restarting", "beacon-codecollection/k8s-pod-restarts"),
        ("out of memory kills", "beacon-codecollection/k8s-pod-restarts"),
        ("certificate about to expire", "beacon-codecollection/tls-certificate-age"),
        ("which buckets are public", "beacon-codecollection/aws-bucket-exposure"),
        ("database replicas behind the primary", "anchor-codecollection/postgres-replica-lag"),
        ("what fills the disk of a host", "anchor-codecollection/Linux.disk_Usage"),
    ],
)
def test_questions_find_what_answers_them(index: Index, query: str, first: str) -> None:
    answer = search(index, query)
    assert answer.results[0].id == first
    assert answer.confident


@pytest.mark.parametrize("query", ["how to bake sourdough bread", "capital of Mongolia"])
def test_what_nothing_here_answers_is_said_to_be_so(index: Index, query: str) -> None:
    assert not search(index, query).confident


@pytest.mark.parametrize("query", ["web address", "does this address answer", "http monitoring"])
def test_a_bundle_of_two_collections_is_shown_twice_in_a_row(index: Index, query: str) -> None:
    results = search(index, query).results
    places = [place for place, result in enumerate(results) if result.slug == "http-endpoint-check"]
    assert len(places) == 2
    assert places[1] == places[0] + 1
    assert results[places[0]].score == results[places[1]].score


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("kuberntes pod restrats", "beacon-codecollection/k8s-pod-restarts"),
        ("certifcate expiery", "beacon-codecollection/tls-certificate-age"),
        ("pubilc buckts", "beacon-codecollection/aws-bucket-exposure"),
        ("volumeclaim", "beacon-codecollection/k8s_volume-fill"),
        ("idleaddresses", "beacon-codecollection/gcp-idle-addresses"),
    ],
)
def test_slips_and_run_together_words_find_what_was_meant(index: Index, query: str, first: str) -> None:
    answer = search(index, query)
    assert answer.results[0].id == first
    assert answer.confident
    assert answer.query == query


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("containers in a restart loop", "beacon-codecollection/k8s-pod-restarts"),
        ("oomkilled", "beacon-codecollection/k8s-pod-restarts"),
        ("ssl expiration", "beacon-codecollection/tls-certificate-age"),
        ("spending on google", "beacon-codecollection/gcp-idle-addresses"),
    ],
)
def test_words_of_the_field_find_what_says_it_otherwise(index: Index, query: str, first: str) -> None:
    assert search(index, query).results[0].id == first


def test_only_one_platform_leaves_no_other(index: Index) -> None:
    answer = search(index, "azure only: checks of memory and queues")
    assert answer.results
    assert all({"Azure", "AKS"} & set(result.platforms) for result in answer.results)
    assert answer.total < search(index, "checks of memory and queues").total


def test_an_excluded_platform_is_left_out(index: Index) -> None:
    query = "list resources that cost money or are public"
    assert "aws-bucket-exposure" in {result.slug for result in search(index, query, limit=MAX_LIMIT).results}
    for excluding in (f"{query}, not aws", f"{query} except on AWS"):
        answer = search(index, excluding, limit=MAX_LIMIT)
        assert answer.results
        assert "aws-bucket-exposure" not in {result.slug for result in answer.results}
        assert "AWS" not in {value["value"] for value in answer.facets["platform"]}


def test_a_wished_platform_is_preferred(index: Index) -> None:
    query = "memory or disk pressure, storage buckets"
    first = {cloud: search(index, f"{query} on {cloud}").results[0].platforms for cloud in ("azure", "aws")}
    assert "Azure" in first["azure"]
    assert "AWS" in first["aws"]


def test_the_name_of_a_bundle_is_no_wish(index: Index) -> None:
    assert ids(search(index, "aws-bucket-exposure"))[0] == "beacon-codecollection/aws-bucket-exposure"


@pytest.mark.parametrize(
    ("query", "changes_first"),
    [("a node is drained and pods keep restarting", False), ("drain a node, restart pods", True)],
)
def test_what_changes_things_comes_after_what_looks_unless_it_is_asked_for(
    index: Index, monkeypatch: pytest.MonkeyPatch, query: str, changes_first: bool
) -> None:
    changing = index.facets["access"].mask(("read-write",)).astype(np.float32)
    monkeypatch.setitem(vars(index), "changing", changing)
    found = {result.id: result for result in search(index, query, limit=100).results}
    monkeypatch.setattr("search_fn.search.ranking.CHANGES_PENALTY", 0.0)
    monkeypatch.setattr("search_fn.search.ranking.LOOKS_PENALTY", 0.0)
    alike = {result.id: result for result in search(index, query, limit=100).results}
    both = found.keys() & alike.keys()
    share = dict(zip(index.ids, changing.tolist(), strict=True))
    assert {0.0, 1.0} <= {share[name] for name in both}
    for name in both:
        wanted = 1 - 0.1 * (1 - share[name] ** 0.5) if changes_first else 1 - 0.4 * share[name] ** 0.5
        assert found[name].score == pytest.approx(alike[name].score * wanted, abs=2e-4)


@pytest.mark.parametrize(
    "query",
    [*QUERIES, "pods keep restarting on azure", "disks, gcp only", "buckets not on aws", "zebra stripes of pods"],
)
def test_a_score_is_what_the_formula_at_the_head_of_the_module_says(index: Index, query: str) -> None:
    ranking, read = rank(index, query), read_query(query, index.vocabulary)
    nearest = float(ranking.meaning.max())
    ceiling = min(max(nearest * read.known / 0.6, 0.05), 1.0)
    expected: dict[int, float] = {}
    for position in ranking.order.tolist():
        platform = read.wish.weight(index.platforms.sets[index.platforms.codes[position]])
        root = float(index.changing[position]) ** 0.5
        effect = 1 - 0.1 * (1 - root) if read.asks else 1 - 0.4 * root
        meaning = max(float(ranking.meaning[position]) - 0.1, 0.0) / (nearest - 0.1)
        score = ceiling * platform * effect * (float(ranking.words[position]) + meaning) / 2
        if position in ranking.exact:
            score = (1 + score) / 2 if len(ranking.exact) > 1 else 1.0
        twin = int(index.twins[position])
        expected[twin] = max(score, expected.get(twin, 0.0))
    assert expected
    for position in ranking.order.tolist():
        assert float(ranking.scores[position]) == pytest.approx(expected[int(index.twins[position])], abs=1e-5)


def test_what_a_model_wrote_is_found(encoder_path: Path, tmp_path: Path) -> None:
    ai = AiText(
        model="made-up", date="2030-03-01", description="", use_cases=("Before a regatta",),
        questions=("Who rings the ship's bell at noon?",), symptoms=("sails torn by the storm",),
        aliases=("zephyrometer",), alerts=("HarbourBuoyAdrift",), errors=("no mooring left: EDRIFT",),
        access_level="unknown", access_reason="", iam_requirements=(), tools={},
        limitations="",
    )  # fmt: skip
    shell = "anchor-codecollection/empty-shell"
    made = [
        record.model_copy(update={"ai": ai, "ai_enhanced_description": "Measures tides in the harbour."})
        if record.id == shell
        else record
        for record in records()
    ]
    write_made_up_index(tmp_path / "index_data", encoder_path, made)
    opened = open_index(settings_for(tmp_path / "index_data"))
    for query in (
        "ring a bell at noon",
        "torn sails",
        "zephyrometer",
        "regatta",
        "tides in a harbour",
        "HarbourBuoyAdrift",
        "buoy adrift",
        "EDRIFT",
    ):
        answer = search(opened, query, explain=True)
        assert ids(answer)[0] == shell, query
        assert answer.confident
        why = answer.results[0].why
        assert why is not None
        assert why.lexical == 1.0


def test_an_empty_query_lists_all_by_id(index: Index, made_up) -> None:
    for query in ("", " \n\t"):
        answer = search(index, query, limit=MAX_LIMIT)
        assert ids(answer) == [record["id"] for record in made_up.records]
        assert (answer.total, answer.engine, answer.confident) == (len(made_up.records), "listed", True)
        assert {result.score for result in answer.results} == {0.0}


@pytest.mark.parametrize("size", [1, 3, 5])
@pytest.mark.parametrize("query", ["", *QUERIES[:6]])
def test_pages_are_one_list_cut_in_pieces(index: Index, query: str, size: int) -> None:
    whole = search(index, query, limit=MAX_LIMIT)
    pages = all_pages(index, query, size)
    assert [i for page in pages for i in ids(page)] == ids(whole)
    assert len(set(ids(whole))) == whole.total
    assert {page.total for page in pages} == {whole.total}
    assert all(page.facets == whole.facets for page in pages)


@pytest.mark.parametrize("offset", [13, 14, 1_000_000])
def test_past_the_end_there_are_no_results_and_the_same_total(index: Index, offset: int) -> None:
    assert search(index, "", offset=offset).results == []
    assert search(index, "", offset=offset).total == search(index, "").total == 13


@pytest.mark.parametrize(("limit", "expected"), [(-1, 0), (0, 0), (1, 1), (10_000, 13)])
def test_limits_out_of_range_are_cut(index: Index, limit: int, expected: int) -> None:
    assert len(search(index, "", limit=limit).results) == expected
    assert len(search(index, "", limit=limit, offset=-5).results) == expected


@pytest.mark.parametrize("query", ["", *QUERIES])
def test_equal_requests_have_equal_answers(index: Index, made_up, query: str) -> None:
    again = open_index(settings_for(made_up.folder))
    answers = {
        search(opened, query, explain=True, limit=MAX_LIMIT).model_dump_json() for opened in (index, index, again)
    }
    assert len(answers) == 1


@pytest.mark.parametrize("query", QUERIES)
def test_scores_are_of_0_to_1_and_fall_below_the_exact_ones(index: Index, query: str) -> None:
    results = search(index, query, limit=MAX_LIMIT, explain=True).results
    assert results
    assert all(0 <= result.score <= 1 for result in results)
    tiers = [result.why.tier for result in results if result.why]
    assert tiers == sorted(tiers, key=["exact", "hybrid"].index)
    for tier in ("exact", "hybrid"):
        scores = [result.score for result, its in zip(results, tiers, strict=True) if its == tier]
        assert scores == sorted(scores, reverse=True)


def test_reasons_are_given_only_when_asked_for(index: Index) -> None:
    assert {result.why for result in search(index, "pods").results} == {None}
    for result in search(index, "pods", explain=True).results:
        assert result.why is not None
        assert result.why.lexical is not None or result.why.dense is not None


def passes(result: Result, made: list[dict[str, Any]], filters: Filters) -> bool:
    found = next(record for record in made if record["id"] == result.id)
    tags = {tag.casefold() for tag in found["support_tags"]} | {
        t.casefold() for tool in found["tools"] for t in tool["tags"]
    }
    has = {
        "platform": {platform.casefold() for platform in found["platforms"]},
        "collection": {found["codecollection"]["slug"]},
        "access": {found["access_level"]},
        "kind": {tool["kind"] for tool in found["tools"]},
        "tag": tags,
    }
    return all(not wanted or has[facet] & set(wanted) for facet, wanted in filters._asdict().items())


@pytest.mark.parametrize(
    "wanted",
    [
        {"platform": ["Kubernetes"]},
        {"platform": ["AKS"], "access": ["read-write"]},
        {"collection": ["ANCHOR-codecollection"]},
        {"kind": ["monitor"]},
        {"tag": ["Security", "cost"]},
        {"tag": ["O'Brien's"]},
        {"access": ["unknown"]},
    ],
    ids=str,
)
@pytest.mark.parametrize("query", ["", "check", "memory", "queue-backlog"])
def test_filters_leave_what_passes_them_and_nothing_else(
    index: Index, made_up, query: str, wanted: dict[str, list[str]]
) -> None:
    filters = Filters.of(**wanted)
    everything = search(index, query, limit=MAX_LIMIT)
    filtered = search(index, query, filters, limit=MAX_LIMIT)
    assert set(ids(filtered)) == {r.id for r in everything.results if passes(r, made_up.records, filters)}
    assert filtered.total == len(filtered.results)


def test_filters_come_before_ranking(index: Index) -> None:
    query = "list idle addresses and buckets"
    everything = search(index, query, limit=MAX_LIMIT)
    assert everything.total > 3
    last = everything.results[-1]
    filters = Filters.of(collection=[last.collection], platform=last.platforms, access=[last.access_level])
    # Were the filter applied to the first result only, nothing would be left.
    assert search(index, query, filters, limit=1).results
    assert last.id in ids(search(index, query, filters, limit=MAX_LIMIT))


@pytest.mark.parametrize("query", ["", *QUERIES])
def test_facets_count_the_whole_answer(index: Index, query: str) -> None:
    answer = search(index, query, limit=MAX_LIMIT)
    assert list(answer.facets) == list(FACETS)
    for facet, pick in (
        ("platform", lambda result: result.platforms),
        ("collection", lambda result: [result.collection]),
        ("access", lambda result: [result.access_level]),
    ):
        counted = Counter(value for result in answer.results for value in pick(result))
        assert {value["value"]: value["count"] for value in answer.facets[facet]} == counted
    counts = [value["count"] for value in answer.facets["tag"]]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("query", ["", "memory", "queue-backlog"])
def test_a_facets_count_is_what_its_filter_leaves(index: Index, query: str) -> None:
    for facet, values in search(index, query).facets.items():
        for value in values:
            # A comma would separate two values.
            assert search(index, query, Filters.of(**{facet: [value["value"]]})).total == value["count"]


@pytest.mark.parametrize("query", QUERIES)
def test_matched_tools_are_the_bundles_own(index: Index, made_up, query: str) -> None:
    own = {
        record["id"]: [(tool["kind"], tool["name"], tool["line"]) for tool in record["tools"]]
        for record in made_up.records
    }
    for result in search(index, query, limit=MAX_LIMIT).results:
        matched = [(tool.kind, tool.name, tool.line) for tool in result.tools]
        assert set(matched) <= set(own[result.id])
        assert len(set(matched)) == len(matched) <= 5


def test_the_tool_that_matches_best_is_named_first(index: Index) -> None:
    result = search(index, "containers killed for memory").results[0]
    assert (result.slug, result.tools[0].name) == ("k8s-pod-restarts", "Find Containers Killed for Memory")


def test_types_that_the_index_has_nothing_of_have_no_results(index: Index) -> None:
    answer = search(index, "pods", types=["documentation", "library"])
    assert (answer.total, answer.results, answer.confident) == (0, [], False)
    assert search(index, "pods", types=["codebundle"]) == search(index, "pods")


def test_only_so_much_of_a_long_query_counts(index: Index) -> None:
    start = "pods keep restarting ".ljust(MAX_QUERY, "x")
    cut, whole = (search(index, text).results for text in (start, start + "y" * 100 + " certificate"))
    assert cut == whole


def test_an_index_of_nothing_answers_with_nothing(encoder_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index_data"
    write_made_up_index(folder, encoder_path, [])
    empty = open_index(settings_for(folder))
    for query in ("", "pods"):
        answer: Any = search(empty, query, Filters.of(platform=["AWS"]))
        assert (answer.total, answer.results) == (0, [])
        assert set(map(tuple, answer.facets.values())) == {()}
    shutil.rmtree(folder)


def test_what_is_deprecated_comes_last_but_for_who_names_it(tmp_path: Path, encoder_path: Path) -> None:
    made = records()
    old = "beacon-codecollection/k8s-pod-restarts"
    said = Deprecation(source="readme")
    changed = [one.model_copy(update={"deprecated": said} if one.id == old else {}) for one in made]
    write_made_up_index(tmp_path / "index", encoder_path, changed)
    index = open_index(settings_for(tmp_path / "index"))
    for query in ("pods keep restarting", "which pods restarted", "nodes and pods"):
        answer = search(index, query, limit=100)
        assert ids(answer)[-1] == old
        scores = [result.score for result in answer.results]
        assert scores == sorted(scores, reverse=True)
        found = answer.results[-1].deprecated
        assert found is not None
        assert found.source == "readme"
    assert ids(search(index, "k8s-pod-restarts"))[0] == old
    mixed = search(index, "pods keep restarting", types=("codebundle", "documentation"), limit=100)
    assert ids(mixed)[-1] == old
