"""Every page of the site, as the Markdown file that MkDocs puts its shell around: front matter and one block of HTML.

Our own Jinja2 environment escapes everything; MkDocs' does not, and prints titles and descriptions as they come, so
those are escaped here. Pure: a catalogue in, texts out.
"""

import functools
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from build import page_values
from build.catalogue import Catalogue
from build.page_values import clip, day, options, outputs, pieces, plural, words
from build.platforms import KINDS_OF_KUBERNETES
from build.record import Record

TEMPLATES = Path(__file__).resolve().parent.parent / "site_templates" / "pages"
_RECENT = 12
# What neither XML nor MkDocs' reader takes, and lone surrogates, which no file can hold.
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# What Python-Markdown would change even within a block of HTML: fences of code, tabs.
_REFERENCES = {"```": "&#96;&#96;&#96;", "~~~": "&#126;&#126;&#126;", "\t": "&#9;"}
_CHANGED = re.compile("|".join(map(re.escape, _REFERENCES)))


def render_pages(catalogue: Catalogue, *, search_url: str) -> dict[str, str]:
    """The text of each page by its path below the docs folder.

    `search_url` is where the search function answers; empty means the site's own root.
    """
    pages: dict[str, str] = {}
    for path, name, meta, values in (*_lists(catalogue, search_url), *_collections(catalogue), *_bundles(catalogue)):
        root = "../" * path.count("/")
        body = environment().get_template(name).render(root=root, catalogue=catalogue, **values)
        pages[path] = _front_matter(meta) + _unchanged(body)
    return pages


# Path, template, front matter, values.
_Page = tuple[str, str, dict[str, Any], dict[str, Any]]


def _lists(catalogue: Catalogue, search_url: str) -> Iterator[_Page]:
    updated = catalogue.updated
    records = page_values.by_title(catalogue.records)
    counts = catalogue.counts(0)
    bundles, tools = plural(counts.bundles, "Skill Template"), plural(counts.tools, "tool")
    collections = plural(counts.collections, "CodeCollection")
    filters = {
        "platforms": page_values.platform_counts(records),
        "slugs": options((record["codecollection"]["slug"] for record in records), by_count=False),
        "levels": options(record["access_level"] for record in records),
        "kinds": options(tool_kind for record in records for tool_kind in _kinds(record)),
    }
    endpoint, origin = _endpoint(search_url)

    yield (
        "index.md",
        "home.html",
        # The shell takes both from here for its footer: it is on every page, and no other has to change for them.
        {
            **_meta("Skill Templates for RunWhen", f"{bundles} with {tools} from {collections}.", updated),
            "build": catalogue.build_id,
            "as_of": day(updated),
        },
        {"counts": counts, "recent": page_values.recent(records, _RECENT), **filters},
    )
    yield (
        "codebundles/index.md",
        "codebundles.html",
        _meta("Skill Templates", f"All {bundles}: platforms, access and tools of each.", updated, "filter"),
        {"records": records, **filters},
    )
    yield (
        "tools/index.md",
        "tools.html",
        _meta("Tools", f"All {tools} of {bundles}, by Skill Template.", updated, "filter"),
        {"records": [record for record in records if record["tools"]], "counts": counts, **filters},
    )
    yield (
        "search/index.md",
        "search.html",
        {
            **_meta("Search", f"Ask in your own words: {bundles} and {tools}.", updated, "search"),
            **({"connect": html.escape(origin)} if origin else {}),
        },
        {"endpoint": endpoint, "counts": counts, **filters},
    )
    yield (
        "report/index.md",
        "report.html",
        _meta("Report", "The state of every CodeCollection and the problems found in it.", updated, "filter"),
        page_values.report_values(catalogue),
    )


def _collections(catalogue: Catalogue) -> Iterator[_Page]:
    records = page_values.by_title(catalogue.records)
    problems = page_values.problems_of_collections(catalogue)
    sources = page_values.sources(catalogue)
    yield (
        "collections/index.md",
        "collections.html",
        _meta("CodeCollections", "Where the Skill Templates come from, and how fresh each is.", catalogue.updated),
        {"problems": problems, "sources": sources},
    )
    for facts in catalogue.collections:
        own = [record for record in records if record["codecollection"]["slug"] == facts.slug]
        what = f"{plural(len(own), 'Skill Template')} by {facts.owner or 'an unnamed owner'}. {facts.description}"
        yield (
            f"collections/{facts.slug}/index.md",
            "collection.html",
            _meta(facts.name, what, facts.commit_date),
            {"facts": facts, "records": own, "problems": problems[facts.slug], "at": sources[facts.slug]},
        )


def _bundles(catalogue: Catalogue) -> Iterator[_Page]:
    known = {record["id"]: record for record in catalogue.records}
    for record in catalogue.records:
        history = record["history"]
        yield (
            f"codebundles/{record['id']}/index.md",
            "codebundle.html",
            _meta(record["title"], record["description"] or record["title"], history and history["last_date"]),
            {"b": record, **page_values.bundle_values(record, known)},
        )


def _kinds(record: Record) -> list[str]:
    return [kind for kind, count in (("runbook", record["task_count"]), ("monitor", record["sli_count"])) if count]


def _endpoint(search_url: str) -> tuple[str, str | None]:
    """The search's address as its page sees it, and its origin where that is not the site's own."""
    if not search_url:
        return "../api/v1/search", None
    parts = urlsplit(search_url)
    return f"{search_url.rstrip('/')}/api/v1/search", f"{parts.scheme}://{parts.netloc}" if parts.netloc else None


def _meta(title: str, description: str, updated: str | None, script: str | None = None) -> dict[str, Any]:
    return {
        "template": "page.html",
        "title": html.escape(clip(_UNUSABLE.sub("�", title), 150)),
        "description": html.escape(clip(_UNUSABLE.sub("�", description), 300)),
        "hide": ["navigation", "toc"],
        **({"updated": updated[:10]} if updated else {}),
        **({"script": script} if script else {}),
    }


def _front_matter(meta: dict[str, Any]) -> str:
    # ASCII alone, on one line a value: no text can end the block or the line.
    return f"---\n{yaml.safe_dump(meta, allow_unicode=False, width=10**6, sort_keys=False)}---\n\n"


def _unchanged(body: str) -> str:
    """The block in a form that Python-Markdown hands on as it is: to a browser the references are the characters."""
    body = _UNUSABLE.sub("�", body)
    return _CHANGED.sub(lambda found: _REFERENCES[found[0]], body).strip() + "\n"


@functools.cache
def environment() -> Environment:
    """What all templates are rendered with."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (pieces, day, plural, clip, words, outputs):
        environment.filters[function.__name__] = function
    environment.filters["number"] = "{:,}".format
    environment.globals["KINDS_OF_KUBERNETES"] = KINDS_OF_KUBERNETES
    environment.globals["kinds_of"] = _kinds
    return environment
