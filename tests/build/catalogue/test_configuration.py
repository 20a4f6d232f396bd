"""The YAML that puts a bundle to use: what a reader of YAML finds is what was declared, whatever that is."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from build.catalogue.beside import CONFIG, files_beside
from build.catalogue.configuration import configuration, is_left
from build.catalogue.record import record
from build.model import Bundle, Collection, LeftOut, Manifest, Secret, Variable
from build.untrusted.yaml_text import gap, strip_marks
from tests.support.catalogues import COMMIT, HOSTILE, entry, full_bundle
from tests.support.place import ROOT, Place
from tests.support.plain_templates import carried, differences


def resources(bundle: Bundle) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(files_beside(record(entry(bundle)))[CONFIG]))


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
    source = {"repoUrl": "https://github.com/o/harbor.git", "ref": COMMIT}
    key = [{"name": "kubeconfig", "workspaceKey": "<kubeconfig>"}]
    binary, namespace = {"name": "BINARY", "value": "kubectl"}, {"name": "NAMESPACE", "value": "<NAMESPACE>"}
    head = {"apiVersion": "runwhen.com/v1", "metadata": {"name": "<slx name>"}}
    assert resources(bundle) == [
        {**head, "kind": "ServiceLevelX", "spec": {
            "alias": "Pods: restarts", "asMeasuredBy": "<what it is measured by>", "statement": "<what should hold>",
            "owners": ["<workspace owner email>"],
        }},
        {**head, "kind": "ServiceLevelIndicator", "spec": {
            "displayUnitsLong": "OK", "displayUnitsShort": "ok", "locations": ["<default location>"],
            "description": "Pods: restarts", "intervalStrategy": "intermezzo", "intervalSeconds": 300,
            "codeBundle": {**source, "pathToRobot": "codebundles/Pod_Restarts/sli.robot"},
            "configProvided": [binary, namespace], "secretsProvided": key,
        }},
        {**head, "kind": "Runbook", "spec": {
            "location": "<default location>",
            "codeBundle": {**source, "pathToRobot": "codebundles/Pod_Restarts/runbook.robot"},
            "configProvided": [binary], "secretsProvided": key,
        }},
    ]  # fmt: skip


def test_a_bundle_without_robot_files_has_none() -> None:
    assert record(entry(Bundle(name="bare"))).configuration == ""


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
    _, runbook = resources(Bundle(name="a", has_runbook=True, user_variables=(one,)))
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
    _, runbook = resources(Bundle(name="a", has_runbook=True, user_variables=(variable(text),)))
    (item,) = runbook["spec"]["configProvided"]
    assert isinstance(item["value"], str)
    return item["value"]


def test_no_text_adds_a_resource() -> None:
    assert len(resources(full_bundle("first", HOSTILE, HOSTILE))) == 3


RUNBOOK = Manifest(
    template="a-taskset.yaml", kind="Runbook", variant="where wb_version is set",
    text='apiVersion: runwhen.com/v1\nkind: Runbook\nspec:\n'
    f'  url: "{gap("=repo_url", "")}"\n  ref: "{gap("=ref", "")}"\n',
)  # fmt: skip
HARBOR = Collection(name="Harbor", slug="harbor", git_url='https://github.com/o/"harbor"')


def written(bundle: Bundle, ref: str = "main") -> str:
    return strip_marks(configuration(bundle, HARBOR, ref))


def test_what_templates_write_is_carried_with_the_collections_address_and_ref() -> None:
    text = written(Bundle(name="a", has_runbook=True, manifests=(RUNBOOK,)), 'v1"\n')
    assert yaml.safe_load(text)["spec"] == {"url": 'https://github.com/o/"harbor"', "ref": 'v1"\n'}
    assert text.startswith("# harbor/a, as its CodeCollection's own templates write it (read as text, not rendered).")
    assert "# Runbook of a-taskset.yaml, where wb_version is set\n" in text


def test_a_robot_file_without_a_template_is_named() -> None:
    text = written(Bundle(name="a", has_runbook=True, has_monitor=True, manifests=(RUNBOOK,)))
    assert "# No template runs sli.robot, so nothing here does.\n" in text
    assert len(list(yaml.safe_load_all(text))) == 1


def test_a_resource_whose_template_cannot_be_read_is_made_from_the_robot_file_and_that_is_told() -> None:
    left = (LeftOut(template="a-sli.yaml", kind="ServiceLevelIndicator", reason="it\nis\u2028odd"),)
    text = written(Bundle(name="a", has_runbook=True, has_monitor=True, manifests=(RUNBOOK,), left_out=left))
    assert "# Left out of a-sli.yaml: it is odd.\n" in text
    assert "# harbor/a: made from the defaults of sli.robot. Its templates could not be read for them.\n" in text
    assert [one["kind"] for one in yaml.safe_load_all(text)] == ["Runbook", "ServiceLevelIndicator"]


def test_where_nothing_is_read_all_is_made_from_the_robot_files() -> None:
    left = (LeftOut(template="a.yaml", reason="it writes nothing"),)
    text = written(Bundle(name="a", has_runbook=True, left_out=left))
    assert [one["kind"] for one in yaml.safe_load_all(text)] == ["ServiceLevelX", "Runbook"]
    assert "# Left out of a.yaml: it writes nothing.\n" in text


def test_the_records_json_has_no_configuration() -> None:
    made = record(entry(Bundle(name="a", has_runbook=True)))
    assert made.configuration
    assert "configuration" not in made.model_dump()


def configurations(built: Place) -> dict[str, tuple[dict[str, str], str]]:
    """Each bundle of the samples with templates: their texts by name, and its config.yaml."""
    found = {}
    for folder in sorted((ROOT / "samples").glob("*/codebundles/*")):
        templates = {file.name: file.read_text(encoding="utf-8") for file in folder.glob(".runwhen/templates/*")}
        path = f"site/api/v1/collections/{folder.parent.parent.name}/codebundles/{folder.name}/config.yaml"
        if templates:
            found[folder.name] = templates, (built.folder / path).read_text(encoding="utf-8")
    return found


def test_all_that_templates_say_plainly_stands_in_the_configuration(built: Place) -> None:
    found = configurations(built)
    assert len(found) > 5
    assert {name: wrong for name, pair in found.items() if (wrong := differences(*pair))} == {}
    documents = [one for _, text in found.values() for one in carried(text)]
    kinds = {one.resource.kind for one in documents}
    assert kinds >= {"ServiceLevelX", "ServiceLevelIndicator", "ServiceLevelObjective", "Runbook"}
    assert sum(one.resource.alerts != (None, None) for one in documents) >= 2
    assert {one.where for one in documents} >= {
        "",
        "where repo_url, ref and wb_version are set",
        "where repo_url and ref are set, and wb_version is not set",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("intervalSeconds: 300", "intervalSeconds: 301"), ('"10m"', '"11m"'), ('value: "3"', "value: 3"),
        ("value: stability", "value: other"), ("- name: RESTART_THRESHOLD", "- name: OTHER"),
        ("kind: Runbook", "kind: Workflow"),
        ("displayUnitsShort: score", "displayUnitsShort: ok"), ("persona: eager-edgar", "persona: other"),
    ],
)  # fmt: skip
def test_a_value_that_differs_is_found(before: str, after: str, built: Place) -> None:
    templates, text = configurations(built)["k8s-pod-restarts"]
    assert before in text
    assert differences(templates, text.replace(before, after, 1))
