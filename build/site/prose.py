"""Third-party Markdown of one page, each text as HTML or, where that is refused, as plain text.

Every text that a page shows as Markdown goes through `render_texts`, which the pipeline calls in guarded processes
(build/render_cache.py); pages are given what it returned. So a text can stop neither the build nor another's page.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from urllib.parse import quote, unquote, urlsplit

from build.catalogue.source_links import Source
from build.model import FILE_OF, Kind, Value
from build.parse.readme import is_markdown
from build.untrusted.markdown import MAX_PLAIN_CHARACTERS, MarkdownError, render_markdown, render_plain

# Bytes of HTML that the Markdown of one page may have together; the largest of 237 real pages has 32,000.
MAX_PAGE_BYTES = 1_000_000
# Bytes of a character that is escaped, or of UTF-8, at most.
_BYTES_OF_CHARACTER = 5
# What hosts show with headings that can be led to.
_TEXTS = (".md", ".mdx", ".markdown", ".rst", ".adoc", ".asciidoc", ".org", ".ipynb")
# As GitHub writes it, and as GitLab does.
_LINES = re.compile(r"L(\d{1,7})(?:C\d{1,5})?(?:-L?(\d{1,7})(?:C\d{1,5})?)?")
_FULL = "the page has no room for it: its texts together would have more than {:,} bytes of HTML"


class Prose(Value):
    """A third-party text of a page, Markdown unless it is `plain`.

    `name` is its own on the page and begins the ids of its headings; `path` is the file, relative to the bundle's
    folder, and `line` its place there.
    """

    name: str
    markdown: str
    first_heading: int = 3
    path: str
    line: int | None = None
    plain: bool = False


class Rendered(Value):
    """Texts of one page by name: their `html`, and the reasons of those that are shown as plain text.

    `refused` follows from the text and its page alone; `failed` may be the machine's fault, so that it is retried.
    """

    html: dict[str, str]
    refused: dict[str, str]
    failed: dict[str, str]

    @property
    def plain(self) -> dict[str, str]:
        return self.refused | self.failed


def bundle_prose(
    readme: str | None, tools: Iterable[tuple[Kind, int, str]], readme_file: str | None = None
) -> list[Prose]:
    """Return the texts of a bundle's page: its README first, then the documentation of its tools.

    Args:
        readme: The README's text.
        tools: Kind, line and documentation of each tool.
        readme_file: The README's path in the bundle, README.md unless given.
    """
    path = readme_file or "README.md"
    texts = [Prose(name="readme", markdown=readme, path=path, plain=not is_markdown(path))] if readme else []
    return texts + [
        Prose(name=tool_name(kind, line), markdown=text, first_heading=5, path=FILE_OF[kind], line=line)
        for kind, line, text in tools
        if text
    ]


def tool_name(kind: str, line: int) -> str:
    """Return the name of a tool's documentation on its page."""
    return f"{kind}-{line}"


def render_texts(texts: Sequence[Prose], at: Source, folder: str) -> Rendered:
    """Render the texts of one page in their order.

    Args:
        texts: The texts.
        at: The commit to which relative links lead.
        folder: The folder from which they lead.
    """
    link, image = partial(_target, at.file, folder, at), partial(_target, at.raw, folder, at)
    rendered: dict[str, str | MarkdownError] = {}
    size = 0
    for text in texts:
        if size > MAX_PAGE_BYTES:
            # What has no room is not parsed either.
            break
        try:
            html = (
                render_plain(text.markdown)
                if text.plain
                else render_markdown(
                    text.markdown, link=link, image=image, first_heading=text.first_heading, prefix=f"{text.name}-"
                )
            )
            size += _size(html)
            rendered[text.name] = html
        except MarkdownError as error:
            rendered[text.name] = error
    return fit(texts, rendered)


def fit(
    texts: Sequence[Prose], rendered: Mapping[str, str | MarkdownError], failed: Mapping[str, str] | None = None
) -> Rendered:
    """Return the texts of one page within MAX_PAGE_BYTES.

    Args:
        texts: All texts of the page; the first have the first claim to its bytes.
        rendered: By name, the HTML of a text or why it was refused.
        failed: By name, why a text could not be rendered this time; a text in neither had no room.
    """
    failed = failed or {}
    html: dict[str, str] = {}
    refused: dict[str, str] = {}
    left = MAX_PAGE_BYTES
    for text in texts:
        result = rendered.get(text.name)
        if isinstance(result, str) and _size(result) <= left:
            html[text.name] = result
        else:
            html[text.name] = render_plain(text.markdown, min(MAX_PLAIN_CHARACTERS, left // _BYTES_OF_CHARACTER))
            if text.name not in failed:
                refused[text.name] = str(result) if isinstance(result, MarkdownError) else _FULL.format(MAX_PAGE_BYTES)
        left = max(0, left - _size(html[text.name]))
    return Rendered(html=html, refused=refused, failed={t.name: failed[t.name] for t in texts if t.name in failed})


def _target(address: Callable[[str], str], folder: str, at: Source, href: str) -> str | None:
    """Return the address of a relative link, None where it leaves the repository."""
    parts = urlsplit(href)
    path = unquote(parts.path)
    inside = posixpath.normpath(path.lstrip("/") if path.startswith("/") else f"{folder}/{path}")
    if not parts.path or inside == ".." or inside.startswith("../"):
        return None
    return address(inside) + (_place(path, unquote(parts.fragment), at) if address == at.file else "")


def _place(path: str, fragment: str, at: Source) -> str:
    """Return the fragment that leads to lines of a file, or to a section of a text or a folder's README."""
    lines = _LINES.fullmatch(fragment)
    if lines:
        return at.lines(int(lines[1]), int(lines[2] or lines[1]))
    name = posixpath.basename(path)
    return f"#{quote(fragment)}" if fragment and ("." not in name.strip(".") or name.lower().endswith(_TEXTS)) else ""


def _size(html: str) -> int:
    return len(html.encode("utf-8", "surrogatepass"))
