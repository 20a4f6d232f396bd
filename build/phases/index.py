"""The fourth phase: passages are encoded, and the search index is written."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, cast

from build.catalogue.alerts import Alert, alerts, ordered
from build.catalogue.catalogue import Catalogue
from build.catalogue.models import CodeBundleRecord
from build.errors import RegistryError
from build.file_cache import texts_of
from build.index.browser_files import browser_files
from build.index.encode import encode, encoder_of
from build.index.encoder_file import cached_file, is_sound
from build.index.entries import Entry, FileRow, PageRow, bundle_entry, file_rows
from build.index.page_entries import called_entries, documentation_entries, library_entries
from build.index.passages import Passage, passages
from build.index.static_encoder import StaticEncoder
from build.index.uncollected import uncollected
from build.index.vectors import Vectors, encode_new, known_vectors, related
from build.index.weighing import weigh
from build.index.write import digest, write_index
from build.model import CatalogueEntry
from build.phases.context import RunContext, remote_encoder
from build.publish.published import build_id_of
from build.releases.nearest import with_nearest
from build.site import api
from build.site.agents_page import EXAMPLE
from build.site.api_page import OpenApi, interface_page
from build.site.changes import last_changes
from build.skills.files import all_skills
from build.skills.skill import Skill
from search_fn.encoder.minilm import ENCODER_FILE
from search_fn.encoder.remote import EncoderUnavailableError
from search_fn.index.facts import INTERFACE, SCHEMA_VERSION, EncoderFacts, Manifest
from search_fn.index.open import open_index
from search_fn.search.ranking import rank
from search_fn.settings import Settings, public_address


class Indexed(NamedTuple):
    """The catalogue with each bundle's neighbours; `documents` of the static API by path, which index and site share,
    `openapi`, the description of the function's interface, and `skills`, which both have, too. `browser` are the files
    of the search in the browser, by their paths below the site; `alerts` have their bundles in the order of a search,
    and `found` is the id of what answers the page of agents' question.
    """

    catalogue: Catalogue
    documents: Mapping[str, str]
    openapi: OpenApi
    skills: Mapping[str, Skill] = MappingProxyType({})
    browser: Mapping[str, bytes] = MappingProxyType({})
    alerts: Sequence[Alert] = ()
    found: str | None = None


def index_catalogue(
    run: RunContext, catalogue: Catalogue, entries: Sequence[CatalogueEntry], folder: Path | None
) -> Indexed:
    """Encode what the published index has no vectors for, and write the new index.

    Args:
        run: The run.
        catalogue: What is published.
        entries: The bundles, whose robot files are searched too.
        folder: Where the index is written; None where the site alone is published.

    Raises:
        RegistryError: The encoder that the environment names does not answer.
    """
    encoder_file = cached_file(run.options.cache)
    facts = _encoder_facts(encoder_file)
    pages = _pages(run, catalogue)
    parts = {record.id: passages(record) for record in catalogue.records}
    vectors = _encode(run, [*parts.values(), *(page.passages for page in pages)], encoder_file, facts)
    with run.phase("index"), uncollected():
        near = related({name: own[0] for name, own in parts.items()}, vectors)
        records = [record.model_copy(update={"related": near[record.id]}) for record in catalogue.records]
        living = {one.id: (one.title, *one.platforms, *(tool.title for tool in one.tools)) for one in records}
        catalogue = catalogue._replace(records=records, releases=with_nearest(catalogue.releases, living))
        openapi = describe_interface(run.options.search_url)
        documents = api.documents(catalogue, run.report.passages, openapi) | api.page_documents(catalogue)
        written = {entry.id: entry.bundle.skill_files for entry in entries}
        skills = all_skills(catalogue, written, run.options.site_url)
        code = {entry.id: entry.bundle.code for entry in entries}
        changed = last_changes(catalogue)
        stored = [sum(file.stored for file in record.files) for record in records]
        bundles = weigh(
            bundle_entry(record, code[record.id], parts[record.id], first, changed.get(record.id))
            for record, first in zip(records, accumulate(stored, initial=0), strict=False)
        )
        weighed = weigh(pages)
        if folder:
            _copy_encoder(encoder_file, folder / ENCODER_FILE)
            answers = documents | {INTERFACE: interface_page(openapi)} | api.page_texts(catalogue)
            files = (row for record in records for row in _files(run, record))
            manifest = _manifest(catalogue, facts, run.report.passages)
            rows = [skill.row() for skill in skills.values()]
            write_index(folder, bundles, weighed, vectors, answers, manifest, files, rows)
        browser = browser_files(bundles, weighed, StaticEncoder.load(), catalogue.build_id)
        named, found = _searched(catalogue, folder or run.folder("index"))
    return Indexed(catalogue, documents, openapi, skills, browser, named, found)


def _searched(catalogue: Catalogue, folder: Path) -> tuple[list[Alert], str | None]:
    """Return the catalogue's alerts, and what answers the page of agents' question, as a search of the index has them:
    where it is another catalogue's, or a provider encodes its queries, alerts in their own order and no answer.
    """
    named = alerts(catalogue.records)
    if build_id_of(folder, "index") != catalogue.build_id:
        return named, None
    index = open_index(Settings.of_folder(folder))
    if index.manifest.encoder.model:
        # Each of hundreds of names would be a request to the provider, which costs money.
        return named, None

    def search(words: str) -> list[str]:
        return [index.ids[place] for place in rank(index, words).order]

    return ordered(named, search), next(iter(search(EXAMPLE)), None)


def _files(run: RunContext, record: CodeBundleRecord) -> Iterator[FileRow]:
    try:
        yield from file_rows(record, texts_of(run.options.cache, record))
    except KeyError as error:
        raise RegistryError(
            f"Refused to publish: the text of {error} of {record.id} is gone from {run.options.cache} since it was "
            "read; run again."
        ) from error


def describe_interface(address: str = "") -> OpenApi:
    """Return the description of the function's interface, as the function at this address gives it."""
    # Imported here because the web framework takes a while, and a run in which nothing changed does not get here.
    from search_fn.rest.application import create_app

    described = create_app(Settings(public_url=public_address(address))).openapi()
    return cast("OpenApi", described)


