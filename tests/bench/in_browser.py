"""The search in the browser alone: how well a real Chromium ranks judged queries, and how long it takes.

    python tests/bench/in_browser.py SITE QUERIES [--index INDEX]

The site is served as files, with no function behind it, and each query is asked on its search page. With an index, the
function's figures stand beside. `nox -s in-browser -- SITE QUERIES` does the same.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page  # noqa: E402 - after the path to it

from build.commands.evaluate import JudgedQuery, evaluate, read_queries, score  # noqa: E402
from build.commands.evaluate import table as by_kind  # noqa: E402
from search_fn.index.open import open_index  # noqa: E402
from search_fn.settings import Settings  # noqa: E402
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
    took = times(page, [judged.query for judged in queries])
    typing = times(page, [judged.query[:length] for judged in queries for length in (3, 8)], typed=True)
    lines = [table(["kind", "n", "browser nDCG@10", "browser S@1", "function nDCG@10"], rows), ""]
    for name, found in (("a search", took), ("a suggestion", typing)):
        lines.append(f"{name}: median {statistics.median(found):.1f} ms, p99 {found[int(len(found) * 0.99)]:.1f} ms")
    for name, answerable in (("answerable", True), ("unanswerable", False)):
        lines.append(f"{name} doubted: {doubts[answerable][0]} of {doubts[answerable][1]}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Rank judged queries in a real browser, without a function.")
    parser.add_argument("site", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--index", type=Path, help="what the function's figures are of")
    options = parser.parse_args()
    with static_site(options.site) as address, chromium() as browser:
        page = browser.new_page(base_url=address)
        print(report(page, read_queries(options.queries), options.index))
        size = sum(file.stat().st_size for file in (options.site / "assets" / "browser").glob("*-*"))
        print(f"data: {size / 1e6:.2f} MB; {machine()}")


if __name__ == "__main__":
    main()
