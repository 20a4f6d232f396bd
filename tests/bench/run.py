"""The benchmark: what a build costs, what it makes, how fast the function starts and answers.

`nox -s bench` runs it, over samples/ unless --collections names another file. The numbers are the machine's as much as
the code's: compare those of one quiet machine, and leave the others alone meanwhile.
"""

import argparse
import contextlib
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.corpus import queries  # noqa: E402 - after the path to it
from tests.support.lambda_runtime import Event, LambdaRuntime, function_url  # noqa: E402
from tests.support.measuring import function_root, machine, table  # noqa: E402

SAMPLES = ROOT / "samples" / "collections.yaml"
PUBLISHED = (0, 3)
STARTS, CALLS = 5, 1_000
HANDLER = "search_fn.handler.handler"


class Run(NamedTuple):
    """One run of the build. Processor time is that of all its processes, `peak_mb` the size of the first of them."""

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float
    report: dict[str, Any]


@dataclass(frozen=True)
class Folders:
    """What the build reads its last state from and writes to."""

    cache: Path
    site: Path
    index: Path

    @classmethod
    def below(cls, folder: Path) -> "Folders":
        return cls(folder / "cache", folder / "site", folder / "index_data")


def adopt_orphans() -> None:
    """Make the processes that a build leaves behind ours, so that their time counts: those that parse end after it."""
    if sys.platform == "linux":
        set_child_subreaper = 36
        ctypes.CDLL(None).prctl(set_child_subreaper, 1)


