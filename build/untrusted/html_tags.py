"""HTML that stands in a stranger's Markdown: which of its tags stay tags. All others become text, as they are written.

GitHub's list, without what loads, runs or is filled in: `<script>` is text, and so is the `<namespace>` of a command,
which GitHub leaves out.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.html_block import html_block
from markdown_it.token import Token

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Elements that an author may write and that stay on the page.
ALLOWED = HEADINGS | {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt",
    "em", "figcaption", "figure", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small",
    "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "ul", "var",
    "wbr",
}  # fmt: skip
# Pictures become links; of the others their content stays, as GitHub has it.
CHANGED = frozenset({"big", "center", "font", "img", "nobr", "picture", "source", "strike", "u"})
# They hold nothing, so that they are never closed.
EMPTY = frozenset({"br", "hr", "img", "input", "source", "wbr"})
# HTML closes these by what follows, so that they nest no deeper than what is around them.
_CLOSED_BY_OTHERS = frozenset({"li", "p", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd"})
_ATTRIBUTES = frozenset({"align", "alt", "colspan", "href", "id", "name", "open", "rowspan", "src", "start", "title"})

_NAMES = "|".join(sorted(ALLOWED | CHANGED, key=len, reverse=True))
_QUOTES = ('"', "'")
# As CommonMark has it; what is taken is never given back, so that no text takes long.
_NAME, _VALUE = r"[a-z_:][\w:.-]*+", r"\"[^\"]*\"|'[^']*'|[^\"'=<>`\s]++"
_ATTRIBUTE = re.compile(rf"\s++({_NAME})(?:\s*+=\s*+({_VALUE}))?+", re.ASCII | re.IGNORECASE)
_PIECE = re.compile(
    r"(?P<comment><!---?>|<!--.*?-->|<!--.*)"
    rf"|<(?P<close>/)?(?P<name>{_NAMES})(?P<attributes>(?:\s++{_NAME}(?:\s*+=\s*+(?:{_VALUE}))?+)*+)\s*+(?P<empty>/)?>",
    re.ASCII | re.DOTALL | re.IGNORECASE,
)
_BLOCK = re.compile(rf"<!--|</?(?:{_NAMES})(?![\w-])", re.ASCII | re.IGNORECASE)
MAX_OPEN_TAGS = 30  # tags that are open at once
MAX_TAGGED = 50_000  # pieces of the text, each times the tags around it: one that is never closed is made anew in each


def begin_html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a block of HTML, for the parser, where it begins with a comment or with a tag that stays one."""
    begin = state.bMarks[start] + state.tShift[start]
    return _BLOCK.match(state.src, begin) is not None and html_block(state, start, end, silent)


def disarm(tokens: Iterable[Token]) -> str | None:
    """Leave nothing of HTML in the parser's tokens but text and the tags that stay.

    Returns:
        Why those nest too deep to be cleaned, as the end of a sentence; None where they do not.
    """
    opened: Counter[str] = Counter()
    tagged = 0
    for token in tokens:
        if token.type == "html_block":
            token.content = _only_known_tags(token.content, opened)
        elif token.children:
            _settle(token.children, opened)
        tagged += opened.total()
        if opened.total() > MAX_OPEN_TAGS:
            return f"more than {MAX_OPEN_TAGS} of its HTML tags are open at once"
        if tagged > MAX_TAGGED:
            return "too much of it is in HTML tags that are not closed"
    return None


def _only_known_tags(text: str, opened: Counter[str]) -> str:
    """Return HTML without comments, its known tags with their known attributes alone, all else in it as text; what
    they open is added to `opened`, and taken from it what they close.
    """
    parts, end = [], 0
    for match in _PIECE.finditer(text):
        parts.append(text[end : match.start()].replace("<", "&lt;"))
        end = match.end()
        if match["comment"]:
            continue
        parts.append(_tag(match))
        name = match["name"].lower()
        if match["close"]:
            opened[name] = max(0, opened[name] - 1)
        elif _goes_on(match):
            # One link closes the other.
            opened[name] = 1 if name == "a" else opened[name] + 1
    return "".join([*parts, text[end:].replace("<", "&lt;")])


def _settle(children: Iterable[Token], opened: Counter[str]) -> None:
    """Make text of what is no known tag within a line, or is one without its other half: `<b>` may stand for a name."""
    waiting: dict[str, list[tuple[Token, re.Match[str]]]] = {}
    for token in children:
        if token.type != "html_inline":
            continue
        match = _PIECE.fullmatch(token.content)
        if match is None:
            token.type = "text"
        elif match["comment"]:
            token.content = ""
        else:
            name = match["name"].lower()
            token.content = _tag(match)
            if match["close"] and waiting.get(name):
                waiting[name].pop()
            elif match["close"] and opened[name]:
                opened[name] -= 1
            elif match["close"] and name not in _CLOSED_BY_OTHERS:
                token.type, token.content = "text", match[0]
            elif _goes_on(match):
                waiting.setdefault(name, []).append((token, match))
    for token, match in (one for several in waiting.values() for one in several):
        if match["name"].lower() == "a" and match["attributes"]:
            token.content += "</a>"
        else:
            token.type, token.content = "text", match[0]


def _goes_on(match: re.Match[str]) -> bool:
    """Return whether a tag opens an element that needs an end tag."""
    return not match["empty"] and match["name"].lower() not in EMPTY | _CLOSED_BY_OTHERS


def _tag(match: re.Match[str]) -> str:
    name = match["name"].lower()
    if match["close"]:
        return f"</{name}>"
    attributes = "".join(
        f' {attribute.lower()}="{html.escape(html.unescape(value[1:-1] if value.startswith(_QUOTES) else value))}"'
        for attribute, value in _ATTRIBUTE.findall(match["attributes"])
        if attribute.lower() in _ATTRIBUTES
    )
    # A browser takes `<a name="x"/>` for a beginning.
    return f"<{name}{attributes}>" + (f"</{name}>" if match["empty"] and name not in EMPTY else "")
