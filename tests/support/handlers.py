"""The Lambda handler in this process, as an instance of Lambda imports it."""

import asyncio
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

Handler = Callable[[Any, Any], dict[str, Any]]
# One may be imported within the time of another.
_LOOPS: list[asyncio.AbstractEventLoop] = []


def handler_of(uri: str) -> Handler:
    """Return the handler of an instance that has this INDEX_URI, while `imported_anew` lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INDEX_URI", uri)
        called = _import_anew()

    def handler(event: Any, context: Any) -> dict[str, Any]:
        # asyncio.run, which a test may have called since, leaves none.
        asyncio.set_event_loop(_LOOPS[-1])
        return called(event, context)

    return handler


@contextmanager
def imported_anew() -> Iterator[None]:
    """Leave behind the modules as everybody else finds them, and no event loop."""
    # Mangum would make one of its own, which nobody closes, and whatever calls asyncio.run here next would drop it.
    _LOOPS.append(asyncio.new_event_loop())
    asyncio.set_event_loop(_LOOPS[-1])
    try:
        yield
    finally:
        asyncio.set_event_loop(_LOOPS[-1])
        _import_anew()
        _LOOPS.pop().close()
        asyncio.set_event_loop(_LOOPS[-1] if _LOOPS else None)


def _import_anew() -> Handler:
    importlib.reload(importlib.import_module("search_fn.app"))
    handler: Handler = importlib.reload(importlib.import_module("search_fn.handler")).handler
    return handler
