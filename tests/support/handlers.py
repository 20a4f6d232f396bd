"""The Lambda handler in this process, as an instance of Lambda imports it."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import search_fn.app
import search_fn.handler

Handler = Callable[[Any, Any], dict[str, Any]]


def handler_of(uri: str) -> Handler:
    """Return the handler of an instance that has this INDEX_URI."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INDEX_URI", uri)
        _import_anew()
    return search_fn.handler.handler


@contextmanager
def imported_anew() -> Iterator[None]:
    """Leave behind the modules as everybody else finds them."""
    try:
        yield
    finally:
        _import_anew()


def _import_anew() -> None:
    importlib.reload(search_fn.app)
    importlib.reload(search_fn.handler)
