"""The parts of a comparison, each of which measures a checkout once and returns its figures by the row's name."""

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.bench.checkout import Checkout
from tests.bench.load import load
from tests.bench.ratios import CPU_MS, Figures
from tests.bench.run import CALLS, Folders, latencies, p99, start_seconds
from tests.support.corpus import queries
from tests.support.lambda_runtime import LambdaRuntime, function_url
from tests.support.measuring import WHOLE

_STARTS = 3


class Step(NamedTuple):
    """What is measured of one checkout after the other: a part or, of generated catalogues, a part at one size."""

    name: str
    measure: Callable[[Checkout], Figures]


def measure_builds(checkout: Checkout) -> Figures:
    """Build from nothing, with the vectors kept, and once more without a change."""
    folders = Folders.below(checkout.work / "build")
    cold = checkout.run_build(folders)
    nothing = checkout.run_build(folders)
    # With the vectors of the last index at hand, all that is left is the work apart from the encoder's.
    shutil.rmtree(folders.cache)
    shutil.rmtree(folders.site)
    kept = checkout.run_build(folders)
    found = {
        f"build, cold: {CPU_MS}": cold.cpu_seconds * 1e3,
        f"build, cold, vectors kept: {CPU_MS}": kept.cpu_seconds * 1e3,
        f"build, nothing changed: {CPU_MS}": nothing.cpu_seconds * 1e3,
        "build, cold: peak MB": cold.peak_mb,
        "build, cold, vectors kept: peak MB": kept.peak_mb,
    }
    if cold.report["encoded"]:
        found[f"encoder, a passage: {CPU_MS}"] = (cold.cpu_seconds - kept.cpu_seconds) * 1e3 / cold.report["encoded"]
    checkout.keep_index(folders)
    shutil.rmtree(folders.index.parent)
    return found


def measure_function(checkout: Checkout) -> Figures:
    """Start and ask the function over the catalogue's index, and encode queries with its encoder."""
    found = {}
    encoded = checkout.inside("encode", "--index", str(checkout.index()), texts="\n".join(queries(200)))
    if encoded:
        found[f"encoder, a query: {CPU_MS}"] = encoded["processor_ms"]
    root = checkout.function(checkout.index())
    found |= _answers("function", root, checkout.handler)
    # As where a folder that cannot be written has nothing compiled, the packages neither.
    uncompiled = {"PYTHONPYCACHEPREFIX": str(checkout.work / "none"), "PYTHONDONTWRITEBYTECODE": "1"}
    return found | {"function, start without bytecode: ms": _start_ms(root, checkout.handler, uncompiled)}


def measure_size(checkout: Checkout, size: int) -> Figures:
    """Start and ask the function over a generated catalogue, and the first time tell what its index took."""
    root, written = checkout.generated(size)
    if root is None:
        return {}
    return _costs(f"{size:,} bundles, writing the index", written) | _answers(
        f"{size:,} bundles", root, checkout.handler
    )


def measure_site(checkout: Checkout, size: int) -> Figures:
    """Find the neighbours of generated bundles, and write their site."""
    near = checkout.inside("neighbours", "--size", str(size)) or {}
    written = checkout.inside("site", "--size", str(size), "--whole", WHOLE.pattern) or {}
    return _costs(f"{size:,} bundles, neighbours", near) | _costs(f"{size:,} bundles, site", written)


SIZED = {"sizes": measure_size, "site": measure_site}
PARTS = ("build", "function", "load", *SIZED)


def steps(parts: Sequence[str], sizes: Sequence[int], seconds: float) -> list[Step]:
    """Return what is to be measured, in order.

    Args:
        parts: Names of PARTS; none are all for which there is something to measure.
        sizes: Numbers of bundles of generated catalogues.
        seconds: How long clients ask servers each time.

    Raises:
        ValueError: there is no such part, or one of generated catalogues is named, and no size.
    """
    if unknown := [part for part in parts if part not in PARTS]:
        raise ValueError(f"--parts {' '.join(unknown)}: there are {', '.join(PARTS)}.")
    if not sizes and (without := [part for part in parts if part in SIZED]):
        raise ValueError(f"--parts {' '.join(without)} needs --sizes.")
    whole: dict[str, Callable[[Checkout], Figures]] = {
        "build": measure_builds,
        "function": measure_function,
        "load": partial(load, seconds=seconds),
    }
    found = [Step(name, measure) for name, measure in whole.items()]
    found += [
        Step(f"{name} {size:,}", partial(measure, size=size)) for name, measure in SIZED.items() for size in sizes
    ]
    return [step for step in found if not parts or step.name.split()[0] in parts]


def _answers(name: str, root: Path, handler: str) -> Figures:
    events = [function_url("/api/v1/search", {"q": text}) for text in queries(CALLS)]
    with LambdaRuntime(root, handler=handler) as runtime:
        latencies(runtime, events[:10])
        before = runtime.resident_mb()
        first = latencies(runtime, events)
        # Answers, and a query's vector, are remembered: what is left is the way there and back.
        again = latencies(runtime, events)
        after = runtime.resident_mb()
    return {
        f"{name}, start to first answer: ms": _start_ms(root, handler, {}),
        f"{name}, search, p50: ms": median(first),
        f"{name}, search, p99: ms": p99(first),
        f"{name}, the same again, p50: ms": median(again),
        f"{name}, memory after ten answers: MB": before,
        f"{name}, memory after {2 * CALLS:,} answers: MB": after,
    }


def _start_ms(root: Path, handler: str, environment: dict[str, str]) -> float:
    events = [function_url("/api/v1/search", {"q": text}) for text in queries(_STARTS)]
    return median(start_seconds(root, event, handler, environment) for event in events) * 1e3


_UNITS = {"processor_ms": CPU_MS, "peak_mb": "peak MB", "largest_kb": "largest file in KB"}


def _costs(name: str, figures: Figures) -> Figures:
    return {f"{name}: {_UNITS[unit]}": value for unit, value in figures.items()}
