"""What stands beside the robot files is read with care and believed only where they are silent."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.catalogue.record import record
from build.model import Command, Meta, Skill
from build.parse.metadata_files import read_meta, read_skill, read_template
from build.parse.yaml_fields import Complaint
from build.untrusted.safe_yaml import SafeYamlError
from tests.support.bundles import SOUND, TEMPLATE, codes, parse
from tests.support.catalogues import entry

SKILL = """---
name: lamp
description: Looks at lamps.
platforms: [Kubernetes, AKS]
resource_types: [lamp]
access: read-write
---
# Lamp
"""
RESOURCE = """apiVersion: runwhen.com/v1
kind: CodeBundle
metadata: {title: Lamp, description: Keeps lamps., tags: [a, b], author: x}
spec: {requires: [curl, jq], parameters: [{name: X}]}
"""


CLAIMS = Skill(
    description="Looks at lamps.", platforms=("Kubernetes", "AKS"), resource_types=("lamp",), access="read-write"
)


def told(text: str) -> list[tuple[int | None, str]]:
    """Line and beginning of what is told of a front matter."""
    return [(line, message.partition(":")[0]) for message, line in read_skill(text)[1]]


def test_the_front_matter_of_skill_template_is_read() -> None:
    assert read_skill(SKILL) == (CLAIMS, [])


@pytest.mark.parametrize(
    "change",
    [
        ("---\n", "---  \t\n"),
        ("\n", "\r\n"),
        ("read-write", "Read-Write"),
        ("read-write", "READ WRITE"),
        ("read-write", "' read_write '"),
        ("[Kubernetes, AKS]", "Kubernetes, AKS"),
        ("[Kubernetes, AKS]", "\n- Kubernetes\n- ' AKS'"),
        ("[lamp]", "lamp"),
        ("access:", "Access:"),
        ("resource_types:", "RESOURCE_TYPES:"),
        ("Looks at lamps.", ">\n  Looks at\n  lamps."),
    ],
)
def test_a_claim_is_read_however_it_is_written(change: tuple[str, str]) -> None:
    assert read_skill(SKILL.replace(*change)) == (CLAIMS, [])


@pytest.mark.parametrize(
    "change",
    [
        ("Looks at lamps.", "Looks: at lamps."),
        ("Looks at lamps.", "Looks: at\n  lamps."),
        ("Looks at lamps.", "|\n  Looks: at\nlamps."),
        ("name: lamp\n", "name: a: b\n"),
        ("name: lamp\n", "name: 'a\n"),
        ("name: lamp\n", "name: [a\n- b\n"),
        ("name: lamp\n", "- lamp\n"),
        ("name: lamp\n", "name: a: b\nother:\n  deep: er\n# access: read-only\n"),
    ],
)
def test_what_is_no_yaml_gives_back_what_can_be_read_line_by_line(change: tuple[str, str]) -> None:
    skill, wrong = read_skill(SKILL.replace(*change))
    assert skill is not None
    assert skill.description is not None
    assert skill.description.replace("Looks:", "Looks") == CLAIMS.description
    assert skill.model_copy(update={"description": CLAIMS.description}) == CLAIMS
    (complaint,) = wrong
    assert complaint.message.startswith("its front matter cannot be read: ")
    assert complaint.message.endswith("; read line by line it gives description, platforms, resource_types, access")
    assert complaint.line


def test_line_by_line_lists_quotes_and_remarks_are_read() -> None:
    lines = ["name: a: b", "platforms:", "  - AWS", "  - 'Key Vault'"]
    lines += ['resource_types: ["a", b] # c', "access: Read-Only # d"]
    skill, _ = read_skill("\n".join(["---", *lines, "---"]))
    assert skill == Skill(platforms=("AWS", "Key Vault"), resource_types=("a", "b"), access="read-only")
    assert read_skill("---\na: b: c\n---\n")[0] == Skill()


@pytest.mark.parametrize(
    ("claim", "what"),
    [
        ("access: sometimes", "access is 'sometimes', not read-only or read-write"),
        ("access: [read-only]", "access is not a text"),
        ("access: yes", "access is not a text"),
        ("platforms: 7", "platforms is not a list"),
        ("platforms: {AWS: true}", "platforms is not a list"),
        ("resource_types: [7, pod]", "item 1 of resource_types is not a text"),
        ("description: [a]", "description is not a text"),
    ],
)
def test_a_claim_that_is_not_taken_is_told_with_its_line(claim: str, what: str) -> None:
    assert told(f"---\nname: lamp\n{claim}\n---\n") == [(3, what)]
    bundle = parse({"runbook.robot": SOUND, "SKILL-TEMPLATE.md": f"---\nname: lamp\n{claim}\n---\n"})
    assert [(p.severity, p.line) for p in bundle.problems if p.code == "skill-not-read"] == [("note", 3)]


@pytest.mark.parametrize(
    "text", ["", "# Lamp", "---\n- a\n---\n", "text\n---\nname: x", "words\n---\na: 1\n---\n", "---\n---\n"]
)
def test_without_front_matter_there_is_no_claim(text: str) -> None:
    assert read_skill(text) == (None, [])


def test_both_forms_of_meta_are_read() -> None:
    whole = Meta(title="Lamp", description="Keeps lamps.", tags=("a", "b"), requires=("curl", "jq"))
    assert read_meta(RESOURCE) == (whole, [])
    assert read_meta(RESOURCE.replace("[a, b]", "'a, b'")) == (whole, [])
    commands = "commands:\n- {name: Look, explanation: Looks., command: ls}\n- {name: 7}\n- x\n- {name: Stare}\n"
    meta, wrong = read_meta(commands)
    assert meta == Meta(commands=(Command(name="Look", explanation="Looks."), Command(name="Stare")))
    assert wrong == [
        Complaint("item 3 of commands is not a mapping, so no command", 4), Complaint("name is not a text", 3),
    ]  # fmt: skip
    assert read_meta("commands: []") == (Meta(), [])
    assert read_meta("kind: CodeBundle\nmetadata: x\nspec: {requires: 7}\n") == (
        Meta(),
        [Complaint("metadata is not a mapping", 2), Complaint("requires is not a list", 3)],
    )


@pytest.mark.parametrize("text", ["", "7", "[]", "kind: Other", "commands: x", "a: 1"])
def test_another_form_of_meta_is_none(text: str) -> None:
    assert read_meta(text) == (None, [])


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("kind: Runbook", "Runbook"),
        ('kind: "Runbook"', "Runbook"),
        ("kind: 'Runbook'", "Runbook"),
        ("kind: Runbook # c", "Runbook"),
        ('"kind":   "Runbook"  # c', "Runbook"),
        ("kind : Runbook\r", "Runbook"),
        ("kind: Runbook#c", None),
        ("kind: \"Runbook'", None),
        ("kind: {{ kind }}", None),
        ("  kind: Runbook", None),
        ("# kind: Runbook", None),
    ],
)
def test_the_kind_of_a_template_is_read_as_yaml_would(line: str, kind: str | None) -> None:
    assert read_template("t.yaml", f"{{% if x %}}\n{line}\nspec: x\n").kind == kind


def test_a_template_is_looked_at_and_never_rendered() -> None:
    made = read_template("t.yaml", TEMPLATE)
    assert (made.kind, made.robot_file) == ("ServiceLevelIndicator", "codebundles/a-bundle/sli.robot")
    assert read_template("t.yaml", "{{ 7*7 }}").model_dump() == {"name": "t.yaml", "kind": None, "robot_file": None}


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read_template("t", text)
    for read in (read_skill, read_meta):
        with contextlib.suppress(SafeYamlError):
            read(text)


def test_claims_fill_only_what_the_robot_files_leave_out() -> None:
    bare = SOUND.replace("Documentation    What the bundle is for.\n", "", 1)
    beside: dict[str, str | bytes] = {"SKILL-TEMPLATE.md": SKILL, "meta.yaml": RESOURCE}
    silent = parse({"runbook.robot": bare, **beside})
    assert record(entry(silent)).description == "Looks at lamps."
    assert (silent.doc, silent.access_level, silent.access_level_claimed) == (None, "unknown", "read-write")
    only_meta = parse({"runbook.robot": bare, "meta.yml": RESOURCE})
    assert record(entry(only_meta)).description == "Keeps lamps."

    tagged = SOUND.replace(
        "    [Documentation]    Looks.", "    [Documentation]    Looks.\n    [Tags]    access:read-only"
    )
    spoken = parse({"runbook.robot": tagged, **beside})
    assert record(entry(spoken)).description == "What the bundle is for."
    assert (spoken.access_level, spoken.access_level_source) == ("read-only", "declared")
    assert "access-contradicts" in codes(spoken)


def test_what_cannot_be_read_is_told() -> None:
    broken = parse({"runbook.robot": SOUND, "SKILL-TEMPLATE.md": "---\na: b: c\n---\n", "meta.yaml": "a: *b"})
    odd = parse({"runbook.robot": SOUND, "meta.yaml": "a: 1"})
    told = {(p.code, p.path, p.line) for found in (broken, odd) for p in found.problems if p.code.endswith("-not-read")}
    assert told == {
        ("skill-not-read", "codebundles/a-bundle/SKILL-TEMPLATE.md", 2),
        ("meta-not-read", "codebundles/a-bundle/meta.yaml", 1),
        ("meta-not-read", "codebundles/a-bundle/meta.yaml", None),
    }


def test_front_matter_ends_with_either_mark_of_yaml_or_is_told() -> None:
    assert read_skill("---\naccess: read-only\n...\ntext\n") == read_skill("---\naccess: read-only\n---\ntext\n")
    assert told("---\naccess: read-only\n") == [
        (1, "its front matter has no line of --- that ends it, so it is not read")
    ]
    # The line of what is wrong is that of the key as it is written.
    assert told("---\nname: x\nAccess: none\n---\n")[0][0] == 3
