"""What the form of a bundle's page asks for, and where what it writes goes."""

import yaml

from build.catalogue.models import CodeBundleRecord
from build.model import Bundle, Manifest, Secret, Tool, Variable
from build.site.configure_form import form_values, workspace_info
from build.untrusted.yaml_text import gap
from tests.support.catalogues import entry, made_up, sound

LOOK = Tool(kind="runbook", name="Look", title="Look", line=3)


def record_of(bundle: Bundle) -> CodeBundleRecord:
    return made_up([entry(bundle)]).records[0]


def lamp(**more: object) -> Bundle:
    return Bundle(name="lamp", has_runbook=True, tools=(LOOK,)).model_copy(update=more)


def test_what_must_be_filled_in_stands_before_what_may() -> None:
    variables = (
        Variable(name="AGE", default="10m", required=False, used_by=("runbook",), line=3),
        Variable(name="PLACE", default=None, required=True, used_by=("runbook",), line=3),
    )
    secrets = (Secret(name="key", required=True, used_by=("runbook",)),)
    values = form_values(record_of(lamp(user_variables=variables, secrets=secrets)))
    assert [field.of.name for field in values["required"]] == ["PLACE", "key"]
    assert [field.of.name for field in values["optional"]] == ["AGE"]
    # The ids are those of the record's order, whichever part a field stands in.
    assert [field.id for field in (*values["required"], *values["optional"])] == ["v2", "s1", "v1"]
    assert next(word.label for word in values["words"]) == "Name of the SLX"
    assert values["more"] == 1


def test_each_resource_has_its_file_and_what_templates_read_of_the_workspace_is_named() -> None:
    text = f'kind: Runbook\nname: "{gap("w:resource name", "<resource name>")}"  # unless custom.lamp_colour is set\n'
    values = form_values(record_of(lamp(manifests=(Manifest(template="a.yaml", kind="Runbook", text=text),))))
    assert values["files"] == [("Runbook", "runbook.yaml")]
    assert values["custom"] == ["lamp_colour"]
    assert values["carried"]
    made = form_values(record_of(lamp(has_monitor=True)))
    assert [file for _, file in made["files"]] == ["slx.yaml", "sli.yaml", "runbook.yaml"]
    assert not made["carried"]


def test_what_a_template_asks_for_must_be_filled_in_though_the_robot_file_does_without() -> None:
    variables = (Variable(name="AGE", default="10m", required=False, used_by=("runbook",), line=3),)
    text = f'kind: Runbook\nvalue: "{gap("v:AGE", "<AGE>")}"\n'
    manifests = (Manifest(template="a.yaml", kind="Runbook", text=text),)
    values = form_values(record_of(lamp(user_variables=variables, manifests=manifests)))
    assert [(field.of.name, field.required) for field in values["required"]] == [("AGE", True)]


def test_a_field_shows_what_the_templates_write_and_stays_empty_where_they_write_several_values() -> None:
    variables = (
        Variable(name="LIMIT", default="1", required=False, used_by=("runbook", "monitor"), line=3),
        Variable(name="AGE", default="10m", required=False, used_by=("runbook", "monitor"), line=4),
    )
    both = f'value: "{gap("v:AGE", "5m")}"\n'
    monitor = f'kind: ServiceLevelIndicator\nvalue: "{gap("v:LIMIT", "2")}"\n{both}'
    runbook = f"kind: Runbook\nvalue: {gap('rv:LIMIT', '4')}\n{both}"
    manifests = (
        Manifest(template="s.yaml", kind="ServiceLevelIndicator", text=monitor),
        Manifest(template="r.yaml", kind="Runbook", text=runbook),
    )
    values = form_values(record_of(lamp(user_variables=variables, manifests=manifests, has_monitor=True)))
    limit, age = values["optional"]
    assert (limit.of.default, limit.written, limit.declared) == (None, "2 in the SLI, 4 in the runbook", "1")
    assert (age.of.default, age.written, age.declared) == ("5m", "5m", "10m")


def test_nothing_to_run_has_no_form() -> None:
    assert form_values(record_of(Bundle(name="bare")))["pieces"] is False


def test_the_part_of_workspace_info_names_the_bundle_and_nothing_a_stranger_says_ends_it() -> None:
    own = sound().records[0]
    at = own.codecollection.model_copy(update={"git_ref": 'main"\n# x: y'})
    found = yaml.safe_load(workspace_info(own.model_copy(update={"codecollection": at})))
    assert found == {"codeCollections": [{"repoURL": at.git_url, "branch": at.git_ref, "codeBundles": [own.slug]}]}
