"""Which documentation is catalogued beside the collections: sources.yaml, in upstream's format.

An entry is a page (name, url, description, topics, usage_examples, key_points) or a question with its answer. The
registry quotes what the entry says of a page and leads to the page itself; it does not republish it.
"""

import re
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from build.documentation import (
    DocumentationPage,
    Section,
)
from build.errors import UsageError
from build.model import (
    Problem,
)
from build.problems import problem
from build.untrusted import safe_yaml
from build.untrusted.credentials import presentable

_ENTRIES = 2_000
_CATEGORY = re.compile(r"[a-z][a-z0-9_]{0,63}")
# A percent sign stands before two hexadecimal digits, or else each reader makes another address of it.
_URL = re.compile(
    r"https://[\w.-]+(:\d+)?(/([\w./~+-]|%[0-9A-Fa-f]{2})*)?"
    r"(\?([\w=&.-]|%[0-9A-Fa-f]{2})*)?(#([\w./:-]|%[0-9A-Fa-f]{2})*)?"
)
# Upstream's, for its crawler.
_UNUSED = ("index_config",)


class _Entry(BaseModel):
    """`priority` is upstream's and changes nothing; `keywords` and `examples` are an older docs.yaml's names."""

    model_config = ConfigDict(extra="ignore", strict=True, str_max_length=5_000)

    name: str = ""
    url: str = ""
    description: str = ""
    topics: list[str] = []
    usage_examples: list[str] = []
    key_points: list[str] = []
    keywords: list[str] = []
    examples: list[str] = []
    priority: str = ""
    question: str = ""
    answer: str = ""


def read_sources(file: Path) -> tuple[list[DocumentationPage], list[Problem]]:
    """Read the list of documentation pages.

    Returns:
        The pages in the file's order, and a problem for each entry that is wrong and left out. Both are empty without a
        file, or where it is empty.

    Raises:
        UsageError: The file cannot be read, or is not a mapping of categories to entries.
    """
    if not file.exists():
        return [], []
    try:
        data = safe_yaml.load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, safe_yaml.SafeYamlError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error
    # Empty, or with comments alone, as upstream's own is.
    if data is None:
        return [], []
    if isinstance(data, dict) and data.get("sources", ...) is None:
        data["sources"] = {}
    # Upstream's older docs.yaml calls this level documentation, as later files call a category, or has none.
    named = data if isinstance(data, dict) else {}
    older = named.get("documentation")
    categories = named.get("sources", older if isinstance(older, dict) else data)
    if not isinstance(categories, dict):
        raise UsageError(f"{file} is not a mapping of categories to entries; write `sources:` and categories below it.")
    pages: dict[str, DocumentationPage] = {}
    others = [key for key in named if categories is not data and named[key] is not categories and key not in _UNUSED]
    problems = [_odd(file, f"nothing reads {key!r}") for key in others]
    for category, entries in categories.items():
        if category in _UNUSED:
            continue
        if not isinstance(category, str) or not _CATEGORY.fullmatch(category) or not isinstance(entries, list):
            problems.append(_odd(file, f"{category!r} is not a category with a list of entries"))
            continue
        for number, entry in enumerate(entries[:_ENTRIES], 1):
            try:
                page = _page(category, entry, pages)
                pages[page.id] = page
                unknown = [str(key) for key in entry if key not in _Entry.model_fields]
                if unknown:
                    problems.append(_odd(file, f"entry {number} of {category}: nothing reads {', '.join(unknown)}"))
            except (ValidationError, ValueError) as error:
                first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
                problems.append(_odd(file, f"entry {number} of {category} is left out: {first}"))
    return list(pages.values()), problems


def _page(category: str, given: Any, known: Mapping[str, DocumentationPage]) -> DocumentationPage:
    entry = _Entry.model_validate(given)
    name = presentable(entry.question or entry.name).strip()
    about = presentable(entry.answer or entry.description).strip()
    if not name or not about:
        raise ValueError("it needs a name and a description, or a question and an answer")
    if entry.url and not _URL.fullmatch(entry.url):
        raise ValueError("its url is not a plain https address")
    if urlsplit(entry.url).port == 0:
        raise ValueError("its url has no port")
    slug = base = re.sub(r"[\W_]+", "-", name.lower(), flags=re.ASCII).strip("-")[:80].strip("-") or "page"
    for number in count(2):
        if f"{category}/{slug}" not in known:
            break
        slug = f"{base}-{number}"
    points = [text for text in (*entry.key_points, *entry.usage_examples, *entry.examples) if text.strip()]
    return DocumentationPage(
        category=category,
        slug=slug,
        name=name,
        url=entry.url or None,
        description=about,
        topics=tuple(presentable(topic).strip() for topic in (*entry.topics, *entry.keywords)),
        sections=tuple(Section(text=presentable(text).strip()) for text in points[:60]),
    )


def _odd(file: Path, message: str) -> Problem:
    return problem("source-odd", message, collection="", path=str(file))
