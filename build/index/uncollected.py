"""Work in which nothing refers to itself, so that Python's collector would only look at millions of values again and
again: a sixth of the time in which an index of 20,000 bundles is made.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector from running; afterwards it runs as it did before."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
