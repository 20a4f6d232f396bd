"""A bundle on its corpus of the index."""

import json

import pytest

from build.catalogue.models import BundleTests
from build.catalogue.record import record
from build.index.entries import bundle_entry
from build.index.passages import passages
from build.model import Access, Bundle, Effect, Tool
from tests.support.catalogues import HARBOR, entry


def test_a_bundles_tags_are_its_facets_but_for_those_of_variables() -> None:
    tool = Tool(kind="runbook", name="T", title="T", line=1, tags=("Pods", "${NAMESPACE}", "access:read-only"))
    bundle = Bundle(name="lamp", has_runbook=True, tools=(tool,), support_tags=("PODS", "AKS"))
    made = record(entry(bundle))
    row = bundle_entry(made, "Log    lamp", passages(made)).row
    assert row.tags == ["access:read-only", "aks", "pods"]
    assert (row.kinds, row.task_count, row.sli_count) == (["runbook"], 1, 0)
    assert json.loads(row.record)["id"] == json.loads(row.card)["id"] == "harbor/lamp"


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ([("reads", None), ("changes", None)], 0.5),
        # The tag decides of what the code leaves open, and of nothing else.
        ([("unclear", "read-write"), ("unclear", "read-only"), ("unclear", None), ("reads", "read-write")], 0.25),
        ([("changes", "read-only")], 1.0),
        ([], 0.0),
    ],
)
def test_the_share_of_tools_that_change_things_is_by_code_and_else_by_tags(
    effects: list[tuple[Effect, Access | None]], expected: float
) -> None:
    tools = tuple(
        Tool(kind="runbook", name=f"T{line}", title="T", line=line, effect=effect, access=access)
        for line, (effect, access) in enumerate(effects, 1)
    )
    made = record(entry(Bundle(name="lamp", has_runbook=True, tools=tools)))
    assert bundle_entry(made, "", passages(made)).row.changing == expected


def test_who_maintains_and_whether_there_are_tests_are_facets() -> None:
    made = record(
        entry(Bundle(name="lamp", has_runbook=True), HARBOR.model_copy(update={"maintained_by": "community"}))
    )
    assert bundle_entry(made, "", passages(made)).row.maintained_by == ["community"]
    for present, in_ci, expected in ((False, False, ["no"]), (True, False, ["yes"]), (True, True, ["yes", "ci"])):
        tests = BundleTests(present=present, in_ci=in_ci, evidence=())
        own = made.model_copy(
            update={"tests": tests, "codecollection": made.codecollection.model_copy(update={"maintained_by": None})}
        )
        row = bundle_entry(own, "", passages(own)).row
        assert (row.maintained_by, row.tests) == ([], expected)
