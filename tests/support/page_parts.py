"""Pages of the site, taken apart: front matter, elements and texts."""

import re
from typing import Any

import yaml
from lxml import html


def parts(page: str) -> tuple[dict[str, Any], html.HtmlElement]:
    """Return a page's front matter and its block of HTML."""
    match = re.fullmatch(r"---\n(.*?\n)---\n\n(.*)", page, re.DOTALL)
    assert match
    return yaml.safe_load(match[1]), html.fragment_fromstring(match[2])


def body(pages: dict[str, str], path: str) -> html.HtmlElement:
    return parts(pages[path])[1]


def texts(element: html.HtmlElement, selector: str) -> list[str]:
    return [" ".join(result.text_content().split()) for result in element.xpath(selector)]
