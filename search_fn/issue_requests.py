"""A filled-in request for a CodeBundle that is missing: a person reads, changes and submits it at its address."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from search_fn.filters import encodable
from search_fn.issue_tracker import LABEL, REPOSITORY
from search_fn.tool_text import inline

ISSUES = f"https://github.com/{REPOSITORY}/issues"
# GitHub refuses addresses from some 8,200 characters on.
_LONGEST_ADDRESS = 7_500


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
) -> Request:
    """Nothing is sent. `similar` are ids of CodeBundles, `requests` those that are open already, and `query` is the
    question that found nothing.
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
    url, kept = _address(title, body), len(body)
    while len(url) > _LONGEST_ADDRESS:
        kept = kept * 9 // 10
        url = _address(title, f"{body[:kept].rstrip()}…")
    key = encodable("\n".join(" ".join(text.casefold().split()) for text in (platform, *tasks, query, context)))
    return Request(title, body, key, url, kept < len(body))


def _address(title: str, body: str) -> str:
    return f"{ISSUES}/new?{urlencode({'title': title, 'labels': LABEL, 'body': body})}"
