"""The registry's own documentation, docs/, as pages that are searched: cut at its headings, each with its place."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from build.documentation import OWN, DocumentationPage, Section

# Lists of everything, in which nobody searches for words.
_LEFT_OUT = frozenset({"index", "reference/modules", "reference/licences"})
# Characters of a section, and of a description.
_SECTION, _ABOUT = 2_000, 300
_FENCE = re.compile(r"^\s*(?:```|:?-{3,}).*$|^\s*\|[\s|:-]*\|\s*$", re.MULTILINE)
_SIGNS = re.compile(r"`|\*\*|^\s*(?:>|[-*])\s", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def own_documentation(folder: Path, site_url: str) -> list[DocumentationPage]:
    """Return a page for each document of a folder, in the order of their paths.

    Args:
        folder: The folder of Markdown.
        site_url: The site's own address, "" where nobody told it; addresses begin at its root then.
    """
    found = []
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name in _LEFT_OUT:
            continue
        place = re.sub(r"(^|/)index$", "", name)
        title, *rest = _sections(path.read_text(encoding="utf-8"))
        found.append(
            DocumentationPage(
                category=OWN,
                slug=name.replace("/", "-"),
                name=title.heading,
                url=f"{site_url.rstrip('/')}/docs/{place}{'/' if place else ''}",
                description=_cut(title.text, _ABOUT),
                sections=tuple(rest),
            )
        )
    return found


def _sections(text: str) -> Iterator[Section]:
    """Yield the parts of a document, each with its heading's place as the site has it; the first is the title's."""
    tokens, lines = MarkdownIt().enable("table").parse(text), text.splitlines()
    heads = [(one, inner) for one, inner in pairwise(tokens) if one.type == "heading_open" and one.level == 0]
    ends = [one.map[0] for one, _ in heads[1:] if one.map] + [len(lines)]
    taken: set[str] = set()
    for (head, inner), end in zip(heads, ends, strict=True):
        title = _plain(inner)
        anchor = _unique(_slug(title), taken)
        body = _words("\n".join(lines[head.map[1] if head.map else end : end]))
        if body or not taken - {anchor}:
            yield Section(heading=title, anchor=anchor, text=_cut(body, _SECTION))


def _plain(inline: Token) -> str:
    return "".join(one.content for one in inline.children or () if one.type in ("text", "code_inline"))


def _slug(title: str) -> str:
    """Return the place of a heading, as Python-Markdown's table of contents makes it."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", letters).strip().lower())


def _unique(slug: str, taken: set[str]) -> str:
    found, number = slug, 0
    while not found or found in taken:
        number += 1
        found = f"{slug}_{number}"
    taken.add(found)
    return found


def _words(markdown: str) -> str:
    """Return Markdown as words on one line: of links their text, of tables and code what stands in them."""
    plain = _LINK.sub(r"\1", _FENCE.sub("", markdown))
    return " ".join(_SIGNS.sub("", plain).replace("|", " ").split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]}…"
