"""Requests for CodeBundles that are missing: those that are open, and a new one, filled in for a person to read, change
and submit at its address.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from search_fn.index.facets import encodable
from search_fn.issues.github import LABEL, REPOSITORY
from search_fn.query.words import stem, words
from search_fn.search.ranking import MAX_QUERY
from search_fn.text import inline, shortened

# GitHub refuses addresses from some 8,200 characters on.
_LONGEST_ADDRESS = 7_500
# The share of the shorter text's words that both have.
_ALIKE = 0.5
_LABEL_WORDS = frozenset({"new", "codebundle", "request", "newcodebundlerequest"})


class Request(NamedTuple):
    """`url` opens the filled-in issue; `cut` where it does not hold the whole `body`. `key` is the same for a request
    that is made again, whatever has come near it since.
    """

    title: str
    body: str
    key: str
    url: str
    cut: bool


def request_for(
    platform: str,
    tasks: Sequence[str],
    similar: Sequence[str] = (),
    requests: Sequence[Mapping[str, Any]] = (),
    *,
    query: str = "",
    context: str = "",
    contact_ok: bool = False,
    repository: str = REPOSITORY,
) -> Request:
    """Nothing is sent. `similar` are ids of CodeBundles, `requests` those that are open already, and `query` is the
    question that found nothing. `repository` is the one whose issue it becomes.
    """
    title = encodable(f"[{LABEL}] - {' '.join((platform or tasks[0]).split())[:50]}")
    parts = {
        "Platform": platform,
        "Tools": "\n".join(f"{number}. {' '.join(task.split())}" for number, task in enumerate(tasks, 1)),
        "Original search query": query,
        "Similar CodeBundles": "\n".join(f"- {inline(name)}" for name in similar),
        "Similar requests": "\n".join(f"- #{one['number']} {inline(one['title'])}" for one in requests),
        "Context": context,
        "Contact": "The author may be asked back." if contact_ok else "",
    }
    body = encodable("\n\n".join(f"## {heading}\n\n{text.strip()}" for heading, text in parts.items() if text.strip()))
    url, kept = _address(repository, title, body), len(body)
    while len(url) > _LONGEST_ADDRESS:
        kept = kept * 9 // 10
        url = _address(repository, title, f"{body[:kept].rstrip()}…")
    key = encodable("\n".join(" ".join(text.casefold().split()) for text in (platform, *tasks, query, context)))
    return Request(title, body, key, url, kept < len(body))


def issues_address(repository: str) -> str:
    """Where people read and write a repository's issues."""
    return f"https://github.com/{repository}/issues"


def _address(repository: str, title: str, body: str) -> str:
    return f"{issues_address(repository)}/new?{urlencode({'title': title, 'labels': LABEL, 'body': body})}"


def open_requests(document: str | None, *texts: str) -> list[dict[str, Any]] | None:
    """At most ten requests of the build's `document` of them whose titles are about what one of `texts` is about, best
    first; None where there is no document, since the build asked nobody.
    """
    if document is None:
        return None
    wanted = [_stems(shortened(text, MAX_QUERY)) for text in texts]
    found = []
    for request in json.loads(document)["requests"]:
        title = _stems(request["title"])
        alike = max(len(stems & title) / max(min(len(stems), len(title)), 1) for stems in wanted)
        if alike >= _ALIKE:
            found.append((-alike, -request["number"], request))
    return [request for _, _, request in sorted(found, key=lambda one: one[:2])[:10]]


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)} - _LABEL_WORDS
