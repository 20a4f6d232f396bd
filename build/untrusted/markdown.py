"""Third-party Markdown (READMEs, documentation of tools) as HTML that is safe to put on a page.

Two walls: the parser is told to treat HTML as text and its links are rewritten here; what it makes is then cleaned
against a list of what is allowed, so that a mistake in either alone lets nothing through. What would take the parser
long, or become much more than it is, is refused before it is parsed or cleaned; `render_plain` shows it as it is.
"""

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import escape

from build.untrusted.nesting import find_excess
from search_fn.text import visible

# Enough for any README that people read; the parser's time grows with it.
MAX_CHARACTERS = 100_000
# Bytes of HTML for one text; CodeBundles' have at most 32,000, the largest of 158 other projects' READMEs 110,000.
MAX_BYTES = 500_000
# Characters of one text that is shown as it is.
MAX_PLAIN_CHARACTERS = 20_000
# A longer address is left out: what is defined once can be used in each word. Browsers take some 2,000.
_MAX_ADDRESS = 2_000
_CUT = '<p class="cut">The text goes on; this page has its first part alone.</p>'
_SCHEMES = {"http", "https", "mailto"}
# The parser leaves out what is nested deeper, and its own 20 is ten levels of a list.
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 60}).enable(["table", "strikethrough"])

_HEADINGS = {"h3", "h4", "h5", "h6"}
TAGS = {
    *_HEADINGS, "a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"}, "code": {"class"}, "ol": {"start"}, "td": {"class"}, "th": {"class"},
    **{heading: {"id"} for heading in _HEADINGS},
}  # fmt: skip
_ALIGNMENTS = {"text-align:right": "right", "text-align:center": "center"}
_CLASS = re.compile(r"language-[\w.+#-]{1,40}|right|center")

Rewrite = Callable[[str], str | None]


class MarkdownError(ValueError):
    """The text is not to be rendered; the message says why, as the end of a sentence."""


def render_markdown(
    text: str, *, link: Rewrite, image: Rewrite, first_heading: int = 3, prefix: str = "readme-"
) -> str:
    """`text` as HTML with nothing in it but TAGS.

    `link` and `image` are given each relative address and return where it leads, or None to leave its text alone.
    Images become links: a picture from another host would tell it who reads. The first level of headings becomes
    `first_heading`; ids of headings are like GitHub's behind `prefix`, so that a text's own contents list works.

    Raises:
        MarkdownError: the text nests too deep, or its HTML would have more than MAX_BYTES bytes.
    """
    beginning = text[:MAX_CHARACTERS]
    if excess := find_excess(beginning):
        raise MarkdownError(excess)
    tokens = _PARSER.parse(beginning)
    ids = _headings(tokens, first_heading, prefix)
    for token in tokens:
        if token.type == "inline":
            token.children = _inline(token.children or [], ids, link, image)
        elif token.type in ("th_open", "td_open"):
            alignment = _ALIGNMENTS.get(str(token.attrs.pop("style", "")))
            if alignment:
                token.attrs["class"] = alignment
    raw = _PARSER.renderer.render(tokens, _PARSER.options, {})
    _check_size(raw)
    html = nh3.clean(
        raw,
        tags=TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=lambda _tag, name, value: _attribute(name, value, prefix),
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener ugc",
    )
    # References can spell out what was taken from the text itself.
    html = visible(html)
    _check_size(html)
    return html + _CUT if len(text) > MAX_CHARACTERS else html


def render_plain(text: str, characters: int = MAX_PLAIN_CHARACTERS) -> str:
    """Return `text` as it is written, escaped, and cut to `characters` with a sentence that says so."""
    shown = text[: min(characters, MAX_PLAIN_CHARACTERS)]
    html = f"<pre>{escape(shown)}</pre>" if shown else ""
    return html + _CUT if len(shown) < len(text) else html


def _check_size(html: str) -> None:
    size = len(html.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise MarkdownError(f"its HTML would have {size:,} bytes (at most {MAX_BYTES:,})")


def _headings(tokens: list[Token], first: int, prefix: str) -> dict[str, str]:
    """Demote the headings and give them ids; returns the id on the page by what the text itself calls it."""
    ids: dict[str, str] = {}
    seen: Counter[str] = Counter()
    level = first - 1
    for opening, content, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type != "heading_open":
            continue
        # At most one below the heading before it: who listens to a page goes by its levels.
        level = min(int(opening.tag[1]) + first - 1, level + 1, 6)
        opening.tag = closing.tag = f"h{level}"
        words = "".join(child.content for child in content.children or [] if child.type in ("text", "code_inline"))
        name = base = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
        while name in ids:
            seen[base] += 1
            name = f"{base}-{seen[base]}"
        ids[name] = prefix + name
        opening.attrs["id"] = ids[name]
    return ids


def _inline(children: list[Token], ids: dict[str, str], link: Rewrite, image: Rewrite) -> list[Token]:
    """The children with every address rewritten; a link that leads nowhere leaves its text."""
    kept: list[Token] = []
    inside, dropped = False, False
    for token in children:
        if token.type == "link_open":
            address = _address(str(token.attrs.get("href", "")), ids, link)
            inside, dropped = True, address is None
            if address is None:
                continue
            token.attrs = {"href": address}
        elif token.type == "link_close":
            inside = False
            if dropped:
                continue
        elif token.type == "image":
            kept += _picture(token, None if inside else _address(str(token.attrs.get("src", "")), {}, image))
            continue
        kept.append(token)
    return kept


def _picture(token: Token, address: str | None) -> list[Token]:
    words = Token("text", "", 0, content=f"[image: {token.content.strip() or 'no description'}]")
    if address is None:
        return [words]
    return [Token("link_open", "a", 1, attrs={"href": address}), words, Token("link_close", "a", -1)]


def _address(href: str, ids: dict[str, str], rewrite: Rewrite) -> str | None:
    if len(href) > _MAX_ADDRESS:
        return None
    if href.startswith("#"):
        found = ids.get(href[1:].lower())
        return f"#{found}" if found else None
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme:
        return href if parts.scheme in _SCHEMES else None
    return None if parts.netloc or not href else rewrite(href)


def _attribute(name: str, value: str, prefix: str) -> str | None:
    if name == "class":
        return value if _CLASS.fullmatch(value) else None
    if name == "id":
        return value if value.startswith(prefix) else None
    return value
