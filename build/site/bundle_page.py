"""What the templates of pages show, worked out from records: words, links, groups and counts.

Everything here is plain text, which the templates escape; only Markdown comes as HTML, rendered before
(build/site/prose.py).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup

from build.catalogue.beside import permission_files, unread
from build.catalogue.models import CodeBundleRecord, ToolRecord
from build.catalogue.source_links import Source
from build.model import FILE_OF
from build.platforms import KINDS_OF_KUBERNETES
from build.site.access import by_platform, shown_commands, stated_of, truth
from build.site.configure_form import form_values
from build.site.discovery import describe_rule
from build.site.prose import tool_name
from build.untrusted.markdown import render_plain

# Of a tool's name that its address has.
_ANCHOR = 70
_TOOLS = {"runbook": "task", "monitor": "sli"}
# Of permissions that the head of a page names.
_NEEDS = 4
# Files that a page names; the record has them all.
_MOST_FILES = 40
# What a file is for, in the order in which people look for one.
_ROLES = ("robot", "script", "resource", "rules", "template", "readme", "skill", "meta", "other", "test")
# A README begins with the bundle's name as a rule, which the page has as its title.
_BELOW = re.compile(r"(</?)h([456])\b")
_HAS_TITLE = re.compile(r"\s*# ")
_TITLE = re.compile(r'\s*<h3 id="([^"]*)">.*?</h3>\s*', re.DOTALL)

# The parameter of a new issue's title, by the hosts that have issues.
_ISSUE_TITLES: dict[str | None, str] = {"github.com": "title", "gitlab.com": "issue[title]", "bitbucket.org": "title"}

SEVERITIES = ("error", "warning", "note")


def kinds(record: CodeBundleRecord) -> list[str]:
    """Return the kinds of tools that a bundle has."""
    return [kind for kind, count in (("runbook", record.task_count), ("monitor", record.sli_count)) if count]


def platform_counts(records: Iterable[CodeBundleRecord]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Return each platform with its number of bundles and the numbers of its kinds, the most used first."""
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
    """Return the values of a bundle's page beyond its record.

    Args:
        record: The bundle.
        known: All records by id.
        html: The bundle's rendered Markdown, by the names of its texts.
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
            "anchor": anchor,
        }
        for tool, own, anchor in zip(
            record.tools, shown_commands(record.tools), tool_anchors(record.tools), strict=True
        )
    ]
    readme = shown("readme", record.readme)
    return {
        "at": at,
        "known": known,
        "folder": folder,
        "last_commit_url": at._replace(commit=record.history.last_commit).folder(folder) if record.history else None,
        "stated": stated_of(record),
        "truth": truth(record),
        "permissions": by_platform(record.permissions),
        "unread": unread(record),
        "beside": permission_files(record),
        "needs_any": bool(record.permissions or record.minimum_iam_requirements or (ai and ai.iam_requirements)),
        "tool_groups": [(kind, own) for kind in FILE_OF if (own := [tool for tool in tools if tool["kind"] == kind])],
        "rules": [
            {"path": rule.path, "at": rule.line, "line": describe_rule(rule)} for rule in record.generation_rules
        ],
        "use": form_values(record),
        "readme": _without_title(readme) if readme and _HAS_TITLE.match(record.readme or "") else readme,
        "needs": _needs(record),
        "files": sorted(record.files, key=lambda file: (_ROLES.index(file.role), file.path)),
        "most_files": _MOST_FILES,
        "tracker": tracker(record),
        "related": [known[other] for other in record.related if other in known],
        "own_counts": severity_counts(problem.severity for problem in record.problems),
    }


def _without_title(readme: Markup) -> Markup:
    """Return a README without its title, unless it links to that itself; the headings below move up a level."""
    title = _TITLE.match(readme)
    if not title or f'href="#{title[1]}"' in readme:
        return readme
    rest = readme[title.end() :]
    return Markup(_BELOW.sub(lambda tag: f"{tag[1]}h{int(tag[2]) - 1}", rest))  # noqa: S704 - of what is clean


def tool_anchors(tools: Iterable[ToolRecord]) -> list[str]:
    """Return the anchor of each tool on its bundle's page: its name, so that the anchor survives a change of its
    line.

    Where several of a kind have the same name, all but the first are numbered.
    """
    seen: Counter[str] = Counter()
    anchors = []
    for tool in tools:
        plain = re.sub(r"[^a-z0-9]+", "-", tool.name.casefold()).strip("-")[:_ANCHOR].strip("-")
        anchor = f"{_TOOLS[tool.kind]}-{plain or tool.kind}"
        seen[anchor] += 1
        anchors.append(f"{anchor}~{seen[anchor]}" if seen[anchor] > 1 else anchor)
    return anchors


def tracker(record: CodeBundleRecord) -> str | None:
    """Return the address of a new issue in the bundle's repository, with the bundle in its title.

    It is None where the host is not known to have issues.
    """
    parts = urlsplit(record.codecollection.git_url)
    path = parts.path.removesuffix("/").removesuffix(".git")
    title = urlencode({_ISSUE_TITLES[parts.hostname]: f"{record.slug}: "}) if parts.hostname in _ISSUE_TITLES else ""
    new = "/-/issues/new" if parts.hostname == "gitlab.com" else "/issues/new"
    return f"https://{parts.hostname}{path}{new}?{title}" if title else None


def _needs(record: CodeBundleRecord) -> tuple[list[tuple[str, list[str]]], int]:
    """Return the first permissions of each platform, and how many more there are."""
    result: dict[str, list[str]] = {}
    for one in record.permissions[:_NEEDS]:
        result.setdefault(one.platform, []).append(one.permission)
    return list(result.items()), max(len(record.permissions) - _NEEDS, 0)


def severity_counts(severities: Iterable[str]) -> list[tuple[str, int]]:
    """Return the number of problems of each severity, the worst first, without zeros."""
    counts = Counter(severities)
    return [(severity, counts[severity]) for severity in SEVERITIES if counts[severity]]
