"""Bundles, keyword libraries and documentation as they stand on the shelves of the index."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urldefrag

from build.catalogue.models import Card, CodeBundleRecord, Summary
from build.index.passages import Passage, text_columns
from build.model import DocumentationPage, Keyword, Library
from build.storage import canonical
from search_fn.index.schema import CollectionFacts

_QUOTE = 300

_PASSAGE = 1_200

Row = dict[str, Any]


class Entry(NamedTuple):
    """What stands on a shelf: a row of BUNDLE_SCHEMA, the texts by TEXT_WEIGHTS' names, and the passages to encode."""

    row: Row
    texts: Mapping[str, str]
    passages: Sequence[Passage]


def bundle_entry(record: CodeBundleRecord, code: str, parts: Sequence[Passage]) -> Entry:
    """A bundle on its shelf; `code` is the text of its robot files, whose words are found, too, and `parts` are its
    passages.
    """
    tags = [*record.support_tags, *(tag for tool in record.tools for tag in tool.tags)]
    row = {
        "id": record.id,
        "name": record.title,
        "updated": record.git_updated_at or "",
        "task_count": record.task_count,
        "sli_count": record.sli_count,
        "discovered": record.configuration_type.has_generation_rules,
        "collection": record.codecollection.slug,
        "platforms": record.platforms,
        # `${NAMESPACE}` is a tag of whatever it becomes when it runs, and no facet.
        "tags": sorted({tag.casefold() for tag in tags if "${" not in tag}),
        "access": record.access_level,
        "kinds": sorted({tool.kind for tool in record.tools}),
        "card": canonical(Card.of(record)),
        "summary": canonical(Summary.of(record)),
        "record": canonical(record),
    }
    return Entry(row, text_columns(record, code), parts)


def library_entries(
    libraries: Iterable[Library], collections: Mapping[str, CollectionFacts], site_url: str
) -> list[Entry]:
    """An entry for each library and each of its keywords, by id; `collections` are by slug."""
    found = {}
    for library in libraries:
        facts = collections[library.collection]
        page = f"{site_url.rstrip('/')}/libraries/{library.id}/"
        shared = {
            "type": "library",
            "collection": library.collection,
            "commit": facts.commit or "",
            "stale": facts.state == "stale",
        }
        about = library.documentation or f"Keyword library of {len(library.keywords)} keywords."
        named = f"{library.import_name}\n{about}"
        found[library.id] = _entry(library.id, library.import_name, about, page, shared, [Passage("head", -1, named)])
        for keyword in library.keywords:
            # As its page has it.
            anchor = quote(keyword.name.replace(" ", "-"), safe="/")
            said = f"{library.import_name}: {keyword.name}\n{keyword.documentation}"
            name = f"{library.id}.{keyword.name}"
            passages = [Passage("head", -1, said)]
            found[name] = _entry(name, keyword.name, _usage(keyword), f"{page}#{anchor}", shared, passages)
    return [found[name] for name in sorted(found)]


def documentation_entries(pages: Iterable[DocumentationPage], site_url: str) -> list[Entry]:
    """An entry for each page, by id; a question's is its place on the site's own page."""
    found = {}
    for page in pages:
        url = page.url or f"{site_url.rstrip('/')}/documentation/#{page.id.replace('/', '-')}"
        shared = {"type": "documentation", "collection": page.category, "commit": "", "stale": page.stale}
        passages = [Passage("head", -1, f"{page.name}\n{page.description}\n{', '.join(page.topics)}")]
        sections = []
        for number, section in enumerate(page.sections):
            passages.append(Passage("section", number, f"{page.name}: {section.heading}\n{section.text}"))
            at = urldefrag(url).url + f"#{section.anchor}" if section.anchor else url
            sections.append({"url": at, "description": section.text[:_QUOTE]})
        found[page.id] = _entry(page.id, page.name, page.description, url, shared, passages, sections, page.topics)
    return [found[name] for name in sorted(found)]


def _usage(keyword: Keyword) -> str:
    """What a keyword does, takes, and how a bundle calls it."""
    parts = [keyword.documentation]
    if keyword.arguments:
        parts.append(f"Arguments: {', '.join(keyword.arguments)}")
    parts += [f"Called in {one.bundle}, line {one.line}: {one.call}" for one in keyword.examples[:1]]
    return "\n".join(filter(None, parts))


def _entry(
    name: str,
    title: str,
    about: str,
    url: str,
    shared: Mapping[str, Any],
    passages: list[Passage],
    sections: Iterable[Mapping[str, str]] = (),
    tags: Iterable[str] = (),
) -> Entry:
    card = {
        **shared,
        "id": name,
        "slug": name.split("/", 1)[1],
        "display_name": title,
        "description": about if len(about) <= _PASSAGE else f"{about[: _PASSAGE - 1]}…",
        "url": url,
        "platforms": [],
        "access_level": "unknown",
        "access_level_source": None,
        "access_level_claimed": None,
        "tools": list(sections),
    }
    row = {
        "id": name,
        "name": title,
        "updated": "",
        "task_count": 0,
        "sli_count": 0,
        "discovered": False,
        "collection": shared["collection"],
        "platforms": [],
        "tags": sorted(tags),
        "access": "unknown",
        "kinds": [shared["type"]],
        "card": canonical(card),
        "summary": "",
        "record": "",
    }
    texts = {
        "title": f"{title} {name.split('/', 1)[1].replace('.', ' ')}",
        "about": "\n".join([about, *(passage.text for passage in passages)]),
        "labels": " ".join([*tags, shared["collection"]]),
    }
    return Entry(row, texts, [one._replace(text=one.text[:_PASSAGE]) for one in passages])
