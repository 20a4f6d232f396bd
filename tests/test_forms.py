"""Issue forms as pull requests: the steps of the workflow in its shell, with real git and a `gh` that writes down."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from build.commands.form import LABELS
from build.config.collections import read_collections
from build.forms.answers import read_form
from tests.support.forms import ADD, COLLECTIONS, CORRECT, HOSTILE, TEMPLATES, body, registry
from tests.support.place import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "forms.yml"
JOBS: dict[str, dict[str, Any]] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]


class Workflow:
    """A registry with its origin, and the runner's folder with `own` and `registry`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin, self.log, self.mark = folder / "origin.git", folder / "gh.log", folder / "mark"
        first = folder / "first"
        registry(first)
        self.git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.origin))
        self.git(first, "init", "--quiet", "--initial-branch=main")
        self.git(first, "add", "--all")
        self.git(first, "commit", "--quiet", "--message", "Begin")
        self.git(first, "push", "--quiet", str(self.origin), "main")
        bin_ = folder / "bin"
        bin_.mkdir()
        # It answers that there is no pull request yet, and writes down what else it is asked.
        (bin_ / "gh").write_text(
            f'''#!/bin/sh\n[ "$2" = view ] && exit 1\nprintf '%s\\n' "$@" >> "{self.log}"\n''', encoding="utf-8"
        )
        (bin_ / "gh").chmod(0o755)
        self.runs = 0

    def git(self, folder: Path, *words: str) -> str:
        who = {f"GIT_{one}_{what}": "a@example.org" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull}
        return subprocess.run(
            ["git", *words], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=True, timeout=60
        ).stdout

    def run(self, label: str, text: str | None, number: int = 7) -> str:
        """Run the jobs as GitHub would, and return the state that the first puts out."""
        self.runs += 1
        place = self.folder / f"run-{self.runs}"
        place.mkdir()
        (place / "registry").symlink_to(ROOT)
        self.git(place, "clone", "--quiet", str(self.origin), "own")
        event, output = place / "event.json", place / "output"
        issue = {"number": number, "labels": [{"name": label}], "body": text, "title": "$(touch mark)", "state": "open"}
        event.write_text(json.dumps({"issue": issue}), encoding="utf-8")
        self.step("read", place, GITHUB_EVENT_PATH=str(event), GITHUB_OUTPUT=str(output))
        state = output.read_text(encoding="utf-8").removeprefix("state=").removesuffix("\n")
        assert "\n" not in state
        # What is not committed does not reach the other jobs: they have the artifact.
        self.git(place / "own", "reset", "--quiet", "--hard")
        job = {"proposed": "propose", "refused": "answer"}.get(state)
        if job:
            self.step(job, place, NUMBER=str(number), GITHUB_REPOSITORY="ours/registry")
        assert not list(self.folder.rglob("mark")), "a text of the form was run"
        return state

    def step(self, job: str, place: Path, **environment: str) -> None:
        (step,) = [step for step in JOBS[job]["steps"] if step.get("id") == job]
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        fixed = {name: value for name, value in step["env"].items() if "${{" not in value}
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=place / step.get("working-directory", "."),
            env={**os.environ, **fixed, **environment, "PATH": path, "GIT_CONFIG_GLOBAL": os.devnull},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert ended.returncode == 0, ended.stderr

    def proposed(self, path: str, number: int = 7) -> str:
        """A file as the pull request has it."""
        return self.git(self.origin, "show", f"form/{number}:{path}")

    def branches(self) -> list[str]:
        return self.git(self.origin, "branch", "--format=%(refname:short)").split()


@pytest.fixture
def workflow(tmp_path: Path) -> Workflow:
    return Workflow(tmp_path)


def test_a_collection_is_proposed_and_all_else_of_the_file_stays(workflow: Workflow, tmp_path: Path) -> None:
    assert workflow.run("add-a-collection", body("add-a-collection", ADD)) == "proposed"
    text = workflow.proposed("collections.yaml")
    assert text.startswith(COLLECTIONS)
    (tmp_path / "new.yaml").write_text(text, encoding="utf-8")
    *_, added = read_collections(tmp_path / "new.yaml")[0]
    assert (added.slug, added.name, added.owner) == ("lantern", "Lantern: checks", "Team #1")
    assert (added.description, added.git_ref) == ("It looks into the dark.", "main")
    # The base is as it was: somebody has to merge it.
    assert workflow.git(workflow.origin, "show", "main:collections.yaml") == COLLECTIONS
    asked = workflow.log.read_text(encoding="utf-8").split("\n")
    assert asked[:6] == ["pr", "create", "--head", "form/7", "--title", "Add the collection lantern"]
    # The same again replaces its own commit.
    assert workflow.run("add-a-collection", body("add-a-collection", {**ADD, "Branch or tag": "stable"})) == "proposed"
    assert "git_ref: stable" in workflow.proposed("collections.yaml")
    assert workflow.git(workflow.origin, "rev-list", "--count", "main..form/7") == "1\n"


