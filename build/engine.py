"""Where heavy work runs: in processes of this machine, or on a Ray cluster."""

import logging
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import get_context
from typing import Any, Protocol

from build.errors import UsageError
from build.options import CODE, Engine


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
    with ProcessPoolExecutor(jobs, get_context("spawn")) as processes:
        yield processes


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
