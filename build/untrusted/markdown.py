"""Third-party Markdown (READMEs, documentation of tools) as HTML that is safe to put on a page, as GitHub shows it.

Two walls: of HTML in the text only known tags stay tags (html_tags.py), and what the parser makes of all is put
together anew with attributes of our own (html_pieces.py); that is then cleaned against a list of what is allowed, so
that a mistake in either alone lets nothing through. What would take the parser long, or become much more than it is,
is refused before it is parsed or cleaned; `render_plain` shows it as it is.
"""

import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import escape
from mdit_py_plugins.gfm import gfm_plugin

from build.untrusted.front_matter import split_front_matter
from build.untrusted.html_pieces import SCHEMES, Rewrite, arrange
from build.untrusted.html_tags import ALLOWED, CHANGED, begin_html_block, disarm
from build.untrusted.nesting import find_excess
from search_fn.text import visible

# Characters, enough for any README that people read; the parser's time grows with them.
MAX_CHARACTERS = 100_000
# Bytes of HTML for one text; CodeBundles' have at most 32,000, the largest of 158 other projects' READMEs 110,000.
MAX_BYTES = 500_000
# Characters of one text that is shown as it is.
MAX_PLAIN_CHARACTERS = 20_000
_CUT = '<p class="cut">The text goes on; this page has its first part alone.</p>'
# The parser leaves out what is nested deeper, and its own 20 is ten levels of a list.
PARSER = MarkdownIt("commonmark", {"html": True, "maxNesting": 60}).use(gfm_plugin)
PARSER.block.ruler.at("html_block", begin_html_block, {"alt": ["paragraph", "reference", "blockquote"]})
# A second mark of the same note has its number too, as on GitHub.
PARSER.add_render_rule("footnote_caption", lambda _self, tokens, at, *_: f"[{tokens[at].meta['id'] + 1}]")

# Lines of a paragraph that the parser would not change: letters in front, and no sign of markup, links or emoji.
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9 ,;()'\"/%?!+=${}.:\n-]{0,2000}")
_NO_WORDS = re.compile(r":(?![ \n]|\Z)|www|[ \n]\n|[ \n]\Z|\n(?![A-Za-z])", re.IGNORECASE)

# Elements that the parser itself makes besides.
_MADE = {"input", "section"}
TAGS = {*ALLOWED - {"h1", "h2", "tt"}, "input"}
_ATTRIBUTES = {
    "*": {"class", "id"}, "a": {"href"}, "abbr": {"title"}, "details": {"open"},
    "input": {"aria-label", "checked", "disabled", "type"}, "ol": {"start"}, "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}  # fmt: skip
# Attributes of all elements.
_SET = {"input": {"type": "checkbox", "disabled": ""}}
_FROM_PARSER = _ATTRIBUTES | {
    "*": {"align", "class", "id", "name"}, "img": {"alt", "src"}, "input": {"checked"},
}  # fmt: skip
_ALIGNMENT = re.compile(r"text-align:(left|center|right)")
_CLASS = re.compile(
    r"language-[\w.+#-]{1,40}|right|center|footnotes|task-list-item|task-list-item-checkbox|contains-task-list"
    r"|markdown-alert markdown-alert-(?:note|tip|important|warning|caution)|markdown-alert-title"
)


class MarkdownError(ValueError):
    """The text is not to be rendered; the message says why, as the end of a sentence."""


def render_markdown(
    text: str, *, link: Rewrite, image: Rewrite, first_heading: int = 3, prefix: str = "readme-"
) -> str:
    """Return Markdown as HTML that has no tag but those of TAGS.

    Images become links: a picture from another host would tell it who reads.

    Args:
        text: Untrusted Markdown; what is beyond MAX_CHARACTERS is left out, and the HTML says so.
        link: Returns where a relative address leads, or None to leave its text alone.
        image: The same for a picture.
        first_heading: The level that the first level of headings gets, 1 to 6.
        prefix: Begins each id; what follows is like GitHub's ids, so that a text's own contents list works.

    Raises:
        MarkdownError: The text nests too deep, or its HTML would have more than MAX_BYTES bytes.
    """
    if _WORDS.fullmatch(text) and not _NO_WORDS.search(text):
        # As are most documentations of tools, each of which would take a millisecond.
        return f"<p>{text}</p>\n"
    head, beginning = split_front_matter(text[:MAX_CHARACTERS])
    if excess := find_excess(beginning):
        raise MarkdownError(excess)
    tokens = PARSER.parse(beginning)
    if excess := disarm(tokens):
        raise MarkdownError(excess)
    for token in tokens:
        _align(token)
    raw = head + PARSER.renderer.render(tokens, PARSER.options, {})
    _check_size(raw)
    whole = nh3.clean(raw, tags=ALLOWED | CHANGED | _MADE, attributes=_FROM_PARSER, url_schemes=SCHEMES, link_rel=None)
    # References can spell out what was taken from the text itself.
    whole = visible(whole)
    _check_size(whole)
    html = nh3.clean(
        arrange(whole, link=link, image=image, first_heading=first_heading, prefix=prefix),
        tags=TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=lambda _tag, name, value: _attribute(name, value, prefix),
        set_tag_attribute_values=_SET,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener ugc",
    )
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


def _align(token: Token) -> None:
    """Say how a table's cell is aligned as HTML does, without a style."""
    match = _ALIGNMENT.fullmatch(str(token.attrs.pop("style", "")))
    if match:
        token.attrs["align"] = match[1]


def _attribute(name: str, value: str, prefix: str) -> str | None:
    if name == "class":
        return value if _CLASS.fullmatch(value) else None
    if name == "id":
        return value if value.startswith(prefix) else None
    return value
