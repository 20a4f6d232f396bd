"""The publication as one value: its id follows every fact, and nothing else."""

import pytest

from build.catalogue.catalogue import Catalogue, catalogue
from build.catalogue.record import record
from build.model import Bundle, Problem
from tests.support.catalogues import HARBOR, QUAY, entry, facts, full_bundle, full_library, made_up, sound
from tests.support.releases import releases_of


def of(
    name: str = "a",
    doc: str = "Words",
    problem: str = "odd",
    state: str = "current",
    version: str = "1",
    site: str = "",
) -> Catalogue:
    found = Problem(collection="harbor", code="x", severity="note", message=problem)
    records = [record(entry(Bundle(name=name, doc=doc)), site)]
    return catalogue([facts(HARBOR, bundles=1, tools=0, state=state)], records, [found], version)


def test_equal_facts_have_an_equal_id() -> None:
    assert of().build_id == of().build_id
    assert len(of().build_id) == 16
    assert sound() == sound()


CHANGES = [
    {"name": "b"},
    {"doc": "Other"},
    {"problem": "other"},
    {"state": "stale"},
    {"version": "2"},
    {"site": "https://x.example"},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_every_change_is_another_id(change: dict[str, str]) -> None:
    assert of(**change).build_id != of().build_id


def test_a_changed_library_is_another_id() -> None:
    ids = {
        made_up([], [facts(HARBOR, bundles=0, tools=0)], (), [full_library("L", text, "b")]).build_id for text in "xy"
    }
    assert len(ids) == 2


def test_a_new_release_is_another_id_unless_the_collection_is_hidden() -> None:
    own = releases_of("harbor/pod-bearing")
    shown = [facts(HARBOR, bundles=0, tools=0)]
    ids = [catalogue(shown, [], [], "1", releases={slug: own}).build_id for slug in ("harbor", "hidden", "other")]
    assert ids[0] != ids[1] == ids[2]


def test_the_date_is_the_newest_commit_s() -> None:
    old = facts(QUAY, bundles=0, tools=0).model_copy(update={"commit_date": "2020-01-01T00:00:00Z"})
    gone = facts(HARBOR, bundles=0, tools=0, state="unavailable")
    assert catalogue([old, facts(HARBOR, bundles=0, tools=0), gone], [], [], "1").updated == "2026-03-09T08:00:00Z"
    assert catalogue([gone], [], [], "1").updated is None
    assert catalogue([], [], [], "1").updated is None


def test_tools_are_counted_by_kind() -> None:
    counts = made_up([entry(full_bundle("a", "x", "x")), entry(full_bundle("b", "x", "x"), QUAY)]).counts(7)
    assert counts.model_dump() == {
        "collections": 2, "bundles": 2, "tools": 4, "runbook_tools": 2, "monitor_tools": 2, "passages": 7,
    }  # fmt: skip
