"""What the pages that sources.yaml lists say: read politely, once a day at most, kept, and cut at headings."""

import hashlib
import re
import resource
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

from pebble import ProcessPool
from pydantic import BaseModel, ValidationError

from build.credentials import without_keys
from build.model import DocumentationPage, Problem, Section
from build.problems import problem
from build.web import NotRead, Web
from search_fn.characters import visible

_FRESH = timedelta(days=1)
_SECONDS, _HOSTS = 300.0, 4
_SECTIONS, _CHARACTERS = 60, 2_000
_EXTRACT_SECONDS, _EXTRACT_BYTES = 15.0, 1_500_000_000
_HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)


class Copy(BaseModel):
    """A page as it was read last."""

    url: str
    etag: str
    last_modified: str
    fetched: datetime
    sections: tuple[Section, ...]


def with_contents(
    pages: Sequence[DocumentationPage], cache: Path, *, offline: bool = False, loopback: bool = False
) -> tuple[list[DocumentationPage], list[Problem]]:
    """The pages with the sections that their addresses have; a page that cannot be read has those of its last copy, and
    is stale. `offline` asks nobody.
    """
    folder = cache / "documentation"
    copies = {page.url: _load(folder, page.url) for page in pages if page.url}
    now = datetime.now(UTC)
    due = [url for url, copy in copies.items() if copy is None or now - copy.fetched > _FRESH]
    why: dict[str, str] = {}
    if due and not offline:
        by_host: dict[str, list[str]] = {}
        for url in due:
            by_host.setdefault(urlsplit(url).hostname or "", []).append(url)
        until = time.monotonic() + _SECONDS
        limit = (resource.RLIMIT_AS, (_EXTRACT_BYTES, _EXTRACT_BYTES))
        with (
            closing(Web(by_host, until, loopback=loopback)) as web,
            ProcessPool(1, initializer=resource.setrlimit, initargs=limit, context=get_context("spawn")) as readers,
            ThreadPoolExecutor(_HOSTS) as threads,
        ):
            visits = threads.map(
                lambda urls: [_visit(web, readers, url, copies[url]) for url in urls], by_host.values()
            )
            for copy, url, reason in (one for visit in visits for one in visit):
                if copy:
                    copies[url] = copy
                    _store(folder, copy)
                if reason:
                    why[url] = reason
    filled = [
        page.model_copy(update={"sections": (*page.sections, *copy.sections), "stale": page.url in why})
        if page.url and (copy := copies[page.url])
        else page
        for page in pages
    ]
    return filled, [problem("source-not-read", f"{url}: {reason}", collection="") for url, reason in why.items()]


def sections_of(text: str) -> tuple[Section, ...]:
    """What a page of HTML or text says, cut at its headings. Runs where it can be stopped."""
    # Late: it is slow to import, and most runs read no page.
    import trafilatura
    from lxml import html

    if "<" not in text[:2_000]:
        main, anchors = text, {}
    else:
        main = trafilatura.extract(text, output_format="markdown", include_comments=False) or ""
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
        heads = tree.xpath("//h1[@id] | //h2[@id] | //h3[@id] | //h4[@id]")
        anchors = {" ".join(head.text_content().split()): head.get("id") for head in heads[:500]}
    found = []
    for heading, body in _pairs(_HEADING.split(main)):
        body = _clean(body)
        anchor = anchors.get(heading, "")
        if body:
            known = anchor if re.fullmatch(r"[\w.:-]{1,200}", anchor) else ""
            found.append(Section(heading=_clean(heading)[:200], anchor=known, text=body[:_CHARACTERS]))
    return tuple(found[:_SECTIONS])


def _pairs(parts: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Headings and what follows each, of the parts into which a split at headings cuts a text."""
    yield "", parts[0]
    yield from zip(parts[1::2], parts[2::2], strict=False)


def _clean(text: str) -> str:
    return " ".join(without_keys(visible(text)).text.split())


def _visit(web: Web, readers: ProcessPool, url: str, copy: Copy | None) -> tuple[Copy | None, str, str]:
    """The new copy where there is one, and why there is none."""
    try:
        answer = web.read(url, copy.etag if copy else "", copy.last_modified if copy else "")
        now = datetime.now(UTC)
        if answer.text is None:
            return copy and copy.model_copy(update={"fetched": now}), url, ""
        sections = readers.schedule(sections_of, [answer.text], timeout=_EXTRACT_SECONDS).result()
    except NotRead as error:
        return None, url, str(error)
    except Exception as error:  # whatever a page makes of its reader must not cost the others
        return None, url, f"its text could not be taken out ({type(error).__name__})"
    etag, changed = answer.etag, answer.last_modified
    return Copy(url=url, etag=etag, last_modified=changed, fetched=now, sections=sections), url, ""


def _file(folder: Path, url: str) -> Path:
    return folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"


def _load(folder: Path, url: str) -> Copy | None:
    try:
        found = Copy.model_validate_json(_file(folder, url).read_bytes())
    except (OSError, ValidationError):
        return None
    return found if found.url == url else None


def _store(folder: Path, copy: Copy) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = _file(folder, copy.url)
    temporary = file.with_suffix(".new")
    temporary.write_text(copy.model_dump_json(), encoding="utf-8")
    temporary.replace(file)
