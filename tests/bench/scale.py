"""How the function fares with catalogues of many sizes, generated: start, latency, memory, and the index's size.

`nox -s scale` runs it; `-- 1000 5000` names the sizes.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from build.index.encoder_file import make_encoder  # noqa: E402
from tests.support.corpus import queries, records, write  # noqa: E402 - after the path to it
from tests.support.lambda_runtime import LambdaRuntime, function_url  # noqa: E402
from tests.support.measuring import function_root, machine, table  # noqa: E402

SIZES = (237, 1_000, 5_000, 20_000, 50_000)
CALLS = 1_000


def measure(work: Path, encoder: Path, size: int) -> tuple[str, ...]:
    """One row of the table."""
    index = work / "index"
    start = time.perf_counter()
    write(index, encoder, records(size))
    wrote = time.perf_counter() - start
    megabytes = sum(file.stat().st_size for file in index.rglob("*") if file.is_file()) / 1e6 - 23.2
    root = function_root(work, index)
    shutil.rmtree(index)
    events = [function_url("/api/v1/search", {"q": text}) for text in queries(CALLS)]
    starts = []
    for event in events[:3]:
        begun = time.perf_counter()
        with LambdaRuntime(root) as runtime:
            runtime.invoke(event)
            starts.append(time.perf_counter() - begun)
    with LambdaRuntime(root) as runtime:
        first = [runtime.invoke(event).milliseconds for event in events]
        before = runtime.resident_mb()
        again = [runtime.invoke(event).milliseconds for event in events]
        after = runtime.resident_mb()
    shutil.rmtree(root)
    p50, p99, again50 = median(first), sorted(first)[int(CALLS * 0.99)], median(again)
    return (
        f"{size:,}", f"{wrote:.1f}", f"{megabytes:.1f}", f"{median(starts) * 1e3:.0f}",
        f"{p50:.1f}", f"{p99:.1f}", f"{again50:.1f}", f"{before:.0f}", f"{after:.0f}",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the function at many sizes.")
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, help="numbers of bundles")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="registry-scale-") as name:
        encoder = Path(name) / "encoder.safetensors"
        make_encoder(encoder)
        rows = []
        for size in options.sizes:
            rows.append(measure(Path(name), encoder, size))
            print(" ".join(rows[-1]), file=sys.stderr, flush=True)
    print(f"{CALLS} different queries, then the same again; {machine()}\n")
    title = ["bundles", "writing s", "index MB", "start ms", "p50", "p99", "p50 again", "MB", "MB after"]
    print(table(title, rows))


if __name__ == "__main__":
    main()
