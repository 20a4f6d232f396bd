"""A bundle on its shelf of the index."""

import json

from build.catalogue.record import record
from build.index.entries import bundle_entry
from build.index.passages import passages
from build.model import Bundle, Tool
from tests.support.catalogues import entry


def test_a_bundles_tags_are_its_facets_but_for_those_of_variables() -> None:
    tool = Tool(kind="runbook", name="T", title="T", line=1, tags=("Pods", "${NAMESPACE}", "access:read-only"))
    bundle = Bundle(name="lamp", has_runbook=True, tools=(tool,), support_tags=("PODS", "AKS"))
    made = record(entry(bundle))
    row = bundle_entry(made, "Log    lamp", passages(made)).row
    assert row.tags == ["access:read-only", "aks", "pods"]
    assert (row.kinds, row.task_count, row.sli_count) == (["runbook"], 1, 0)
    assert json.loads(row.record)["id"] == json.loads(row.card)["id"] == "harbor/lamp"
