import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from build.commands.lint import github_annotations, lint
from build.errors import UsageError
from build.model import Problem
from build.untrusted.nesting import MAX_ANGLES, MAX_DEPTH
from tests.support.place import ROOT

BUNDLE = """*** Settings ***
Documentation    Says how full the disk is.
Metadata    Author    someone
Metadata    Display Name    Disk
Metadata    Supports    Linux

*** Tasks ***
Show Free Space
    [Documentation]    Lists every mount.
    Log    x
"""


def bundle_folder(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "runbook.robot").write_text(text)
    (folder / "README.md").write_text("# Disk\n")
    return folder


def test_a_sound_bundle_has_nothing_to_mend(tmp_path: Path) -> None:
    assert lint(bundle_folder(tmp_path / "disk", BUNDLE)) == []


def test_the_bundle_to_copy_has_nothing_to_mend(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```robotframework\n(.*?)```", page, re.DOTALL)
    assert lint(bundle_folder(tmp_path / "linux-disk-space", text)) == []


def test_a_bundle_and_its_collection_get_the_same_verdict(tmp_path: Path) -> None:
    folder = bundle_folder(tmp_path / "codebundles" / "disk", BUNDLE.replace("Author", "Autor"))
    alone, together = lint(folder), lint(tmp_path)
    assert [(p.code, p.path) for p in alone] == [("no-metadata", "runbook.robot")]
    assert [(p.code, p.path) for p in together] == [("no-metadata", "codebundles/disk/runbook.robot")]


RULES = """\
spec:
  platform: gcp
  generationRules:
    - resourceTypes: [gcp_disks]
      matchRules:
        - type: any
          matches: []
      slx: []
      slxs:
        - baseName: disk
          levelOfDetail: full
"""


def test_what_is_read_otherwise_than_it_is_meant_is_told_with_its_line(tmp_path: Path) -> None:
    folder = bundle_folder(tmp_path / "disk", BUNDLE.replace("Linux", "Acme acme_disk status"))
    (folder / ".runwhen" / "generation-rules").mkdir(parents=True)
    (folder / ".runwhen" / "generation-rules" / "disk.yaml").write_text(RULES)
    (folder / ".runwhen" / "templates").mkdir()
    (folder / ".runwhen" / "templates" / "disk-sli.yaml").write_text("kind: ServiceLevelIndicator\n{% if x %}\n")
    (folder / ".runwhen" / "templates" / "disk-slx.yaml").write_text(
        "kind: ServiceLevelX\nspec:\n  a: [{{ x }}\nb: 1\n"
    )
    (folder / ".runwhen" / "templates" / "disk-role.yaml").write_text("apiVersion: v1\nkind: Role\n")
    (folder / "SKILL-TEMPLATE.md").write_text("---\nname: disk\naccess: sometimes\ndescription: a: b\n---\n")
    assert {(problem.code, problem.line, re.split(r"[;.] ", problem.message)[0]) for problem in lint(folder)} == {
        ("supports-unseparated", 5, "'Acme acme_disk status' of Supports is read as one item"),
        ("rules-odd", 6, "rule 1: there is no condition of the type 'any'"),
        ("rules-odd", 8, "rule 1: a rule has no key 'slx'"),
        ("rules-odd", 11, "rule 1: levelOfDetail is 'full', not one of none (0), basic (1), detailed (2)"),
        ("template-not-read", 2, "Jinja says Unexpected end of template"),
        ("template-not-read", 4, "what it writes cannot be read as YAML: did not find expected ',' or ']'"),
        ("template-left-out", None, "the kind 'Role' is not one of RunWhen's that are carried"),
        ("skill-not-read", 4, "its front matter cannot be read: mapping values are not allowed in this context"),
        ("skill-not-read", 3, "access is 'sometimes', not read-only or read-write"),
    }


def test_a_repository_of_capabilities_is_noted(tmp_path: Path) -> None:
    (tmp_path / "capabilities" / "disk").mkdir(parents=True)
    (tmp_path / "capabilities" / "disk" / "manifest.yaml").write_text("name: disk\n")
    (problem,) = lint(tmp_path)
    assert (problem.code, problem.severity) == ("capabilities", "note")
    assert "1 capability (disk)" in problem.message


def test_markdown_that_will_not_be_rendered_is_told(tmp_path: Path) -> None:
    folder = bundle_folder(tmp_path / "disk", BUNDLE.replace("Lists every mount.", "> " * (MAX_DEPTH + 1) + "x"))
    (folder / "README.md").write_text("<" * (MAX_ANGLES + 1))
    assert [(problem.code, problem.path, problem.line) for problem in lint(folder)] == [
        ("markdown-not-rendered", "README.md", None),
        ("markdown-not-rendered", "runbook.robot", 8),
    ]


def test_nothing_is_written_into_the_folder(tmp_path: Path) -> None:
    folder = bundle_folder(tmp_path / "disk", BUNDLE)
    before = sorted(tmp_path.rglob("*"))
    lint(folder)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither"):
        lint(tmp_path)


def test_an_annotation_cannot_be_forged() -> None:
    problem = Problem(
        collection="c", path="a,b\n::error::x", line=3, code="odd", severity="error", message="50%\n::set-output::y"
    )
    lines = github_annotations([problem], Path("here"))
    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert lines[0].startswith("::error file=here/a%2Cb")
    # The properties end where they should: the next :: is the one before the message.
    assert lines[0].split("::")[1].endswith("title=odd")
    assert lines[0].split("::")[2].startswith("50%25")


@pytest.mark.parametrize(("text", "status"), [(BUNDLE, 0), (BUNDLE.replace("Author", "Autor"), 3)])
def test_the_command_says_it_with_its_status(tmp_path: Path, text: str, status: int) -> None:
    folder = bundle_folder(tmp_path / "disk", text)
    done = subprocess.run(
        [sys.executable, "-m", "build", "lint", str(folder), "--json"],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    assert [problem["code"] for problem in json.loads(done.stdout)] == ["no-metadata"] * (status == 3)
