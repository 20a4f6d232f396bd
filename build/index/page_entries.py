"""Documentation, keyword libraries and keywords as entries of their corpus."""

from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import quote, urldefrag

from build.documentation import (
    DocumentationPage,
)
from build.index.entries import Entry, PageRow
from build.index.passages import Passage
from build.keyword_libraries import (
    CALLED,
    CalledKeyword,
    CalledLibrary,
    Keyword,
    Library,
)
from build.model import (
    Value,
)
from build.storage import canonical
from search_fn.index.facts import CollectionFacts

# Characters: of a section, as a result shows it, and of what is encoded or described.
_QUOTE, _PASSAGE = 300, 1_200
# Of a call, where three are shown.
_CALL = 260
# Keywords that a library of calls names.
_EXAMPLE_NAMES = 12
# Tags by which libraries are told from their keywords. They are no words of what is searched.
_LIBRARY, _KEYWORD = ("library",), ("keyword",)


class SectionCard(Value):
    """A part of a page to which a result may lead: its address, and its words."""

    url: str
    description: str


class PageCard(Value):
    """A page as a search result shows it. `collection` is a library's, or the category of documentation; `commit` is
    that of a library, "" for documentation.
    """

    type: Literal["documentation", "library"]
    id: str
    collection: str
    slug: str
    display_name: str
    description: str
    url: str
    commit: str
    stale: bool
    sections: tuple[SectionCard, ...] = ()


def library_entries(
    libraries: Iterable[Library], collections: Mapping[str, CollectionFacts], site_url: str
) -> list[Entry[PageRow]]:
    """Return an entry for each library and each of its keywords, by id.

    Args:
        libraries: The libraries.
        collections: Their collections by slug.
        site_url: Where the site is.
    """
    found = {}
    for library in libraries:
        facts = collections[library.collection]
        page = f"{site_url.rstrip('/')}/libraries/{library.id}/"
        about = library.documentation or f"Keyword library of {len(library.keywords)} keywords."
        head = Passage("head", -1, f"{library.import_name}\n{about}")
        card = _library_card(facts, library.id, library.import_name, about, page)
        found[library.id] = _entry(card, about, [head], kind=_LIBRARY)
        for keyword in library.keywords:
            name, usage = f"{library.id}.{keyword.name}", _usage(keyword)
            head = Passage("head", -1, f"{library.import_name}: {keyword.name}\n{keyword.documentation}")
            card = _library_card(facts, name, keyword.name, usage, f"{page}#{_anchor(keyword.name)}")
            found[name] = _entry(card, usage, [head], kind=_KEYWORD)
    return [found[name] for name in sorted(found)]


def called_entries(libraries: Iterable[CalledLibrary], site_url: str) -> list[Entry[PageRow]]:
    """Return an entry for each library that is known by calls alone, and for each of its keywords, by id."""
    found = {}
    for library in libraries:
        own, page = library.id, f"{site_url.rstrip('/')}/libraries/{library.id}/"
        first = ", ".join(keyword.name for keyword in library.keywords[:_EXAMPLE_NAMES])
        about = (
            f"A keyword library that CodeBundles import and no CodeCollection here defines. Keywords that are called, "
            f"the most frequent first: {first}."
        )
        card = _called_card(own, library.import_name, about, page)
        found[own] = _entry(card, about, [Passage("head", -1, f"{library.import_name}\n{first}")], kind=_LIBRARY)
        for keyword in library.keywords:
            name, usage = f"{own}.{keyword.name}", _called_usage(keyword)
            card = _called_card(name, keyword.name, usage, f"{page}#{_anchor(keyword.name)}")
            said = "\n".join([keyword.documentation, ", ".join(keyword.arguments)])
            head = Passage("head", -1, f"{library.import_name}: {keyword.name}\n{said}")
            found[name] = _entry(card, usage, [head], kind=_KEYWORD)
    return [found[name] for name in sorted(found)]


