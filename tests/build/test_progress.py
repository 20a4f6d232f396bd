"""A person sees how far a long phase is; a log does not fill with it."""

from collections.abc import Iterator
from io import StringIO

import pytest
from rich.console import Console

from build.publish.report import Report


@pytest.mark.parametrize("terminal", [True, False])
def test_a_phase_counts_on_a_terminal_and_only_there(terminal: bool) -> None:
    said = StringIO()
    console = Console(file=said, force_terminal=terminal, width=100)
    with Report().phase("encode", console) as track:
        assert list(track(iter(range(7)), 7)) == list(range(7))
    assert ("7/7" in said.getvalue()) == terminal
    last = said.getvalue().rpartition("\x1b[2K")[2]
    assert last.startswith("encode ")
    assert last.endswith(" s\n")
    assert terminal or last.count("\n") == 1


def test_what_is_tracked_is_handed_on_as_it_comes() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(3):
            taken.append(number)
            yield number

    with Report().phase("fetch", Console(file=StringIO(), force_terminal=True)) as track:
        items = iter(track(numbers(), 3))
        assert (next(items), taken) == (0, [0])
        assert (list(items), taken) == ([1, 2], [0, 1, 2])
