"""Every page of the site, as the Markdown file that MkDocs puts its shell around: front matter and one block of HTML.

MkDocs prints titles and descriptions as they come, so those are escaped here. A catalogue in, texts out.
"""

import html
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2.environment import TemplateModule
from markupsafe import Markup

from build.catalogue.alerts import Alert
from build.catalogue.catalogue import Catalogue
from build.catalogue.models import CodeBundleRecord
from build.catalogue.skill_names import skill_names
from build.catalogue.source_links import Source
from build.documentation import OWN
from build.site import bundle_page, linked_data
from build.site.agents_page import EXAMPLE, clients, function_address, site_address
from build.site.api_page import OpenApi, operations
from build.site.bundle_page import severity_counts
from build.site.facets import FACETS, FOLDERS, Places, ToolRow, filters, nested, searched_facets
from build.site.filters import clip
from build.site.release_feeds import feed_of_bundle, feed_of_collection, feed_paths
from build.site.release_images import ImageDetails
from build.site.release_pages import bundle_changes, release_pages
from build.site.release_places import release_path
from build.site.report_page import problem_pages, report_values
from build.site.statistics import coverage, growth, statistics_values
from build.site.templates import environment, usable
from search_fn.chat.text import QUESTIONS
from search_fn.issues.github import LABEL, REPOSITORY
from search_fn.issues.request import issues_address
from search_fn.tools.registry import TOOLS

# Of what is new on the home page: days, and bundles of each.
_DAYS, _OF_A_DAY = 5, 4
# What the search offers to ask.
_EXAMPLES = (
    "pods keep restarting", "certificate about to expire", "why is my cloud bill so high", "queue backlog is growing",
    "deployment has no ready replicas",
)  # fmt: skip
# How long a page of a list is, in rows, tools, values or alerts.
_ROWS, _TOOLS, _VALUES, _ALERTS = 250, 300, 600, 1_000
# What a template may say of its page to the shell. The footer of all pages takes `build` and `as_of` from the first.
_FACTS = ("title", "description", "updated", "script", "connect", "build", "as_of", "data")
# What Python-Markdown would change even within a block of HTML: fences of code, tabs.
_REFERENCES = {"```": "&#96;&#96;&#96;", "~~~": "&#126;&#126;&#126;", "\t": "&#9;"}
_CHANGED = re.compile("|".join(map(re.escape, _REFERENCES)))

HtmlOf = Callable[[CodeBundleRecord], Mapping[str, str]]


def render_pages(
    catalogue: Catalogue,
    html_of: HtmlOf,
    *,
    search_url: str,
    site_url: str = "",
    openapi: OpenApi | None = None,
    repository: str = REPOSITORY,
    alerts: Sequence[Alert] = (),
    found: str | None = None,
    images: ImageDetails = MappingProxyType({}),
) -> Iterator[tuple[str, str]]:
    """Yield each page's path below the docs folder and its text, one at a time: all together are too much for memory.

    Args:
        catalogue: What is published.
        html_of: Gives the rendered Markdown of a bundle's page, by the names of its texts.
        search_url: Where the search function answers; empty means the site's own root.
        site_url: The site's own address, which canonical links need.
        openapi: Describes the function; without it there is no page of it.
        repository: Requests for bundles become issues of it.
        alerts: Each has a page, with its bundles in this order.
        found: The id of the first that a search for the question on the page of agents finds.
        images: What is known of each collection's images; pages of releases name theirs.
    """
    # In the order in which people look names up.
    records = sorted(catalogue.records, key=lambda record: (record.title.casefold(), record.id))
    severities = defaultdict(list)
    for problem in catalogue.problems:
        severities[problem.collection].append(problem.severity)
    places = Places(records)
    names = {facts.slug: facts.name for facts in catalogue.collections}
    shared = {
        "catalogue": catalogue,
        "records": records,
        "counts": catalogue.counts(0),
        "sources": {
            facts.slug: Source(facts.git_url, facts.commit) if facts.commit else None for facts in catalogue.collections
        },
        "problem_counts": {facts.slug: severity_counts(severities[facts.slug]) for facts in catalogue.collections},
        "platforms": bundle_page.platform_counts(records),
        "place": places,
        "row": _rows(),
        "names": names,
        "feed": None,
        "feeds": feed_paths(catalogue),
        "release_path": release_path,
    }
    for path, name, own in _pages(
        catalogue, records, places, html_of, search_url, site_url, openapi, repository, alerts, found, images
    ):
        root = "../" * path.count("/")
        api = f"{search_url.rstrip('/')}/api/v1/" if search_url else f"{root}api/v1/"
        values = {**shared, "root": root, "api": api, **own}
        rendered = environment().get_template(name).make_module(values)
        yield path, _front_matter(rendered, values["feed"]) + _protect(str(rendered))


