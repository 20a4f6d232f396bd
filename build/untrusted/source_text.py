"""The text of a source file as it may be published: without credentials and invisible characters."""

import re
from typing import Literal

from build.untrusted.credentials import names_credential, without_keys
from search_fn.text import CONTROLS, HIDDEN, count_unseen, visible

# Git looks at so many bytes to tell whether a file is text.
_LOOKED_AT = 8_000
# Share of all characters. A log with colours has one in ten; spelled out, each takes eight.
_MOST_UNSEEN = 0.3
_POINTER = re.compile(
    r"version https://(?:git-lfs|hawser)\.github\.com/spec/v\d\r?\n"
    r"(?:ext-\d-\w+ [^\n]*\n){0,9}oid \w+:[0-9a-f]+\r?\nsize \d+\s*"
)
# Bytes. Git LFS itself takes only shorter files for pointers.
_MAX_POINTER = 1_024
# A declaration in a robot file, the lines that may go on with it, and what parts its cells.
_DECLARES = re.compile(r"import[ _]?user[ _]?variable(?=[ \t|]|$)", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*(?:\|\s+)*\.\.\.(?:\s|$)|\s*#|\s*$")
_APART = re.compile(r" {2,}|\t+| \|(?: |$)")
_VALUE = re.compile(r"(?:default|example)=(?!(?:\"\"|''|\$\{EMPTY\})?$)(?=.)")
MASK = "***"
"""What stands for the value of a credential, as in the record of its variable."""


class NotTextError(Exception):
    """Bytes that are not a text; `why` says what they are."""

    def __init__(self, why: Literal["binary", "lfs-pointer"]) -> None:
        super().__init__(why)
        self.why: Literal["binary", "lfs-pointer"] = why


def source_text(content: bytes) -> str:
    """Return the text of a file's bytes.

    Lines end with a line feed alone. Parts with the shape of a credential are masked, and so are the defaults and
    examples of Robot variables that name one. What acts on a terminal, reorders letters or cannot be seen is spelled
    out, as `<U+202E>`.

    Raises:
        NotTextError: They are none.
    """
    if b"\0" in content[:_LOOKED_AT]:
        raise NotTextError("binary")
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    if is_lfs_pointer(text):
        raise NotTextError("lfs-pointer")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    unseen = count_unseen(text) + text.count("\ufffd")
    if unseen > _MOST_UNSEEN * len(text):
        raise NotTextError("binary")
    masked = without_keys(_without_values(text)).text
    if not unseen:
        return masked
    # A character that nobody sees may stand in a key: then none of them is shown.
    plain = without_keys(_without_values(visible(masked, "")))
    return plain.text if plain.text != visible(masked, "") else spelled_out(masked)


def is_lfs_pointer(text: str) -> bool:
    """Return whether a text stands for a file that Git LFS keeps elsewhere."""
    return len(text) < _MAX_POINTER and _POINTER.fullmatch(text) is not None


def spelled_out(text: str) -> str:
    """Return a text with the number of each character that acts or cannot be seen in its place: `<U+001B>`."""
    return HIDDEN.sub(_number, CONTROLS.sub(_number, text))


def _number(match: re.Match[str]) -> str:
    return f"<U+{ord(match[0]):04X}>"


def _without_values(text: str) -> str:
    """Return a text without the values that declarations of a robot file give to credentials."""
    if not _DECLARES.search(text):
        return text
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        begins = _DECLARES.search(lines[at])
        if not begins:
            at += 1
            continue
        end = at + 1
        while end < len(lines) and _GOES_ON.match(lines[end]):
            end += 1
        # The keyword and what stands before it are no arguments.
        first, rest = lines[at][: begins.end()], [lines[at][begins.end() :], *lines[at + 1 : end]]
        if _names_credential(rest):
            masked = [_mask_line(line) for line in rest]
            lines[at:end] = [first + masked[0], *masked[1:]]
        at = end
    return "\n".join(lines)


def _names_credential(lines: list[str]) -> bool:
    cells = (cell.strip() for line in lines for cell in _APART.split(line))
    names = (cell for cell in cells if cell and cell not in ("...", "|") and not cell.startswith("#"))
    name = next(names, "")
    return names_credential(name.removeprefix("varname=").removeprefix("name=").strip("${}"))


def _mask_line(line: str) -> str:
    """Return a line of a declaration with MASK for each value."""
    parts, end = [], 0
    for gap in (*_APART.finditer(line), None):
        start = gap.start() if gap else len(line)
        cell = line[end:start]
        named = _VALUE.match(cell)
        parts += [f"{named[0]}{MASK}" if named else cell, gap[0] if gap else ""]
        end = gap.end() if gap else end
    return "".join(parts)
