"""Every page of the site, as the Markdown file that MkDocs puts its shell around: front matter and one block of HTML.

Our own Jinja2 environment escapes everything; MkDocs' does not, and prints titles and descriptions as they come, so
those are escaped here. Pure: a catalogue in, texts out.
"""

import functools
import html
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.environment import TemplateModule

from build import page_values
from build.catalogue import Catalogue
from build.links import Source
from build.page_values import clip, day, options, outputs, pieces, plural, severity_counts, words
from build.platforms import KINDS_OF_KUBERNETES
from build.record import Record

TEMPLATES = Path(__file__).resolve().parent.parent / "site_templates" / "pages"
_RECENT = 12
# What a template may say of its page to the shell. The footer of all pages takes `build` and `as_of` from the first.
_FACTS = ("title", "description", "updated", "script", "connect", "build", "as_of")
# libyaml's, where it is there, takes a tenth of the time.
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# What neither XML nor MkDocs' reader takes, and lone surrogates, which no file can hold.
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# What Python-Markdown would change even within a block of HTML: fences of code, tabs.
_REFERENCES = {"```": "&#96;&#96;&#96;", "~~~": "&#126;&#126;&#126;", "\t": "&#9;"}
_CHANGED = re.compile("|".join(map(re.escape, _REFERENCES)))


def render_pages(catalogue: Catalogue, *, search_url: str) -> Iterator[tuple[str, str]]:
    """Each page's path below the docs folder and its text, one at a time: all together are too much for memory.

    `search_url` is where the search function answers; empty means the site's own root.
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
        "kinds": options(tool_kind for record in records for tool_kind in _kinds(record)),
    }
    for path, name, own in _pages(catalogue, records, search_url):
        made = environment().get_template(name).make_module({**shared, "root": "../" * path.count("/"), **own})
        yield path, _front_matter(made) + _unchanged(str(made))


# Path, template, what it shows besides what all are given.
_Page = tuple[str, str, dict[str, Any]]


def _pages(catalogue: Catalogue, records: list[Record], search_url: str) -> Iterator[_Page]:
    endpoint, origin = _endpoint(search_url)
    # A sweep over a whole collection is no news of a bundle.
    dated = [record for record in records if record["history"]]
    newest = sorted(dated, key=lambda r: (r["history"]["last_own_date"], r["id"]), reverse=True)
    yield "index.md", "home.html", {"recent": newest[:_RECENT]}
    yield "codebundles/index.md", "codebundles.html", {}
    yield "tools/index.md", "tools.html", {}
    yield "search/index.md", "search.html", {"endpoint": endpoint, "origin": origin}
    yield "report/index.md", "report.html", page_values.report_values(catalogue)
    yield "collections/index.md", "collections.html", {}
    for facts in catalogue.collections:
        own = [record for record in records if record["codecollection"]["slug"] == facts.slug]
        yield f"collections/{facts.slug}/index.md", "collection.html", {"facts": facts, "records": own}
    known = {record["id"]: record for record in records}
    for record in records:
        values = {"b": record, **page_values.bundle_values(record, known)}
        yield f"codebundles/{record['id']}/index.md", "codebundle.html", values
    yield "documentation/index.md", "documentation.html", {}
    facts_of = {facts.slug: facts for facts in catalogue.collections}
    slugs = options((library.collection for library in catalogue.libraries), by_count=False)
    yield "libraries/index.md", "libraries.html", {"slugs": slugs}
    for library in catalogue.libraries:
        values = {"b": library, "facts": facts_of[library.collection], "known": known}
        yield f"libraries/{library.id}/index.md", "library.html", values


def _kinds(record: Record) -> list[str]:
    return [kind for kind, count in (("runbook", record["task_count"]), ("monitor", record["sli_count"])) if count]


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
        meta[name] = clip(_UNUSABLE.sub("�", meta[name]), length)
    meta = {"template": "page.html", **{name: html.escape(value) for name, value in meta.items()}}
    # ASCII alone, on one line a value: no text can end the block or the line.
    dumped = yaml.dump(meta, Dumper=_Dumper, allow_unicode=False, width=10**6, sort_keys=False)
    return f"---\n{dumped}---\n\n"


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
