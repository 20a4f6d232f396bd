"""From the name of an alert to bundles."""

import pytest

from build.catalogue.alerts import alerts, is_alert_name
from tests.support.alerts import records_for


@pytest.mark.parametrize("name", ["KubeJobFailed", "HTTP503", "DNS resolution failing", "s3-bucket-public", "A - B"])
def test_names_that_are_addresses(name: str) -> None:
    assert is_alert_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "-",
        "a/b",
        "../x",
        "a.b",
        "a_b",
        "a%2fb",
        "Kubé",
        "x\n",
        " x",
        "x ",
        "a    b",
        "x" * 101,
        "<b>",
        "a:b",
        "?q",
    ],
)
def test_nothing_else_is_one(name: str) -> None:
    assert not is_alert_name(name)


def test_names_that_differ_in_case_are_one_and_what_only_looks_is_first() -> None:
    made = records_for(
        {"a": ["KubeJobFailed"], "b": ["kubejobfailed", "Other"], "c": ["KubeJobFailed", "no/address"]},
        {"a": "changes", "b": "unclear"},
    )
    found = {one.name: [record.id for record in one.records] for one in alerts(made)}
    assert found == {"KubeJobFailed": ["harbor/c", "harbor/b", "harbor/a"], "Other": ["harbor/b"]}
