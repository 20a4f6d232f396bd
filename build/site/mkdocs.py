"""The pages as a site: MkDocs with Material puts header, palette, navigation and sitemap around them.

With build/site/shell.py the one that knows MkDocs, which is given the pages of the navigation and of docs/ alone: it
holds all of its pages in memory. Whatever it warns of is an error here: it would publish a site with a hole in it.
"""

import html
import logging
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml
from jinja2 import Environment, Template
from markupsafe import escape
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
from build.site.folder import SiteFolder
from build.site.shell import Shell, cut, fill
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
# libyaml's, where it is there, takes a tenth of the time.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# The line of front matter that generated pages have, and none of docs/.
_SHELL = "\ntemplate: page.html\n"
# Addresses of one sitemap, some 140 bytes each. Search engines would read 50,000.
_IN_SITEMAP = 2_500
# Of the folder for MkDocs: what it reads, and the pages that are put into the shell afterwards.
_READ, _PAGES = "shell", "pages"


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
    (work / _READ).mkdir(parents=True, exist_ok=True)
    config = load_config(
        str(CONFIGURATION),
        docs_dir=str((work / _READ).resolve()),
        site_dir=str(target.resolve()),
        site_url=site_url,
        # Not even MkDocs' own search: ours is a function.
        plugins=[],
    )
    named = set(_paths(config.nav))
    made = ((f"{_READ if path in named else _PAGES}/{path}", _seal(text).encode("utf-8")) for path, text in pages)
    own = ((f"{_READ}/docs/{path.relative_to(docs).as_posix()}", path.read_bytes()) for path in _files(docs))
    sources = _fill(work, chain(made, own))
    read = {path.removeprefix(f"{_READ}/") for path in sources if path.startswith(f"{_READ}/")}
    texts = _configure(config, read, work / _READ)
    with _complaints() as complaints:
        try:
            build(config)
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
    _check(read, target)
    written = SiteFolder(target)
    others = sorted(path.removeprefix(f"{_PAGES}/") for path in sources if path.startswith(f"{_PAGES}/"))
    listed = [*texts.listed(), *_put_in_shell(others, work / _PAGES, texts.shell(), written)]
    _write_sitemap(sorted(listed), texts.sitemap(), target, site_url)
    _join_styles(target)
    _redirects(moved, read.union(others), written, site_url)


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


def _paths(nav: Any) -> Iterator[str]:
    """Yield the pages that a navigation names."""
    for item in nav or []:
        ((_, path),) = item.items()
        yield from _paths(path) if isinstance(path, list) else (path,)


def _configure(config: MkDocsConfig, sources: Collection[str], work: Path) -> "_Texts":
    """Complete the configuration by what there is; return the handler of its events."""
    texts = config.plugins["texts"] = _Texts()
    # Of styles: `_join_styles`.
    config.extra["joined"] = True
    index = work / "docs" / "index.md"
    order = _order(index.read_text(encoding="utf-8") if index.is_file() else "")
    config.nav = [entry for item in config.nav or [] if (entry := _nav_entry(item, sources, order))]
    return texts


class _Listed(NamedTuple):
    """A page in the sitemap; `order` is that of MkDocs: a folder's own pages, its index first, then its folders."""

    order: tuple[tuple[object, ...], ...]
    canonical_url: str | None
    updated: str | None

    @property
    def meta(self) -> dict[str, str | None]:
        return {"updated": self.updated}


def _listed(file: File, address: str | None, meta: Mapping[str, Any]) -> _Listed:
    *folders, name = file.src_uri.split("/")
    order = (*((1, folder) for folder in folders), (0, name != "index.md", name))
    return _Listed(order, address, meta.get("updated"))


