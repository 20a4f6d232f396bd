"""What an issue form changes, and what is said where it cannot."""

import json
from pathlib import Path

import pytest
import yaml

from build.commands.form import LABELS, propose_form
from build.config.collections import read_collections
from build.errors import UsageError
from tests.support.forms import ADD, COLLECTIONS, CORRECT, HOSTILE, body, registry


class Registry:
    """A registry whose files forms change."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.output = folder, folder / "output"
        self.file = registry(folder)

    def run(self, label: str, text: str | None) -> str:
        """Return the state after an issue with this label and text."""
        event = self.folder / "event.json"
        event.write_text(json.dumps({"issue": {"number": 7, "labels": [{"name": label}], "body": text}}))
        enhancements = self.folder / "enhancements"
        return propose_form(event, self.file, enhancements, self.output, allow_local=False)

    def text(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")


@pytest.fixture
def ours(tmp_path: Path) -> Registry:
    return Registry(tmp_path)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"Visibility": "hidden", "Who looks after it": "We"}, ("    owner: We", "    visibility: hidden")),
        ({"Where its images are": "ghcr.io/example-org/beacon"}, ("    image_source: oci",)),
    ],
)
def test_a_collection_is_changed_in_place(answers: dict[str, str], expected: tuple[str, ...], ours: Registry) -> None:
    form = body("change-a-collection", {"Short name of the collection": "beacon", **answers})
    assert ours.run("change-a-collection", form) == "proposed"
    lines = ours.text("collections.yaml").split("\n")
    assert set(COLLECTIONS.split("\n")) <= set(lines)
    assert set(expected) <= set(lines)


def test_a_collection_is_removed_and_the_others_stay(ours: Registry) -> None:
    form = {"Short name of the collection": "anchor", "Removal": "Remove it from the catalogue"}
    assert ours.run("change-a-collection", body("change-a-collection", form)) == "proposed"
    assert ours.text("collections.yaml").rstrip() == COLLECTIONS.partition("  - name: Anchor")[0].rstrip()


def test_what_is_said_of_a_bundle_becomes_an_override(ours: Registry) -> None:
    answers = {
        **CORRECT,
        "Description": "It finds pods\nthat restart: 'often'.",
        "Access": "read-only",
        "Platforms": "- Kubernetes\n- AKS",
        "Why it should no longer be used": "It is old.",
        "Since when": "2026-05-01",
        "What a model wrote of it": "Remove it; the model is asked anew",
    }
    assert ours.run("correct-a-codebundle", body("correct-a-codebundle", answers)) == "proposed"
    assert yaml.safe_load(ours.text("overrides/beacon/k8s-pod-restarts.yaml")) == {
        "description": "It finds pods that restart: 'often'.",
        "access_level": "read-only",
        "platforms": ["Kubernetes", "AKS"],
        "deprecated": {"reason": "It is old.", "since": "2026-05-01"},
    }
    assert not (ours.folder / "enhancements/beacon/k8s-pod-restarts.json").exists()


@pytest.mark.parametrize(
    ("label", "answers", "said"),
    [
        ("add-a-collection", {**ADD, "Address of the repository": "http://github.com/a/b"}, "is not an https address"),
        ("add-a-collection", {**ADD, "Address of the repository": "https://evil.example/a/b"}, "is not allowed"),
        (
            "add-a-collection",
            {**ADD, "Address of the repository": "https://github.com/Example-Org/beacon.git"},
            "beacon",
        ),
        ("add-a-collection", {**ADD, "Short name for addresses": "../x"}, "Short name for addresses"),
        ("add-a-collection", {**ADD, "Short name for addresses": "anchor"}, "anchor"),
        ("add-a-collection", {**ADD, "Branch or tag": "--upload-pack=x"}, "Branch or tag"),
        ("add-a-collection", {**ADD, "Before": "- [ ] It has a licence, and I may publish it."}, "is not ticked"),
        ("add-a-collection", {**ADD, "Name that people are shown": "a\nb"}, "several lines"),
        ("add-a-collection", {**ADD, "How are they reached": "a b <c>"}, "is not an e-mail address"),
        ("add-a-collection", {**ADD, "Where its images are": "ghcr.io/$(x)"}, "is not an image repository"),
        ("change-a-collection", {"Short name of the collection": "none"}, "there are beacon, anchor"),
        ("change-a-collection", {"Short name of the collection": "beacon"}, "Nothing is to be changed"),
        ("correct-a-codebundle", {"Which CodeBundle": "beacon/../anchor"}, "is not the id of a CodeBundle"),
        ("correct-a-codebundle", {"Which CodeBundle": "other/x", "Access": "read-only"}, "no collection other"),
        ("correct-a-codebundle", {**CORRECT, "Access": "admin"}, "is none of read-only, read-write"),
        ("correct-a-codebundle", {**CORRECT, "Description": "x" * 2_000}, "at most 1500 characters"),
        ("correct-a-codebundle", {**CORRECT, "What to use instead": "not an id"}, "What to use instead"),
        ("correct-a-codebundle", CORRECT, "Nothing is to be changed"),
    ],
)
def test_what_is_wrong_is_named_in_a_comment(label: str, answers: dict[str, str], said: str, ours: Registry) -> None:
    assert ours.run(label, body(label, answers)) == "refused"
    assert ours.text("collections.yaml") == COLLECTIONS
    comment = ours.text("output/comment.md")
    (line,) = [line for line in comment.split("\n") if line.startswith("    ")]
    assert said in line


@pytest.mark.parametrize("text", [None, "", "no form", "### Before\n\nx", "x" * 70_000])
def test_a_body_that_is_no_form_is_refused(text: str | None, ours: Registry) -> None:
    assert ours.run("add-a-collection", text) == "refused"


@pytest.mark.parametrize("number", range(len(HOSTILE)))
@pytest.mark.parametrize("label", LABELS)
def test_no_text_of_a_form_is_a_path_or_among_our_words(label: str, number: int, ours: Registry) -> None:
    """In every field that takes a text: it is a value of one file, or it is refused in a block of code."""
    text = HOSTILE[number].format(mark="mark")
    forms = {
        "add-a-collection": [{**ADD, field: text} for field in ADD if field != "Before"],
        "change-a-collection": [
            {"Short name of the collection": slug, "Who looks after it": text} for slug in ("beacon", text)
        ],
        "correct-a-codebundle": [
            {"Which CodeBundle": text, "Description": "x"},
            {**CORRECT, "Description": text, "Symptoms": text},
            {**CORRECT, "Since when": text},
        ],
    }[label]
    for answers in forms:
        state = ours.run(label, body(label, answers))
        if state == "refused":
            comment = ours.text("output/comment.md")
            outside = [line for line in comment.split("\n") if not line.startswith("    ")]
            assert not any(word in line for line in outside for word in ("evil", "@", "touch", "token", "passwd"))
            assert "\x1b" not in comment
        else:
            words = ours.text("output/title") + ours.text("output/body.md")
            assert not any(line.strip() in words for line in text.split("\n") if len(line) > 3)
        slugs = [one.slug for one in read_collections(ours.file)[0]]
        assert slugs[:2] == ["beacon", "anchor"]
    written = {file.relative_to(ours.folder).parts[0] for file in ours.folder.rglob("*") if file.is_file()}
    assert written <= {".github", "collections.yaml", "enhancements", "event.json", "output", "overrides"}
    below = {file.relative_to(ours.folder).as_posix() for file in (ours.folder / "overrides").rglob("*.yaml")}
    assert below <= {"overrides/beacon/k8s-pod-restarts.yaml"}


def test_an_override_keeps_what_was_said_before(ours: Registry) -> None:
    file = ours.folder / "overrides" / "beacon" / "k8s-pod-restarts.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("# Said by us.\naliases: [crash loop]\ndescription: old\n", encoding="utf-8")
    assert (
        ours.run("correct-a-codebundle", body("correct-a-codebundle", {**CORRECT, "Description": "new"})) == "proposed"
    )
    assert file.read_text(encoding="utf-8") == "# Said by us.\naliases: [crash loop]\ndescription: new\n"


def test_what_is_no_event_or_no_form_is_told_to_the_operator(ours: Registry) -> None:
    for text in ("", "[]", '{"issue": {"number": "x", "labels": [], "body": ""}}'):
        event = ours.folder / "event.json"
        event.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match="no event of an issue"):
            propose_form(event, ours.file, ours.folder / "enhancements", ours.output, allow_local=False)
    (ours.folder / ".github" / "ISSUE_TEMPLATE" / "add-a-collection.yml").unlink()
    with pytest.raises(UsageError, match="no form with the label"):
        ours.run("add-a-collection", body("add-a-collection", ADD))
