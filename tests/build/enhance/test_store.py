"""What is kept of a model's answers, and read again."""

from pathlib import Path
from typing import Any

from build.enhance.answer import Answer, Enhancement, Tokens, keep_valid
from build.enhance.store import file_of, load, store
from build.model import Bundle, Tool
from tests.support.catalogues import QUAY, entry, written
from tests.support.replaying import EMPTY

TEXTS = {"runbook.robot": "Look\n    kubectl   get pods -n x\n", "look.sh": "aws ec2 describe-instances\n"}


TOOL = Tool(kind="runbook", name="Look at `${POD}`", title="Look", line=1, access="read-only")


BUNDLE = Bundle(name="a", tools=(TOOL,), has_runbook=True, access_level="read-only", access_level_source="declared")


def without_digest(kept: Enhancement) -> Enhancement:
    return kept.model_copy(update={"sha256": ""})


def test_what_is_kept_is_read_again_and_what_is_broken_is_told(tmp_path: Any) -> None:
    shown = entry(BUNDLE)
    assert load(tmp_path, shown) == (None, [])
    given = Answer.model_validate(
        {**EMPTY, "tools": [{"name": "x", "purpose": "", "function": "", "requirements": []}]}
    )
    answer, problems = keep_valid(given, shown, TEXTS)
    one = Enhancement(
        key="k", content="c", model="m", date="2026-01-02", tokens=Tokens(prompt=1, completion=2), seconds=0.5,
        answer=answer, problems=problems,
    )  # fmt: skip
    store(tmp_path, shown, one)
    kept, again = load(tmp_path, shown)
    assert kept is not None
    assert kept.sha256
    assert without_digest(kept) == one
    assert [(p.code, p.severity, p.collection, p.bundle) for p in again] == [("ai-item-dropped", "note", "harbor", "a")]
    file = tmp_path / "harbor" / "a.json"
    assert [path.name for path in file.parent.iterdir()] == ["a.json"]
    for broken in ("", "{", "[]", file.read_text().replace('"model"', '"mode"')):
        file.write_text(broken)
        kept, again = load(tmp_path, shown)
        assert (kept, [p.code for p in again]) == (None, ["enhancement-not-read"])


def test_bundles_of_one_name_in_two_collections_are_kept_apart(tmp_path: Path) -> None:
    here, there = entry(BUNDLE), entry(BUNDLE, QUAY)
    store(tmp_path, here, written("of the harbor"))
    assert load(tmp_path, there) == (None, [])
    store(tmp_path, there, written("of the quay"))
    kept = [load(tmp_path, one)[0] for one in (here, there)]
    assert [one and without_digest(one) for one in kept] == [written("of the harbor"), written("of the quay")]


def test_what_is_kept_can_be_read_by_a_reviewer(tmp_path: Path) -> None:
    store(tmp_path, entry(BUNDLE), written("Überblick"))
    text = file_of(tmp_path, entry(BUNDLE)).read_text(encoding="utf-8")
    assert "Überblick" in text
    assert text.endswith("}\n")
    assert text.count("\n") > 20
