"""Renders third-party Markdown in processes that can be stopped, and keeps each page's HTML under the cache."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from build.catalogue.models import CodeBundleRecord
from build.catalogue.source_links import Source
from build.model import Bundle, BundleSource, Collection, Problem
from build.problems import problem
from build.site.prose import Prose, Rendered, bundle_prose, fit, render_texts
from build.storage import canonical, code_files, code_version, file_of, keep, load_kept
from build.untrusted.markdown import MarkdownError
from build.workers import Budget, Guarded

# Wall clock for all texts of one page, and for one of them where together they were stopped. The largest real page
# takes 0.1 s.
PAGE_SECONDS = 10.0
TEXT_SECONDS = 5.0

# All that shapes what the renderer makes of a text.
_RENDERER = ("build/untrusted/*.py", "build/site/prose.py", "build/catalogue/source_links.py", "build/model.py",
             "build/parse/readme.py", "search_fn/text.py")  # fmt: skip
_PACKAGES = ("markdown-it-py", "markupsafe", "mdit-py-plugins", "nh3", "pymdown-extensions", "pyyaml")


class Page(NamedTuple):
    """The texts of one page: `owner` and `name` say whose page it is, `folder` is where relative links start."""

    owner: str
    name: str
    texts: Sequence[Prose]
    at: Source
    folder: str


class CachedPage(Rendered):
    """The cached HTML of a page; `key` is a digest of all that it was made from."""

    key: str


def render_bundles(
    collection: Collection,
    sources: Sequence[BundleSource],
    bundles: Sequence[Bundle],
    guarded: Guarded,
    cache: Path,
    budget: Budget,
) -> list[Bundle]:
    """Render the Markdown of a collection's bundles, for `html_of`.

    Args:
        collection: Whose bundles they are.
        sources: The bundles as fetched.
        bundles: The same, parsed.
        guarded: Calls the renderer.
        cache: Where pages are kept.
        budget: Ends the rendering: what comes after it is shown as plain text, until the next run.

    Returns:
        The bundles, with a problem for what of them is shown as plain text.
    """
    pages = [
        Page(collection.slug, bundle.name, _texts(bundle), Source(collection.git_url, source.commit), source.folder)
        for source, bundle in zip(sources, bundles, strict=True)
    ]
    rendered = render_pages(pages, guarded, cache, budget)
    return [
        bundle.model_copy(update={"problems": (*bundle.problems, *_problems_of(collection.slug, page, outcome))})
        if outcome.plain
        else bundle
        for bundle, page, outcome in zip(bundles, pages, rendered, strict=True)
    ]


def render_pages(pages: Sequence[Page], guarded: Guarded, cache: Path, budget: Budget) -> list[Rendered]:
    """Render the texts of pages, but for those that the cache has, and cache the HTML.

    A text for which this machine may have been too slow is cached for this run alone: the next one tries it again.

    Args:
        pages: Texts by page.
        guarded: Calls the renderer.
        cache: Where HTML is kept.
        budget: Ends the rendering; texts that come after it are shown as plain text.

    Returns:
        For each page why texts of it are plain, without HTML.
    """
    keys = _keys(pages)
    known = [_load(cache, page.owner, page.name) for page in pages]
    pages_done: list[Rendered | None] = [
        Rendered(html={}, refused=cached.refused, failed={})
        if cached and cached.key == key and not cached.failed
        else None
        for key, cached in zip(keys, known, strict=True)
    ]
    new = [
        number for number, (page, cached) in enumerate(zip(pages, pages_done, strict=True)) if page.texts and not cached
    ]
    rows = [(pages[number].texts, pages[number].at, pages[number].folder) for number in new]
    results = guarded(render_texts, list(zip(*rows, strict=True)), budget, PAGE_SECONDS) if rows else iter(())
    stopped = []
    for number, rendered in zip(new, results, strict=True):
        if isinstance(rendered, str):
            stopped.append((number, rendered))
        else:
            pages_done[number] = _keep(cache, pages[number], keys[number], rendered)
    for number, reason in stopped:
        rendered = _render_each(pages[number], guarded, budget, reason)
        pages_done[number] = _keep(cache, pages[number], keys[number], rendered)
    return [rendered or Rendered(html={}, refused={}, failed={}) for rendered in pages_done]


def html_of(cache: Path, record: CodeBundleRecord) -> dict[str, str]:
    """Return the HTML of a bundle's texts by their names, as `render_bundles` kept it in this run."""
    cached = _load(cache, record.codecollection.slug, record.slug)
    return cached.html if cached else {}


def _render_each(page: Page, guarded: Guarded, budget: Budget, reason: str) -> Rendered:
    """Render the texts of a page one by one, for one of them has stopped it."""
    outcomes: dict[str, str | MarkdownError] = {}
    failed: dict[str, str] = {}
    own = Budget(PAGE_SECONDS, f"the {PAGE_SECONDS:.0f} seconds for its page were used up by then", budget)
    if len(page.texts) == 1 or not budget.left:
        failed = dict.fromkeys((text.name for text in page.texts), reason)
    else:
        count = len(page.texts)
        columns = ([[text] for text in page.texts], [page.at] * count, [page.folder] * count)
        for text, alone in zip(page.texts, guarded(render_texts, columns, own, TEXT_SECONDS), strict=True):
            if isinstance(alone, str):
                failed[text.name] = alone
            else:
                why = alone.refused.get(text.name)
                outcomes[text.name] = MarkdownError(why) if why else alone.html[text.name]
    return fit(page.texts, outcomes, failed)


def _texts(bundle: Bundle) -> list[Prose]:
    documented = ((tool.kind, tool.line, tool.documentation) for tool in bundle.tools)
    return bundle_prose(bundle.readme, documented, bundle.readme_file)


def _keys(pages: Iterable[Page]) -> list[str]:
    version = code_version(code_files(_RENDERER), _PACKAGES)
    return [
        hashlib.sha256(
            canonical([version, *page.at, page.folder, *(text.model_dump() for text in page.texts)]).encode()
        ).hexdigest()
        for page in pages
    ]


def _load(cache: Path, owner: str, name: str) -> CachedPage | None:
    return load_kept(_file(cache, owner, name), CachedPage)


def _keep(cache: Path, page: Page, key: str, rendered: Rendered) -> Rendered:
    # One file a page, not one a key: links name the commit, and each commit would leave its pages for good.
    cached = CachedPage(key=key, html=rendered.html, refused=rendered.refused, failed=rendered.failed)
    keep(_file(cache, page.owner, page.name), cached)
    return rendered.model_copy(update={"html": {}})


def _file(cache: Path, owner: str, name: str) -> Path:
    return file_of(cache / "rendered", owner, name)


def _problems_of(collection: str, page: Page, outcome: Rendered) -> Iterator[Problem]:
    """Yield a problem for each reason, at the first of its texts."""
    for reason in dict.fromkeys(outcome.plain.values()):
        first, *others = [text for text in page.texts if outcome.plain.get(text.name) == reason]
        verb, noun = ("is", "text") if len(others) == 1 else ("are", "texts")
        more = f"; so {verb} {len(others)} more {noun} of the bundle" if others else ""
        yield problem(
            "markdown-not-rendered",
            f"the text is shown as plain text: {reason}{more}",
            collection=collection,
            bundle=page.name,
            path=f"{page.folder}/{first.path}",
            line=first.line,
        )
