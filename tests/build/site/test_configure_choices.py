"""Resources that take each other's place: they are told apart by their templates, and nothing of them is lost."""

from build.model import Manifest
from build.site.configure_choices import choose_documents
from build.site.configure_form import form_values
from build.untrusted.yaml_text import gap, pieces
from tests.build.site.test_configure_form import lamp, record_of

SLX, RUNBOOK = "ServiceLevelX", "Runbook"


def manifest(template: str, kind: str, name: str) -> Manifest:
    return Manifest(template=template, kind=kind, text=f'kind: {kind}\nvalue: "{gap("v:WAX", name)}"\n')


def test_templates_that_write_the_same_kinds_are_chosen_from_by_their_names() -> None:
    manifests = (
        manifest("lamp-oil-slx.yaml", SLX, "oil"),
        manifest("lamp-oil-taskset.yaml", RUNBOOK, "oil"),
        manifest("lamp-gas-slx.yaml", SLX, "gas"),
        # Not every template has its kind at its name's end.
        manifest("lamp-taskset-gas.yaml", RUNBOOK, "gas"),
    )
    record = record_of(lamp(manifests=manifests))
    names, documents = choose_documents(pieces(record.configuration))
    assert names == ["oil", "gas"]
    assert [(one.heading, one.choices) for one in documents] == [
        ("", ()), ("oil", (0,)), ("", (0,)), ("gas", (1,)), ("", (1,)),
    ]  # fmt: skip
    assert [piece for one in documents for piece in one.pieces if piece.gap == "v:WAX"] == [
        ("v:WAX", name) for name in ("oil", "oil", "gas", "gas")
    ]
    text = "".join(piece.text for one in documents for piece in one.pieces)
    assert text == "".join(piece.text for piece in pieces(record.configuration))
    assert form_values(record)["choices"] == names


def test_resources_that_belong_together_and_variants_of_one_template_are_no_choice() -> None:
    manifests = (
        manifest("lamp-slx.yaml", SLX, "a"),
        manifest("lamp-taskset.yaml", RUNBOOK, "a"),
        manifest("lamp-taskset.yaml", RUNBOOK, "b").model_copy(update={"variant": "where wax is set"}),
    )
    record = record_of(lamp(manifests=manifests))
    names, documents = choose_documents(pieces(record.configuration))
    assert names == []
    assert {one.choices for one in documents} == {()}
