"""Filters of the templates: dates, counts and lists in words, as plain text, which the templates escape."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from build.catalogue.labels import LABELS

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_CODE = re.compile(r"`([^`]+)`")
VARIABLE = re.compile(r"`?\$\{([^{}]{1,200})\}`?")


def pieces(title: str) -> list[tuple[str, bool]]:
    """Return a tool's title in parts, each with whether it is the name of a `${VARIABLE}`."""
    return [(text, bool(position % 2)) for position, text in enumerate(VARIABLE.split(title)) if text]


def day(date: str | None) -> str:
    """Return `2026-05-09T09:13:04Z` as `9 May 2026`; without the reader's clock there is no "yesterday"."""
    if not date:
        return "unknown"
    year, month, number = date[:10].split("-")
    return f"{int(number)} {MONTHS[int(month) - 1]} {year}"


def month(date: str) -> str:
    """Return `2026-05` as `May 2026`."""
    return f"{MONTHS[int(date[5:7]) - 1]} {date[:4]}"


def plural(value: int, one: str, many: str | None = None) -> str:
    """Return `1 tool` or `2 tools`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def clip(text: str, length: int) -> str:
    """Return at most `length` characters, cut between words."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(",.;:- ") + "\N{NO-BREAK SPACE}…"


def file_name(path: str) -> str:
    """Return the name of a file without its folders."""
    return path.rpartition("/")[2]


def in_text(text: str) -> Markup:
    """Return text for between tags, never for an attribute: quotes stay, of which YAML and commands have many."""
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))  # noqa: S704 - as said


def coded(text: str) -> Markup:
    """Return a text, escaped, with what stands between backticks as code; a backtick without a fellow stays."""
    parts = (f"<code>{escape(part)}</code>" if at % 2 else escape(part) for at, part in enumerate(_CODE.split(text)))
    return Markup("".join(map(str, parts)))  # noqa: S704 - each part is escaped


def size(count: int) -> str:
    """Return a number of bytes as people read it: `910 B`, `12 KB`, `1.5 MB`."""
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1e3:.0f} KB" if count < 999_500 else f"{count / 1e6:.1f} MB"


def words(items: Iterable[str], last: str = "and") -> str:
    """Return items as `a, b and c`."""
    *head, tail = list(items) or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def outputs(items: Iterable[str]) -> str:
    """Return a rule's output items in words."""
    return words(LABELS["output"].get(item, item) for item in items)
