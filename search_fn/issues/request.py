"""Requests for CodeBundles that are missing: the open ones, and the filled-in form of a new one, which a person reads,
changes and submits at its address.
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

# Characters. GitHub refuses addresses from some 8,200 characters on.
_LONGEST_ADDRESS = 7_500
# The least share, 0..1, of the shorter text's words that two similar texts have in common.
_ALIKE = 0.5
_LABEL_WORDS = frozenset({"new", "codebundle", "request", "newcodebundlerequest"})


class Request(NamedTuple):
    """A request as an issue. `url` opens the filled-in form; `cut` says that it does not hold the whole `body`. `key`
    depends on what was asked for alone, so an equal request has the same key later.
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
    """Return a request as an issue, without sending it.

    Args:
        platform: What the CodeBundle should run against.
        tasks: What it should do.
        similar: Ids of CodeBundles that come near it.
        requests: Open requests that come near it.
        query: The query that found nothing.
        context: Anything else that the caller says.
        contact_ok: Whether maintainers may ask the author back.
        repository: The repository whose issue it becomes, as OWNER/NAME.
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
    url, length = _address(repository, title, body), len(body)
    while len(url) > _LONGEST_ADDRESS:
        length = length * 9 // 10
        url = _address(repository, title, f"{body[:length].rstrip()}…")
    key = encodable("\n".join(" ".join(text.casefold().split()) for text in (platform, *tasks, query, context)))
    return Request(title, body, key, url, length < len(body))


def issues_address(repository: str) -> str:
    """Return the address of a repository's issues."""
    return f"https://github.com/{repository}/issues"


def _address(repository: str, title: str, body: str) -> str:
    return f"{issues_address(repository)}/new?{urlencode({'title': title, 'labels': LABEL, 'body': body})}"


def open_requests(document: str | None, *texts: str) -> list[dict[str, Any]] | None:
    """Return at most ten open requests whose titles are similar to one of the texts, most similar first.

    Args:
        document: The build's JSON of open requests; None where it has not asked the tracker.
        texts: What the requests should be about.

    Returns:
        None without a document.
    """
    if document is None:
        return None
    topics = [_stems(shortened(text, MAX_QUERY)) for text in texts]
    similar = []
    for request in json.loads(document)["requests"]:
        title = _stems(request["title"])
        alike = max(len(stems & title) / max(min(len(stems), len(title)), 1) for stems in topics)
        if alike >= _ALIKE:
            similar.append((-alike, -request["number"], request))
    return [request for _, _, request in sorted(similar, key=lambda one: one[:2])[:10]]


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)} - _LABEL_WORDS
