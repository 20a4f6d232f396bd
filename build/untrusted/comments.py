"""HTML comments in untrusted Markdown, which no page shows: texts are published without them, too."""

import re
from collections.abc import Iterator

from build.untrusted.markdown import MAX_CHARACTERS, PARSER
from build.untrusted.nesting import find_excess

_COMMENT = re.compile(r"<!--(?:-?>|.*?-->|.*)", re.DOTALL)
_LINE_END = re.compile(r"\r\n?|\n")


def without_comments(text: str) -> str:
    """Return Markdown without the comments that a page does not show. Those in code stay; so do all in a text that is
    not rendered, and in what is beyond MAX_CHARACTERS.
    """
    beginning = text[:MAX_CHARACTERS]
    if "<!--" not in beginning or find_excess(beginning):
        return text
    parts, end = [], 0
    for start, stop in sorted(_comments(beginning)):
        if start >= end:
            parts.append(text[end:start])
            end = stop
    return "".join([*parts, text[end:]])


def _comments(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each begins and ends."""
    starts = [0, *(match.end() for match in _LINE_END.finditer(text)), len(text)]
    first, last, at = 0, len(text), 0
    for token in PARSER.parse(text):
        if token.map:
            first, last = (starts[min(line, len(starts) - 1)] for line in token.map)
        if token.type == "html_block":
            yield from ((first + match.start(), first + match.end()) for match in _COMMENT.finditer(text[first:last]))
        elif token.type == "inline" and "<!--" in token.content:
            at = at if first < at < last else first
            for child in token.children or []:
                start = text.find(child.content, at, last) if child.content else -1
                if start < 0:
                    continue
                at = start + len(child.content)
                if child.type == "html_inline" and child.content.startswith("<!--"):
                    yield start, at
