"""The pages as a site: MkDocs with Material puts header, palette, navigation and sitemap around them.

The one module that knows MkDocs. Whatever it warns of is an error here: it would publish a site with a hole in it.
"""

import html
import logging
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from build.errors import RegistryError
from build.options import CODE
from build.site.templates import environment

CONFIGURATION = CODE / "mkdocs.yml"
# What the theme brings for its own search, which is off, a copy of the sitemap with a clock in it, and source maps of
# the theme's scripts, for which only a debugger asks.
_UNUSED = ("assets/javascripts/lunr", "assets/javascripts/workers", "sitemap.xml.gz", "**/*.map")
# The styles that every page loads: one file, which names the others.
_STYLES = "assets/site.css"
_IMPORT = re.compile(r'@import "([a-z]+\.css)";\n')
_LINKED = re.compile(r"\]\(([\w/-]+\.md)[)#]")
_SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/")
# The line of front matter that generated pages have, and none of docs/.
_SHELL = "\ntemplate: page.html\n"
# Search engines read no more addresses of one file.
_IN_SITEMAP, _END = 50_000, "\n</urlset>"


class SiteError(RegistryError):
    """The site could not be built, or is not whole."""


def build_site(
    pages: Iterable[tuple[str, str]],
    docs: Path,
    work: Path,
    target: Path,
    *,
    site_url: str,
    moved: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Build pages and the registry's own documentation into a folder. Equal arguments make equal bytes.

    Args:
        pages: Paths and texts.
        docs: The folder of the documentation.
        work: The folder that MkDocs reads; it will hold exactly these files, unchanged ones untouched.
        target: The folder of the site.
        site_url: The site's own address, "" where it is not known.
        moved: The new address of each address that has no page any more.

    Raises:
        SiteError: MkDocs failed or warned, or a page is missing from its output.
    """
    made = ((path, _seal(text).encode("utf-8")) for path, text in pages)
    own = ((f"docs/{path.relative_to(docs).as_posix()}", path.read_bytes()) for path in _files(docs))
    sources = _fill(work, chain(made, own))
    with _complaints() as complaints:
        try:
            build(_configuration(sources, work, target, site_url))
        except MkDocsException as error:
            reason = complaints[0] if complaints else str(error)
            raise SiteError(f"The site was not built: {reason}") from error
    if complaints:
        raise SiteError(f"MkDocs warned {len(complaints)} times while it built the site, first: {complaints[0]}")
    for path in [path for pattern in _UNUSED for path in target.glob(pattern)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    _check(sources, target)
    _join_styles(target)
    _redirects(moved, sources, target, site_url)
    _split_sitemap(target, site_url)


def _seal(text: str) -> str:
    """Return the page with its block of HTML as a comment, which the template page.html opens again.

    It is for builds of the folder without _Texts: Python-Markdown would parse the block tag by tag, twice, and not
    change it. A comment it passes on unchanged.
    """
    head, mark, body = text.partition("\n---\n")
    if _SHELL not in head:
        return text
    # Two hyphens could end the comment; to a browser the references are the same.
    return f"{head}{mark}\n<!--{body.strip().replace('--', '&#45;&#45;')}-->\n"


def _configuration(sources: Collection[str], work: Path, target: Path, site_url: str) -> MkDocsConfig:
    config = load_config(
        str(CONFIGURATION),
        docs_dir=str(work.resolve()),
        site_dir=str(target.resolve()),
        site_url=site_url,
        # Not even MkDocs' own search: ours is a function.
        plugins=[],
    )
    config.plugins["texts"] = _Texts()
    # Of styles: `_join_styles`.
    config.extra["joined"] = True
    index = work / "docs" / "index.md"
    order = _order(index.read_text(encoding="utf-8") if index.is_file() else "")
    config.nav = [entry for item in config.nav or [] if (entry := _nav_entry(item, sources, order))]
    return config


class _Texts(BasePlugin):  # type: ignore[no-untyped-call,type-arg]  # takes no configuration
    """Reads the block of a generated page when the page is written, and keeps it from Python-Markdown.

    MkDocs alone would hold the texts of all pages in memory from start to end, twice.
    """

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> None:
        # As Zensical has it, whose strings have no such method.
        env.filters["split"] = str.split

    def on_page_read_source(self, *, page: Page, config: MkDocsConfig) -> str | None:
        head, mark, _ = page.file.content_string.partition("\n---\n")
        if _SHELL not in head:
            return None
        # To set up Python-Markdown, with all its extensions, for nothing would cost more than the page itself.
        page.render = partial(_render_nothing, page)  # type: ignore[method-assign]
        return head + mark

    def on_page_context(self, context: Any, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
        if not page.content:
            _, _, page.content = page.file.content_string.partition("\n---\n")

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> None:
        page.content = None


def _render_nothing(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Do what `Page.render` does where there is no text."""
    page.content, page.toc, page.present_anchor_ids = "", get_toc([]), set()


def _nav_entry(item: Any, sources: Collection[str], order: Callable[[str], tuple[int, str]]) -> Any:
    """Return the entry, with all pages of docs/ behind its own; None where it has no page."""
    ((title, path),) = item.items()
    if isinstance(path, list):
        inner = [entry for one in path if (entry := _nav_entry(one, sources, order))]
        return {title: inner} if inner else None
    if path not in sources:
        return None
    if path != "docs/index.md":
        return item
    folders: dict[str, list[str]] = {}
    for source in sorted(sources, key=order):
        _, _, below = source.partition("docs/")
        if source.startswith("docs/") and source.endswith(".md") and source != path:
            folders.setdefault(below.split("/")[0] if "/" in below else "", []).append(source)
    pages = folders.pop("", [])
    sections = [{folder.replace("-", " ").capitalize(): below} for folder, below in folders.items()]
    return {title: [path, *pages, *sections]} if pages or sections else item


def _order(index: str) -> Callable[[str], tuple[int, str]]:
    """Return the key that sorts pages of docs/: as their first page links them, then by name."""
    places = {f"docs/{name}": at for at, name in enumerate(_LINKED.findall(index))}
    return lambda source: (places.get(source, len(places)), source)


def _fill(work: Path, sources: Iterable[tuple[str, bytes]]) -> set[str]:
    """Write these files into the folder, remove all others, and return their names."""
    names = set()
    for name, content in sources:
        names.add(name)
        path = work / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in list(_files(work)):
        if path.relative_to(work).as_posix() not in names:
            path.unlink()
    return names


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect MkDocs' warnings, which otherwise go to a terminal that nobody reads."""
    result: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            result.append(" ".join(record.getMessage().split()))

    logger, collector = logging.getLogger("mkdocs"), Collector(logging.WARNING)
    propagated = logger.propagate
    logger.addHandler(collector)
    logger.propagate = False
    try:
        yield result
    finally:
        logger.removeHandler(collector)
        logger.propagate = propagated


def _join_styles(target: Path) -> None:
    """Join the theme's styles and then ours into one file: a page names one, and a browser waits for one."""
    path = target / _STYLES
    theme = [next((target / "assets" / "stylesheets").glob(f"{name}.*.css")) for name in ("main", "palette")]
    parts = [*theme, *(path.parent / name for name in _IMPORT.findall(path.read_text(encoding="utf-8")))]
    text = "\n".join(_SOURCE_MAP.sub("", part.read_text(encoding="utf-8")) for part in parts)
    path.write_text(text, encoding="utf-8")
    for part in parts:
        part.unlink()
    theme[0].parent.rmdir()


def _redirects(moved: Mapping[str, str], pages: Collection[str], target: Path, site_url: str) -> None:
    """Write a redirect at each old address whose new page exists, unless the old address has a page."""
    template = environment().get_template("moved.html")
    for old, new in moved.items():
        if f"{new}/index.md" not in pages or f"{old}/index.md" in pages:
            continue
        relative = f"{'../' * (old.count('/') + 1)}{new}/"
        canonical = f"{site_url.rstrip('/')}/{new}/" if site_url else relative
        path = target / old / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = template.render(target=relative, canonical=canonical, name=new.removeprefix("codebundles/"))
        path.write_text(f"{text}\n", encoding="utf-8")


def _split_sitemap(target: Path, site_url: str) -> None:
    """Split the sitemap into several where one has too many addresses to be read."""
    head, *addresses = (target / "sitemap.xml").read_text(encoding="utf-8").removesuffix(_END).split("\n  <url>")
    parts = [addresses[at : at + _IN_SITEMAP] for at in range(0, len(addresses), _IN_SITEMAP)]
    if len(parts) < 2:
        return
    index = head.replace("urlset", "sitemapindex")
    for number, part in enumerate(parts, 1):
        name = f"sitemap-{number}.xml"
        (target / name).write_text("\n  <url>".join([head, *part]) + _END, encoding="utf-8")
        index += f"\n  <sitemap><loc>{html.escape(site_url.rstrip('/'))}/{name}</loc></sitemap>"
    (target / "sitemap.xml").write_text(f"{index}\n</sitemapindex>", encoding="utf-8")


def _check(sources: Collection[str], target: Path) -> None:
    """Raise SiteError where pages are missing: an empty or half-built site would pass every check of links."""
    pages = [File(path, "", str(target), use_directory_urls=True) for path in sorted(sources) if path.endswith(".md")]
    missing = [page.src_uri for page in pages if not Path(page.abs_dest_path).is_file()]
    if missing or not pages:
        first = missing[0] if missing else "there was none to build"
        raise SiteError(f"{len(missing)} of {len(pages)} pages are missing from the site, first: {first}.")
