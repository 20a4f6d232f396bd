"""What the templates of pages show, worked out from records: words, links, groups and counts.

Everything here is plain text, which the templates escape; only what `prose` makes is HTML.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from markupsafe import Markup

from build.catalogue.labels import LABELS
from build.catalogue.record import Record
from build.catalogue.source_links import Source
from build.model import FILE_OF
from build.platforms import KINDS_OF_KUBERNETES
from build.site.configuration import configuration, robot_files
from build.untrusted.markdown import render_markdown

SEVERITIES = ("error", "warning", "note")
# Real bundles have at most some sixty.
_MAX_BRACKETS = 2_000


def kinds(record: Record) -> list[str]:
    """Which kinds of tools a bundle has."""
    return [kind for kind, count in (("runbook", record["task_count"]), ("monitor", record["sli_count"])) if count]


def platform_counts(records: Iterable[Record]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Each platform with its number of bundles and its kinds' numbers, the most used first."""
    counts = Counter(name for record in records for name in record["platforms"])
    kinds = [(name, counts[name]) for name in KINDS_OF_KUBERNETES if counts[name]]
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        (name, count, kinds if name == "Kubernetes" else [])
        for name, count in ranked
        if name not in KINDS_OF_KUBERNETES
    ]


def prose(text: str, at: Source, folder: str, *, first_heading: int, prefix: str) -> Markup:
    """Third-party Markdown of a file in `folder`, its relative links led to the pinned commit."""

    def target(address: Callable[[str], str], href: str) -> str | None:
        parts = urlsplit(href)
        path = unquote(parts.path)
        inside = posixpath.normpath(path.lstrip("/") if path.startswith("/") else f"{folder}/{path}")
        if not parts.path or inside == ".." or inside.startswith("../"):
            return None
        line = re.fullmatch(r"L\d+(?:-L\d+)?", parts.fragment)
        return f"{address(inside)}#{line[0]}" if line and address == at.file else address(inside)

    link, image = partial(target, at.file), partial(target, at.raw)
    html = render_markdown(text, link=link, image=image, first_heading=first_heading, prefix=prefix)
    return Markup(html)  # noqa: S704  (cleaned by render_markdown, the only maker of HTML outside the templates)


def _prose(record: Record, at: Source, folder: str) -> Callable[..., Markup]:
    """How the bundle's Markdown is shown: as it is where so many brackets open that the parser, whose time grows with
    their square, would take long.
    """
    texts = [record["readme"] or "", *(tool["documentation"] for tool in record["tools"])]
    if sum(text.count("[") for text in texts) > _MAX_BRACKETS:
        return lambda text, **_: Markup("<pre>{}</pre>").format(text)
    return partial(prose, at=at, folder=folder)


def bundle_values(record: Record, known: dict[str, Record]) -> dict[str, Any]:
    """What a bundle's page shows beyond its record. `known` are all records by id."""
    collection, folder = record["codecollection"], f"codebundles/{record['slug']}"
    at = Source(collection["git_url"], collection["commit"])
    shown = _prose(record, at, folder)
    tools = [
        {
            **tool,
            "html": shown(tool["documentation"], first_heading=5, prefix=f"{tool['kind']}-{tool['line']}-")
            if tool["documentation"]
            else None,
            "words": [tag for tag in tool["tags"] if not tag.startswith(("access:", "data:"))],
        }
        for tool in record["tools"]
    ]
    return {
        "at": at,
        "folder": folder,
        "last_commit_url": at._replace(commit=record["history"]["last_commit"]).folder(folder)
        if record["history"]
        else None,
        "tool_groups": [(kind, own) for kind in FILE_OF if (own := [tool for tool in tools if tool["kind"] == kind])],
        "rules": [
            {**rule, "platform": LABELS["platform"].get(rule["platform"], rule["platform"])}
            for rule in record["generation_rules"]
        ],
        "files": robot_files(record),
        "yaml": configuration(record),
        "readme": shown(record["readme"], first_heading=3, prefix="readme-") if record["readme"] else None,
        "related": [known[other] for other in record["related"] if other in known],
        "own_counts": severity_counts(problem["severity"] for problem in record["problems"]),
    }


def severity_counts(severities: Iterable[str]) -> list[tuple[str, int]]:
    """How many problems of each severity there are, the worst first, without the zeros."""
    counts = Counter(severities)
    return [(severity, counts[severity]) for severity in SEVERITIES if counts[severity]]