def _encoder_facts(encoder_file: Path) -> EncoderFacts:
    encoder, remote = encoder_of(encoder_file), remote_encoder()
    facts = EncoderFacts(name=encoder.name, dimensions=encoder.dimensions, sha256=encoder.sha256)
    return facts.model_copy(update={"model": remote.model, "dimensions": remote.dimensions}) if remote else facts


def _pages(run: RunContext, catalogue: Catalogue) -> list[Entry[PageRow]]:
    """Return the entries beside the bundles', by id."""
    by_slug = {facts.slug: facts for facts in catalogue.collections}
    pages = documentation_entries(catalogue.documentation, run.options.site_url)
    pages += library_entries(catalogue.libraries, by_slug, run.options.site_url)
    pages += called_entries(catalogue.called, run.options.site_url)
    return sorted(pages, key=lambda page: page.row.id)


def _encode(run: RunContext, texts: Iterable[Sequence[Passage]], encoder_file: Path, facts: EncoderFacts) -> Vectors:
    options, remote = run.options, remote_encoder()
    with run.phase("encode") as track:
        known = known_vectors(options.index, facts)
        result = [passage for own in texts for passage in own]
        encode_locally = partial(
            encode, encoder_file=encoder_file, engine=options.engine, jobs=options.jobs, track=track
        )
        try:
            vectors, run.report.encoded = encode_new(result, known, remote.encode if remote else encode_locally)
        except EncoderUnavailableError as error:
            raise RegistryError(f"Refused to publish: {error}") from error
    run.report.passages = len(result)
    return vectors


def _copy_encoder(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    if not is_sound(target):
        raise RegistryError(
            f"Refused to publish: the copy of {source} is another than its original; look whether the disk is sound, "
            "then run again."
        )


def _manifest(catalogue: Catalogue, encoder: EncoderFacts, passage_count: int) -> Manifest:
    return Manifest(
        build_id=catalogue.build_id,
        schema_version=SCHEMA_VERSION,
        updated=catalogue.updated,
        counts=catalogue.counts(passage_count),
        tables={},
        encoder=encoder,
        collections=list(catalogue.collections),
        digest=digest(catalogue.records),
    )
