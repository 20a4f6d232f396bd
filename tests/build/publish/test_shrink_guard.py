"""A publication that shrank is refused, with the next step."""

from pathlib import Path

import pytest

from build.errors import RegistryError
from build.publish.published import MARKS
from build.publish.shrink_guard import guard_shrink
from tests.support.publications import publish, readable


@pytest.mark.parametrize(
    ("before", "now"), [((10,), (8,)), ((10, 10), (8, 8)), ((0,), (0,)), ((5, 5), (6, 5)), ((3,), (3, 9)), ((1,), (1,))]
)
def test_a_fifth_may_go(before: tuple[int, ...], now: tuple[int, ...], tmp_path: Path) -> None:
    publish(tmp_path, *before)
    guard_shrink(tmp_path, readable(*now))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ((10,), (7,), "harbor went from 10 to 7 readable bundles"),
        # One that is emptied shows, though the whole hardly shrinks.
        ((90, 10), (95, 0), "quay went from 10 to 0 readable bundles"),
        # And one that is taken out of the configuration.
        ((10, 10), (10,), "the catalogue went from 20 to 10 readable bundles"),
        ((10,), (), "the catalogue went from 10 to 0 readable bundles"),
        ((1,), (0,), "harbor went from 1 to 0 readable bundles"),
    ],
)
def test_more_is_refused_with_the_next_step(
    before: tuple[int, ...], now: tuple[int, ...], said: str, tmp_path: Path
) -> None:
    publish(tmp_path, *before)
    with pytest.raises(RegistryError, match=f"Refused to publish: {said}; .* run again with --accept-shrink") as caught:
        guard_shrink(tmp_path, readable(*now))
    assert caught.value.exit_status == 1


def test_without_a_readable_manifest_nothing_is_guarded(tmp_path: Path) -> None:
    guard_shrink(tmp_path / "absent", readable(0))
    for damaged in ("", "{", "{}", '{"build_id": "x"}'):
        (tmp_path / MARKS["index"]).write_text(damaged, encoding="utf-8")
        guard_shrink(tmp_path, readable(0))
