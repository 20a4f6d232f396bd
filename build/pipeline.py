"""The main job, as the README draws it: fetch, parse, enhance, index, render, publish."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console

from build.catalogue.catalogue import Catalogue, catalogue
from build.catalogue.library_usage import with_usage
from build.catalogue.merge import enriched
from build.catalogue.record import Record, iso, record
from build.config.collections import read_collections
from build.config.overrides import read_overrides
from build.config.sources import read_sources
from build.enhance.prompt import content_of
from build.enhance.step import Due, due, enhance, material, provider_of
from build.enhance.store import load
from build.environment import git_environment
from build.errors import RegistryError, UsageError, system_errors_told
from build.fetch.collections import Fetched, Kept, fetch, unless_unreadable
from build.fetch.documentation import with_contents
from build.fetch.github_issues import read_open_requests
from build.index.encode import encode, encoder_of
from build.index.encoder_file import is_sound, maker_version
from build.index.entries import bundle_entry, documentation_entries, library_entries
from build.index.passages import passages
from build.index.vectors import encode_new, known_vectors, related
from build.index.write import digest, write_index
from build.model import CatalogueEntry, Collection, DocumentationPage, Library, Problem, Run
from build.options import CODE, Options
from build.parse_cache import Parser, parser
from build.publish.ledger import count_failures, past_runs, public, remember
from build.publish.published import MARKS, Output, build_id_of, kept_state, published
from build.publish.report import CollectionRow, Report
from build.publish.shrink_guard import guard_shrink
from build.publish.swap import check_target, one_at_a_time, repair, replacing
from build.render_cache import html_of, render_bundles
from build.site import api
from build.site.api_page import interface_page
from build.site.files import site_files
from build.site.pages import HtmlOf, render_pages
from build.storage import find_damage
from build.workers import collection_budget
from search_fn.encoder.minilm import ENCODER_FILE
from search_fn.encoder.remote import EncoderUnavailable, RemoteEncoder
from search_fn.index.schema import INTERFACE, SCHEMA_VERSION, CollectionFacts, EncoderFacts, Manifest
from search_fn.issues.github import REPOSITORY
from search_fn.provider import Provider, ProviderMisconfigured
from search_fn.settings import Settings


def run(options: Options, console: Console, outputs: Sequence[Output] = ("index", "site")) -> Report:
    """All phases; publishes `outputs` when anything changed. Raises RegistryError: nothing was published."""
    report = Report()
    # All that is configured wrongly is told before anything is fetched.
    collections = _collections(options, report)
    documentation, problems = read_sources(options.collections.with_name("sources.yaml"))
    report.problems += problems
    if "site" in outputs:
        _check_site_url(options.site_url)
    _remote_encoder()
    folders = [getattr(options, name) for name in outputs]
    for name, folder in zip(outputs, folders, strict=True):
        check_target(folder, MARKS[name])
    with (
        _stops_told(report, options.cache, *folders),
        one_at_a_time(options.cache, *folders),
    ):
        report.repaired = [str(folder) for folder in folders if repair(folder)]
        try:
            with _stops_told(report, options.cache, *folders):
                _run(options, collections, documentation, report, console, outputs)
        except RegistryError as refused:
            # What stopped the run may stop this too, and is what the person has to know.
            with suppress(OSError):
                remember(options.ledger, report, refused.exit_status)
            raise
        remember(options.ledger, report, report.status)
    return report


@contextmanager
def _stops_told(report: Report, *folders: Path) -> Iterator[None]:
    """Turn what the system refuses, and an interruption, into a sentence."""

    def state() -> str:
        return f"{' and '.join(report.published)}: published" if report.published else "nothing was published"

    try:
        with system_errors_told(state, *folders):
            yield
    except KeyboardInterrupt:
        raise RegistryError(f"Interrupted ({state()}); run again, and what was fetched and parsed is used.") from None


def read(
    options: Options, console: Console, then: Callable[[Report, Sequence[CatalogueEntry]], None] = lambda *_: None
) -> Report:
    """Fetch (unless offline) and parse only: what a run would find, and nothing published; `then` gets the bundles."""
    report = Report()
    collections = _collections(options, report)
    with _stops_told(report, options.cache, options.enhancements), one_at_a_time(options.cache):
        entries, _ = _read(options, collections, report, console)
        then(report, entries)
    return report


def ask(options: Options, console: Console, *, limit: int | None, force: bool, dry_run: bool) -> Report:
    """Fetch and parse, then ask the model about at most `limit` bundles that are due; or only say what would be sent:
    `would_send` in the report's `enhanced` has about how many tokens, by the bundle's id.
    """
    provider = provider_of(os.environ)
    if provider is None and not dry_run:
        raise UsageError(
            "No model is configured: set OPENAI_API_KEY, or AI_SERVICE_PROVIDER=azure-openai with the settings in "
            "docs/enhancement.md, and AI_ENHANCEMENT_ENABLED not to false; --dry-run needs none."
        )

    def step(report: Report, entries: Sequence[CatalogueEntry]) -> None:
        wanted = due(entries, options, provider.model if provider else None, force=force)[:limit]
        if provider and not dry_run:
            _enhance(options, wanted, provider, report, console)
        else:
            with git_environment(allow_local=options.allow_local):
                report.enhanced["would_send"] = {entry.id: material(entry, options).tokens for entry, _ in wanted}

    return read(options, console, step)


def _run(
    options: Options,
    collections: Sequence[Collection],
    documentation: Sequence[DocumentationPage],
    report: Report,
    console: Console,
    outputs: Sequence[Output],
) -> None:
    provider = None if options.offline else provider_of(os.environ)
    entries, libraries = _read(options, collections, report, console)
    past = _past(options)
    count_failures(report.rows, past)
    if provider:
        _enhance(options, due(entries, options, provider.model), provider, report, console)
    facts = [_facts(collection, report) for collection in collections if collection.visibility == "public"]
    if not entries:
        said = next((f"{p.collection}: {p.message}" for p in report.problems if p.severity == "error"), "no bundle")
        raise RegistryError(f"Refused to publish: no collection could be read ({said}); mend that and run again.")
    requests = published(options.site, "requests")
    if not options.offline:
        requests, told = read_open_requests(os.environ, requests)
        report.problems += told
    # A run that is for some collections leaves it as it was read.
    unasked = options.offline or bool(options.only)
    with report.phase("documentation", console):
        documentation, told = with_contents(documentation, options.cache, offline=unasked)
    report.problems += told
    records = _records(options, entries, report)
    shown = {found.slug for found in facts}
    hidden = {collection.slug for collection in collections if collection.visibility == "hidden"}
    told = [_published(problem) for problem in report.problems if problem.collection not in hidden]
    built = catalogue(facts, records, told, options.version, requests, libraries, documentation, report.releases)
    report.build_id, report.updated = built.build_id, built.updated
    stale = [name for name in outputs if build_id_of(getattr(options, name), name) != built.build_id]
    if "index" in outputs and (damage := _damage(options.index)):
        report.damaged.append(str(options.index / damage))
        stale = [name for name in outputs if name == "index" or name in stale]
    if stale:
        if not options.accept_shrink:
            readable = {row.slug: row.readable for row in report.rows if row.slug in shown}
            guard_shrink(options.index, readable, _causes(report))
        built = built._replace(runs=public(past, [found.slug for found in facts]))
        code = {entry.id: entry.bundle.code for entry in entries}
        _publish(options, stale, built, code, report, console)


def _read(
    options: Options, collections: Sequence[Collection], report: Report, console: Console
) -> tuple[list[CatalogueEntry], list[Library]]:
    """Phases 1 and 2: every bundle of every collection, sorted by id, and the keyword libraries."""
    with (
        parser(options.cache, options.jobs, options.engine) as bundles,
        git_environment(allow_local=options.allow_local),
    ):
        with report.phase("fetch", console) as watched:
            kept = kept_state(options.index, tuple(options.only or ()), accept_shrink=options.accept_shrink)
            each = watched(collections, len(collections))
            fetched = fetch(each, options.cache, kept=kept, offline=options.offline)
        with report.phase("parse", console) as watched:
            read = [_parse(options, bundles, item, kept, report) for item in watched(fetched, len(fetched))]
    entries = sorted((entry for own, _ in read for entry in own), key=lambda entry: entry.id)
    return entries, with_usage([library for _, own in read for library in own], entries)


def _parse(
    options: Options, bundles: Parser, fetched: Fetched, kept: Kept, report: Report
) -> tuple[list[CatalogueEntry], Sequence[Library]]:
    collection = fetched.collection
    budget = collection_budget()
    parsed = bundles.parse(collection, fetched.bundles, budget, fetched.libraries)
    if kept.too_few(collection.slug, parsed.readable):
        fetched = unless_unreadable(fetched, options.cache, kept, parsed.readable)
        # The new state may have used all of it up; what is published was read in time before.
        budget = collection_budget()
        parsed = bundles.parse(collection, fetched.bundles, budget, fetched.libraries)
    libraries = bundles.libraries(collection, fetched.libraries, parsed.library_names, budget)
    rendered = render_bundles(collection, fetched.bundles, parsed.bundles, bundles.guarded, options.cache, budget)
    report.releases[collection.slug] = fetched.releases
    of_bundles = (problem for bundle in rendered for problem in bundle.problems)
    report.problems += [*fetched.problems, *fetched.refused, *of_bundles, *libraries.problems]
    report.rows.append(
        CollectionRow(
            slug=collection.slug,
            outcome=fetched.outcome,
            commit=fetched.commit,
            commit_date=iso(fetched.commit_date) if fetched.commit_date else None,
            bundles=len(parsed.bundles),
            readable=parsed.readable,
            tools=sum(len(bundle.tools) for bundle in parsed.bundles),
            parsed=parsed.new,
        )
    )
    if collection.visibility == "hidden":
        return [], []
    entries = [
        CatalogueEntry(
            collection=collection,
            commit=source.commit,
            commit_date=source.commit_date,
            stale=fetched.outcome == "stale",
            bundle=bundle,
            history=source.history,
            files=source.files,
        )
        for source, bundle in zip(fetched.bundles, rendered, strict=True)
    ]
    return entries, libraries.libraries


def _enhance(options: Options, wanted: Sequence[Due], provider: Provider, report: Report, console: Console) -> None:
    def tell(said: str) -> None:
        console.print(f"enhance       {said}", soft_wrap=True, highlight=False, markup=False)

    with report.phase("enhance", console) as watched, git_environment(allow_local=options.allow_local):
        told, report.enhanced = enhance(wanted, options, provider, watched, tell)
    report.problems += told


def _publish(
    options: Options,
    outputs: Sequence[Output],
    built: Catalogue,
    code: Mapping[str, str],
    report: Report,
    console: Console,
) -> None:
    """Phases 4 and 5, into new folders that take the old ones' places together."""
    for name in outputs:
        check_target(getattr(options, name), MARKS[name])
    # One made by other code would be read, and published, for good.
    encoder_file = options.cache / "encoder" / maker_version() / ENCODER_FILE
    encoder, remote = encoder_of(encoder_file), _remote_encoder()
    facts = EncoderFacts(name=encoder.name, dimensions=encoder.dimensions, sha256=encoder.sha256)
    if remote:
        facts = facts.model_copy(update={"model": remote.model, "dimensions": remote.dimensions})
    with report.phase("encode", console) as watched:
        known = known_vectors(options.index, facts)
        by_slug = {facts.slug: facts for facts in built.collections}
        pages = documentation_entries(built.documentation, options.site_url)
        pages += library_entries(built.libraries, by_slug, options.site_url)
        pages.sort(key=lambda page: str(page.row["id"]))
        found = [passage for record in built.records for passage in passages(record)]
        found += [passage for page in pages for passage in page.passages]
        by_us = partial(encode, encoder_file=encoder_file, engine=options.engine, jobs=options.jobs, watched=watched)
        try:
            vectors, report.encoded = encode_new(found, known, remote.encode if remote else by_us)
        except EncoderUnavailable as error:
            raise RegistryError(f"Refused to publish: {error}") from error
    report.passages = len(found)
    neighbours = related(built.records, vectors)
    records = [{**record, "related": list(near)} for record, near in zip(built.records, neighbours, strict=True)]
    built = built._replace(records=records)
    openapi = _openapi()
    documents = api.documents(built, report.passages, openapi) | api.page_documents(built)
    with replacing(*(getattr(options, name) for name in outputs)) as folders:
        for name, folder in zip(outputs, folders, strict=True):
            with report.phase(name, console):
                if name == "index":
                    manifest = _manifest(built, facts, report.passages)
                    bundles = [bundle_entry(record, code[record["id"]]) for record in records]
                    shown = documents | {INTERFACE: interface_page(openapi)}
                    _copy_encoder(encoder_file, folder / ENCODER_FILE)
                    write_index(folder, bundles, pages, vectors, shown, manifest)
                else:
                    write_site(options, built, documents, openapi, folder, partial(html_of, options.cache))
    report.published = list(outputs)


