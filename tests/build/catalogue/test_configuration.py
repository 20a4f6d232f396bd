"""The YAML that puts a bundle to use: what a reader of YAML finds is what was declared, whatever that is."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from build.catalogue.configuration import configuration, is_left
from build.catalogue.record import record
from build.model import Bundle, Secret, Variable
from tests.support.catalogues import HOSTILE, entry, full_bundle


def resources(bundle: Bundle) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(configuration(record(entry(bundle)))))


def variable(default: str | None, **more: object) -> Variable:
    known = {"name": "A", "default": default, "required": default is None, "used_by": ("runbook",), "line": 1, **more}
    return Variable.model_validate(known)


def test_each_robot_file_is_a_resource_as_upstreams_templates_write_it() -> None:
    bundle = Bundle(
        name="Pod_Restarts", display_name="Pods: restarts", has_runbook=True, has_monitor=True,
        user_variables=(
            variable("kubectl", name="BINARY", used_by=("runbook", "monitor")),
            variable(None, name="NAMESPACE", used_by=("monitor",)),
        ),
        secrets=(
            Secret(name="kubeconfig", used_by=("runbook", "monitor")),
            Secret(name="token", used_by=("runbook",), required=False),
        ),
    )  # fmt: skip
    source = {"repoUrl": "https://github.com/o/harbor.git", "ref": "main"}
    key = [{"name": "kubeconfig", "workspaceKey": "<kubeconfig>"}]
    binary, namespace = {"name": "BINARY", "value": "kubectl"}, {"name": "NAMESPACE", "value": "<NAMESPACE>"}
    head = {"apiVersion": "runwhen.com/v1", "metadata": {"name": "pod-restarts"}}
    assert resources(bundle) == [
        {**head, "kind": "Runbook", "spec": {
            "location": "<location>",
            "codeBundle": {**source, "pathToRobot": "codebundles/Pod_Restarts/runbook.robot"},
            "configProvided": [binary], "secretsProvided": key,
        }},
        {**head, "kind": "ServiceLevelIndicator", "spec": {
            "displayUnitsLong": "OK", "displayUnitsShort": "ok", "locations": ["<location>"],
            "description": "Pods: restarts", "intervalStrategy": "intermezzo", "intervalSeconds": 300,
            "codeBundle": {**source, "pathToRobot": "codebundles/Pod_Restarts/sli.robot"},
            "configProvided": [binary, namespace], "secretsProvided": key,
        }},
    ]  # fmt: skip


def test_a_bundle_without_robot_files_has_none() -> None:
    assert configuration(record(entry(Bundle(name="bare")))) == ""


@pytest.mark.parametrize(
    ("default", "more", "left"),
    [
        ("10m", {}, False), ("", {}, False), (None, {}, False), (r"\${STDOUT}", {}, True), ("${OTHER}", {}, True),
        ("%{HOME}", {}, True), ("***", {"sensitive": True}, True), (None, {"sensitive": True}, False),
        ('up{job="x"}', {}, False), ('{"a": {"b": 1}}', {}, False), ("https://x.example/{page_id}", {}, False),
        ("{{ x }}", {}, False), (r"\bINFO\b", {}, False), ("5$", {}, False), ("a @{LIST}", {}, True),
        (None, {"required": False}, True),
    ],
)  # fmt: skip
def test_what_is_no_plain_text_keeps_its_default(default: str | None, more: dict[str, object], *, left: bool) -> None:
    one = variable(default, **more)
    assert is_left(one) is left
    (runbook,) = resources(Bundle(name="a", has_runbook=True, user_variables=(one,)))
    assert [item["name"] for item in runbook["spec"]["configProvided"]] == ([] if left else ["A"])


ODD = (
    "yes", "no", "null", "~", "007", "1e3", "0x1F", "a: b", "# no comment", "- item", "'", '"', "a\nb", "\t", " a ", "",
    "\u2028\x85\xa0", "\ufeff", "é \U0001f600", "!!python/object:x", "&a *a", "---", "...", "%TAG", "\x7f", "`", ">",
)  # fmt: skip


@pytest.mark.parametrize("text", [*ODD, HOSTILE.replace("{", "(").replace("\\", "/")])
def test_every_value_is_the_text_that_it_was(text: str) -> None:
    assert value(text) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{\\")))
def test_any_value_is_the_text_that_it_was(text: str) -> None:
    assert value(text) == text


def value(text: str) -> str:
    (runbook,) = resources(Bundle(name="a", has_runbook=True, user_variables=(variable(text),)))
    (item,) = runbook["spec"]["configProvided"]
    assert isinstance(item["value"], str)
    return item["value"]


def test_no_text_adds_a_resource() -> None:
    assert len(resources(full_bundle("first", HOSTILE, HOSTILE))) == 2
