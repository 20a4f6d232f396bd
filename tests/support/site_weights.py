"""What a site's pages weigh: the HTML of the median bundle's page and of the list, and all that a first visit loads."""

import gzip
from pathlib import Path
from statistics import median_low
from typing import NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from tests.support.sites import address

# As the files of the site, and as a server sends them with gzip, which nearly all do. In thousands of bytes.
BUNDLE_KB, LIST_KB, LIST_GZIP_KB, FIRST_LOAD_KB = 60, 200, 40, 250
LIST = "codebundles/index.html"
_COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".md"}


class Weight(NamedTuple):
    """Thousands of bytes."""

    what: str
    is_: float
    at_most: float

    def __str__(self) -> str:
        return f"{self.what}: {self.is_:.1f} KB of {self.at_most} at most"


def weights(site: Path, browser: Browser, root: str) -> list[Weight]:
    """Return the weights of all pages; the site is served at `root`."""
    sizes = {path: path.stat().st_size for path in site.glob("codebundles/*/*/index.html")}
    middle = median_low(sizes.values())
    bundle = next(path for path in sorted(sizes) if sizes[path] == middle).relative_to(site).as_posix()
    listed = site / LIST
    result = [
        Weight("HTML of the median bundle's page", middle / 1e3, BUNDLE_KB),
        Weight("HTML of the list", listed.stat().st_size / 1e3, LIST_KB),
        Weight("HTML of the list, gzip", _sent(listed) / 1e3, LIST_GZIP_KB),
    ]
    for name in ("index.html", LIST, bundle, "search/index.html"):
        loaded = _loaded(site, browser, root, address(name))
        result.append(Weight(f"first load of {address(name)}, gzip", sum(map(_sent, loaded)) / 1e3, FIRST_LOAD_KB))
    return result


def _loaded(site: Path, browser: Browser, root: str, path: str) -> list[Path]:
    """Return the files that a first visit asks for, each once."""
    with browser.new_context() as context:
        page = context.new_page()
        asked: set[str] = set()
        page.on("request", lambda sent: asked.add(urlsplit(sent.url).path) if sent.url.startswith(root) else None)
        page.goto(root + path, wait_until="networkidle")
    files = [site / name.strip("/") for name in sorted(asked)]
    return [file / "index.html" if file.is_dir() else file for file in files]


def _sent(file: Path) -> int:
    content = file.read_bytes()
    return len(gzip.compress(content, 6)) if file.suffix in _COMPRESSED else len(content)
