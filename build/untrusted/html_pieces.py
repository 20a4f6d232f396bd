"""HTML that was made of a stranger's Markdown, put in order for the page that it stands on: the levels and ids of its
headings, where its links lead, links in the place of pictures, names of emoji. No attribute stays but what is set here.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from markupsafe import escape
from pymdownx.gemoji_db import aliases, emoji

from build.untrusted.html_tags import EMPTY, HEADINGS

SCHEMES = {"http", "https", "mailto"}
# A longer address is left out: what is defined once can be used in each word. Browsers take some 2,000.
_MAX_ADDRESS = 2_000
_RENAMED = {"section": "div", "strike": "s", "tt": "code"}
_CODE = {"code", "kbd", "pre", "samp"}
_NUMBER = {
    "colspan": re.compile("[1-9][0-9]?"),
    "rowspan": re.compile("[1-9][0-9]?"),
    "start": re.compile("[0-9]{1,9}"),
}
_NAME = re.compile(r"[^\s\"'<>]{1,200}")
_EMOJI = re.compile(r"(?<![\w:]):[a-z0-9_+-]{1,50}:(?![\w:])")

Rewrite = Callable[[str], str | None]


class _Text:
    def __init__(self, text: str) -> None:
        self.text = text


class _Start:
    """The beginning of an element. Without a tag its content alone stays."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes


class _End:
    def __init__(self, start: _Start) -> None:
        self.start = start


_Piece = _Text | _Start | _End


class _Reader(HTMLParser):
    """Reads HTML in which each element has its end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[_Piece] = []
        self._open: list[_Start] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        start = _Start(tag, {name: value or "" for name, value in attrs})
        self.pieces.append(start)
        if tag not in EMPTY:
            self._open.append(start)

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self.pieces.append(_End(self._open.pop()))

    def handle_data(self, data: str) -> None:
        self.pieces.append(_Text(data))


def arrange(text: str, *, link: Rewrite, image: Rewrite, first_heading: int, prefix: str) -> str:
    """Return HTML in its order for a page.

    Args:
        text: Well-formed HTML, whose classes are of our own making.
        link: Returns where a relative address leads, or None to leave its text alone.
        image: The same for a picture.
        first_heading: The level of the first headings.
        prefix: Begins each id.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    ids = _name_headings(reader.pieces, first_heading, prefix)
    _name_anchors(reader.pieces, ids, prefix)
    return "".join(_write(reader.pieces, ids, link, image))


def _name_headings(pieces: Sequence[_Piece], first: int, prefix: str) -> dict[str, str]:
    """Give the headings their levels and ids; returns the id on the page by what the text itself calls it."""
    ids: dict[str, str] = {}
    seen: Counter[str] = Counter()
    around: list[int] = []
    for at, piece in enumerate(pieces):
        if not isinstance(piece, _Start) or piece.tag not in HEADINGS:
            continue
        level = int(piece.tag[1])
        # Who listens to a page goes by its levels: none is left out, and those that were alike stay so.
        while around and around[-1] >= level:
            around.pop()
        around.append(level)
        piece.tag = f"h{min(first + len(around) - 1, 6)}"
        name = base = _slug("".join(_words(pieces, at)))
        while _key(name) in ids:
            seen[base] += 1
            name = f"{base}-{seen[base]}"
        ids[_key(name)] = prefix + name
        ids.setdefault(_key(piece.attributes.get("id") or name), prefix + name)
        piece.attributes["id"] = prefix + name
    return ids


def _words(pieces: Sequence[_Piece], at: int) -> Iterator[str]:
    """Yield the texts within the element that begins there."""
    for following in range(at + 1, len(pieces)):
        piece = pieces[following]
        if isinstance(piece, _Text):
            yield piece.text
        elif isinstance(piece, _End) and piece.start is pieces[at]:
            return


def _slug(words: str) -> str:
    """Return what GitHub calls a heading of these words."""
    return "".join(c for c in words.strip().lower() if _is_in_slug(c)).replace(" ", "-")


def _is_in_slug(character: str) -> bool:
    # Marks are parts of letters in many scripts.
    kind = unicodedata.category(character)
    return character in "- " or kind[0] in "LM" or kind in ("Nd", "Pc")


