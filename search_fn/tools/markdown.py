"""Tools' answers as Markdown.

What a repository says is escaped within a line or quoted line by line: none of it can become a heading, a link or a
sentence of ours.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from search_fn.text import code_span, escaped, inline, quote

_UNSAFE = re.compile(r"[\s<>\\]|[^\x21-\x7e]")
_LINK = re.compile(r"(<https://[^\s<>]+>)")

Data = Mapping[str, Any]


def collections(data: Data) -> str:
    """Return a page of collections, or one with its `codebundles`."""
    lines = []
    for one in data["collections"]:
        matching = "" if one["matching"] is None else f", {one['matching']} of which match"
        lines += [
            f"- Slug: {code_span(one['slug'])}",
            f"  - Name: {inline(one['name'])}",
            f"  - CodeBundles: {one['bundles']}{matching}",
            f"  - Tools: {one['tools']}",
            f"  - Repository: {address(one['git_url'])}",
            *quoted_from(one["slug"], one["commit"], one["state"] == "stale"),
            *quote(one["description"], "    "),
        ]
    bundles = [f"- {code_span(name)}" for name in data.get("codebundles", ())]
    return answer_text(
        data,
        [*lines, *(["", "## CodeBundles", "", *bundles] if bundles else [])],
        f"{len(data['collections'])} of {data['total']} CodeCollections.{weak_match(data)}",
    )


def weak_match(data: Data) -> str:
    """Return the sentence that follows the count of an answer that is not confident, "" for the others."""
    return "" if data.get("confident", True) else " None may answer the question: the match is weak."


def deprecation(one: Data) -> list[str]:
    """Return the line that says that a bundle is deprecated, none where it is not."""
    note = one.get("deprecated")
    if not note:
        return []
    since = f" since {inline(note['since'])}" if note["since"] else ""
    instead = f", instead of it: {code_span(note['instead'])}" if note["instead"] else ""
    reason = f": {inline(note['reason'])}" if note["reason"] else ""
    return [f"Deprecated{since}{instead}{reason}"]


def request(data: Data) -> str:
    head = "Nothing was sent. A person can read, change and submit the request here:"
    if data["submitted"]:
        head = "The request was made before:" if data["notes"] else "The request is open:"
    lines = [f"{head}\n\n<{data['url']}>"]
    if data["similar"]:
        lines += ["", "CodeBundles that come near it:", *(f"- {code_span(name)}" for name in data["similar"])]
    if data["requests"]:
        lines += ["", "Open requests that come near it:", *_open(data)]
    return answer_text(data, lines[1:], lines[0])


def requests(data: Data) -> str:
    return answer_text(data, _open(data), f"Search them on GitHub: <{data['url']}>")


def _open(data: Data) -> list[str]:
    return [f"- {inline(one['title'])} {address(one['url'])}" for one in data["requests"]]


def answer_text(data: Data, lines: Sequence[str], head: str = "") -> str:
    """Return an answer's text: head, notice, lines, cursor and notes.

    Args:
        data: The answer, with `notice` and `notes`, and `next_cursor` where there is one.
        lines: Markdown that quotes repositories.
        head: A sentence of ours before the notice.
    """
    more = data.get("next_cursor")
    cursor = f"The next page: cursor {more}" if more else ""
    parts = [head, data["notice"] if lines else "", "\n".join(lines), cursor, *map(_note, data["notes"])]
    return "\n\n".join(filter(None, parts)) + "\n"


def _note(text: str) -> str:
    """Return a note in which our own addresses are links and everything else is escaped."""
    return "".join(part if place % 2 else escaped(part) for place, part in enumerate(_LINK.split(text)))


def quoted_from(collection: str, commit: str | None, stale: bool, indent: str = "  ") -> list[str]:
    state = " (stale: it could not be brought up to date)" if stale else ""
    return [f"{indent}- Quoted from {inline(collection)} at commit {commit or 'unknown'}{state}:"]


def address(url: str | None) -> str:
    # The address is ours or built from a validated git_url, but a folder's name in it is a stranger's.
    return f"<{_UNSAFE.sub('', url)}>" if url else "none"
