"""Where heavy work runs: in processes of this machine, or on a Ray cluster."""

import atexit
import gc
import logging
import os
import pickle
import resource
import signal
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from multiprocessing import get_context
from threading import current_thread, main_thread
from threading import enumerate as enumerate_threads
from types import FrameType
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from build.environment import drop_keys
from build.errors import RegistryError, UsageError
from build.model import Value
from build.options import CODE, Engine

# Wall clock for one bundle's files: a real one takes 10 ms and the largest 100. Beyond these it is shown by its name.
BUNDLE_SECONDS = 5.0
# The same where its code is followed too: the longest real one takes 2 s of a processor. A count of steps decides
# before, so that a busy machine finds what a quiet one does; beyond this the effects are reported as unclear.
CODE_SECONDS = 20.0
BUNDLE_BYTES = 1_500_000_000
# Wall clock for one collection, parsed and rendered from nothing: the largest real one, 117 bundles, takes 9 s of one
# processor.
COLLECTION_SECONDS = 120.0

# Objects that a process makes, and does not let go of, before it looks for garbage: some 20 MB.
GARBAGE = 100_000
# Calls that each process is given ahead. Each that is under way when a budget ends costs a process.
_AHEAD = 2
# Seconds to wait at the end for Ray's threads that collect results, which look ten times a second.
_STOP_SECONDS = 10.0
# Bundles that a cluster's worker gets at once; they take about half a second.
_PART = 50

_Result = TypeVar("_Result", bound=Value)
_Value = TypeVar("_Value")

Columns = Sequence[Sequence[Any]]


class Budget:
    """Seconds of the wall clock that several pieces of work have together, from now on."""

    def __init__(self, seconds: float, reason: str, within: "Budget | None" = None) -> None:
        """Start the clock, which also ends with that of `within`; `reason` is why what comes later is not done."""
        self._end, self._reason, self._within = time.monotonic() + seconds, reason, within

    @property
    def left(self) -> float:
        """Return the seconds until the end, at least 0."""
        left = max(0.0, self._end - time.monotonic())
        return min(left, self._within.left) if self._within else left

    @property
    def spent(self) -> str:
        """Return why work after the end is not done, as the end of a sentence."""
        return self._within.spent if self._within and not self._within.left else self._reason


def collection_budget() -> Budget:
    """Start the clock for what is parsed and rendered of one collection."""
    seconds = COLLECTION_SECONDS
    return Budget(seconds, f"the {seconds:.0f} seconds for its collection were used up by then")


@dataclass(frozen=True)
class ByName:
    """A function by the names of its module and itself. Processes have the module loaded: who calls them need not wait
    for it.
    """

    module: str
    name: str

    def __call__(self, *arguments: Any) -> Any:
        """Call the function, with what is packed unpacked."""
        function = getattr(import_module(self.module), self.name)
        return function(*(one.value() if isinstance(one, Packed) else one for one in arguments))


class Packed(NamedTuple, Generic[_Value]):
    """A value for many calls, packed once here and unpacked once in each process; it is not to be changed there."""

    content: bytes

    @classmethod
    def of(cls, value: _Value) -> "Packed[_Value]":
        """Return a value packed."""
        return Packed(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))

    def value(self) -> _Value:
        """Return the value."""
        unpacked: _Value = _unpacked(self.content)
        return unpacked


# One entry is enough, since one collection is parsed at a time.
@lru_cache(1)
def _unpacked(content: bytes) -> Any:
    # Unpickling is safe here, because this program packed the bytes itself.
    return pickle.loads(content)  # noqa: S301


class Guarded(Protocol):
    """How a function is called for each row of arguments, in processes that are stopped beyond `seconds` for one row
    or the budget for all: yields a result for each, or the reason as the end of a sentence.
    """

    def __call__(
        self, function: Callable[..., Any], arguments: Columns, budget: Budget, seconds: float
    ) -> Iterator[Any]: ...


class Pool(Protocol):
    """The method that pools of processes and of Ray have in common."""

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], /, *, chunksize: int) -> Iterable[Any]: ...


@contextmanager
def pool(engine: Engine, jobs: int | None) -> Iterator[Pool]:
    """Yield a pool of processes.

    Args:
        engine: "local" starts processes on this machine; "ray" uses the cluster of RAY_ADDRESS, or one that Ray starts
            here.
        jobs: Worker processes; None starts one per core.

    Raises:
        UsageError: Ray is not installed.
        RegistryError: Ray did not start.
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
    with warnings.catch_warnings(), defer_interrupts():
        # Ray forks to start programs of its own, which do not use LanceDB.
        warnings.filterwarnings("ignore", "lancedb fork support", RuntimeWarning)
        # Left to itself it waits without end for the cluster that was the last on this machine.
        address = os.environ.get("RAY_ADDRESS", "local")
        try:
            ray.init(address, runtime_env=code, log_to_driver=False, logging_level=logging.ERROR)
            workers = RayPool(jobs)
        except Exception as error:  # Ray has no class of what can go wrong there
            cause = str(error).strip().partition("\n")[0][:300]
            raise RegistryError(
                f"Ray did not start ({type(error).__name__}: {cause}); see that HOME and /tmp can be written and that "
                "RAY_ADDRESS, where it is set, names a cluster that runs, or work without --engine ray."
            ) from error
    # The handler that is registered last runs first, hence before Ray disconnects.
    atexit.register(_stop_ray_pool, workers)
    return workers


def _stop_ray_pool(workers: Any) -> None:
    """Stop what the pool is at, and wait for its threads: one that asked for results once Ray is gone would start
    another Ray, or have its native code write to the terminal.
    """
    import ray
    from ray.util.multiprocessing.pool import ResultThread

    # The process ends: an interrupt now would print a traceback of whatever is just being stopped.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not ray.is_initialized():
        return
    workers.terminate()
    for thread in enumerate_threads():
        if isinstance(thread, ResultThread):
            thread.join(_STOP_SECONDS)


@contextmanager
def defer_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt at the end where Ctrl-C came meanwhile, and at once where it comes a second time.

    Within, libraries fork: Python loses an exception that is raised just then, and the run would go on.
    """
    if current_thread() is not main_thread():
        yield
        return
    came = False

    def defer(number: int, frame: FrameType | None) -> None:
        nonlocal came
        if came:
            raise KeyboardInterrupt
        came = True

    before = signal.signal(signal.SIGINT, defer)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            # The terminal interrupts Ray's own programs too, so any other exception is a consequence of this one.
            raise KeyboardInterrupt


