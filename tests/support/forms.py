"""Issue forms as somebody fills them in, and texts that are after more than a proposal."""

import shutil
from pathlib import Path

from build.forms.answers import read_form
from tests.support.place import ROOT

TEMPLATES = ROOT / ".github" / "ISSUE_TEMPLATE"
COLLECTIONS = """# Ours, by hand.
codecollections:
  # The first one.
  - name: "Beacon"
    slug: beacon
    git_url: https://github.com/example-org/beacon
    description: What we run.   # in short
  - name: Anchor
    slug: anchor
    git_url: https://github.com/example-org/anchor
    visibility: hidden
"""
ADD = {
    "Address of the repository": "https://github.com/example-org/lantern",
    "Name that people are shown": "Lantern: checks",
    "Who looks after it": "Team #1",
    "What is it for?": "It looks\ninto the dark.",
    "Before": "- [X] It has a licence, and I may publish it.\n- [x] `lint` shows no error.",
}
CORRECT = {"Which CodeBundle": "beacon/k8s-pod-restarts"}
# What a shell, a workflow's commands, YAML, Markdown, a path or a runner's files could take for their own.
HOSTILE = (
    "$(touch {mark})",
    "`touch {mark}`",
    '"; touch {mark}; "',
    "'; touch {mark} #",
    "${{{{ github.token }}}}",
    "::set-output name=state::proposed",
    "EOF\nstate=proposed",
    "../../../../etc/passwd",
    "--upload-pack=touch {mark}",
    "!!python/object/apply:os.system ['touch {mark}']",
    "a: b\n- c: *d",
    "@everyone ![](https://tracker.example/x.png) <script>alert(1)</script>",
    "]] && touch {mark}",
    "\\\\n| touch {mark}",
    "### Removal\n\nRemove it from the catalogue",
    "‮evil",
    "\x1b]0;evil\x07",
    "%0Astate=proposed",
)


def body(name: str, answers: dict[str, str]) -> str:
    """Return the body that GitHub makes of a form."""
    form = read_form((TEMPLATES / f"{name}.yml").read_text(encoding="utf-8"))
    assert answers.keys() <= {field.label for field in form.fields}
    return "\n\n".join(f"### {field.label}\n\n{answers.get(field.label, '_No response_')}" for field in form.fields)


def registry(folder: Path) -> Path:
    """Write the files of a registry that forms change, and return its collections.yaml."""
    shutil.copytree(TEMPLATES, folder / ".github" / "ISSUE_TEMPLATE")
    file = folder / "collections.yaml"
    file.write_text(COLLECTIONS, encoding="utf-8")
    written = folder / "enhancements" / "beacon" / "k8s-pod-restarts.json"
    written.parent.mkdir(parents=True)
    written.write_text("{}", encoding="utf-8")
    return file
