"""The search in the browser alone: how well a real Chromium ranks judged queries, and how long it takes.

    python tests/bench/in_browser.py SITE QUERIES [--index INDEX] [--bundles N]

The site is served as files, with no function behind it, and each query is asked on its search page. With an index, the
function's figures stand beside. With a number of bundles, the queries are timed over so many made-up ones instead.
`nox -s in-browser -- SITE QUERIES` does the same.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page  # noqa: E402 - after the path to it

from build.commands.evaluate import JudgedQuery, evaluate, read_queries, score  # noqa: E402
from build.commands.evaluate import table as by_kind  # noqa: E402
from build.index.browser_files import browser_files  # noqa: E402
from build.index.entries import bundle_entry  # noqa: E402
from build.index.passages import passages  # noqa: E402
from build.index.static_encoder import StaticEncoder  # noqa: E402
from build.index.weighing import weigh  # noqa: E402
from search_fn.index.open import open_index  # noqa: E402
from search_fn.settings import Settings  # noqa: E402
from tests.support import corpus  # noqa: E402
from tests.support.browsing import chromium  # noqa: E402
from tests.support.measuring import machine, table  # noqa: E402
from tests.support.static_site import static_site  # noqa: E402

_PATIENCE = 60_000
# Times that each query is asked to be timed.
_ROUNDS = 3


def ask_page(page: Page, query: str, types: str = "codebundle") -> tuple[list[str], bool]:
    """Return the ids that the search page shows, in its order, and whether it doubts them."""
    page.goto(f"/search/?{urlencode({'q': query, 'types': types})}")
    page.locator("[data-search-state=done]").wait_for(timeout=_PATIENCE)
    ids = page.locator(".results > li > code").all_text_contents()
    return ids, "nothing answers this well" in (page.locator("[data-notice]").text_content() or "").lower()


def times(page: Page, queries: Sequence[str], typed: bool = False) -> list[float]:
    """Return the milliseconds that the worker took for each query, sorted."""
    script = """async ([queries, typed, rounds]) => {
      const found = [];
      for (let round = 0; round < rounds; round += 1) {
        for (const q of queries) {
          const { milliseconds } = await inBrowser.ask(new URLSearchParams({ q }), { typed });
          if (round) found.push(milliseconds);
        }
      }
      return found;
    }"""
    found: list[float] = page.evaluate(script, [list(queries), typed, _ROUNDS])
    return sorted(found)


def timed(page: Page, queries: Sequence[str]) -> str:
    """Return how long searches and suggestions take, as text."""
    typing = [query[:length] for query in queries for length in (3, 8)]
    lines = []
    for name, found in (("a search", times(page, queries)), ("a suggestion", times(page, typing, typed=True))):
        lines.append(f"{name}: median {statistics.median(found):.1f} ms, p99 {found[int(len(found) * 0.99)]:.1f} ms")
    return "\n".join(lines)


def made_up(site: Path, folder: Path, count: int) -> None:
    """Put the site's search page into the folder, over so many made-up bundles."""
    for part in ("assets", "search"):
        shutil.copytree(site / part, folder / part)
    entries = [bundle_entry(one, "", passages(one)) for one in corpus.records(count)]
    for path, content in browser_files(weigh(entries), weigh([]), StaticEncoder.load(), "made-up").items():
        (folder / path).write_bytes(content)


def report(page: Page, queries: Sequence[JudgedQuery], index: Path | None) -> str:
    """Return the figures as text."""
    scored, doubts = [], {True: [0, 0], False: [0, 0]}
    for judged in queries:
        ids, doubted = ask_page(page, judged.query, judged.type)
        answerable = any(grade > 0 for grade in judged.relevant.values())
        doubts[answerable][0] += doubted
        doubts[answerable][1] += 1
        if answerable:
            scored.append((judged.kind, score(ids, judged.relevant)))
    kinds = by_kind(scored)
    fused = evaluate(open_index(Settings.of_folder(index)), queries).tables["fused"] if index else {}
    rows = [
        (kind, str(own.n), f"{own.ndcg:.3f}", f"{own.s1:.3f}", f"{fused[kind].ndcg:.3f}" if fused else "–")
        for kind, own in kinds.items()
    ]
    lines = [table(["kind", "n", "browser nDCG@10", "browser S@1", "function nDCG@10"], rows)]
    lines.append(timed(page, [judged.query for judged in queries]))
    for name, answerable in (("answerable", True), ("unanswerable", False)):
        lines.append(f"{name} doubted: {doubts[answerable][0]} of {doubts[answerable][1]}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Rank judged queries in a real browser, without a function.")
    parser.add_argument("site", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--index", type=Path, help="what the function's figures are of")
    parser.add_argument("--bundles", type=int, help="time the queries over so many made-up ones")
    options = parser.parse_args()
    queries = read_queries(options.queries)
    with tempfile.TemporaryDirectory(prefix="registry-browser-") as name:
        site = Path(name) if options.bundles else options.site
        if options.bundles:
            made_up(options.site, site, options.bundles)
        with static_site(site) as address, chromium() as browser:
            page = browser.new_page(base_url=address)
            if options.bundles:
                page.goto("/search/")
                print(timed(page, [judged.query for judged in queries]))
            else:
                print(report(page, queries, options.index))
        size = sum(file.stat().st_size for file in (site / "assets" / "browser").glob("*-*"))
        print(f"data: {size / 1e6:.2f} MB; {machine()}")


if __name__ == "__main__":
    main()
