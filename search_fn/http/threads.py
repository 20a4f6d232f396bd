"""What is answered in a thread of its own, so that nobody waits for somebody else's provider."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

_P = ParamSpec("_P")
_T = TypeVar("_T")


async def call_apart(waits: bool, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Return what the function returns: called in a thread if it `waits`, else at once.

    Most calls do not: a thread costs half a millisecond, and some 16 MB in the allocator's arenas.
    """
    return await run_in_threadpool(function, *args, **kwargs) if waits else function(*args, **kwargs)