def documentation_entries(pages: Iterable[DocumentationPage], site_url: str) -> list[Entry[PageRow]]:
    """Return an entry for each page, by id; a question's is its place on the site's own page."""
    found = {}
    for page in pages:
        url = page.url or f"{site_url.rstrip('/')}/documentation/#{page.id.replace('/', '-')}"
        passages = [Passage("head", -1, f"{page.name}\n{page.description}\n{', '.join(page.topics)}")]
        sections = []
        for number, section in enumerate(page.sections):
            passages.append(Passage("section", number, f"{page.name}: {section.heading}\n{section.text}"))
            at = urldefrag(url).url + f"#{section.anchor}" if section.anchor else url
            sections.append(SectionCard(url=at, description=section.text[:_QUOTE]))
        card = PageCard(
            type="documentation",
            id=page.id,
            collection=page.category,
            slug=_slug(page.id),
            display_name=page.name,
            description=_cut(page.description),
            url=url,
            commit="",
            stale=page.stale,
            sections=tuple(sections),
        )
        found[page.id] = _entry(card, page.description, passages, page.topics)
    return [found[name] for name in sorted(found)]


def _library_card(facts: CollectionFacts, name: str, title: str, about: str, url: str) -> PageCard:
    return PageCard(
        type="library",
        id=name,
        collection=facts.slug,
        slug=_slug(name),
        display_name=title,
        description=_cut(about),
        url=url,
        commit=facts.commit or "",
        stale=facts.state == "stale",
    )


def _usage(keyword: Keyword) -> str:
    """Return what a keyword does, takes, and how a bundle calls it."""
    parts = [keyword.documentation]
    if keyword.arguments:
        parts.append(f"Arguments: {', '.join(keyword.arguments)}")
    parts += [f"Called in {one.bundle}, line {one.line}: {one.call}" for one in keyword.examples[:1]]
    return "\n".join(filter(None, parts))


def _called_card(name: str, title: str, about: str, url: str) -> PageCard:
    return PageCard(
        type="library",
        id=name,
        collection=CALLED,
        slug=_slug(name),
        display_name=title,
        description=_cut(about),
        url=url,
        commit="",
        stale=False,
    )


def _called_usage(keyword: CalledKeyword) -> str:
    """How often a keyword is called, with which arguments, and examples with file and line."""
    times = "once" if keyword.calls == 1 else f"{keyword.calls} times"
    where = "1 CodeBundle" if keyword.used_by == 1 else f"{keyword.used_by} CodeBundles"
    parts = [keyword.documentation] if keyword.documentation else []
    parts += [f"Called {times} in {where}; no CodeCollection here defines it, so this is what calls show."]
    if keyword.arguments:
        parts.append(f"Arguments that calls name: {', '.join(keyword.arguments)}")
    parts += [
        f"Called in {one.bundle}, {one.path.rpartition('/')[2]} line {one.line}: {one.call[:_CALL]}"
        for one in keyword.examples
    ]
    return "\n".join(parts)


def _anchor(name: str) -> str:
    """Return the place of a keyword on its library's page."""
    return quote(name.replace(" ", "-"), safe="/")


def _slug(name: str) -> str:
    return name.split("/", 1)[1]


def _cut(about: str) -> str:
    return about if len(about) <= _PASSAGE else f"{about[: _PASSAGE - 1]}…"


def _entry(
    card: PageCard, about: str, passages: list[Passage], tags: Iterable[str] = (), kind: Iterable[str] = ()
) -> Entry[PageRow]:
    row = PageRow(
        id=card.id,
        name=card.display_name,
        type=card.type,
        collection=card.collection,
        tags=sorted({*tags, *kind}),
        card=canonical(card),
    )
    texts = {
        "title": f"{card.display_name} {card.slug.replace('.', ' ')}",
        "about": "\n".join([about, *(passage.text for passage in passages)]),
        "labels": " ".join([*tags, card.collection]),
    }
    return Entry(row, texts, [one._replace(text=one.text[:_PASSAGE]) for one in passages])