class _Texts(BasePlugin):  # type: ignore[no-untyped-call,type-arg]  # takes no configuration
    """Reads the block of a generated page when the page is written, and keeps it from Python-Markdown; has what MkDocs
    built, for the pages that it is not given.
    """

    _env: Environment
    _built: tuple[MkDocsConfig, Files]
    _nav: Navigation

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
        self._nav = nav

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> None:
        # As Zensical has it, whose strings have no such method.
        env.filters["split"] = str.split
        self._env, self._built = env, (config, files)

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

    def shell(self) -> Shell:
        """Return the shell of the site that was built."""
        return Shell(self._env, self._built[0], self._nav)

    def listed(self) -> Iterator[_Listed]:
        """Yield the pages that MkDocs built, for the sitemap."""
        for file in self._built[1].documentation_pages():
            if file.page:
                yield _listed(file, file.page.canonical_url, file.page.meta)

    def sitemap(self) -> Template:
        """Return the sitemap's template."""
        return self._env.get_template("sitemap.xml")


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
    before = {path.relative_to(work).as_posix() for path in _files(work)}
    names, written = set(), SiteFolder(work)
    for name, content in sources:
        names.add(name)
        if name not in before or (work / name).read_bytes() != content:
            written.write(name, content)
    for name in before - names:
        (work / name).unlink()
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


def _redirects(moved: Mapping[str, str], pages: Collection[str], written: SiteFolder, site_url: str) -> None:
    """Write a redirect at each old address whose new page exists, unless the old address has a page."""
    # Three for each bundle: the template is rendered once.
    slots = {name: f"\0{name}\0" for name in ("target", "canonical", "name")}
    pieces = cut(f"{environment().get_template('moved.html').render(slots)}\n")
    for old, new in moved.items():
        if f"{new}/index.md" not in pages or f"{old}/index.md" in pages:
            continue
        relative = f"{'../' * (old.count('/') + 1)}{new}/"
        canonical = f"{site_url.rstrip('/')}/{new}/" if site_url else relative
        values = {"target": relative, "canonical": canonical, "name": new.removeprefix("codebundles/")}
        text = fill(pieces, {name: str(escape(value)) for name, value in values.items()})
        written.write(f"{old}/index.html", text.encode())


def _put_in_shell(paths: Iterable[str], work: Path, shell: Shell, written: SiteFolder) -> Iterator[_Listed]:
    """Write the pages of a folder with the shell around each; yield them for the sitemap."""
    for path in paths:
        head, _, content = (work / path).read_text(encoding="utf-8").partition("\n---\n")
        meta = yaml.load(head, _Loader)  # noqa: S506 - a loader of values alone
        file = File(path, None, "", use_directory_urls=True)
        page = shell.around(file, meta, content.replace("<!--", "").replace("-->", ""))
        written.write(file.dest_uri, page.encode())
        yield _listed(file, shell.address(file), meta)


def _write_sitemap(pages: Sequence[_Listed], template: Template, target: Path, site_url: str) -> None:
    """Write the sitemap: of many pages an index of several, since one file of all grows with the catalogue."""
    parts = [pages[at : at + _IN_SITEMAP] for at in range(0, len(pages), _IN_SITEMAP)]
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)] if len(parts) > 1 else ["sitemap.xml"]
    for name, part in zip(names, parts, strict=True):
        (target / name).write_text(template.render(pages=part), encoding="utf-8")
    if len(parts) > 1:
        index = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        )
        for name in names:
            index += f"\n  <sitemap><loc>{html.escape(site_url.rstrip('/'))}/{name}</loc></sitemap>"
        (target / "sitemap.xml").write_text(f"{index}\n</sitemapindex>", encoding="utf-8")


def _check(sources: Collection[str], target: Path) -> None:
    """Raise SiteError where pages are missing: an empty or half-built site would pass every check of links."""
    pages = [File(path, "", str(target), use_directory_urls=True) for path in sorted(sources) if path.endswith(".md")]
    missing = [page.src_uri for page in pages if not Path(page.abs_dest_path).is_file()]
    if missing or not pages:
        first = missing[0] if missing else "there was none to build"
        raise SiteError(f"{len(missing)} of {len(pages)} pages are missing from the site, first: {first}.")
