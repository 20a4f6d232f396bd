"""The files of the site that are no pages: the static API, Markdown twins, feeds, and what scripts and robots read."""

from collections.abc import Iterator, Mapping
from itertools import chain

from build.catalogue.beside import files_beside
from build.catalogue.catalogue import Catalogue
from build.catalogue.models import CodeBundleRecord
from build.model import API_ROOT
from build.site import api
from build.site.facets import FACETS, script_facts
from build.site.feeds import feeds
from build.site.filters import clip
from build.site.release_feeds import release_feeds
from build.site.report_page import problems_csv
from build.site.templates import environment
from build.site.text_files import text_files
from build.storage import canonical
from search_fn.search.parts import cut, document_parts


def site_files(catalogue: Catalogue, documents: Mapping[str, str], site_url: str) -> Iterator[tuple[str, str]]:
    """Yield each file's path below the site and its text, one at a time: all together are too much for memory. Where
    two have the same path, the later one is meant.

    Args:
        catalogue: What is published.
        documents: The API's documents that site and index share, by path as `build.site.api` has them.
        site_url: The site's own address, "" where it is not known.
    """
    parts = {name: text for path, whole in documents.items() for name, text in document_parts(path, whole).items()}
    # A document of its own goes before another's part.
    interface = {**parts, **{path: parts[path] for path in documents}}
    for name, text in chain(interface.items(), api.bundle_documents(catalogue)):
        yield f"{API_ROOT}/{name}.json", text
    for record in catalogue.records:
        for name, text in files_beside(record).items():
            yield f"{API_ROOT}/collections/{record.codecollection.slug}/codebundles/{record.slug}/{name}", text
    yield from text_files(catalogue, site_url)
    yield from bundle_list(catalogue)
    yield "assets/facts.js", _facts(catalogue)
    feed = feeds(catalogue, site_url)
    yield "feed.xml", feed["feed.xml"]
    yield "feed.json", canonical(feed["feed.json"])
    yield from release_feeds(catalogue, site_url).items()
    yield "report/problems.csv", problems_csv(catalogue.problems)
    yield "robots.txt", _robots(site_url)
    yield "opensearch.xml", environment().get_template("opensearch.xml").render(root=site_url.rstrip("/"))


def _facts(catalogue: Catalogue) -> str:
    """Return the one generated script: the facts that all other scripts share. JSON is an expression there."""
    facts = script_facts({facts.slug: facts.name for facts in catalogue.collections})
    return f"/* exported FACTS */\nconst FACTS = {canonical(facts)};\n"


def _robots(site_url: str) -> str:
    everything = "User-agent: *\nAllow: /\n"
    # It takes whole addresses only.
    return f"{everything}Sitemap: {site_url.rstrip('/')}/sitemap.xml\n" if site_url else everything


_DESCRIPTION = 180
# Bundles of a file that scripts read.
_LISTED = 250


def bundle_list(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield codebundles/list.json and its path: each bundle with its facets, by their keys.

    `changed` is the day of its last own change, `added` that of its first; `claimed` the access that only its
    SKILL-TEMPLATE.md states, `source` that of its level; `deprecated` is there only where it is true; `tools` are kind,
    title, line, access and effect of each. `stale` has the collections in their last good state, with its date. Where
    there are many bundles, `parts` says in how many files they are: the second is codebundles/page/list-2.json.
    """
    parts = cut(len(catalogue.records), len(catalogue.records), _LISTED)
    shared: dict[str, object] = {
        "build_id": catalogue.build_id,
        "stale": {facts.slug: facts.commit_date for facts in catalogue.collections if facts.state == "stale"},
        **({"parts": len(parts)} if len(parts) > 1 else {}),
    }
    for number, rows in enumerate(parts, 1):
        listed = [_listed(record) for record in catalogue.records[rows.start : rows.stop]]
        path = "codebundles/list.json" if number == 1 else f"codebundles/page/list-{number}.json"
        yield path, canonical({**shared, "codebundles": listed})


def _listed(record: CodeBundleRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "title": record.title,
        "description": clip(record.description.replace("`", ""), _DESCRIPTION),
        **{facet.key: facet.of(record) for facet in FACETS.values()},
        "source": record.access_level_source,
        "claimed": record.access_level_claimed,
        **({"deprecated": True} if record.deprecated else {}),
        "changed": record.history.last_own_date[:10] if record.history else None,
        "added": record.history.first_date[:10] if record.history else None,
        "tools": [[tool.kind, tool.title, tool.line, tool.access, tool.effect] for tool in record.tools],
    }