def test_what_a_model_wrote_is_removed_by_a_patch(workflow: Workflow) -> None:
    answers = {**CORRECT, "Access": "read-only", "What a model wrote of it": "Remove it; the model is asked anew"}
    assert workflow.run("correct-a-codebundle", body("correct-a-codebundle", answers)) == "proposed"
    changed = workflow.git(workflow.origin, "diff", "--name-status", "main", "form/7")
    assert changed.split() == [
        *("D", "enhancements/beacon/k8s-pod-restarts.json"), *("A", "overrides/beacon/k8s-pod-restarts.yaml"),
    ]  # fmt: skip


def test_what_is_wrong_becomes_one_comment_and_no_branch(workflow: Workflow) -> None:
    form = body("add-a-collection", {**ADD, "Address of the repository": "https://evil.example/$(touch mark)"})
    assert workflow.run("add-a-collection", form) == "refused"
    assert workflow.branches() == ["main"]
    asked = workflow.log.read_text(encoding="utf-8").split("\n")
    assert asked[:3] == ["issue", "comment", "7"]
    assert {"--edit-last", "--create-if-none"} <= set(asked)
    assert (workflow.folder / "run-1" / asked[asked.index("--body-file") + 1]).is_file()


def test_an_issue_of_another_kind_is_left_alone(workflow: Workflow) -> None:
    assert workflow.run("wrong-data", body("add-a-collection", ADD)) == "none"
    assert not workflow.log.exists()


@pytest.mark.parametrize("form", ["add-a-collection", "change-a-collection", "correct-a-codebundle"])
def test_texts_for_a_shell_are_not_run_and_reach_no_command(form: str, workflow: Workflow) -> None:
    texts = [text.format(mark=workflow.mark) for text in HOSTILE if "\x1b" not in text and "\u202e" not in text]
    texts = [text for text in texts if "### " not in text]
    answers = {
        "add-a-collection": {**ADD, "Name that people are shown": texts[0] + texts[1] + texts[2]},
        "change-a-collection": {"Short name of the collection": "beacon", "Who looks after it": " ".join(texts[:5])},
        "correct-a-codebundle": {**CORRECT, "Description": "\n".join(texts)[:1_400], "Symptoms": "\n".join(texts)},
    }[form]
    if form == "add-a-collection":
        answers["What is it for?"] = "\n".join(texts)[:900]
    assert workflow.run(form, body(form, answers)) == "proposed"
    words = workflow.log.read_text(encoding="utf-8")
    assert not [text for text in texts if text in words]
    changed = workflow.git(workflow.origin, "diff", "--name-only", "main", "form/7").split()
    assert set(changed) <= {"collections.yaml", "overrides/beacon/k8s-pod-restarts.yaml"}


# The workflow's own rules


def test_no_expression_of_an_event_stands_in_a_script() -> None:
    for job in JOBS.values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            # Numbers and tokens are all that scripts are given.
            values = {value for value in step.get("env", {}).values() if "${{" in value}
            assert values <= {"${{ github.token }}", "${{ github.event.issue.number }}"}


def test_each_job_may_what_it_needs_and_nothing_merges() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "read": {"contents": "read"},
        "propose": {"contents": "write", "pull-requests": "write"},
        "answer": {"issues": "write"},
    }
    assert re.findall(r"\b(merge|approve|auto-merge)\b", text.replace("Nothing is merged", "")) == []
    # What reads the text of strangers has a token that can only read, and does not keep it.
    checkouts = [step for step in JOBS["read"]["steps"] if str(step.get("uses", "")).startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False, False]


def test_the_workflow_waits_for_the_labels_that_the_forms_have() -> None:
    forms = {read_form(file.read_text(encoding="utf-8")).label for file in TEMPLATES.glob("*-*.yml")}
    assert set(LABELS) <= forms
    assert set(re.findall(r"labels\.\*\.name, '([a-z-]+)'", JOBS["read"]["if"])) == set(LABELS)
    (step,) = [step for step in JOBS["propose"]["steps"] if step.get("id") == "propose"]
    assert shlex.split(step["run"].splitlines()[1])[1] == "."
