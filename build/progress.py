"""How far a phase is, for a person who looks on."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_Item = TypeVar("_Item")


class Watched(Protocol):
    """Hands on the items, of which there are `total`, and counts them."""

    def __call__(self, items: Iterable[_Item], total: int) -> Iterable[_Item]: ...


def unwatched(items: Iterable[_Item], total: int) -> Iterable[_Item]:
    """Nobody looks on."""
    return items


@contextmanager
def shown(name: str, console: Console) -> Iterator[Watched]:
    """A line on a terminal for as long as the phase goes on; what it counts, it counts there."""
    if not console.is_terminal:
        yield unwatched
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield partial(progress.track, task_id=progress.add_task(name, total=None))
