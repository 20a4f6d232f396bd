"""What the templates of pages show, worked out from records: words, links, groups and counts. Pure.

Everything here is plain text, which the templates escape; only what `prose` makes is HTML.
"""

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from markupsafe import Markup

from build.catalogue import Catalogue
from build.generation_rules import platform_title
from build.links import file_url, folder_url, raw_url
from build.markdown import render_markdown
from build.record import Record
from build.runs import Run
from search_fn.schema import CollectionFacts

KINDS_OF_KUBERNETES = ("AKS", "EKS", "GKE", "OpenShift")
SEVERITIES = ("error", "warning", "note")
_RUNS = 10
# Real bundles have at most some sixty.
_MAX_BRACKETS = 2_000
Prose = Callable[[str, int, str], Markup]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_VARIABLE = re.compile(r"`?\$\{([^{}]{1,200})\}`?")
_OUTPUTS = {
    "slx": "an SLX",
    "sli": "a monitor (SLI)",
    "runbook": "a runbook",
    "slo": "an SLO",
    "workflow": "a workflow",
}


class Piece(NamedTuple):
    """A part of a tool's title: words, or the name of a variable that stands there."""

    text: str
    is_variable: bool


class PlatformGroup(NamedTuple):
    """A platform, and its kinds where it has some."""

    name: str
    kinds: Sequence[str]


class Place(NamedTuple):
    """A place in a collection's repository, for people, and its address where it has one."""

    text: str
    url: str | None


class Source(NamedTuple):
    """A collection's repository at the commit shown."""

    web: str
    commit: str

    def file(self, path: str, line: int | None = None) -> str:
        return file_url(self.web, self.commit, path, line)

    def folder(self, path: str) -> str:
        return folder_url(self.web, self.commit, path)


def pieces(title: str) -> list[Piece]:
    """A tool's title, its `${VARIABLES}` set apart."""
    found = _VARIABLE.split(title)
    return [Piece(text, bool(position % 2)) for position, text in enumerate(found) if text]


def day(date: str | None) -> str:
    """`2026-05-09T09:13:04Z` for people; the clock of the reader is not known here, so no "yesterday"."""
    if not date:
        return "unknown"
    year, month, number = date[:10].split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"


def number(value: int) -> str:
    """With a comma at each thousand."""
    return f"{value:,}"


def plural(value: int, one: str, many: str | None = None) -> str:
    """`1 tool`, `2 tools`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def clip(text: str, length: int) -> str:
    """At most `length` characters, cut between words."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(",.;:- ") + "\N{NO-BREAK SPACE}…"


