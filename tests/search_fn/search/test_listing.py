"""Lists of bundles and of their tools: order, pages, and the text that is put together unread."""

import json

import pytest

from search_fn.index.facets import NO_FILTERS, Filters
from search_fn.index.open import Index
from search_fn.search.listing import find_bundle, list_bundles, list_tasks, matching, task_rows
from search_fn.search.ranking import search

PODS = "beacon-codecollection/k8s-pod-restarts"


def ids(index: Index, found: list[int]) -> list[str]:
    return [index.ids[position] for position in found]


def test_what_is_asked_is_ranked_by_the_one_search_unless_sorted(index: Index) -> None:
    query = "pods keep restarting"
    assert ids(index, matching(index, query, NO_FILTERS)) == [one.id for one in search(index, query, limit=100).results]
    titles = [
        index.values("name")[position].casefold() for position in matching(index, query, NO_FILTERS, sort_by="name")
    ]
    assert titles == sorted(titles)


def test_nothing_asked_is_all_by_name(index: Index) -> None:
    for query in ("", " \n"):
        found = matching(index, query, NO_FILTERS)
        titles = [index.values("name")[position].casefold() for position in found]
        assert titles == sorted(titles)
        assert sorted(found) == list(range(len(index.ids)))


@pytest.mark.parametrize(("sort_by", "column"), [("updated", "updated"), ("tasks", "task_count")])
def test_the_newest_and_the_largest_come_first_and_equals_by_id(index: Index, sort_by: str, column: str) -> None:
    found = matching(index, "", NO_FILTERS, sort_by=sort_by)  # type: ignore[arg-type]
    values = [index.values(column)[position] for position in found]
    assert values == sorted(values, reverse=True)
    for (one, before), (other, after) in zip(
        zip(values, found, strict=True), list(zip(values, found, strict=True))[1:], strict=False
    ):
        assert one != other or before < after


def test_discovery_divides_the_list(index: Index) -> None:
    with_rules, without = (matching(index, "", NO_FILTERS, has_auto_discovery=wanted) for wanted in (True, False))
    assert with_rules
    assert without
    assert sorted(with_rules + without) == list(range(len(index.ids)))
    assert index.positions[PODS] in with_rules


def test_pages_of_bundles_are_the_list_in_pieces(index: Index) -> None:
    found = matching(index, "", NO_FILTERS)
    whole = json.loads(list_bundles(index, found, len(found), 0))
    # The last of pages that come out even is the last.
    for size in (1, 2, len(found)):
        offsets = range(0, len(found), size)
        pieces = [json.loads(list_bundles(index, found, size, offset)) for offset in offsets]
        assert [one for piece in pieces for one in piece["codebundles"]] == whole["codebundles"]
        assert {piece["total_count"] for piece in pieces} == {len(found)}
        assert [piece["pagination"]["has_more"] for piece in pieces] == [True] * (len(pieces) - 1) + [False]
    assert json.loads(list_bundles(index, found, 2, len(found)))["codebundles"] == []


def test_a_bundle_is_found_by_its_name_and_by_upstreams_spelling(index: Index) -> None:
    exact = find_bundle(index, "beacon-codecollection", "k8s_volume-fill")
    assert exact is not None
    assert json.loads(exact)["id"] == "beacon-codecollection/k8s_volume-fill"
    assert find_bundle(index, "beacon-codecollection", "K8S-volume_fill") == exact
    assert find_bundle(index, "anchor-codecollection", "k8s_volume-fill") is None
    assert find_bundle(index, "", "") is None


def test_pages_of_tasks_are_the_list_in_pieces_of_any_size(index: Index) -> None:
    found = matching(index, "", NO_FILTERS)
    whole = list_tasks(index, found, 10_000, 0)
    assert (
        whole["total_count"] == len(whole["tasks"]) == sum(index.values("task_count")) + sum(index.values("sli_count"))
    )
    for size in (1, 3, 1_000):
        pieces = [list_tasks(index, found, size, offset) for offset in range(0, whole["total_count"], size)]
        assert [row for piece in pieces for row in piece["tasks"]] == whole["tasks"]
        assert not pieces[-1]["pagination"]["has_more"]
    beyond = list_tasks(index, found, 5, whole["total_count"])
    assert (beyond["tasks"], beyond["total_count"]) == ([], whole["total_count"])


def test_tasks_are_of_what_matches_alone(index: Index) -> None:
    found = list_tasks(index, matching(index, "", Filters.of(collection=["anchor-codecollection"])), 500, 0)
    assert found["codebundles_count"] > 0
    assert {row["collection_slug"] for row in found["tasks"]} == {"anchor-codecollection"}


def test_a_task_has_the_kind_and_place_of_its_tool(index: Index) -> None:
    record = json.loads(find_bundle(index, *PODS.split("/")) or "{}")
    rows = task_rows(record)
    assert [row["id"] for row in rows] == [f"{PODS}#{position}" for position in range(4)]
    assert [row["type"] for row in rows] == ["TaskSet"] * 3 + ["SLI"]
    assert [row["name"] for row in rows] == [tool["name"] for tool in record["tools"]]
    assert {row["codebundle_name"] for row in rows} == {"Kubernetes Pod Restarts"}
