"""The address of a filled-in request for a CodeBundle that is missing: a person reads, changes and submits it."""

from collections.abc import Sequence
from urllib.parse import urlencode

from search_fn.filters import encodable
from search_fn.tool_schemas import RequestAddress
from search_fn.tool_text import inline

ISSUES = "https://github.com/runwhen-contrib/codecollection-registry/issues"
LABEL = "new-codebundle-request"
# GitHub refuses addresses from some 8,200 characters on.
_LONGEST_ADDRESS = 7_500


def request_address(
    platform: str,
    tasks: Sequence[str],
    similar: Sequence[str] = (),
    *,
    query: str = "",
    context: str = "",
    contact_ok: bool = False,
) -> RequestAddress:
    """Nothing is sent. `similar` are ids of CodeBundles, `query` is the question that found nothing."""
    title = encodable(f"[{LABEL}] - {' '.join((platform or tasks[0]).split())[:50]}")
    parts = {
        "Platform": platform,
        "Tools": "\n".join(f"{number}. {' '.join(task.split())}" for number, task in enumerate(tasks, 1)),
        "Original search query": query,
        "Similar CodeBundles": "\n".join(f"- {inline(name)}" for name in similar),
        "Context": context,
        "Contact": "The author may be asked back." if contact_ok else "",
    }
    body = encodable("\n\n".join(f"## {heading}\n\n{text.strip()}" for heading, text in parts.items() if text.strip()))
    url, kept = _issue(title, body), len(body)
    while len(url) > _LONGEST_ADDRESS:
        kept = kept * 9 // 10
        url = _issue(title, f"{body[:kept].rstrip()}…")
    notes = ["The text is cut: an address holds no more."] if kept < len(body) else []
    return RequestAddress(url=url, title=title, similar=list(similar), notes=notes)


def _issue(title: str, body: str) -> str:
    return f"{ISSUES}/new?{urlencode({'title': title, 'labels': LABEL, 'body': body})}"
