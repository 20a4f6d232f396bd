"""This checkout against another commit: both build and answer in turns, and what counts are the ratios.

`nox -s bench -- --against REV` runs it. Modules have other names in other commits, so each is driven by its command
line, by Lambda's client and by files; both run in this environment, with the packages of this checkout's lock.
"""

import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median

from tests.bench.run import CALLS, HANDLER, ROOT, Folders, adopt_orphans, build, latencies, p99, start_seconds
from tests.support.corpus import queries
from tests.support.lambda_runtime import LambdaRuntime, function_url
from tests.support.measuring import function_root, machine, table

Figures = dict[str, float]
_CPU_MS = "processor ms"
# Run in a checkout with the encoder's module and file; the texts come on standard input.
_ENCODE = """
import importlib, pathlib, sys, time
encoder = importlib.import_module(sys.argv[1]).Encoder.load(pathlib.Path(sys.argv[2]))
texts = sys.stdin.read().splitlines()
encoder.encode(texts[:1])
start = time.process_time()
for text in texts:
    encoder.encode([text])
print((time.process_time() - start) * 1e3 / len(texts))
"""


def compare(rev: str, collections: Path, allow_local: bool, pairs: int) -> str:
    """Return a table of this checkout against a commit.

    Args:
        rev: The commit, as git names one.
        collections: What both build.
        allow_local: Whether paths are permitted as clone_url.
        pairs: How often each is measured; they take turns, and who begins changes.
    """
    found: dict[str, list[Figures]] = defaultdict(list)
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="registry-against-") as name:
        other = Path(name) / "checkout"
        check_out(rev, other)
        for turn in range(pairs):
            for checkout in (ROOT, other) if turn % 2 else (other, ROOT):
                work = Path(name) / "work"
                found["now" if checkout == ROOT else "then"].append(figures(checkout, work, collections, allow_local))
                shutil.rmtree(work)
                print(f"{'this' if checkout == ROOT else rev}: {turn + 1} of {pairs}", file=sys.stderr, flush=True)
    return f"{machine()}; medians of {pairs} turns, {CALLS} queries each\n\n{ratios(rev, found['now'], found['then'])}"


def check_out(rev: str, folder: Path) -> None:
    """Write the files of a commit into a new folder."""
    archive = subprocess.run(["git", "archive", rev], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        sys.exit(
            f"--against {rev}: {archive.stderr.decode(errors='replace').strip()}; name a commit of this repository."
        )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")


def figures(checkout: Path, work: Path, collections: Path, allow_local: bool) -> Figures:
    """Measure a checkout once, in a new folder `work`."""
    folders = Folders.below(work)
    work.mkdir()
    cold = build(folders, collections, allow_local, root=checkout)
    nothing = build(folders, collections, allow_local, root=checkout)
    # With the vectors of the last index at hand, all that is left is the work apart from the encoder's.
    shutil.rmtree(folders.cache)
    shutil.rmtree(folders.site)
    kept = build(folders, collections, allow_local, root=checkout)
    found = {
        f"build, cold: {_CPU_MS}": cold.cpu_seconds * 1e3,
        f"build, cold, vectors kept: {_CPU_MS}": kept.cpu_seconds * 1e3,
        f"build, nothing changed: {_CPU_MS}": nothing.cpu_seconds * 1e3,
        "build, cold: peak MB": cold.peak_mb,
        "build, cold, vectors kept: peak MB": kept.peak_mb,
    }
    if cold.report["encoded"]:
        found[f"encoder, a passage: {_CPU_MS}"] = (cold.cpu_seconds - kept.cpu_seconds) * 1e3 / cold.report["encoded"]
    found |= _query_encoder(checkout, folders.index)
    return found | _answers(function_root(work, folders.index, checkout), checkout)


def _query_encoder(checkout: Path, index: Path) -> Figures:
    """Return what a query costs to encode; nothing of a checkout in which another class does it."""
    texts = "\n".join(queries(200))
    for file in sorted((checkout / "search_fn").rglob("*.py")):
        if not re.search(r"^class Encoder\b", file.read_text(encoding="utf-8"), re.MULTILINE):
            continue
        module = ".".join(file.relative_to(checkout).with_suffix("").parts)
        for weights in index.glob("encoder.*"):
            command = [sys.executable, "-c", _ENCODE, module, str(weights)]
            done = subprocess.run(
                command, cwd=checkout, input=texts, capture_output=True, encoding="utf-8", check=False
            )
            if done.returncode == 0:
                return {f"encoder, a query: {_CPU_MS}": float(done.stdout)}
    return {}


def _answers(root: Path, checkout: Path) -> Figures:
    events = [function_url("/api/v1/search", {"q": text}) for text in queries(CALLS)]
    handler = handler_of(checkout)
    starts = [start_seconds(root, event, handler) * 1e3 for event in events[:3]]
    with LambdaRuntime(root, handler=handler) as runtime:
        latencies(runtime, events[:10])
        before = runtime.resident_mb()
        first = latencies(runtime, events)
        # Answers, and a query's vector, are remembered: what is left is the way there and back.
        again = latencies(runtime, events)
        after = runtime.resident_mb()
    return {
        "function, start to first answer: ms": median(starts),
        "function, search, p50: ms": median(first),
        "function, search, p99: ms": p99(first),
        "function, the same again, p50: ms": median(again),
        "function, memory after ten answers: MB": before,
        f"function, memory after {2 * CALLS:,} answers: MB": after,
    }


def handler_of(checkout: Path) -> str:
    """Return the handler that the function's image names."""
    for file in sorted((checkout / "search_fn").rglob("Dockerfile")):
        if named := re.search(r'CMD \["(search_fn\.[\w.]+)"\]', file.read_text(encoding="utf-8")):
            return named[1]
    return HANDLER


def ratios(rev: str, now: list[Figures], then: list[Figures]) -> str:
    """Return the table: medians of both, and the median of the turns' ratios, of all that both have."""
    rows = []
    for name in now[0]:
        if all(name in one for one in (*now, *then)):
            pairs = [(one[name], other[name]) for one, other in zip(now, then, strict=True)]
            both = [f"{median(values):,.1f}" for values in zip(*pairs, strict=True)]
            rows.append((name, *both, f"{median(one / other for one, other in pairs if other):.2f}"))
    return table(["", "now", rev, "ratio"], rows)
