"""Progress of a phase on the console."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_Item = TypeVar("_Item")


class Tracker(Protocol):
    """Hands on items, of which there are `total`, and counts them."""

    def __call__(self, items: Iterable[_Item], total: int) -> Iterable[_Item]: ...


def no_progress(items: Iterable[_Item], total: int) -> Iterable[_Item]:
    """Return the items: nobody looks on."""
    return items


@contextmanager
def progress_bar(name: str, console: Console) -> Iterator[Tracker]:
    """Show a line on a terminal for as long as the phase goes on; what it counts, it counts there."""
    if not console.is_terminal:
        yield no_progress
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield partial(progress.track, task_id=progress.add_task(name, total=None))
