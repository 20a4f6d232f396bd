"""What a release changed, in words."""

import pytest

from build.catalogue.labels import LABELS
from build.releases.models import FactChange
from build.site.changes import distinct, events, fact_line, fact_lines, last_changes, plain, sentence
from tests.support.catalogues import sound
from tests.support.releases import GONE, OLD, change, fact, release, releases_of

_NEW = "harbor/pod-bearing"


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (fact("variable-added", "A", after={"required": True, "default": None}), "new variable A, required"),
        (fact("variable-added", "A", after={"required": False, "default": "x"}), "new variable A, default x"),
        (fact("variable-removed", "A"), "variable A is gone"),
        (fact("variable-renamed", "B", "A", "B"), "variable A is now called B"),
        (fact("default-changed", "A", None, ""), 'default of A from none to ""'),
        (fact("required-changed", "A", False, True), "A is now required"),
        (fact("enum-changed", "A", ["a", "b"], ["b", "c"]), "values of A: no longer a, c"),
        (fact("secret-added", "S", after={"required": False}), "new secret S, optional"),
        (
            fact("tool-added", "T", after={"kind": "runbook", "access": "read-only"}),
            "new tool T, runbook, access read-only",
        ),
        (fact("access-changed", None, "read-only", "read-write"), "access from read-only to read-write"),
        (fact("effect-changed", "T", "reads", "changes"), "tool T: effect of the code from reads to changes"),
        (fact("permissions-changed", None, ["get pods"], ["get pods", "delete pods"]), "permissions: delete pods"),
        (fact("platforms-changed", None, ["A", "B"], ["B", "A"]), "platforms: another order"),
        (fact("rules-changed", "x.yaml"), "discovery rules x.yaml changed"),
        (fact("text-changed", "readme"), "text readme changed"),
    ],
)
def test_a_fact_is_a_line(one: FactChange, words: str) -> None:
    assert plain(fact_line(one)) == words


def test_every_kind_has_a_label() -> None:
    kinds = FactChange.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]
    assert set(LABELS["change"]) == set(kinds)


def test_files_alone_and_what_a_library_changed_are_said() -> None:
    assert [plain(line) for line in fact_lines(change("a/b", files=2))[0]] == [
        "2 files changed, none of its tools, variables or permissions"
    ]
    assert [plain(line) for line in fact_lines(change("a/b", files=0, because="of a library"))[0]] == ["of a library"]
    many = change("a/b", *(fact("rules-changed", str(number)) for number in range(5)))
    lines, more = fact_lines(many, 2)
    assert (len(lines), more) == (2, 3)
    assert fact_lines(None) == ([], 0)


def test_events_are_newest_first_and_breaking_first_in_each() -> None:
    found = list(events(releases_of(_NEW)))
    said = [(event.release.tag, event.bundle, sentence(event)) for event in found]
    assert said == [
        (None, _NEW, "changed"),
        ("2.0", _NEW, "changed, breaking"),
        ("1.1", GONE, "removed"),
        ("1.1", _NEW, f"renamed from {OLD}"),
        ("1.0", GONE, "new"),
        ("1.0", OLD, "new"),
    ]


def test_of_two_tags_on_one_commit_one_tells_it() -> None:
    own = releases_of(_NEW)
    twice = own.model_copy(
        update={"releases": (release("2.0.0", "2026-03-01", "1.1", changed=own.releases[0].changed), *own.releases)}
    )
    assert len(list(events(twice))) == 7
    assert len(list(distinct(events(twice)))) == 6


def test_when_each_last_changed() -> None:
    assert last_changes(sound()._replace(releases={"harbor": releases_of(_NEW)})) == {_NEW: "2026-03-09T08:00:00Z"}