def _children() -> float:
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def build(folders: Folders, collections: Path, allow_local: bool, verb: str = "run", root: Path = ROOT) -> Run:
    """Run the build of a checkout, or one of its commands, in a process of its own."""
    command = [sys.executable, "-m", "build", verb, "--collections", str(collections.resolve()), "--json"]
    command += ["--cache", str(folders.cache), "--site", str(folders.site), "--index", str(folders.index)]
    # The same for each checkout.
    command += ["--enhancements", str(ROOT / "enhancements"), *["--allow-local"] * allow_local]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        before = _children()
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=root, stdout=out, stderr=err)
        # The largest size of this one; getrusage would tell that of all so far.
        _, wait_status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(wait_status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in PUBLISHED:
            sys.exit(f"The build ended with status {process.returncode}:\n{err.read().decode(errors='replace')}")
        report = json.loads(out.read())
    # Kilobytes, but bytes on macOS.
    peak = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return Run(_children() - before, wall, peak, report)


def builds(work: Path, collections: Path, allow_local: bool, runs: int) -> dict[str, list[Run]]:
    """Runs of each kind, by what they start from; the last folders stay."""
    kinds = ("cold", "cold, index kept", "nothing changed", "parse alone, cold", "parse alone, warm")
    found: dict[str, list[Run]] = {kind: [] for kind in kinds}
    folders = Folders.below(work)
    for _ in range(runs):
        for folder in (folders.cache, folders.site, folders.index):
            shutil.rmtree(folder, ignore_errors=True)
        found["cold"].append(build(folders, collections, allow_local))
        found["nothing changed"].append(build(folders, collections, allow_local))
        # With the vectors of the last index at hand, all that is left is the work apart from the encoder's.
        shutil.rmtree(folders.cache)
        shutil.rmtree(folders.site)
        found["cold, index kept"].append(build(folders, collections, allow_local))
        shutil.rmtree(folders.cache / "parse")
        for kind in ("parse alone, cold", "parse alone, warm"):
            found[kind].append(build(folders, collections, allow_local, "parse"))
    return found


def sizes(folders: Folders) -> dict[str, float]:
    """Sizes of what was made, in millions and thousands of bytes."""
    files = [(path, path.stat().st_size) for path in folders.site.rglob("*") if path.is_file()]
    pages = [size for path, size in files if path.suffix == ".html"]
    encoder = (folders.index / "encoder.safetensors").stat().st_size
    index = sum(path.stat().st_size for path in folders.index.rglob("*") if path.is_file()) - encoder
    return {
        "site_mb": sum(size for _, size in files) / 1e6,
        "site_files": len(files),
        "pages": len(pages),
        "page_median_kb": median(pages) / 1e3,
        "page_max_kb": max(pages) / 1e3,
        "index_mb": index / 1e6,
        "encoder_mb": encoder / 1e6,
    }


def function(root: Path) -> dict[str, float]:
    """Start the function some times, and call it many: with different queries, and with the same again."""
    events = [function_url("/api/v1/search", {"q": text}) for text in queries(CALLS)]
    starts = [start_seconds(root, events[n]) for n in range(STARTS)]
    with LambdaRuntime(root) as runtime:
        latencies(runtime, events[:10])
        before = runtime.resident_mb()
        search = latencies(runtime, events)
        again = latencies(runtime, events)
        health = latencies(runtime, [function_url("/health")] * CALLS)
        after = runtime.resident_mb()
    return {
        "cold_start_ms": median(starts) * 1e3,
        "cold_start_least_ms": min(starts) * 1e3,
        "search_p50_ms": median(search),
        "search_p99_ms": p99(search),
        "again_p50_ms": median(again),
        "again_p99_ms": p99(again),
        "health_p50_ms": median(health),
        "health_p99_ms": p99(health),
        "before_mb": before,
        "after_mb": after,
    }


def start_seconds(
    root: Path, event: Event, handler: str = HANDLER, environment: Mapping[str, str] = MappingProxyType({})
) -> float:
    """Return the seconds from the start of the function's process to its first answer.

    Args:
        root: The function's folder.
        event: What it is asked.
        handler: The handler's name.
        environment: Variables of its process, besides Lambda's.
    """
    started = time.perf_counter()
    with LambdaRuntime(root, environment, handler=handler) as runtime:
        latencies(runtime, [event])
        return time.perf_counter() - started


def latencies(runtime: LambdaRuntime, events: Sequence[Event]) -> list[float]:
    """Milliseconds of each answer."""
    answers = [runtime.invoke(event) for event in events]
    for answer in answers:
        if answer.kind == "error" or answer.body["statusCode"] != 200:
            sys.exit(f"The function answered {answer.body}\n{runtime.log()}")
    return [answer.milliseconds for answer in answers]


def p99(values: Sequence[float]) -> float:
    """The value that a hundredth of them exceeds."""
    return sorted(values)[int(len(values) * 0.99) - 1]


def markdown(found: dict[str, list[Run]], made: dict[str, float], called: dict[str, float]) -> Iterator[str]:
    """The tables of all that was measured: medians of the runs."""
    last = found["cold"][-1].report
    counts = f"{last['bundles']} bundles, {last['tools']} tools, {last['passages']} passages"
    yield f"{counts}; {machine()}; medians of {len(found['cold'])} runs\n"
    rows = [
        (
            name,
            f"{median(run.cpu_seconds for run in runs):.2f}",
            f"{median(run.wall_seconds for run in runs):.2f}",
            f"{median(run.peak_mb for run in runs):.0f}",
            str(runs[-1].report["encoded"]),
        )
        for name, runs in found.items()
    ]
    yield table(["build", "CPU s", "wall s", "peak MB", "passages encoded"], rows)
    phases = list(dict.fromkeys(phase for runs in found.values() for run in runs for phase in run.report["seconds"]))
    # The report has no processor time by phase. The rest is start, code's key, encoder's file, publishing.
    title = ["wall seconds by phase", *phases, "rest"]
    yield table(title, [(name, *_phases(runs, phases)) for name, runs in found.items()])
    yield table(
        ["made", ""],
        [
            ("site, MB", f"{made['site_mb']:.2f}"),
            ("site, files", f"{made['site_files']:.0f}"),
            ("pages", f"{made['pages']:.0f}"),
            ("page, KB: median / largest", f"{made['page_median_kb']:.1f} / {made['page_max_kb']:.1f}"),
            ("index, MB", f"{made['index_mb']:.2f}"),
            ("encoder, MB", f"{made['encoder_mb']:.1f}"),
        ],
    )
    cold, least = (f"{called[name]:.0f}" for name in ("cold_start_ms", "cold_start_least_ms"))
    yield table(
        ["function, through Lambda's client", "ms"],
        [
            (f"process start to first answer: median / least of {STARTS}", f"{cold} / {least}"),
            *(
                (
                    f"{path}, 1 client: p50 / p99 of {CALLS}",
                    f"{called[f'{path}_p50_ms']:.2f} / {called[f'{path}_p99_ms']:.2f}",
                )
                for path in ("search", "again", "health")
            ),
            ("memory before / after, MB", f"{called['before_mb']:.0f} / {called['after_mb']:.0f}"),
        ],
    )


def _phases(runs: Sequence[Run], phases: Sequence[str]) -> tuple[str, ...]:
    def cell(phase: str) -> str:
        seconds = [run.report["seconds"][phase] for run in runs if phase in run.report["seconds"]]
        return f"{median(seconds):.2f}" if seconds else "–"

    rest = median(run.wall_seconds - sum(run.report["seconds"].values()) for run in runs)
    return (*map(cell, phases), f"{rest:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the build and the function.")
    parser.add_argument("--collections", type=Path, default=SAMPLES, help="what to build; samples/ by default")
    parser.add_argument("--allow-local", action="store_true", help="permit paths as clone_url, as samples/ has them")
    parser.add_argument("--runs", type=int, default=3, help="builds of each kind")
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="write every number to FILE too; with --against, a line as each is known",
    )
    parser.add_argument("--against", metavar="REV", help="compare with another commit instead, in turns")
    against = parser.add_argument_group("with --against")
    against.add_argument("--pairs", type=int, default=5, help="turns of each; 0 tells what --json's FILE has")
    against.add_argument("--parts", nargs="+", default=(), help="build, function, load, and of --sizes: sizes, site")
    against.add_argument("--sizes", nargs="+", type=int, default=(), help="bundles of generated catalogues")
    against.add_argument("--seconds", type=float, default=20.0, help="how long clients ask each time")
    options = parser.parse_args()
    local = options.allow_local or options.collections == SAMPLES
    if options.against:
        # It imports this module.
        from tests.bench.against import compare_as_told

        print(compare_as_told(parser, options, local))
        return
    if options.runs < 1:
        parser.error("--runs must be 1 or more")

    with tempfile.TemporaryDirectory(prefix="registry-bench-") as name:
        work = Path(name)
        adopt_orphans()
        found = builds(work, options.collections, local, options.runs)
        folders = Folders.below(work)
        made = sizes(folders)
        called = function(function_root(work, folders.index))
    for part in markdown(found, made, called):
        print(part)
    if options.json:
        numbers = {kind: [run._asdict() for run in runs] for kind, runs in found.items()}
        everything = {"machine": machine(), "builds": numbers, "sizes": made, "function": called}
        options.json.write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
