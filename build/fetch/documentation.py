"""The contents of the pages that sources.yaml lists: read politely, once a day at most, cached, and cut at headings."""

import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from markdown_it import MarkdownIt
from pebble import ProcessPool
from pydantic import AwareDatetime, BaseModel

from build.documentation import (
    DocumentationPage,
    Section,
)
from build.fetch.http import PageError, Web, authority
from build.model import (
    Problem,
)
from build.problems import problem
from build.storage import file_of, keep, load_kept
from build.untrusted.credentials import sanitize
from build.workers import block_interrupts, confine

# How long a copy counts as new, so that each page is read once a day.
_FRESH = timedelta(days=1)
# Wall clock for all pages of a run, and hosts that are read at the same time.
_SECONDS, _HOSTS = 300.0, 4
# Sections that are kept of one page, and characters of each.
_SECTIONS, _CHARACTERS = 60, 2_000
# Wall clock for the text of one page, and memory of the process that extracts it.
_EXTRACT_SECONDS, _EXTRACT_BYTES = 15.0, 1_500_000_000
# A version of the code that cuts pages: the library's, and a digest of this file.
_READER = f"{version('trafilatura')} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]}"


class Copy(BaseModel):
    """A page as it was read last. `stale`: it could not be read again since."""

    etag: str
    last_modified: str
    fetched: AwareDatetime
    sections: tuple[Section, ...]
    stale: bool = False
    reader: str = ""


def with_contents(
    pages: Sequence[DocumentationPage], cache: Path, *, offline: bool = False, loopback: bool = False
) -> tuple[list[DocumentationPage], list[Problem]]:
    """Return the pages with the sections of their addresses, read once a day at most.

    Args:
        pages: Pages as sources.yaml lists them.
        cache: Where copies of pages are kept.
        offline: Whether copies alone are used, however old.
        loopback: Whether servers on this machine may be read, for tests.

    Returns:
        The pages in their order, one that could not be read being stale; and a problem for each address that failed.
    """
    folder = cache / "documentation"
    # Several entries may name parts of one page, which is read once.
    where = {page.id: urldefrag(page.url).url for page in pages if page.url}
    copies = {url: load_kept(file_of(folder, url), Copy) for url in where.values()}
    now = datetime.now(UTC)
    due = [url for url, copy in copies.items() if not copy or copy.reader != _READER or not _is_fresh(copy, now)]
    why: dict[str, str] = {}
    if due and not offline:
        by_host: dict[str, list[str]] = {}
        for url in due:
            by_host.setdefault(urlsplit(url).hostname or "", []).append(url)
        web = Web(set(map(authority, copies)), time.monotonic() + _SECONDS, loopback=loopback)
        with (
            ProcessPool(1, initializer=confine, initargs=[_EXTRACT_BYTES], context=get_context("spawn")) as readers,
            ThreadPoolExecutor(_HOSTS) as threads,
        ):
            with block_interrupts():
                visits = threads.map(
                    lambda urls: [(url, _visit(web, readers, url, copies[url])) for url in urls], by_host.values()
                )
            for url, read in (one for visit in visits for one in visit):
                copy = copies[url]
                if isinstance(read, Copy):
                    copy = read
                else:
                    why[url] = read
                    if copy:
                        copy = copy.model_copy(update={"stale": True})
                if copy:
                    copies[url] = copy
                    keep(file_of(folder, url), copy)
    filled = [
        page.model_copy(update={"sections": (*page.sections, *copy.sections), "stale": copy.stale})
        if page.url and (copy := copies[where[page.id]])
        else page
        for page in pages
    ]
    return filled, [problem("source-not-read", f"{url}: {reason}", collection="") for url, reason in why.items()]


def _is_fresh(copy: Copy, now: datetime) -> bool:
    # A clock that ran ahead when it was fetched must not keep it for years.
    return timedelta(0) <= now - copy.fetched <= _FRESH


def sections_of(text: str, is_html: bool) -> tuple[Section, ...]:
    """Return the sections of a page of HTML or Markdown, cut at its headings.

    Call it in a process that can be stopped: a page may keep its parser busy for ever.
    """
    result = []
    for heading, anchor, body in _of_html(text) if is_html else _of_markdown(text):
        if words := _clean(body):
            known = anchor if re.fullmatch(r"[\w.:-]{1,200}", anchor) else ""
            result.append(Section(heading=_clean(heading)[:200], anchor=known, text=words[:_CHARACTERS]))
    return tuple(result[:_SECTIONS])


def _of_html(text: str) -> Iterator[tuple[str, str, str]]:
    # Imported here because it is slow to import, and most runs read no page.
    import trafilatura
    from lxml import html

    tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    anchors: dict[str, list[str]] = {}
    for head in tree.xpath("//h1 | //h2 | //h3 | //h4")[:500]:
        anchors.setdefault(_heading(head), []).append(head.get("id") or "")
    document: Any = trafilatura.bare_extraction(text, include_comments=False)
    heading, anchor, words = "", "", [""]
    for part in document.body if document else ():
        if part.tag == "head":
            yield heading, anchor, "\n".join(words)
            heading, words = _heading(part), []
            # Pages have several of one name: the first that is left.
            same = anchors.get(heading)
            anchor = same.pop(0) if same else ""
        else:
            for inner in part.iter("cell", "item", "lb", "p"):
                inner.tail = f" {inner.tail or ''}"
            words.append("".join(part.itertext()))
    yield heading, anchor, "\n".join(words)


def _heading(element: Any) -> str:
    # Many pages put a link's sign into their headings.
    return " ".join("".join(element.itertext()).split()).strip("¶🔗 ")


def _of_markdown(text: str) -> Iterator[tuple[str, str, str]]:
    # A parser, since what looks like a heading in a block of code is a comment.
    tokens, lines = MarkdownIt().parse(text), text.splitlines()
    heading, begin = "", 0
    for token, inner in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            yield heading, "", "\n".join(lines[begin : token.map[0]])
            heading, begin = inner.content, token.map[1]
    yield heading, "", "\n".join(lines[begin:])


def _clean(text: str) -> str:
    return " ".join(sanitize(text).split())


def _visit(web: Web, readers: ProcessPool, url: str, copy: Copy | None) -> Copy | str:
    """Return the new copy of a page, or why there is none, as the end of a sentence."""
    try:
        # A copy that another version of the code cut may differ, so its ETag is not used.
        copy = copy if copy and copy.reader == _READER else None
        answer = web.read(url, copy.etag if copy else "", copy.last_modified if copy else "")
        now = datetime.now(UTC)
        if answer.text is None and copy:
            return copy.model_copy(update={"fetched": now, "stale": False})
        sections = readers.schedule(sections_of, [answer.text, answer.html], timeout=_EXTRACT_SECONDS).result()
    except PageError as error:
        return str(error)
    except Exception as error:  # whatever a page makes of its reader must not cost the others
        return f"its text could not be extracted ({type(error).__name__})"
    if not sections:
        return "no text was found in it"
    return Copy(etag=answer.etag, last_modified=answer.last_modified, fetched=now, sections=sections, reader=_READER)
