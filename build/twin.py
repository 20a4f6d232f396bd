"""A bundle as Markdown, for a reader without a browser: the file beside its page. Pure.

What a repository says stands in quotations, line by line: none of its lines can become a heading of ours.
"""

import functools
import re

from jinja2 import Template

from build.configuration import configuration
from build.record import Record
from build.templates import environment

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def twin(record: Record, *, brief: bool = False) -> str:
    """The Markdown of a bundle's public record; a brief one without README, YAML and history, which are half of it."""
    if brief:
        record = {**record, "readme": None, "changelog": []}
    yaml = None if brief else configuration(record)
    return _template().render(b=record, yaml=yaml).rstrip() + "\n"


@functools.cache
def _template() -> Template:
    # No HTML: the two filters escape what Markdown takes for its own.
    markdown = environment().overlay(autoescape=False)
    markdown.filters = {**markdown.filters, "inline": inline, "quote": _quote}
    return markdown.get_template("twin.md")


def inline(text: str) -> str:
    """Text for a line of Markdown, in which it can be nothing but text."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _quote(text: str | None) -> str:
    lines = text.strip().splitlines() if text else []
    return "".join(f"{f'> {line}'.rstrip()}\n" for line in lines) + "\n" if lines else ""