def _name_anchors(pieces: Sequence[_Piece], ids: dict[str, str], prefix: str) -> None:
    """Give what an author named, by `id` or `name`, an id on the page unless something there has it."""
    taken = set(ids.values())
    for piece in pieces:
        if not isinstance(piece, _Start) or piece.tag in HEADINGS:
            continue
        own = None
        for name in (piece.attributes.pop("id", ""), piece.attributes.pop("name", "")):
            if _NAME.fullmatch(name) and _key(name) not in ids:
                if own is None and prefix + name not in taken:
                    own = piece.attributes["id"] = prefix + name
                    taken.add(own)
                if own is not None:
                    ids[_key(name)] = own


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower()


def _write(pieces: Sequence[_Piece], ids: Mapping[str, str], link: Rewrite, image: Rewrite) -> Iterator[str]:
    """Yield the pieces as HTML."""
    open_tags: Counter[str] = Counter()
    for piece in pieces:
        if isinstance(piece, _Text):
            in_code = any(open_tags[tag] for tag in _CODE)
            yield str(escape(piece.text if in_code else _EMOJI.sub(_emoji, piece.text)))
        elif isinstance(piece, _End):
            open_tags[piece.start.tag] -= 1
            yield f"</{piece.start.tag}>" if piece.start.tag else ""
        elif piece.tag == "img":
            yield _picture(piece.attributes, None if open_tags["a"] else image)
        else:
            attributes = _allowed_attributes(piece.tag, piece.attributes)
            piece.tag = _RENAMED.get(piece.tag, piece.tag)
            if piece.tag == "a":
                address = _address(piece.attributes.get("href", ""), ids, link)
                if address is None:
                    piece.tag = "span"
                else:
                    attributes["href"] = address
            if piece.tag == "span" and not attributes:
                piece.tag = ""
            open_tags[piece.tag] += 1
            yield _tag(piece.tag, attributes) if piece.tag else ""


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    return "".join([f"<{name}", *(f' {one}="{escape(value)}"' for one, value in attributes.items()), ">"])


def _picture(attributes: Mapping[str, str], image: Rewrite | None) -> str:
    """Return words in a picture's place, as a link to it where they stand in no other."""
    words = escape(f"[image: {attributes.get('alt', '').strip() or 'no description'}]")
    source = attributes.get("src", "").strip()
    address = None if image is None or source.startswith("#") else _address(source, {}, image)
    return str(words) if address is None else f"{_tag('a', {'href': address})}{words}</a>"


def _address(href: str, ids: Mapping[str, str], rewrite: Rewrite) -> str | None:
    href = href.strip()
    if len(href) > _MAX_ADDRESS:
        return None
    if href.startswith("#"):
        result = ids.get(_key(unquote(href[1:]).removeprefix("user-content-")))
        return f"#{result}" if result else None
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme:
        return href if parts.scheme in SCHEMES else None
    return None if parts.netloc or not href else rewrite(href)


def _allowed_attributes(tag: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return what stays of an element's attributes, but for the address of a link."""
    allowed = {name: value for name in ("id", "class") if (value := attributes.get(name))}
    if (align := attributes.get("align", "").lower()) in ("center", "right"):
        allowed["class"] = align
    allowed |= {name: value for name, like in _NUMBER.items() if like.fullmatch(value := attributes.get(name, ""))}
    if tag == "details" and "open" in attributes:
        allowed["open"] = ""
    elif tag == "abbr" and attributes.get("title"):
        allowed["title"] = attributes["title"]
    elif tag == "input":
        done = "checked" in attributes
        allowed |= {"type": "checkbox", "disabled": "", "aria-label": "done" if done else "to do"}
        allowed |= {"checked": ""} if done else {}
    return allowed


def _emoji(match: re.Match[str]) -> str:
    known = emoji.get(aliases.get(match[0], match[0]))
    codes = (known.get("unicode_alt") or known["unicode"]).split("-") if known else ()
    return "".join(chr(int(code, 16)) for code in codes) or match[0]