class Processes:
    """Processes that can be stopped one by one, each limited to BUNDLE_BYTES of memory.

    pebble gives up its whole pool where a process ends before it has said which call it was at. Then all are started
    anew for the next call; those that were waiting fail with BrokenProcessPool.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._context = get_context("forkserver")
        # The processes are copies of one that has parser and renderer loaded: a stopped one is replaced at once.
        self._context.set_forkserver_preload(["build.releases.reading", "build.parse.libraries", "build.site.prose"])
        self._pool = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _start(self) -> ProcessPool:
        return ProcessPool(self.count, initializer=confine, initargs=[BUNDLE_BYTES], context=self._context)

    def schedule(self, function: Callable[..., _Value], row: Sequence[object], seconds: float) -> ProcessFuture[_Value]:
        """Have the function called with a row of arguments, for so many seconds at most."""
        with block_interrupts():
            try:
                return self._pool.schedule(function, args=row, timeout=seconds)
            except RuntimeError:
                self.stop()
                self._pool.join()
                self._pool = self._start()
                return self._pool.schedule(function, args=row, timeout=seconds)

    def stop(self) -> None:
        """End the processes, whatever they are at."""
        self._pool.stop()  # type: ignore[no-untyped-call]


def confine(memory: int) -> None:
    """Leave this process, which reads strangers' data, so many bytes of memory and no key in its environment."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    drop_keys()
    # What was loaded before stays: no search for garbage has to look at it, nor copies its pages. And what one call
    # leaves is far more than the seven hundred objects after which Python looks for garbage.
    gc.freeze()
    gc.set_threshold(GARBAGE, 10, 10)


@contextmanager
def block_interrupts() -> Iterator[None]:
    """Block SIGINT while processes start: this process ends them, and each would print a traceback of its own.

    Processes inherit the mask of signals. A signal that comes meanwhile is delivered afterwards.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_guarded(
    workers: Processes,
    function: Callable[..., _Result],
    arguments: Columns,
    budget: Budget,
    seconds: float,
) -> Iterator[_Result | str]:
    """Yield what the function makes of each row of the arguments, or why it made nothing.

    Args:
        workers: Where it is called.
        function: Called with one value of each column.
        arguments: Columns of equal length.
        budget: Ends all calls; what was done by then is yielded.
        seconds: Ends one call.
    """
    rows = zip(*arguments, strict=True)
    waiting: deque[tuple[Sequence[Any], ProcessFuture[_Result]]] = deque()
    for _ in arguments[0]:
        while budget.left and len(waiting) < _AHEAD * workers.count and (more := next(rows, None)):
            waiting.append((more, workers.schedule(function, more, seconds)))
        if not waiting:
            yield budget.spent
            continue
        row, future = waiting.popleft()
        try:
            try:
                yield future.result(timeout=budget.left)
            except BrokenProcessPool:
                # Another call may have broken it.
                future = workers.schedule(function, row, seconds)
                yield future.result(timeout=budget.left)
        except TooLong:
            if budget.left:
                yield f"it took more than {seconds:.0f} seconds"
                continue
            for late in (future, *(other for _, other in waiting)):
                late.cancel()  # type: ignore[no-untyped-call]
            yield budget.spent
        except CancelledError:
            yield budget.spent
        except (ProcessExpired, BrokenProcessPool, MemoryError):
            yield "it took too much memory"
        except KeyboardInterrupt:
            # Without this the pool would finish the waiting calls.
            workers.stop()
            raise
        except Exception as error:  # whatever the code did not foresee must not cost the others
            yield f"the registry's parser failed ({type(error).__name__})"


def run_guarded_on_ray(
    workers: Pool, function: Callable[..., _Result], arguments: Columns, budget: Budget, seconds: float
) -> Iterator[_Result | str]:
    """Yield what `run_guarded` yields, from workers of a cluster that each guard a part of the rows.

    Args:
        workers: The cluster's, from `pool`.
        function: Called with one value of each column.
        arguments: Columns of equal length.
        budget: Ends all calls.
        seconds: Ends one call.
    """
    parts = [[column[start : start + _PART] for column in arguments] for start in range(0, len(arguments[0]), _PART)]
    # Clocks of machines differ less than a budget is long, and a part never has more than what is left now.
    left = budget.left
    call = partial(_run_part, function, left, time.time() + left, budget.spent, seconds)
    for outcome in workers.map(call, parts, chunksize=1):
        yield from outcome


def _run_part(
    function: Callable[..., _Result], left: float, end: float, reason: str, seconds: float, arguments: Columns
) -> list[_Result | str]:
    budget = Budget(min(left, max(0.0, end - time.time())), reason)
    with Processes(1) as process:
        return list(run_guarded(process, function, arguments, budget, seconds))
