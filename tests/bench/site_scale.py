"""What sites of generated catalogues of many sizes cost: processor time, memory, and how large files grow.

`nox -s scale` runs it after the function's; `-- 1000 5000` names the sizes.
"""

import argparse
import re
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from build.catalogue.catalogue import Catalogue  # noqa: E402
from build.options import Options  # noqa: E402
from build.phases.context import RunContext  # noqa: E402
from build.phases.index import Indexed  # noqa: E402
from build.phases.render import render_site  # noqa: E402
from build.site import api  # noqa: E402
from search_fn.rest.application import create_app  # noqa: E402
from search_fn.settings import Settings  # noqa: E402
from tests.support.catalogues import html_of  # noqa: E402
from tests.support.corpus import collection_facts, records  # noqa: E402 - after the path to it
from tests.support.measuring import machine, table  # noqa: E402

SIZES = (1_000, 5_000, 20_000)
# Of 20,000 bundles.
CPU_SECONDS, PEAK_MB = 120, 1_500
# Of any file but those that are asked for whole, which docs/decisions/0010-site.md names.
FILE_KB = 400
WHOLE = re.compile(r"(.*/)?llms|assets/browser/|\.well-known/agent-skills/index\.json|report/problems\.csv")


def measure(size: int) -> tuple[float, float, float, tuple[str, ...]]:
    """Processor seconds from the records to the last file, peak megabytes of the process, kilobytes of the largest file
    that is not asked for whole, and the table's row.
    """
    made = records(size)
    made = [
        one.model_copy(update={"related": tuple(made[(place * 7 + 13 * step) % size].id for step in range(1, 6))})
        for place, one in enumerate(made)
    ]
    facts = [collection_facts(slug) for slug in sorted({one.codecollection.slug for one in made})]
    catalogue = Catalogue(build_id="generated", updated=None, collections=facts, records=made, problems=[])
    openapi: Any = create_app(Settings()).openapi()
    documents = api.documents(catalogue, 0, openapi) | api.page_documents(catalogue)
    with tempfile.TemporaryDirectory(prefix="registry-site-") as name:
        site = Path(name) / "site"
        site.mkdir()
        options = Options(cache=Path(name), site_url="https://registry.example/", search_url="/")
        run = RunContext(options, Console(quiet=True), [])
        start = time.process_time()
        render_site(run, Indexed(catalogue, documents, openapi), site, html_of)
        seconds = time.process_time() - start
        # Kilobytes, but bytes on macOS.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        sizes = {path.relative_to(site).as_posix(): path.stat().st_size for path in site.rglob("*") if path.is_file()}
    pages = [path for path in sizes if path.endswith(".html")]
    bounded = max((path for path in sizes if not WHOLE.match(path)), key=sizes.__getitem__)
    largest = max(sizes, key=sizes.__getitem__)
    return seconds, peak, sizes[bounded] / 1e3, (
        f"{size:,}", f"{seconds:.1f}", f"{peak:.0f}", f"{len(pages):,}", f"{sum(sizes.values()) / 1e6:.0f}",
        f"{bounded} {sizes[bounded] / 1e3:.0f} KB", f"{largest} {sizes[largest] / 1e6:.1f} MB",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the site at many sizes.")
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, help="numbers of bundles")
    rows, over = [], []
    # A process each: the peak is a process's.
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        for seconds, peak, kilobytes, row in pool.map(measure, parser.parse_args().sizes):
            rows.append(row)
            print(" ".join(row), file=sys.stderr, flush=True)
            if seconds > CPU_SECONDS or peak > PEAK_MB or kilobytes > FILE_KB:
                over.append(row[0])
    print(f"Pages, MkDocs and the files beside them; {machine()}\n")
    title = ["bundles", "CPU s", "peak MB", "pages", "MB", "largest file", "largest of all, a whole list"]
    print(table(title, rows))
    if over:
        sys.exit(f"Over {CPU_SECONDS} s, {PEAK_MB} MB or {FILE_KB} KB a file at {', '.join(over)} bundles.")


if __name__ == "__main__":
    main()