# Path, template, what it shows besides what all are given.
_Page = tuple[str, str, dict[str, Any]]


def _pages(
    catalogue: Catalogue,
    records: list[CodeBundleRecord],
    places: Places,
    html_of: HtmlOf,
    search_url: str,
    site_url: str,
    openapi: OpenApi | None,
    repository: str,
    alerts: Sequence[Alert],
    found: str | None,
    images: ImageDetails,
) -> Iterator[_Page]:
    """Yield each page's path, its template and its own values; the arguments are render_pages's, `records` sorted."""
    function, origin = _function(search_url)
    address = function_address(search_url, site_url)
    reached = {"address": address, "own": "/" if search_url else "", "clients": clients(f"{address}/mcp")}
    yield "index.md", "home.html", {
        "news": _news(catalogue), "growth": growth(records), **reached,
        "linked": linked_data.of_site(site_url) if site_url else None, "alerts": len(alerts), "chat": bool(search_url),
    }  # fmt: skip
    of_bundles = filters(records, {name: facet.values for name, facet in FACETS.items()})
    yield from _paginate("codebundles/", "codebundles.html", records, _ROWS, {"filters": of_bundles})
    tools = [ToolRow(record, tool) for record in records for tool in record.tools]
    of_tools = filters(tools, {name: facet.tool_values for name, facet in FACETS.items() if facet.of_tool})
    yield from _paginate("tools/", "tools.html", tools, _TOOLS, {"filters": of_tools})
    feeds = feed_paths(catalogue)
    for facet, folder in FOLDERS.items():
        groups = places.groups[facet]
        # A page of nothing is nowhere linked: none is made.
        if groups:
            ranked = nested(groups) if facet == "platform" else [(group, False) for group in groups]
            yield from _paginate(f"{folder}/", "groups.html", ranked, _VALUES, {"facet": facet})
        for group in groups:
            if group.path:
                own = {"facet": facet, "group": group, "feed": feeds.get((facet, group.value))}
                yield from _paginate(group.path, "group.html", group.items, _ROWS, own)
    yield "search/index.md", "search.html", {
        "endpoint": f"{function}/api/v1/search", "origin": origin, "chat": bool(search_url), "examples": _EXAMPLES,
        "filters": filters(records, {name: FACETS[name].values for name in searched_facets()}),
    }  # fmt: skip
    asking = {"function": function, "origin": origin}
    yield "request/index.md", "request.html", {**asking, "issues": issues_address(repository), "label": LABEL}
    # Only where there is one to ask, as far as the build was told.
    if search_url:
        yield "chat/index.md", "chat.html", {**asking, "examples": QUESTIONS}
    yield "selection/index.md", "selection.html", {}
    yield "compare/index.md", "compare.html", {}
    lettered = [(alert.name[0].upper(), alert) for alert in alerts]
    yield from _paginate("alerts/", "alerts.html", lettered, _ALERTS, {})
    for alert in alerts:
        yield f"alerts/{alert.name}/index.md", "alert.html", {"alert": alert}
    yield "statistics/index.md", "statistics.html", statistics_values(catalogue)
    yield "agents/index.md", "agents.html", {
        **reached, "site": site_address(site_url), "tools": TOOLS.values(),
        "example": next((record for record in records if record.id == found), None), "question": EXAMPLE,
    }  # fmt: skip
    if openapi:
        example = "/codebundles/".join(("collections/" + records[0].id).rsplit("/", 1)) if records else ""
        yield "api/index.md", "api.html", {"groups": operations(openapi), "example": example, **reached}
    yield "report/index.md", "report.html", report_values(catalogue)
    for path, values in problem_pages(catalogue):
        yield path, "problems.html", values
    owned = catalogue.by_collection(records)
    covers = {slug: coverage(own) for slug, own in owned.items()}
    yield "collections/index.md", "collections.html", {"covers": covers}
    for facts in catalogue.collections:
        held = owned[facts.slug]
        values = {
            "facts": facts,
            "cover": covers[facts.slug],
            "linked": linked_data.of_collection(facts, held, site_url),
            "feed": feed_of_collection(facts.slug),
            "own_releases": list(releases.all_newest_first())
            if (releases := catalogue.releases.get(facts.slug))
            else [],
        }
        yield from _paginate(f"collections/{facts.slug}/", "collection.html", held, _ROWS, values)
    yield from release_pages(catalogue, images)
    known = {record.id: record for record in records}
    changes = bundle_changes(catalogue)
    # By the spelling of its page.
    alert_names = {alert.name.casefold(): alert.name for alert in alerts}
    skills = skill_names((facts.slug for facts in catalogue.collections), records)
    for record in records:
        shown = bundle_page.bundle_values(record, known, html_of(record))
        releases_of_it = {"changes": changes.get(record.id, ()), "feed": feed_of_bundle(record.id)}
        head = {"b": record, "linked": linked_data.of_bundle(record), "skill": skills[record.id]}
        head |= {
            "function": function if search_url else "../../..",
            "origin": origin,
            "issues": issues_address(repository),
        }
        values = {**head, **shown, **releases_of_it, "alert_names": alert_names}
        yield f"codebundles/{record.id}/index.md", "codebundle.html", values
    if any(page.category != OWN for page in catalogue.documentation):
        yield "documentation/index.md", "documentation.html", {}
    facts_of = {facts.slug: facts for facts in catalogue.collections}
    of_libraries = filters(catalogue.libraries, {"collection": lambda library: [library.collection]})
    if catalogue.libraries or catalogue.called:
        named = sorted(
            catalogue.libraries, key=lambda library: (library.import_name.lower(), library.collection.lower())
        )
        yield from _paginate("libraries/", "libraries.html", named, _ROWS, {"filters": of_libraries})
    for library in catalogue.libraries:
        values = {"b": library, "facts": facts_of[library.collection], "known": known}
        yield f"libraries/{library.id}/index.md", "library.html", values
    for called in catalogue.called:
        values = {"b": called, "known": known}
        yield f"libraries/{called.id}/index.md", "called_library.html", values


