"""The context that the phases of one run share, and how a run begins and ends."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.console import Console

from build.config.collections import read_collections
from build.config.overrides import Override, read_overrides
from build.config.sources import read_sources
from build.documentation import (
    DocumentationPage,
)
from build.environment import git_environment
from build.errors import RegistryError, UsageError, explain_system_errors
from build.model import (
    Collection,
    Problem,
)
from build.options import Options
from build.progress import Tracker
from build.publish.ledger import count_failures, past_runs, remember
from build.publish.published import MARKS, Output, build_id_of, read_published
from build.publish.report import Report, print_problems
from build.publish.swap import check_target, lock_outputs, repair
from build.runs import (
    Run,
)

if TYPE_CHECKING:
    from search_fn.encoder.remote import RemoteEncoder

# Without any of them the encoder is the built-in one.
_EMBEDDING_MODELS = ("EMBEDDING_MODEL", "AZURE_OPENAI_EMBEDDING_DEPLOYMENT")


@dataclass(frozen=True)
class RunContext:
    """What the phases of one run share: what was asked for, what is configured, and the report that they fill.

    `outputs` are what the run publishes, `documentation` the entries of sources.yaml, `overrides` what people say of
    bundles by their ids, and `past` the runs that led to what is published.
    """

    options: Options
    console: Console
    collections: Sequence[Collection]
    outputs: Sequence[Output] = ()
    documentation: Sequence[DocumentationPage] = ()
    overrides: Mapping[str, Override] = field(default_factory=dict)
    past: Sequence[Run] = ()
    report: Report = field(default_factory=Report)

    @property
    def problems(self) -> list[Problem]:
        """Return the list that each phase adds its problems to."""
        return self.report.problems

    def phase(self, name: str) -> AbstractContextManager[Tracker]:
        """Time a phase, and show on the console how far it is."""
        return self.report.phase(name, self.console)

    def folder(self, output: Output) -> Path:
        """Return where an output is published."""
        return self.options.index if output == "index" else self.options.site

    @property
    def state(self) -> str:
        """Return what is published at this moment, for the message where the run stops."""
        done = self.report.published
        return f"{' and '.join(done)}: published" if done else "nothing was published"


@contextmanager
def open_run(
    options: Options, console: Console, outputs: Sequence[Output] = (), *, remembered: bool = True
) -> Iterator[RunContext]:
    """Begin a run: check the configuration, lock its folders, repair the outputs that a killed run left half-written.

    A run with outputs is recorded in the ledger when it ends.

    Args:
        options: The options of the command line.
        console: Where progress and results are printed.
        outputs: What it publishes; a run without outputs fetches, parses and enhances alone.
        remembered: Whether the run is recorded in the ledger, and checks all that such runs need.
    """
    run = replace(_configure(options, console, outputs if remembered else ()), outputs=outputs)
    folders = [run.folder(output) for output in outputs]
    for output, folder in zip(outputs, folders, strict=True):
        check_target(folder, MARKS[output])
    written = [options.cache, *(folders or [options.enhancements])]
    with _explain_stops(run, written), lock_outputs(options.cache, *folders):
        run.report.repaired = [str(folder) for folder in folders if repair(folder)]
        if outputs:
            run = replace(run, past=_past(options))
        # Problems of the registry's own files are printed first, so that a person need not wait minutes for them.
        print_problems(run.problems, console)
        with (
            _record_run(run) if outputs and remembered else nullcontext(),
            _explain_stops(run, written),
            git_environment(allow_local=options.allow_local),
        ):
            yield run


def remote_encoder() -> "RemoteEncoder | None":
    """Return the encoder that the environment names, None for the built-in one.

    Raises:
        UsageError: The environment lacks one of the encoder's settings, or has a wrong number.
    """
    if not any(os.environ.get(name) for name in _EMBEDDING_MODELS):
        return None
    # Imported here: jobs that encode nothing need no encoder.
    from search_fn.encoder.remote import RemoteEncoder
    from search_fn.provider import ProviderMisconfiguredError

    try:
        return RemoteEncoder.from_environment(os.environ)
    except ProviderMisconfiguredError as error:
        raise UsageError(str(error)) from None


def _configure(options: Options, console: Console, outputs: Sequence[Output]) -> RunContext:
    """Return a run with all that is configured for it; what is odd there becomes a problem of its report."""
    collections, problems = read_collections(options.collections, allow_local=options.allow_local)
    _check_only(options, collections)
    if not outputs:
        return RunContext(options, console, collections, report=Report(problems=problems))
    documentation, odd = read_sources(options.collections.with_name("sources.yaml"))
    overrides, wrong = read_overrides(options.overrides)
    if "site" in outputs:
        _check_site_url(options.site_url)
    remote_encoder()
    report = Report(problems=[*problems, *odd, *wrong])
    return RunContext(options, console, collections, outputs, documentation, overrides, report=report)


def _check_only(options: Options, collections: Sequence[Collection]) -> None:
    slugs = {collection.slug for collection in collections}
    for name in options.only or ():
        if name.split("/")[0] not in slugs:
            raise UsageError(f"--only {name}: there is no such collection; known are {', '.join(sorted(slugs))}.")


def _check_site_url(site_url: str) -> None:
    parts = urlsplit(site_url)
    if site_url and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise UsageError(
            f"--site-url {site_url} is not the address of a site; write https://HOST/PATH, or leave it out."
        )


def _past(options: Options) -> list[Run]:
    """Return the runs that led to what is published."""
    ids = (build_id_of(options.site, "site"), build_id_of(options.index, "index"))
    return past_runs(options.ledger, read_published(options.site, "report"), next(filter(None, ids), None))


@contextmanager
def _explain_stops(run: RunContext, folders: Sequence[Path]) -> Iterator[None]:
    """Turn what the system refuses, and an interruption, into a sentence."""
    try:
        with explain_system_errors(lambda: run.state, *folders):
            yield
    except KeyboardInterrupt:
        raise RegistryError(f"Interrupted ({run.state}); run again, and what was fetched and parsed is used.") from None


@contextmanager
def _record_run(run: RunContext) -> Iterator[None]:
    """Add the run to the ledger when it ends, by itself or with a sentence."""
    try:
        yield
    except RegistryError as refused:
        count_failures(run.report.rows, run.past)
        # The cause that stopped the run may stop this too, and the person has to know only that cause.
        with suppress(OSError):
            remember(run.options.ledger, run.report, refused.exit_status)
        raise
    count_failures(run.report.rows, run.past)
    remember(run.options.ledger, run.report, run.report.status)
