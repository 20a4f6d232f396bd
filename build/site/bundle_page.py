"""What the templates of pages show, worked out from records: words, links, groups and counts.

Everything here is plain text, which the templates escape; only Markdown comes as HTML, rendered before
(build/site/prose.py).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from build.catalogue.beside import permission_files, unread
from build.catalogue.configuration import CARRIED
from build.catalogue.models import CodeBundleRecord
from build.catalogue.source_links import Source
from build.model import FILE_OF
from build.platforms import KINDS_OF_KUBERNETES
from build.site.access import by_platform, shown_commands, stated_of, truth
from build.site.discovery import described
from build.site.prose import tool_name
from build.untrusted.markdown import render_plain
from build.untrusted.yaml_text import Piece, pieces

# Characters of a configuration, with marks, that a page shows whole; of 237 real ones 30 are longer.
_LONG = 7_000
# No value has a line of its own, so a line of --- divides documents; a variant says where it applies behind a comma.
_DIVIDER = re.compile(r"^---\n", re.MULTILINE)
_HEADING = re.compile(r"^# [^\n,]+, (?=where )", re.MULTILINE)

SEVERITIES = ("error", "warning", "note")


def kinds(record: CodeBundleRecord) -> list[str]:
    """Which kinds of tools a bundle has."""
    return [kind for kind, count in (("runbook", record.task_count), ("monitor", record.sli_count)) if count]


def platform_counts(records: Iterable[CodeBundleRecord]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Each platform with its number of bundles and its kinds' numbers, the most used first."""
    counts = Counter(name for record in records for name in record.platforms)
    kinds = [(name, counts[name]) for name in KINDS_OF_KUBERNETES if counts[name]]
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        (name, count, kinds if name == "Kubernetes" else [])
        for name, count in ranked
        if name not in KINDS_OF_KUBERNETES
    ]


def bundle_values(
    record: CodeBundleRecord, known: Mapping[str, CodeBundleRecord], html: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a bundle's page shows beyond its record: `known` are all records by id, `html` its rendered Markdown
    by the texts' names.
    """
    collection, folder = record.codecollection, f"codebundles/{record.slug}"
    at, ai = Source(collection.git_url, collection.commit), record.ai

    def shown(name: str, text: str | None) -> Markup | None:
        # Cleaned by build.untrusted.markdown, the only maker of HTML outside the templates.
        return Markup(html[name] if name in html else render_plain(text)) if text else None  # noqa: S704

    tools = [
        {
            **dict(tool),
            "html": shown(tool_name(tool.kind, tool.line), tool.documentation),
            "words": [tag for tag in tool.tags if not tag.startswith(("access:", "data:"))],
            "shown": own,
        }
        for tool, own in zip(record.tools, shown_commands(record.tools), strict=True)
    ]
    return {
        "at": at,
        "known": known,
        "folder": folder,
        "last_commit_url": at._replace(commit=record.history.last_commit).folder(folder) if record.history else None,
        "stated": stated_of(record),
        "truth": truth(record),
        "permissions": by_platform(record.permissions),
        "unread": unread(record),
        "refs": _refs(record),
        "beside": permission_files(record),
        "needs_any": bool(record.permissions or record.minimum_iam_requirements or (ai and ai.iam_requirements)),
        "tool_groups": [(kind, own) for kind in FILE_OF if (own := [tool for tool in tools if tool["kind"] == kind])],
        "rules": [{"path": rule.path, "at": rule.line, "line": described(rule)} for rule in record.generation_rules],
        "use": _use(record),
        "readme": shown("readme", record.readme),
        "related": [known[other] for other in record.related if other in known],
        "own_counts": severity_counts(problem.severity for problem in record.problems),
    }


class _Ref(NamedTuple):
    """A version that a configuration can pin. `kind` names it in the page's address: it is the same at every build."""

    kind: str
    value: str
    words: str


def _refs(record: CodeBundleRecord) -> list[_Ref]:
    """Return the refs that a configuration can pin, that of what the page describes first."""
    collection = record.codecollection
    return [
        *([_Ref("release", record.release, "the release")] if record.release else []),
        _Ref("commit", collection.commit, "the commit shown here"),
        _Ref("branch", collection.git_ref, "whatever it is then"),
    ]


def _use(record: CodeBundleRecord) -> dict[str, Any]:
    """The configuration in pieces, with what is asked for besides variables and secrets: words, each once, and the
    seconds between runs.
    """
    found = pieces(_fitting(record.configuration))
    gaps = [(piece.gap, piece.text) for piece in found if piece.gap]
    return {
        "pieces": [(_mark(piece), _text(piece.text)) for piece in found],
        "carried": CARRIED in record.configuration.partition("\n")[0],
        "words": list(dict.fromkeys(gap[2:] for gap, _ in gaps if gap.startswith("w:"))),
        "interval": next((text for gap, text in gaps if gap == "interval"), None),
    }


def _fitting(configuration: str) -> str:
    """A configuration as the page has room for it: of one that is long the first variant of each resource."""
    if len(configuration) <= _LONG:
        return configuration
    seen: set[str] = set()
    shown = []
    documents = _DIVIDER.split(configuration)
    for document in documents:
        heading = _HEADING.search(document)
        name = heading[0] if heading else ""
        if not name or name not in seen:
            shown.append(document)
        seen.add(name)
    left = len(documents) - len(shown)
    note = f"# {left} more variants of these are in the whole file, config.yaml.\n" if left else ""
    return "---\n".join(shown) + note


def _mark(piece: Piece) -> str | None:
    """What marks a gap on the page: its letter alone where its text is its name, as `<NAME>` is."""
    return piece.gap[0] if piece.gap and piece.text == f"<{piece.gap[2:]}>" else piece.gap


def _text(text: str) -> Markup:
    """A text between tags. A quote needs no escape there, and YAML has many."""
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))  # noqa: S704 - as said


def severity_counts(severities: Iterable[str]) -> list[tuple[str, int]]:
    """How many problems of each severity there are, the worst first, without the zeros."""
    counts = Counter(severities)
    return [(severity, counts[severity]) for severity in SEVERITIES if counts[severity]]
