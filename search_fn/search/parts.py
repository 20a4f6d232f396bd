"""Lists that are too long for one document, in parts: `NAME.json` is the first, and its `next` is `NAME/page/2.json`.

The function cuts them as the build does, so that its answers are the files of the site.
"""

import json
from functools import lru_cache
from itertools import accumulate
from typing import Any
from urllib.parse import quote

from search_fn.text import canonical

WHOLE = 500
"""CodeBundles up to which the lists of all of them, and of all tools, are one document each."""
BUNDLES, TOOLS = 100, 200
"""Rows of a part of these lists."""
MAX_DOCUMENT = 400_000
"""Bytes up to which any other document is one."""
# Members that are cut: the first that a document has.
_CUT = (
    "problems", "releases", "changed", "changes", "alerts", "libraries", "keywords", "documentation", "requests",
    "codebundles", "removed",
)  # fmt: skip
# Bytes of a part's rows.
_ROWS = 300_000


def cut(bundles: int, rows: int, size: int) -> list[range]:
    """Return the rows of each part, at least of one.

    Args:
        bundles: How many the catalogue has; all rows are in one part where there are no more than WHOLE.
        rows: How many there are.
        size: Rows of a part.
    """
    size = size if bundles > WHOLE else max(rows, 1)
    return [range(start, min(start + size, rows)) for start in range(0, max(rows, 1), size)]


def part_path(path: str, number: int) -> str:
    """Return where a part of the document at `path` is; parts count from 1, which has the document's own address."""
    return path if number == 1 else f"{path}/page/{number}"


def next_part(path: str, number: int, parts: int) -> dict[str, str]:
    """Return the member `next` of a part: the address of the one after it, from its own. The last has none."""
    if number >= parts:
        return {}
    name = quote(path.rpartition("/")[2], safe="")
    return {"next": f"{name}/page/2.json" if number == 1 else f"{number + 1}.json"}


def document_parts(path: str, text: str) -> dict[str, str]:
    """Return the parts of a JSON document by their paths; one of MAX_DOCUMENT bytes is its only part.

    One list among its members is cut, and all else is in each part. A list, or a map by id, has no such member and
    stays whole.
    """
    if len(text) * 4 <= MAX_DOCUMENT or len(text.encode()) <= MAX_DOCUMENT:
        return {path: text}
    return _cut_document(path, text)


# The function is asked for one part after the other.
@lru_cache(4)
def _cut_document(path: str, text: str) -> dict[str, str]:
    whole: Any = json.loads(text)
    name = next((name for name in _CUT if isinstance(whole, dict) and isinstance(whole.get(name), list)), None)
    if name is None:
        return {path: text}
    rows = whole[name]
    # A part ends where the next row would make it longer than _ROWS.
    starts = [0]
    ends = list(accumulate(len(canonical(row).encode()) for row in rows))
    for place, end in enumerate(ends):
        before = ends[starts[-1] - 1] if starts[-1] else 0
        if end - before > _ROWS and place > starts[-1]:
            starts.append(place)
    return {
        part_path(path, number): canonical({**whole, name: rows[start:stop], **next_part(path, number, len(starts))})
        for number, (start, stop) in enumerate(zip(starts, [*starts[1:], len(rows)], strict=True), 1)
    }
