"""The shell around generated pages: MkDocs' theme renders it once for all of a kind, and each page is put into it.

With build/site/mkdocs.py the one that knows MkDocs. To render the theme for each page took as long as the pages
themselves.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from jinja2 import Environment
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

# What differs between pages of a kind, where the theme has it. NUL is in no text of a page. The theme makes links
# relative unless they begin at the root.
_SLOT = re.compile("/?\0([a-z]+)\0")
_TEXTS, _LINKS = ("title", "description"), ("feed", "data")


class Shell:
    """Puts pages into the theme's template page.html."""

    def __init__(self, env: Environment, config: MkDocsConfig, nav: Navigation) -> None:
        self._env, self._config, self._nav = env, config, nav
        self._kinds: dict[tuple[object, ...], list[str]] = {}

    def around(self, file: File, meta: Mapping[str, Any], content: str) -> str:
        """Return a page that the navigation does not name, as the theme's template makes it.

        Args:
            file: Where it lies. In a folder of the site's root that no shared link of the theme leads below.
            meta: Its front matter.
            content: Its block of HTML.
        """
        address = file.url
        # The theme's links depend on the depth; tabs on the first folder; what is there on what the page says.
        kind = (
            address.count("/"), address.partition("/")[0], meta.get("script"), meta.get("connect"),
            *(bool(meta.get(name)) for name in (*_TEXTS, *_LINKS)),
        )  # fmt: skip
        if kind not in self._kinds:
            self._kinds[kind] = self._render(file, meta)
        values = {name: " ".join(str(meta[name]).split()) for name in _TEXTS if meta.get(name)}
        values |= {name: get_relative_url(meta[name], address) for name in _LINKS if meta.get(name)}
        values |= {"canonical": self.address(file) or "", "content": content}
        return fill(self._kinds[kind], values)

    def address(self, file: File) -> str | None:
        """Return the whole address of a page, None where the site's own is not known."""
        return urljoin(self._config.site_url, file.url) if self._config.site_url else None

    def _render(self, file: File, meta: Mapping[str, Any]) -> list[str]:
        """Return the template's pieces for a kind: texts, and between them the names of slots."""
        page = Page(None, file, self._config)
        file.page = None
        page.meta = {**meta, **{name: f"\0{name}\0" for name in _TEXTS if meta.get(name)}}
        page.meta |= {name: f"/\0{name}\0" for name in _LINKS if meta.get(name)}
        page.content = "\0content\0"
        if page.canonical_url:
            page.canonical_url = "\0canonical\0"
        context: Any = get_context(self._nav, [], self._config, page)
        return cut(self._env.get_template("page.html").render(context))


def cut(rendered: str) -> list[str]:
    """Return the pieces of what a template made of slots, NUL around each one's name: texts, and names between them."""
    return _SLOT.split(rendered)


def fill(pieces: Sequence[str], values: Mapping[str, str]) -> str:
    """Return pieces with a value, which is HTML, in each slot."""
    return "".join(values[piece] if at % 2 else piece for at, piece in enumerate(pieces))