def write_site(
    options: Options,
    built: Catalogue,
    documents: Mapping[str, str],
    openapi: dict[str, Any],
    folder: Path,
    html: HtmlOf,
) -> None:
    """Write phase 5, pages and the files beside them.

    Args:
        options: Say where the site is, and where pages are prepared.
        built: What is published.
        documents: The static API's files by path.
        openapi: Describes the function.
        folder: An empty folder.
        html: Gives the rendered Markdown of a bundle's page.
    """
    # Late, like the function's interface below: MkDocs takes a while to import.
    from build.site.mkdocs import build_site

    pages = render_pages(
        built,
        html,
        search_url=options.search_url,
        site_url=options.site_url,
        openapi=openapi,
        repository=os.environ.get("REGISTRY_REQUESTS_REPOSITORY") or REPOSITORY,
    )
    build_site(pages, CODE / "docs", options.cache / "docs", folder, site_url=options.site_url)
    # Beside the pages after MkDocs has run: it would make pages of them.
    for path, text in site_files(built, documents, options.site_url).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _openapi() -> dict[str, Any]:
    """The description of the function's interface, as the function gives it."""
    # Late: importing the web framework takes a while, and a run in which nothing changed does not get here.
    from search_fn.rest.application import create_app

    return create_app(Settings()).openapi()


