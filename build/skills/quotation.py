"""A stranger's text in the body of a skill: in quotation marks within a line, or in a fence that it cannot end."""

import re

from build.site.templates import usable
from build.skills.front_matter import plain
from search_fn.text import inline, visible

_TICKS = re.compile("`+")
_LEFT_OUT = "[… {count:,} characters are left out here; the whole file is at its source]"


def quote(text: str, most: int) -> str:
    """Return the text within a line: between quotation marks, which it cannot end, Markdown's signs escaped."""
    return f"“{inline(plain(text, most))}”"


def code(text: str) -> str:
    """Return the text as a code span of one line, which it cannot end."""
    line = " ".join(usable(visible(text)).split())
    longest = max((len(run) for run in _TICKS.findall(line)), default=0)
    # A blank at each end, which readers take away, keeps ticks of the text from those of the fence.
    pad, ticks = " " if longest else "", "`" * (longest + 1)
    return f"{ticks}{pad}{line}{pad}{ticks}" if line else "`(no name)`"


def fence(text: str, language: str) -> str:
    """Return the text as a block of code as it stands, in a fence that is longer than any run of ticks in it."""
    clean = usable(visible(text.replace("\r\n", "\n"))).strip("\n")
    longest = max((len(run) for run in _TICKS.findall(clean)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{clean}\n{ticks}\n"


def shorten(text: str, head: int, tail: int) -> str:
    """Return a text, or its beginning and end with a line between them that says how many characters are left out.

    Args:
        text: The text.
        head: The most characters of the beginning; it is cut at a line's end.
        tail: The most characters of the end.
    """
    if len(text) <= head + tail:
        return text
    start = text.rfind("\n", 0, head) + 1 or head
    end = text.find("\n", len(text) - tail) + 1 or len(text) - tail if tail else len(text)
    return f"{text[:start]}\n{_LEFT_OUT.format(count=end - start)}\n\n{text[end:]}"
