"""The pages as a site: MkDocs with Material puts header, palette, navigation and sitemap around them.

The one module that knows MkDocs. Whatever it warns of is an error here: it would publish a site with a hole in it.
"""

import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.structure.files import File

from build.errors import RegistryError
from build.templates import environment

CONFIGURATION = Path(__file__).resolve().parent.parent / "mkdocs.yml"
# What the theme brings for its own search, which is off, a copy of the sitemap with a clock in it, and source maps of
# the theme's scripts, for which only a debugger asks.
_UNUSED = ("assets/javascripts/lunr", "assets/javascripts/workers", "sitemap.xml.gz", "**/*.map")


class SiteError(RegistryError):
    """The site could not be built, or is not whole."""


def build_site(pages: Mapping[str, str], docs: Path, work: Path, target: Path, *, site_url: str) -> None:
    """Build `pages` (texts by path) and the registry's own documentation in `docs` into the folder `target`.

    `work` becomes the folder that MkDocs reads: exactly these files, those that are as they were left alone.
    Equal arguments make equal bytes.

    Raises:
        SiteError: MkDocs failed or warned, or a page is missing from what it made.
    """
    own = {f"docs/{path.relative_to(docs).as_posix()}": path.read_bytes() for path in _files(docs)}
    sources = {path: _sealed(text).encode("utf-8") for path, text in pages.items()} | own
    _fill(work, sources)
    with _complaints() as complaints:
        try:
            build(_configuration(sources, work, target, site_url))
        except MkDocsException as error:
            said = complaints[0] if complaints else str(error)
            raise SiteError(f"The site was not built: {said}") from error
    if complaints:
        raise SiteError(f"MkDocs warned {len(complaints)} times while it built the site, first: {complaints[0]}")
    for path in [path for pattern in _UNUSED for path in target.glob(pattern)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    _redirects(pages, target, site_url)
    _check(sources, target)


def _sealed(text: str) -> str:
    """The page with its block of HTML as a comment, which the template page.html opens again.

    Python-Markdown would parse the block tag by tag, twice, and not change it: most of the time that a site takes. A
    comment it hands on as it is.
    """
    head, mark, body = text.partition("\n---\n")
    if "\ntemplate: page.html\n" not in head + "\n":
        return text
    # Two hyphens could end the comment; to a browser the references are the same.
    return f"{head}{mark}\n<!--{body.strip().replace('--', '&#45;&#45;')}-->\n"


def _configuration(sources: Mapping[str, bytes], work: Path, target: Path, site_url: str) -> MkDocsConfig:
    config = load_config(
        str(CONFIGURATION),
        docs_dir=str(work.resolve()),
        site_dir=str(target.resolve()),
        site_url=site_url,
        # Not even MkDocs' own search: ours is a function.
        plugins=[],
    )
    config.nav = [entry for item in config.nav or [] if (entry := _nav_entry(item, sources))]
    return config


def _nav_entry(item: Any, sources: Mapping[str, bytes]) -> Any:
    """The entry, with all pages of docs/ behind its own; None where there is nothing to lead to."""
    ((title, path),) = item.items()
    if isinstance(path, list):
        inner = [entry for one in path if (entry := _nav_entry(one, sources))]
        return {title: inner} if inner else None
    if path not in sources:
        return None
    if path != "docs/index.md":
        return item
    folders: dict[str, list[str]] = {}
    for source in sorted(sources):
        _, _, below = source.partition("docs/")
        if source.startswith("docs/") and source.endswith(".md") and source != path:
            folders.setdefault(below.split("/")[0] if "/" in below else "", []).append(source)
    pages = folders.pop("", [])
    sections = [{folder.replace("-", " ").capitalize(): below} for folder, below in folders.items()]
    return {title: [path, *pages, *sections]} if pages or sections else item


def _fill(work: Path, sources: Mapping[str, bytes]) -> None:
    """Make the folder hold these files and no other."""
    for path in list(_files(work)):
        if path.relative_to(work).as_posix() not in sources:
            path.unlink()
    for name, content in sources.items():
        path = work / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collects what MkDocs warns of, which else goes to a terminal that nobody looks at."""
    found: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(" ".join(record.getMessage().split()))

    logger, collector = logging.getLogger("mkdocs"), Collector(logging.WARNING)
    propagated = logger.propagate
    logger.addHandler(collector)
    logger.propagate = False
    try:
        yield found
    finally:
        logger.removeHandler(collector)
        logger.propagate = propagated


def _redirects(pages: Mapping[str, str], target: Path, site_url: str) -> None:
    """A page at each address that bundles had in the registry before this one."""
    template = environment().get_template("moved.html")
    for page in pages:
        parts = PurePosixPath(page).parts
        if len(parts) == 4 and parts[0] == "codebundles" and parts[1] != "page":
            _, collection, bundle, _ = parts
            address = f"codebundles/{collection}/{bundle}/"
            relative = f"../../../../{address}"
            canonical = f"{site_url.rstrip('/')}/{address}" if site_url else relative
            path = target / "collections" / collection / "codebundles" / bundle / "index.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = template.render(target=relative, canonical=canonical, name=f"{collection}/{bundle}")
            path.write_text(f"{text}\n", encoding="utf-8")


def _check(sources: Mapping[str, bytes], target: Path) -> None:
    """An empty or half-built site passes every check of its links; this one it does not pass."""
    pages = [File(path, "", str(target), use_directory_urls=True) for path in sources if path.endswith(".md")]
    missing = [page.src_uri for page in pages if not Path(page.abs_dest_path).is_file()]
    if missing or not pages:
        first = missing[0] if missing else "there was none to build"
        raise SiteError(f"{len(missing)} of {len(pages)} pages are missing from the site, first: {first}.")