def _records(options: Options, entries: Sequence[CatalogueEntry], report: Report) -> list[Record]:
    """The bundles' records, with what models and people wrote of them."""
    overrides, told = read_overrides(options.overrides, {entry.id for entry in entries})
    report.problems += told
    records = []
    for entry in entries:
        kept, told = load(options.enhancements, entry)
        if kept and kept.content != content_of(entry):
            # The bundle has changed since.
            kept, told = None, []
        report.problems += told
        bundle = entry.bundle.model_copy(update={"problems": (*entry.bundle.problems, *told)})
        found = record(entry.model_copy(update={"bundle": bundle}), options.site_url)
        records.append(enriched(found, kept, overrides.get(entry.id)))
    return records


def _manifest(built: Catalogue, encoder: EncoderFacts, passage_count: int) -> Manifest:
    return Manifest(
        build_id=built.build_id,
        schema_version=SCHEMA_VERSION,
        updated=built.updated,
        counts=built.counts(passage_count),
        tables={},
        encoder=encoder,
        collections=list(built.collections),
        digest=digest(built.records),
    )


def _past(options: Options) -> list[Run]:
    """The runs that led to what is published."""
    ids = (build_id_of(options.site, "site"), build_id_of(options.index, "index"))
    return past_runs(options.ledger, published(options.site, "report"), next(filter(None, ids), None))


