"""The catalogue as Markdown for programs that read files: the twin beside each bundle's page, llms.txt, and all in one.

Text of a repository is quoted line by line, or escaped: none of its lines can become a heading of ours.
"""

import functools
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from jinja2 import Template

from build.catalogue.beside import CONFIG, POLICY, ROLE, files_beside, unread
from build.catalogue.catalogue import Catalogue
from build.catalogue.models import CodeBundleRecord, FileRecord
from build.catalogue.source_links import Source
from build.model import API_ROOT, FILE_OF
from build.site.access import stated_of, truth
from build.site.discovery import Line, describe_rule
from build.site.filters import clip, plural
from build.site.templates import environment
from search_fn.text import NOTICE, code_span, escaped, inline

# So many bundles make a text of some megabytes; of more, each collection has its own.
_IN_ONE = 1_000
# Files that a twin lists: nine in ten real bundles have no more beside their tests.
_FILES = 15


def text_files(catalogue: Catalogue, site_url: str) -> Iterator[tuple[str, str]]:
    """Yield each file's path and text: twins, llms.txt and what it names."""
    root, counts = site_url.rstrip("/"), catalogue.counts(0)
    head = [
        "# CodeCollection Registry",
        "",
        f"> {plural(counts.bundles, 'CodeBundle')} with {plural(counts.tools, 'tool')} from "
        f"{plural(counts.collections, 'CodeCollection')}: automation that finds and fixes trouble in Kubernetes, AWS, "
        "Azure, GCP and the rest. Each says what it does, what it needs and whether it changes anything.",
        "",
        NOTICE,
        "",
    ]
    is_one = counts.bundles <= _IN_ONE
    full = list(head) if is_one else [*head, "The text of each CodeCollection:", ""]
    for slug, own in catalogue.by_collection(catalogue.records).items():
        briefs = []
        for record in own:
            text, brief = twins(record)
            yield f"codebundles/{record.id}/index.md", text
            briefs.append(brief)
        text = "\n".join(briefs)
        if is_one:
            full.append(text)
        else:
            yield f"collections/{slug}/llms-full.txt", "\n".join([*head, text])
            full.append(f"- [{slug}]({root}/collections/{slug}/llms-full.txt)")
    yield "llms.txt", "\n".join([*head, *_listed(catalogue, root)])
    yield "llms-full.txt", "\n".join(full if is_one else [*full, ""])


def _listed(catalogue: Catalogue, root: str) -> Iterable[str]:
    yield "## How to use it"
    yield ""
    yield f"- [For agents]({root}/agents/): the address for the Model Context Protocol, and clients' configuration"
    yield (
        f"- [Skills]({root}/.well-known/agent-skills/index.json): an Agent Skill for each CodeBundle, and first one "
        "for this registry"
    )
    yield f"- [API]({root}/api/): files and a function for programs; [openapi.json]({root}/api/v1/openapi.json)"
    yield f"- [All as JSON]({root}/api/v1/codebundles.json); each page has Markdown beside it, at index.md"
    yield f"- [All in one text]({root}/llms-full.txt)"
    owned = catalogue.by_collection(catalogue.records)
    for facts in catalogue.collections:
        yield f"\n## {inline(facts.name)}\n"
        own = owned[facts.slug]
        if len(catalogue.records) > _IN_ONE:
            yield f"- [{plural(len(own), 'CodeBundle')}]({root}/collections/{facts.slug}/)"
            continue
        yield from (_line(record) for record in own)
    yield ""


def _line(record: CodeBundleRecord) -> str:
    about = f": {inline(clip(record.description, 160))}" if record.description else ""
    level = f"{stated_of(record)}{', deprecated' if record.deprecated else ''}"
    return f"- [{inline(record.title)}]({record.url}index.md){about} ({level})"


def twin(record: CodeBundleRecord) -> str:
    """Return the Markdown of a bundle's public record."""
    return twins(record)[0]


def twins(record: CodeBundleRecord) -> tuple[str, str]:
    """Return the Markdown of a bundle's public record, and a brief one that lacks README, YAML and history, which are
    half of it.
    """
    data = f"{record.url.removesuffix(f'codebundles/{record.id}/')}{API_ROOT}/collections/{record.codecollection.slug}"
    collection = record.codecollection
    beside = files_beside(record)
    parts: Any = _template().make_module(
        {
            "b": record,
            "at": Source(collection.git_url, collection.commit),
            "folder": f"codebundles/{record.slug}",
            "FILE_OF": FILE_OF,
            "yaml": beside.get(CONFIG),
            "rules": [describe_rule(rule) for rule in record.generation_rules],
            "stated": stated_of(record),
            "truth": truth(record),
            "unread": unread(record),
            "files": main_files(record),
            "beside": [name for name in beside if name in (ROLE, POLICY)],
            "data": f"{data}/codebundles/{quote(record.slug)}",
        }
    )
    whole = f"{parts.head}{parts.configuration}{parts.discovery}{parts.rest}"
    return f"{whole.rstrip()}\n", f"{parts.head}{parts.discovery}".rstrip() + "\n"


def main_files(record: CodeBundleRecord) -> list[FileRecord]:
    """Return the files of a bundle that matter most, in the order of their paths."""
    ranked = sorted(record.files, key=lambda file: (file.role in ("test", "other"), file.path))
    return sorted(ranked[:_FILES], key=lambda file: file.path)


@functools.cache
def _template() -> Template:
    # No HTML: the filters escape what Markdown takes for its own.
    markdown = environment().overlay(autoescape=False)
    markdown.filters = {**markdown.filters, "inline": inline, "spoken": _line_text, "quote": _quote, "code": code_span}
    return markdown.get_template("twin.md")


def _line_text(line: Line) -> str:
    """Return a line of a rule as one line of Markdown."""
    parts = (code_span(part.text) if part.code else escaped(part.text) for part in line.parts)
    return " ".join("".join(parts).splitlines())


def _quote(text: str | None) -> str:
    """Return Markdown as a quotation."""
    lines = text.strip().splitlines() if text else []
    return "".join(f"{f'> {line}'.rstrip()}\n" for line in lines) + "\n" if lines else ""