def _news(catalogue: Catalogue) -> list[tuple[str, list[tuple[CodeBundleRecord, bool]], int]]:
    """Return the latest days on which bundles changed: some of each, those that were new first, and how many more."""
    result = []
    for day, changed in islice(groupby(catalogue.newest(), key=lambda pair: pair[1].last_own_date[:10]), _DAYS):
        of_day = [(record, history.first_date[:10] == day) for record, history in changed]
        shown = sorted(of_day, key=lambda pair: not pair[1])[:_OF_A_DAY]
        result.append((day, shown, len(of_day) - len(shown)))
    return result


def _paginate(folder: str, template: str, items: Sequence[Any], size: int, values: dict[str, Any]) -> Iterator[_Page]:
    """Yield a list as pages of `size` items; an empty one has a page too."""
    pages = max(1, -(-len(items) // size))
    for number in range(1, pages + 1):
        path = f"{folder}page/{number}/index.md" if number > 1 else f"{folder}index.md"
        shown = items[size * (number - 1) : size * number]
        yield path, template, {**values, "items": shown, "number": number, "pages": pages, "total": len(items)}


def _rows() -> Callable[[CodeBundleRecord, str], Markup]:
    """Return the macro for a bundle's row with a cache, since many pages at few depths have the same row."""
    rendered: dict[str, tuple[str, str]] = {}
    macro = vars(environment().get_template("_parts.html").module)["row"]

    def row(record: CodeBundleRecord, root: str) -> Markup:
        if record.id not in rendered:
            # A row begins with its link, which alone depends on the page's depth.
            before, _, after = str(macro(record, "\0")).partition("\0")
            rendered[record.id] = before, after
        return Markup(root.join(rendered[record.id]))  # noqa: S704 - of a template that escapes

    return row


def _function(search_url: str) -> tuple[str, str | None]:
    """Return the function's address as pages one folder deep see it, and its origin where that is not the site's
    own.
    """
    if not search_url:
        return "..", None
    parts = urlsplit(search_url)
    return search_url.rstrip("/"), f"{parts.scheme}://{parts.netloc}" if parts.netloc else None


def _front_matter(rendered: TemplateModule, feed: str | None) -> str:
    """Return the front matter that the template sets: `title`, `description` and more for the shell.

    `feed` is the path of the page's own feed, without its ending.
    """
    meta = {name: str(value) for name in _FACTS if (value := getattr(rendered, name, None)) is not None}
    meta |= {"feed": quote(feed)} if feed else {}
    for name, length in (("title", 150), ("description", 300)):
        meta[name] = clip(usable(meta[name]), length)
    # ASCII alone, on one line a value, in YAML's words: no text can end the block or the line.
    lines = (f"{name}: {json.dumps(html.escape(value), ensure_ascii=False)}\n" for name, value in meta.items())
    return f"---\ntemplate: page.html\n{''.join(lines).encode('ascii', 'backslashreplace').decode()}---\n\n"


def _protect(body: str) -> str:
    """Return the block with references for what Python-Markdown would change; to a browser they are the characters."""
    body = usable(body)
    return _CHANGED.sub(lambda match: _REFERENCES[match[0]], body).strip() + "\n"
