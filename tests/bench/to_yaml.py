"""Clicks, fields and scrolled pixels between the home page and a configuration with every gap filled.

    python tests/bench/to_yaml.py ADDRESS [ADDRESS …] [--shots FOLDER] [--query TEXT …]

Each address is a site that is served with its function. A query is typed on the home page, the first result is opened,
and the way by hand is taken, on a desktop and on a phone. Pixels are those that somebody scrolls to bring into view
what they need next; where a link leads costs none. Where a page offers to let RunWhen Local discover what it is for,
which leaves nothing to fill in, that way is told too. The last two columns are held to two clicks and one screen.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Locator, Page, expect  # noqa: E402 - after the path to it

from tests.support.browsing import chromium  # noqa: E402
from tests.support.measuring import table  # noqa: E402

QUERIES = (
    "pods keep restarting after deploy",
    "postgres replication lag",
    "azure cosmos db throttling",
    "EKS node NotReady",
)
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
MAX_CLICKS, MAX_SCREENS = 2, 1
# Of a site before now and of one as it is.
_RESULT = ".results > li h2 a, .results > li h3 a"
_TO_CONFIGURATION = ".headline .primary[href='#configure'], .jump a[href='#use'], a[href='#use']"
_YAML = "#yaml, #use ~ * pre, section[aria-labelledby=use] pre"
_COPY = "[data-take], [data-copy-from=yaml], section[aria-labelledby=use] button"
_FIELDS = "article [required]:not([disabled])"
_GAP = re.compile(r"<[^<>\n]+>")
# The least that brings the whole element into view, below a header that stays; its pixels.
_REACH = """element => {
  const [{ top, bottom }, before, head] = [element.getBoundingClientRect(), scrollY, 110];
  if (top < head) scrollBy(0, top - head);
  else if (bottom > innerHeight) scrollBy(0, Math.min(bottom - innerHeight, top - head));
  return Math.abs(scrollY - before);
}"""


class Walk(NamedTuple):
    """One way to a configuration. `before_first` is what lies between the row of the result and the first field."""

    id: str
    clicks: int
    fields: int
    pixels: int
    gaps_left: int
    clicks_before_first: int
    pixels_before_first: int

    def cells(self, height: int) -> list[str]:
        numbers = (self.clicks, self.fields, f"{self.pixels:,}", self.gaps_left, self.clicks_before_first)
        return [*map(str, numbers), f"{self.pixels_before_first / height:.1f}"]


def walk(page: Page, root: str, query: str, shots: Path | None, name: str) -> Iterator[tuple[str, Walk]]:
    """Yield each way from the home page to a configuration of the first result, by its name."""
    shot = _shooter(page, shots, name)
    page.goto(root)
    box = page.locator("article input[type=search]")
    box.fill(query)
    box.press("Enter")
    result = page.locator(_RESULT).first
    result.wait_for()
    shot("1-results")
    # Straight to the form, where a result leads there.
    straight = page.locator(".results > li").first.locator("a[href$='#configure']")
    opened = straight if straight.count() else result
    pixels = _reach(opened)
    opened.click()
    page.wait_for_url("**/codebundles/*/*/*")
    clicks = 1
    id_ = "/".join(urlsplit(page.url).path.strip("/").split("/")[-2:])
    shot("2-bundle")
    if opened is result:
        to = page.locator(_TO_CONFIGURATION).first
        pixels += _reach(to)
        to.click()
        clicks += 1
    page.wait_for_timeout(300)
    shot("3-configure")
    if page.locator(".ways").count():
        copy = page.locator(".way.discovery [data-copy-from]")
        yield "discovery", Walk(id_, clicks + 1, 0, pixels + _reach(copy), 0, clicks, 0)
        page.get_by_text("By hand", exact=True).click()
        clicks += 1
        shot("4-by-hand")
    first, fields = None, 0
    for field in page.locator(_FIELDS).all():
        if not field.is_visible() or field.input_value():
            continue
        pixels += _reach(field)
        first = first or (clicks, pixels)
        _fill(field)
        fields += 1
    copy = page.locator(_COPY).locator("visible=true").first
    pixels += _reach(copy)
    shot("5-filled")
    lines = (page.locator(_YAML).first.text_content() or "").splitlines()
    left = sum(len(_GAP.findall(line)) for line in lines if not line.startswith("#"))
    yield "by hand", Walk(id_, clicks + 1, fields, pixels, left, *(first or (clicks, 0)))


def _reach(element: Locator) -> int:
    pixels: int = element.evaluate(_REACH)
    return pixels


def _fill(field: Locator) -> None:
    """Type what a field may hold: its own example, or what fits a number, a name or a key."""
    if field.evaluate("one => one.tagName") == "SELECT":
        field.select_option(index=1)
        return
    pattern = field.get_attribute("data-pattern") or ""
    field.fill(field.get_attribute("data-example") or ("7" if "d" in pattern else "example"))
    expect(field).not_to_have_value("")


def _shooter(page: Page, shots: Path | None, name: str) -> Callable[[str], None]:
    def shot(step: str) -> None:
        if shots:
            page.screenshot(path=shots / f"{name}-{step}.png")

    return shot


def walks(browser: Browser, root: str, queries: list[str], shots: Path | None) -> Iterator[list[str]]:
    """Yield the rows of a site's table: query, size, way, and the figures of each."""
    for query in queries:
        for size, (width, height) in SIZES.items():
            with browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce") as context:
                name = re.sub(r"\W+", "-", f"{root.rpartition(':')[2]}-{query[:12]}-{size}")
                for way, one in walk(context.new_page(), root, query, shots, name):
                    yield [query, one.id.split("/")[1], size, way, *one.cells(height)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("addresses", nargs="+", help="sites, each served with its function")
    parser.add_argument("--query", action="append", dest="queries", help="instead of the four; several may be named")
    parser.add_argument("--shots", type=Path, help="a folder for pictures of each step")
    options = parser.parse_args()
    if options.shots:
        options.shots.mkdir(parents=True, exist_ok=True)
    head = ["query", "first result", "size", "way", "clicks", "fields", "pixels", "gaps left"]
    over = False
    with chromium() as browser:
        for root in options.addresses:
            rows = list(walks(browser, root, options.queries or list(QUERIES), options.shots))
            print(f"\n{root}\n\n{table([*head, 'clicks to field', 'screens to field'], rows)}")
            over = any(int(row[-2]) > MAX_CLICKS or float(row[-1]) > MAX_SCREENS for row in rows)
    # Of the last that is named: what came before it is there to be compared with.
    sys.exit(over)


if __name__ == "__main__":
    main()