def _facts(collection: Collection, report: Report) -> CollectionFacts:
    row = next(row for row in report.rows if row.slug == collection.slug)
    return CollectionFacts(
        slug=collection.slug,
        name=collection.name,
        git_url=collection.git_url,
        git_ref=collection.git_ref,
        owner=collection.owner,
        description=collection.description,
        commit=row.commit,
        commit_date=row.commit_date,
        state="unavailable" if row.commit is None else "stale" if row.outcome == "stale" else "current",
        bundles=row.bundles,
        tools=row.tools,
    )


def _causes(report: Report) -> dict[str, str]:
    """Return why collections could not be read at all, by their slugs."""
    lost = {row.slug for row in report.rows if row.outcome == "unavailable"}
    return {
        p.collection: p.message for p in reversed(report.problems) if p.collection in lost and p.severity == "error"
    }


def _damage(index: Path) -> str | None:
    """Return the first damaged file of a published index, None where all are sound or nothing is published."""
    return find_damage(index) if (index / MARKS["index"]).exists() else None


def _copy_encoder(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    if not is_sound(target):
        raise RegistryError(
            f"Refused to publish: the copy of {source} is another than its original; look whether the disk is sound, "
            "then run again."
        )


def _published(problem: Problem) -> Problem:
    """Return a problem as it is published: a file of the registry's own by its name, not by its place here."""
    if problem.collection or not problem.path:
        return problem
    return problem.model_copy(update={"path": Path(problem.path).name})


def _collections(options: Options, report: Report) -> list[Collection]:
    """Return the configured collections; what is odd in their file becomes a problem of the report."""
    collections, problems = read_collections(options.collections, allow_local=options.allow_local)
    report.problems += problems
    _check_only(options, collections)
    return collections


def _check_site_url(site_url: str) -> None:
    parts = urlsplit(site_url)
    if site_url and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise UsageError(f"--site-url {site_url} is no address of a site; write https://HOST/PATH, or leave it out.")


def _remote_encoder() -> RemoteEncoder | None:
    """Return the encoder that the environment names. Raises UsageError: it names half of one, or no number."""
    try:
        return RemoteEncoder.from_environment(os.environ)
    except ProviderMisconfigured as error:
        raise UsageError(str(error)) from None


def _check_only(options: Options, collections: Iterable[Collection]) -> None:
    slugs = {collection.slug for collection in collections}
    for name in options.only or ():
        if name.split("/")[0] not in slugs:
            raise UsageError(f"--only {name}: there is no such collection; known are {', '.join(sorted(slugs))}.")