def words(items: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    *head, tail = list(items) or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def outputs(items: Iterable[str]) -> str:
    """A rule's output items in words."""
    return words(_OUTPUTS.get(item, item) for item in items)


def groups(platforms: Sequence[str]) -> list[PlatformGroup]:
    """Platforms with the kinds of Kubernetes under it."""
    kinds = [name for name in platforms if name in KINDS_OF_KUBERNETES]
    return [
        PlatformGroup(name, kinds if name == "Kubernetes" else ())
        for name in platforms
        if name not in KINDS_OF_KUBERNETES
    ]


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


def options(values: Iterable[str], *, by_count: bool = True) -> list[tuple[str, int]]:
    """The values of a filter and how many bundles have each."""
    counts = Counter(values)
    return sorted(counts.items(), key=lambda item: (-item[1] if by_count else 0, item[0].casefold(), item[0]))


def anchor(tool: Record) -> str:
    """The id of a tool on its bundle's page; a search's answer has what it takes to name it."""
    return f"{tool['kind']}-{tool['line']}"


def source(record: Record) -> Source:
    """Where a bundle's files are."""
    collection = record["codecollection"]
    return Source(_web_url(collection["git_url"]), collection["commit"])


def collection_source(facts: CollectionFacts) -> Source | None:
    """Where a collection's files are; None where it was never fetched."""
    return Source(_web_url(facts.git_url), facts.commit) if facts.commit else None


def place(problem: Record, at: Source | None) -> Place | None:
    """Where a problem is."""
    path, line = problem["path"], problem["line"]
    if not path:
        return None
    return Place(f"{path}:{line}" if line else path, at.file(path, line) if at else None)


def prose(text: str, at: Source, folder: str, *, first_heading: int, prefix: str) -> Markup:
    """Third-party Markdown of a file in `folder`, its relative links led to the pinned commit."""

    def target(href: str) -> tuple[str, str] | None:
        parts = urlsplit(href)
        path = unquote(parts.path)
        inside = posixpath.normpath(path.lstrip("/") if path.startswith("/") else f"{folder}/{path}")
        if not parts.path or inside == ".." or inside.startswith("../"):
            return None
        line = re.fullmatch(r"L\d+(?:-L\d+)?", parts.fragment)
        return inside, f"#{line[0]}" if line else ""

    def link(href: str) -> str | None:
        found = target(href)
        return at.file(found[0]) + found[1] if found else None

    def image(href: str) -> str | None:
        found = target(href)
        return raw_url(at.web, at.commit, found[0]) if found else None

    html = render_markdown(text, link=link, image=image, first_heading=first_heading, prefix=prefix)
    return Markup(html)  # noqa: S704  (cleaned by render_markdown, the only maker of HTML outside the templates)


def _prose(record: Record, at: Source, folder: str) -> Prose:
    """How the bundle's Markdown is shown: as it is where so many brackets open that the parser, whose time grows with
    their square, would take long.
    """
    texts = [record["readme"] or "", *(tool["documentation"] for tool in record["tools"])]
    if sum(text.count("[") for text in texts) > _MAX_BRACKETS:
        return lambda text, first_heading, prefix: Markup("<pre>{}</pre>").format(text)
    return lambda text, first_heading, prefix: prose(text, at, folder, first_heading=first_heading, prefix=prefix)


def bundle_values(record: Record, known: dict[str, Record]) -> dict[str, Any]:
    """What a bundle's page shows beyond its record. `known` are all records by id."""
    at, folder = source(record), f"codebundles/{record['slug']}"
    shown = _prose(record, at, folder)
    tools = [
        {
            **tool,
            "anchor": anchor(tool),
            "html": shown(tool["documentation"], 5, f"{anchor(tool)}-") if tool["documentation"] else None,
            "words": [tag for tag in tool["tags"] if not tag.startswith(("access:", "data:"))],
        }
        for tool in record["tools"]
    ]
    return {
        "at": at,
        "folder": folder,
        "last_commit_url": folder_url(at.web, record["history"]["last_commit"], folder) if record["history"] else None,
        "tool_groups": [(kind, own) for kind in ("runbook", "monitor") if (own := _of_kind(tools, kind))],
        "declared": {variable["name"] for variable in record["user_variables"]},
        "rules": [{**rule, "platform": platform_title(rule["platform"])} for rule in record["generation_rules"]],
        "readme": shown(record["readme"], 3, "readme-") if record["readme"] else None,
        "related": [known[other] for other in record["related"] if other in known],
        "problems": [{**problem, "place": place(problem, at)} for problem in record["problems"]],
        "problem_counts": severity_counts(record["problems"]),
    }


def severity_counts(problems: Iterable[Record]) -> list[tuple[str, int]]:
    """How many problems of each severity there are, the worst first, without the zeros."""
    counts = Counter(problem["severity"] for problem in problems)
    return [(severity, counts[severity]) for severity in SEVERITIES if counts[severity]]


def report_values(catalogue: Catalogue) -> dict[str, Any]:
    """The problems by severity and code, each with its place, and how many each collection has."""
    sources = {facts.slug: collection_source(facts) for facts in catalogue.collections}
    known = {record["id"] for record in catalogue.records}
    by_severity: dict[str, dict[str, list[Record]]] = {severity: defaultdict(list) for severity in SEVERITIES}
    for value in catalogue.problems:
        problem = value.model_dump(mode="json")
        problem["place"] = place(problem, sources.get(value.collection))
        bundle = f"{value.collection}/{value.bundle}"
        problem["page"] = bundle if bundle in known else None
        by_severity[value.severity][value.code].append(problem)
    return {
        "total": len(catalogue.problems),
        "severities": [
            (severity, sum(map(len, codes.values())), sorted(codes.items(), key=lambda item: (-len(item[1]), item[0])))
            for severity, codes in by_severity.items()
            if codes
        ],
        "by_collection": problems_of_collections(catalogue),
        "runs": [_run_values(run) for run in reversed(catalogue.runs[-_RUNS:])],
    }


def _run_values(run: Run) -> dict[str, Any]:
    return {
        "ended": run.ended,
        "outcome": "refused" if run.status in (1, 2) else "published" if run.published else "nothing changed",
        "bundles": sum(facts.bundles for facts in run.collections.values()),
        "problems": sum(facts.problems for facts in run.collections.values()),
        "seconds": round(sum(run.seconds.values())),
        "failed": [(slug, facts.failures) for slug, facts in run.collections.items() if facts.failures],
    }


def problems_of_collections(catalogue: Catalogue) -> dict[str, list[tuple[str, int]]]:
    """How many problems of each severity every collection has."""
    found = defaultdict(list)
    for problem in catalogue.problems:
        found[problem.collection].append({"severity": problem.severity})
    return {facts.slug: severity_counts(found[facts.slug]) for facts in catalogue.collections}


def recent(records: Iterable[Record], limit: int) -> list[Record]:
    """The bundles last changed by commits of their own, the newest first."""
    dated = [record for record in records if record["history"]]
    return sorted(dated, key=lambda r: (r["history"]["last_own_date"], r["id"]), reverse=True)[:limit]


def by_title(records: Iterable[Record]) -> list[Record]:
    """In the order in which people look names up."""
    return sorted(records, key=lambda record: (record["title"].casefold(), record["id"]))


def _of_kind(tools: Iterable[Record], kind: str) -> list[Record]:
    return [tool for tool in tools if tool["kind"] == kind]


def _web_url(git_url: str) -> str:
    return git_url.removesuffix("/").removesuffix(".git")
