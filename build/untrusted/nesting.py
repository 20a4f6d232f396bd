"""How deep a Markdown text nests and what it multiplies, counted in one pass over its lines before it is parsed.

The parser's time grows with the square of brackets that are left open, and with the product of lines and the quotes
around them; a table's rows are filled up to the width of its head. The counts are bounds from above: code and plain
words are counted as if they were markup. Beside each limit stands the most that any of 225 READMEs of CodeBundles and
158 of other projects has.
"""

import re

MAX_BRACKETS = 3_000  # "[" in a text; 625
MAX_OPEN_BRACKETS = 60  # "[" without "]" in one paragraph; 3
MAX_DEPTH = 30  # quotes and lists that begin on one line; 5
MAX_QUOTED_LINES = 20_000  # lines, each times the quotes and lists around it; 710
MAX_EMPHASIS = 10_000  # runs of "*", "_" and "~~"; 1,016
MAX_CELLS = 10_000  # cells of tables, those that are filled up too; 170
MAX_ANGLES = 10_000  # "<", which begins HTML and links; 671
MAX_ADDRESS_STEPS = 20_000_000  # signs at which a bare address may begin or end, each times its line's length; 53,881

_LINE = re.compile(r"\r\n|\r|\n")
_BRACKET = re.compile(r"[\[\]]")
_MARKER = r">|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)"
_MARKERS = re.compile(rf"(?:[ \t]*(?:{_MARKER}))*")
_ONE_MARKER = re.compile(_MARKER)
_RULE = re.compile(r"[ \t]*([-*])(?:[ \t]*\1)*[ \t]*")
_DELIMITERS = re.compile(r"[ \t>]*[|:-][|: \t-]*")
_EMPHASIS = re.compile(r"[*_]+|~+")
_IN_ADDRESS = re.compile(r"[:@)]|www\.")


def find_excess(text: str) -> str | None:
    """Return why a text is not to be parsed, as the end of a sentence; None where all its counts are within limits."""
    if (count := text.count("[")) > MAX_BRACKETS:
        return f"it has {count:,} opening brackets (at most {MAX_BRACKETS:,})"
    if (count := text.count("<")) > MAX_ANGLES:
        return f"it has {count:,} signs '<' (at most {MAX_ANGLES:,})"
    if (count := sum(1 for _ in _EMPHASIS.finditer(text))) > MAX_EMPHASIS:
        return f"it has {count:,} marks of emphasis (at most {MAX_EMPHASIS:,})"
    # `around`: the markers of the paragraph's lines so far, since a line without any may go on within them.
    around = width = brackets = quoted = cells = steps = 0
    for line in _LINE.split(text):
        steps += len(line) * sum(1 for _ in _IN_ADDRESS.finditer(line))
        if steps > MAX_ADDRESS_STEPS:
            return "its lines are too long for all the addresses that may stand in them"
        if not line.strip(" \t"):
            around = width = brackets = 0
            continue
        depth = 0 if _RULE.fullmatch(line) else _count_markers(line)
        around = max(around, depth)
        quoted += around
        if line.count("|") and _DELIMITERS.fullmatch(line):
            width = max(width, line.count("|") + 1)
        cells += width
        for bracket in _BRACKET.findall(line):
            brackets = brackets + 1 if bracket == "[" else max(0, brackets - 1)
            if brackets > MAX_OPEN_BRACKETS:
                return f"more than {MAX_OPEN_BRACKETS} brackets stand within each other"
        if depth > MAX_DEPTH:
            return f"{depth} block quotes and lists stand within each other (at most {MAX_DEPTH})"
        if quoted > MAX_QUOTED_LINES:
            return (
                f"too many of its lines stand in block quotes and lists within each other (over {MAX_QUOTED_LINES:,})"
            )
        if cells > MAX_CELLS:
            return f"its tables have more than {MAX_CELLS:,} cells"
    return None


def _count_markers(line: str) -> int:
    match = _MARKERS.match(line)
    return len(_ONE_MARKER.findall(match[0])) if match and match[0] else 0
