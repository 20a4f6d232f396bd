"""A built site as a folder: its pages, one of each type, and whether it has what its own catalogue names."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import html


def pages(site: Path) -> list[str]:
    """Return paths of all pages below the site."""
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def parsed(site: Path) -> Iterator[tuple[str, html.HtmlElement]]:
    """Return each page's path and document."""
    return ((name, html.document_fromstring((site / name).read_bytes())) for name in pages(site))


def page_types(site: Path) -> list[str]:
    """Return the heaviest page of each type: those below the same folder of the root, at the same depth, with the same
    class of article; further pages of lists apart. So whoever adds a type need not name it here. Pages that only lead
    elsewhere are none.
    """
    sizes = {name: (site / name).stat().st_size for name in pages(site)}
    heaviest: dict[tuple[str, int, str, bool], str] = {}
    for name in sorted(sizes, key=lambda name: (sizes[name], name)):
        text = (site / name).read_text(encoding="utf-8")
        if not leads_on(text):
            article = re.search(r'<article class="([^"]*)"', text)
            heaviest[name.split("/")[0], name.count("/"), article[1] if article else "", "/page/" in name] = name
    return sorted(heaviest.values())


def leads_on(text: str) -> bool:
    return 'http-equiv="refresh"' in text[:2_000]


def address(name: str) -> str:
    """Return a page's address below the site's root."""
    return "/" + re.sub(r"(^|/)index\.html$", r"\1", name)


def missing(site: Path) -> list[str]:
    """Return what the catalogue in the site names and the site has not: an empty site passes every other check.

    Raises:
        OSError: there is no catalogue, hence no site.
    """
    listed = _json(site, "codebundles")["codebundles"]
    facts = _json(site, "index")
    ids = [f"{one['codecollection']['slug']}/{one['slug']}" for one in listed]
    names = [f"codebundles/{name}/index.{ending}" for name in ids for ending in ("html", "md")]
    names += [f"collections/{one['slug']}/index.html" for one in facts["collections"]]
    names += ["index.html", "404.html", "codebundles/index.html", "codebundles/list.json", "sitemap.xml"]
    wrong = [f"{name} is missing" for name in names if not (site / name).is_file()]
    if len(ids) != facts["counts"]["bundles"] or not ids:
        wrong.append(f"{len(ids)} bundles are listed, {facts['counts']['bundles']} counted")
    return wrong


def _json(site: Path, name: str) -> Any:
    return json.loads((site / "api" / "v1" / f"{name}.json").read_bytes())
