"""Whether a bundle's own files say that it should no longer be used: its metadata and tags, or its README.

What speaks of deprecated things that the bundle looks for (API versions, node images) says nothing of itself.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from build.model import Deprecation

# Lines of a README in which a notice is looked for: what stands further down is about something else.
_LINES = 60
# Characters of a line and of a text that are read: the patterns take time by the square of it.
_MAX_LINE, _MAX_TEXT = 300, 2_000
_MAX_REASON = 300
_NO = ("", "false", "no", "none", "0")
_YES = ("true", "yes", "1", "deprecated")
_TAG = re.compile(r"(?:status:)?deprecated(?::true)?", re.IGNORECASE)
_SEPARATOR = r"\s*(?:[:.,;!\u2013\u2014-]|$)"
_OF_THE_BUNDLE = (
    r"this\s+(?:code\s?bundle|skill template|bundle|task\s?set|runbook|sli|monitor)\s+"
    r"(?:is|has been|was)\s+(?:now\s+)?deprecated"
)
# The title "X (deprecated)", "X - DEPRECATED" or "[Deprecated] X".
_TITLE = re.compile(
    rf"\W*deprecated(?:\]|\)|{_SEPARATOR}).*|.*(?:\(|\[|\s[-\u2013\u2014:]\s+)deprecated[\]\)]?\W*|\W*{_OF_THE_BUNDLE}\b.*",
    re.IGNORECASE,
)
_HEADING = re.compile(
    rf"\W*(?:deprecated(?:{_SEPARATOR}).*|deprecation(?:\s+(?:notice|warning))?\W*|{_OF_THE_BUNDLE}\b.*)", re.IGNORECASE
)
_NOTICE = re.compile(rf"\W*deprecated{_SEPARATOR}.*|.*\b{_OF_THE_BUNDLE}\b.*", re.IGNORECASE)
# An item of a list, a row of a table and code say something of what the bundle looks for.
_NO_NOTICE = re.compile(r"[-+*][ \t]|\d+[.)]|[|`]")
_MARKS = re.compile(r"[*_`>#]+|\[!\w+\]|:warning:|\]\([^)]*\)|[\[\]]")
_SINCE = re.compile(r"\bsince\s+(?:release\s+|version\s+)?(v?\d[\w.-]{0,40}\w)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_INSTEAD = re.compile(
    r"\b(?:use|replaced by|replaced with|superseded by|in favou?r of|moved to|migrate to)\s+(?:the\s+)?"
    r"([A-Za-z0-9][\w.-]*(?:/[\w.-]+)?)",
    re.IGNORECASE,
)


def find_deprecation(metadata: str | None, tags: Iterable[str], readme: str | None) -> Deprecation | None:
    """Return what says that the bundle is deprecated, None where nothing does.

    Args:
        metadata: The value of the robot files' `Metadata    Deprecated`, None without one.
        tags: Those of the bundle as a whole: of Supports, of meta.yaml, and those that every tool has.
        readme: Its README as it is published.
    """
    text = (metadata or "").strip()
    if text.casefold() not in _NO:
        return _deprecation("metadata", "" if text.casefold() in _YES else text)
    if any(_TAG.fullmatch(tag.strip()) for tag in tags):
        return _deprecation("metadata", "")
    notice = _notice((readme or "").splitlines()[:_LINES])
    return None if notice is None else _deprecation("readme", notice)


def _deprecation(source: Literal["metadata", "readme"], reason: str) -> Deprecation:
    text = _words(reason)
    since = _SINCE.search(text) or _DATE.fullmatch(text)
    instead = _INSTEAD.search(text)
    return Deprecation(
        since=since[since.re.groups] if since else None,
        instead=instead[1].rstrip(".-") if instead else None,
        reason=text[:_MAX_REASON] or None,
        source=source,
    )


def _notice(lines: Sequence[str]) -> str | None:
    """Return the paragraph that says it, "" where a heading alone does."""
    fence, titled = "", False
    for place, line in enumerate(lines):
        text = line.strip()[:_MAX_LINE]
        if fence or text.startswith(("```", "~~~")):
            fence = "" if fence and text.startswith(fence) else fence or text[:3]
            continue
        if text.startswith("#"):
            heading, pattern = text.lstrip("#").strip(), _HEADING if titled else _TITLE
            titled = True
            if pattern.fullmatch(heading):
                below = _words(_paragraph(lines, place + 1))
                return below if _INSTEAD.search(below) or "deprecat" in below.casefold() else heading
        elif not _NO_NOTICE.match(text) and _NOTICE.fullmatch(_words(text)):
            return _paragraph(lines, place)
    return None


def _words(text: str) -> str:
    """Return a text of Markdown as words."""
    return " ".join(_MARKS.sub(" ", text[:_MAX_TEXT]).split())


def _paragraph(lines: Sequence[str], start: int) -> str:
    result: list[str] = []
    for line in lines[start:]:
        text = line.strip().lstrip("> ").strip()
        if text.startswith("#"):
            break
        if text:
            result.append(text)
        elif result:
            break
    return " ".join(result)
