"""Every page of the site, as the Markdown file that MkDocs puts its shell around: front matter and one block of HTML.

MkDocs prints titles and descriptions as they come, so those are escaped here. Pure: a catalogue in, texts out.
"""

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import yaml
from jinja2.environment import TemplateModule

from build import linked_data, page_values
from build.agents import clients, mcp_address
from build.catalogue import Catalogue
from build.interface import operations
from build.links import Source
from build.page_values import clip, kinds, options, severity_counts
from build.record import Record
from build.report_pages import problem_pages, report_values
from build.statistics import growth, statistics_values
from build.templates import environment, usable

_RECENT = 10
_NEWEST = 6
# What a template may say of its page to the shell. The footer of all pages takes `build` and `as_of` from the first.
_FACTS = ("title", "description", "updated", "script", "connect", "build", "as_of", "data")
# What Python-Markdown would change even within a block of HTML: fences of code, tabs.
_REFERENCES = {"```": "&#96;&#96;&#96;", "~~~": "&#126;&#126;&#126;", "\t": "&#9;"}
_CHANGED = re.compile("|".join(map(re.escape, _REFERENCES)))


def render_pages(
    catalogue: Catalogue, *, search_url: str, site_url: str = "", openapi: dict[str, Any] | None = None
) -> dict[str, str]:
    """The text of each page by its path below the docs folder.

    `search_url` is where the search function answers; empty means the site's own root. `site_url` is the site's own
    address, which canonical links need. `openapi` describes the function; without, there is no page of it.
    """
    # In the order in which people look names up.
    records = sorted(catalogue.records, key=lambda record: (record["title"].casefold(), record["id"]))
    severities = defaultdict(list)
    for problem in catalogue.problems:
        severities[problem.collection].append(problem.severity)
    shared = {
        "catalogue": catalogue,
        "records": records,
        "counts": catalogue.counts(0),
        "sources": {
            facts.slug: Source(facts.git_url, facts.commit) if facts.commit else None for facts in catalogue.collections
        },
        "problem_counts": {facts.slug: severity_counts(severities[facts.slug]) for facts in catalogue.collections},
        "platforms": page_values.platform_counts(records),
        "slugs": options((record["codecollection"]["slug"] for record in records), by_count=False),
        "levels": options(record["access_level"] for record in records),
        "kinds": options(tool_kind for record in records for tool_kind in kinds(record)),
    }
    pages: dict[str, str] = {}
    for path, name, own in _pages(catalogue, records, search_url, site_url, openapi):
        made = environment().get_template(name).make_module({**shared, "root": "../" * path.count("/"), **own})
        pages[path] = _front_matter(made) + _unchanged(str(made))
    return pages


# Path, template, what it shows besides what all are given.
_Page = tuple[str, str, dict[str, Any]]


def _pages(
    catalogue: Catalogue, records: list[Record], search_url: str, site_url: str, openapi: dict[str, Any] | None
) -> Iterator[_Page]:
    endpoint, origin = _endpoint(search_url)
    mcp = mcp_address(search_url, site_url)
    # A sweep over a whole collection is no news of a bundle.
    dated = [record for record in records if record["history"]]
    newest = sorted(dated, key=lambda r: (r["history"]["last_own_date"], r["id"]), reverse=True)
    first_seen = sorted(dated, key=lambda r: (r["history"]["first_date"], r["id"]), reverse=True)
    yield "index.md", "home.html", {
        "recent": newest[:_RECENT], "newest": first_seen[:_NEWEST], "growth": growth(records), "mcp": mcp,
        "linked": linked_data.of_site(site_url) if site_url else None,
    }  # fmt: skip
    yield "codebundles/index.md", "codebundles.html", {}
    yield "tools/index.md", "tools.html", {}
    yield "selection/index.md", "selection.html", {}
    yield "search/index.md", "search.html", {"endpoint": endpoint, "origin": origin}
    yield "statistics/index.md", "statistics.html", statistics_values(catalogue)
    yield "agents/index.md", "agents.html", {
        "mcp": mcp, "relative": mcp.startswith("/"), "clients": clients(mcp)
    }  # fmt: skip
    if openapi:
        example = "/codebundles/".join(("collections/" + records[0]["id"]).rsplit("/", 1)) if records else ""
        yield "api/index.md", "api.html", {"groups": operations(openapi), "address": search_url, "example": example}
    yield "report/index.md", "report.html", report_values(catalogue)
    for path, values in problem_pages(catalogue):
        yield path, "problems.html", values
    yield "collections/index.md", "collections.html", {}
    for facts in catalogue.collections:
        own = [record for record in records if record["codecollection"]["slug"] == facts.slug]
        values = {"facts": facts, "records": own, "linked": linked_data.of_collection(facts, own)}
        yield f"collections/{facts.slug}/index.md", "collection.html", values
    known = {record["id"]: record for record in records}
    for record in records:
        values = {"b": record, "linked": linked_data.of_bundle(record), **page_values.bundle_values(record, known)}
        yield f"codebundles/{record['id']}/index.md", "codebundle.html", values
    yield "documentation/index.md", "documentation.html", {}
    facts_of = {facts.slug: facts for facts in catalogue.collections}
    slugs = options((library.collection for library in catalogue.libraries), by_count=False)
    yield "libraries/index.md", "libraries.html", {"slugs": slugs}
    for library in catalogue.libraries:
        values = {"b": library, "facts": facts_of[library.collection], "known": known}
        yield f"libraries/{library.id}/index.md", "library.html", values


def _endpoint(search_url: str) -> tuple[str, str | None]:
    """The search's address as its page sees it, and its origin where that is not the site's own."""
    if not search_url:
        return "../api/v1/search", None
    parts = urlsplit(search_url)
    return f"{search_url.rstrip('/')}/api/v1/search", f"{parts.scheme}://{parts.netloc}" if parts.netloc else None


def _front_matter(made: TemplateModule) -> str:
    """What the template says of its page: `title`, `description`, and what more the shell is to know."""
    meta = {name: str(value) for name in _FACTS if (value := getattr(made, name, None)) is not None}
    for name, length in (("title", 150), ("description", 300)):
        meta[name] = clip(usable(meta[name]), length)
    meta = {"template": "page.html", **{name: html.escape(value) for name, value in meta.items()}}
    # ASCII alone, on one line a value: no text can end the block or the line.
    dumped = yaml.safe_dump({**meta, "hide": ["navigation", "toc"]}, allow_unicode=False, width=10**6, sort_keys=False)
    return f"---\n{dumped}---\n\n"


def _unchanged(body: str) -> str:
    """The block in a form that Python-Markdown hands on as it is: to a browser the references are the characters."""
    body = usable(body)
    return _CHANGED.sub(lambda found: _REFERENCES[found[0]], body).strip() + "\n"
