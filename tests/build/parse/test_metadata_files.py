"""What stands beside the robot files is read with care and believed only where they are silent."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.catalogue.record import record
from build.model import Command, Meta, Skill
from build.parse.metadata_files import read_meta, read_skill, read_template
from build.untrusted.safe_yaml import YamlRefused
from tests.support.bundles import SOUND, TEMPLATE, codes, parse
from tests.support.catalogues import entry

SKILL = """---
name: lamp
description: Looks at lamps.
platforms: [Kubernetes, ' ', 7, AKS]
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


def test_the_front_matter_of_skill_template_is_read() -> None:
    assert read_skill(SKILL) == Skill(
        description="Looks at lamps.", platforms=("Kubernetes", "AKS"), resource_types=("lamp",), access="read-write"
    )


@pytest.mark.parametrize("text", ["", "# Lamp", "---\n- a\n---\n", "---\nname: x", "words\n---\na: 1\n---\n"])
def test_without_front_matter_there_is_no_claim(text: str) -> None:
    assert read_skill(text) is None


def test_both_forms_of_meta_are_read() -> None:
    assert read_meta(RESOURCE) == Meta(
        title="Lamp", description="Keeps lamps.", tags=("a", "b"), requires=("curl", "jq")
    )
    commands = "commands:\n- {name: Look, explanation: Looks., command: ls}\n- {name: 7}\n- x\n- {name: Stare}\n"
    assert read_meta(commands) == Meta(commands=(Command(name="Look", explanation="Looks."), Command(name="Stare")))
    assert read_meta("commands: []") == Meta()


@pytest.mark.parametrize("text", ["", "7", "[]", "kind: Other", "commands: x", "a: 1"])
def test_another_form_of_meta_is_none(text: str) -> None:
    assert read_meta(text) is None


def test_a_template_is_looked_at_and_never_rendered() -> None:
    made = read_template("t.yaml", TEMPLATE)
    assert (made.kind, made.robot_file) == ("ServiceLevelIndicator", "codebundles/a-bundle/sli.robot")
    assert read_template("t.yaml", "{{ 7*7 }}").model_dump() == {"name": "t.yaml", "kind": None, "robot_file": None}


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read_template("t", text)
    for read in (read_skill, read_meta):
        with contextlib.suppress(YamlRefused):
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
