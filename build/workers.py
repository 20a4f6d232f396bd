"""Where heavy work runs: in processes of this machine, or on a Ray cluster."""

import logging
import os
import resource
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from contextlib import contextmanager
from functools import lru_cache, partial
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from pebble import ProcessExpired, ProcessPool

from build.environment import git_environment
from build.errors import UsageError
from build.model import Value
from build.options import CODE, Engine

# A real bundle takes 10 ms and the largest 100. Beyond these one is shown by its name alone.
BUNDLE_SECONDS = 5.0

BUNDLE_BYTES = 1_500_000_000

# Bundles that a cluster's worker gets at once: half a second's work.
_PART = 50

_Made = TypeVar("_Made", bound=Value)

Columns = Sequence[Sequence[Any]]

Guarded = Callable[[Callable[..., Any], Columns], Iterator[Any]]


class Pool(Protocol):
    """What both pools have."""

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], /, *, chunksize: int) -> Iterable[Any]: ...


@contextmanager
def pool(engine: Engine, jobs: int | None) -> Iterator[Pool]:
    """Processes here, or of the cluster that RAY_ADDRESS names; without an address Ray makes one of this machine.

    `jobs` is how many; None takes as many as there are cores. Raises UsageError: Ray is not installed.
    """
    if engine == "ray":
        yield _ray_pool(jobs)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as executor:
        yield executor


# It takes seconds to start, so phases share it; Ray ends it with this process.
@lru_cache(1)
def _ray_pool(jobs: int | None) -> Any:
    # Read at import: Ray would tell its makers who runs it.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        from ray.util.multiprocessing import Pool as RayPool
    except ModuleNotFoundError as error:
        raise UsageError("--engine ray needs Ray: install requirements/cluster.txt.") from error
    # The cluster's machines have the lock's packages, and get the code from here.
    code = {"py_modules": [str(CODE / "build"), str(CODE / "search_fn")]}
    with warnings.catch_warnings():
        # Ray forks to start programs of its own, which do not use LanceDB.
        warnings.filterwarnings("ignore", "lancedb fork support", RuntimeWarning)
        # Left to itself it waits without end for the cluster that was the last on this machine.
        address = os.environ.get("RAY_ADDRESS", "local")
        ray.init(address, runtime_env=code, log_to_driver=False, logging_level=logging.WARNING)
        return RayPool(jobs)


def processes(count: int) -> ProcessPool:
    """Processes that can be stopped, one by one, and have a limit of memory."""
    context = get_context("forkserver")
    # The processes are copies of one that has the parser loaded: a stopped one is replaced at once.
    context.set_forkserver_preload(["build.parse.bundle", "build.parse.libraries"])
    limit = (resource.RLIMIT_AS, (BUNDLE_BYTES, BUNDLE_BYTES))
    return ProcessPool(count, initializer=resource.setrlimit, initargs=limit, context=context)


def guarded(workers: ProcessPool, function: Callable[..., _Made], arguments: Columns) -> Iterator[_Made | str]:
    """What the function makes of each of the arguments, or why it made nothing."""
    results = workers.map(function, *arguments, timeout=BUNDLE_SECONDS).result()
    for _ in arguments[0]:
        try:
            yield next(results)
        except TooLong:
            yield f"it took more than {BUNDLE_SECONDS:.0f} seconds"
        except (ProcessExpired, MemoryError):
            yield "it took too much memory"
        except Exception as error:  # whatever the parser did not foresee must not cost the others
            yield f"the registry's parser failed ({type(error).__name__})"


def guarded_on_ray(workers: Pool, function: Callable[..., _Made], arguments: Columns) -> Iterator[_Made | str]:
    """The same, by workers that each guard a part in a process of their own."""
    parts = [[column[start : start + _PART] for column in arguments] for start in range(0, len(arguments[0]), _PART)]
    for made in workers.map(partial(_guarded_part, function), parts, chunksize=1):
        yield from made


def _guarded_part(function: Callable[..., _Made], arguments: Columns) -> list[_Made | str]:
    # As on one machine, what reads a bundle has no keys in its environment.
    with git_environment(), processes(1) as process:
        return list(guarded(process, function, arguments))
