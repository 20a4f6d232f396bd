"""What a run brings up to date, and what stays as it is published."""

import pytest

from build.fetch.baseline import EVERYTHING, NO_BASELINE, Baseline, Selection


@pytest.mark.parametrize(
    ("only", "includes", "leaves"),
    [
        ((), [("harbor", None), ("harbor", "crane"), ("quay", "lamp")], []),
        (("harbor",), [("harbor", None), ("harbor", "crane")], [("quay", None), ("quay", "crane")]),
        (
            ("harbor/crane", "quay/lamp"),
            [("harbor", None), ("harbor", "crane"), ("quay", None), ("quay", "lamp")],
            [("harbor", "lamp"), ("quay", "crane"), ("harbor-two", None), ("harb", None), ("harb", "or/crane")],
        ),
        (("harbor", "harbor/crane"), [("harbor", "lamp")], []),
    ],
)
def test_a_selection_includes_what_it_names(
    only: tuple[str, ...], includes: list[tuple[str, str | None]], leaves: list[tuple[str, str | None]]
) -> None:
    selection = Selection(only)
    assert [one for one in includes if not selection.includes(*one)] == []
    assert [one for one in leaves if selection.includes(*one)] == []


def test_a_collection_is_whole_unless_some_of_its_bundles_are_named() -> None:
    assert EVERYTHING.is_whole("harbor")
    assert Selection(("harbor", "quay/lamp")).is_whole("harbor")
    assert not Selection(("harbor/crane",)).is_whole("harbor")
    assert not Selection(("quay",)).is_whole("harbor")


@pytest.mark.parametrize(("published", "now", "shrank"), [(10, 8, False), (10, 7, True), (1, 0, True), (0, 0, False)])
def test_a_fifth_of_what_is_published_may_go(published: int, now: int, shrank: bool) -> None:
    assert Baseline(counts={"harbor": published}).shrank("harbor", now) is shrank


def test_what_was_never_published_cannot_shrink() -> None:
    assert not NO_BASELINE.shrank("harbor", 0)
    assert not Baseline(counts={"quay": 10}).shrank("harbor", 0)
