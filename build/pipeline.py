"""The main job, as the README draws it: fetch, parse, enhance, index, render, publish."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from build.errors import RegistryError, UsageError
from build.options import Options
from build.phases.context import RunContext, open_run
from build.publish.published import Output, build_id_of
from build.publish.report import Report

if TYPE_CHECKING:
    from build.phases.fetch import Updates


def run(options: Options, console: Console, outputs: Sequence[Output] = ("index", "site")) -> Report:
    """Run all phases, and publish `outputs` where anything changed.

    Args:
        options: What the run is asked for.
        console: Where a person looks on.
        outputs: What is published.

    Raises:
        RegistryError: What failed before or while publishing: then nothing was published; or what is written beside a
            publication afterwards, such as when a build last looked: then its message names the file.
    """
    # Phases take a while to import, so that each job imports its own alone, here and below.
    from build.phases.fetch import update_sources
    from build.phases.unchanged import configuration_of, find_published, inputs_of, repeat

    with open_run(options, console, outputs) as run:
        configuration = configuration_of(run)
        updates = update_sources(run)
        inputs = inputs_of(run, configuration, updates)
        if inputs and (last := find_published(run, inputs, updates)):
            repeat(run, last)
        else:
            _run_phases(run, updates, inputs)
    return run.report


def _run_phases(run: RunContext, updates: "Updates", inputs: str | None) -> None:
    """Run all phases after the fetch; `inputs` is a digest of all that their outcome depends on, if that is certain."""
    from build.enhance.provider import provider_of
    from build.phases.catalogue import build_catalogue
    from build.phases.checked import last_look, write_checked
    from build.phases.enhance import enhance_bundles
    from build.phases.fetch import read_sources
    from build.phases.images import read_images, update_published, write_images
    from build.phases.parse import parse_collections
    from build.phases.publish import changed_outputs, publish
    from build.phases.releases import read_releases
    from build.phases.unchanged import keep_published

    provider = None if run.options.offline else provider_of(os.environ)
    sources = read_sources(run, updates)
    parsed = parse_collections(run, sources)
    releases = read_releases(run, parsed)
    enhance_bundles(run, parsed.entries, provider)
    catalogue = build_catalogue(run, sources, parsed, releases)
    problems = list(run.problems)
    # After the catalogue: what a registry says now is no part of a build, which depends on commits alone.
    images = read_images(run, again=True)
    if changed := changed_outputs(run, catalogue):
        from build.phases.index import index_catalogue
        from build.phases.render import render_site

        with publish(run, catalogue, changed) as folders:
            indexed = index_catalogue(run, catalogue, parsed.entries, folders.get("index"))
            render_site(run, indexed, folders.get("site"), images=images)
            write_images(run, images, folders)
            write_checked(last_look(run, catalogue), folders)
    update_published(run, images)
    write_checked(last_look(run, catalogue), {output: run.folder(output) for output in run.outputs})
    if inputs:
        keep_published(run, inputs, catalogue, images, problems)


def update_images(options: Options, console: Console) -> Report:
    """Read the image registries, and rewrite the image catalogue in what is published, and nothing else there.

    Raises:
        RegistryError: Nothing is published.
    """
    from build.phases.images import read_images, update_published

    with open_run(options, console, ("index", "site"), remembered=False) as run:
        if not any(build_id_of(run.folder(output), output) for output in run.outputs):
            raise RegistryError(
                f"Nothing is published in {options.index} and {options.site}; run `python -m build run`."
            )
        update_published(run, read_images(run))
    return run.report


def read(options: Options, console: Console) -> Report:
    """Fetch (unless offline) and parse alone, and publish nothing.

    Raises:
        RegistryError: The configuration, the cache or a lock does not allow a run.
    """
    from build.phases.fetch import fetch_sources
    from build.phases.parse import parse_collections

    with open_run(options, console) as run:
        parse_collections(run, fetch_sources(run))
    return run.report


def ask(options: Options, console: Console, *, limit: int | None, force: bool, dry_run: bool) -> Report:
    """Fetch and parse, then ask the model about bundles that are due.

    Args:
        options: What the run is asked for.
        console: Where a person looks on.
        limit: Ask about so many at most.
        force: Ask about unchanged bundles, too.
        dry_run: Only say what would be sent: `would_send` in the report's `enhanced` has about how many tokens, by the
            bundle's id.

    Raises:
        UsageError: No model is configured, and one is needed.
        RegistryError: The configuration, the cache or a lock does not allow a run.
    """
    from build.enhance.provider import provider_of
    from build.enhance.step import due, material
    from build.phases.enhance import ask_about
    from build.phases.fetch import fetch_sources
    from build.phases.parse import parse_collections

    provider = provider_of(os.environ)
    if provider is None and not dry_run:
        raise UsageError(
            "No model is configured: set OPENAI_API_KEY, or AI_SERVICE_PROVIDER=azure-openai with the settings in "
            "docs/enhancement.md, and AI_ENHANCEMENT_ENABLED not to false; --dry-run needs none."
        )
    with open_run(options, console) as run:
        entries = parse_collections(run, fetch_sources(run)).entries
        wanted = due(entries, options, provider.model if provider else None, force=force)[:limit]
        if provider and not dry_run:
            ask_about(run, wanted, provider)
        else:
            run.report.enhanced["would_send"] = {entry.id: material(entry, options).tokens for entry, _ in wanted}
    return run.report
