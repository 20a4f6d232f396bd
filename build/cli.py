"""The command line: options, and what each command calls. Exit status: 0 clean, 3 published with errors or warnings,
1 refused, 2 wrong usage or configuration.
"""

import gc
import json
import sys
import tomllib
from collections.abc import Callable, Collection
from copy import copy
from dataclasses import replace
from inspect import Parameter, Signature, signature
from pathlib import Path
from platform import python_version
from typing import Annotated, Any, NoReturn, get_args

import typer
from rich.console import Console
from rich.markup import escape

from build import pipeline
from build.commands.linter import lint
from build.errors import RegistryError
from build.model import API_ROOT, Problem
from build.options import CODE, IndexFolder, Options, SiteFolder
from build.publish.report import Report, plain, print_problems, print_report, write_github_summary
from build.workers import GARBAGE
from search_fn.index.facts import IndexUnavailableError
from search_fn.secrets import SecretUnavailableError

app = typer.Typer(
    help="Build the CodeCollection Registry: fetch, parse, index and render the catalogue.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    pretty_exceptions_enable=False,
)
err = Console(stderr=True)
out = Console(highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="A machine-readable report on stdout.")]
# Tokens that --dry-run estimates for each answer of the model.
USUAL_ANSWER_TOKENS = 1_200


def main() -> None:
    """Run the command line and end the process with its status."""
    # What is loaded stays, and a run makes far more than the 700 objects after which Python looks for garbage.
    gc.freeze()
    gc.set_threshold(GARBAGE, 10, 10)
    try:
        app()
    except (RegistryError, IndexUnavailableError, SecretUnavailableError, OSError) as error:
        if isinstance(error, OSError):
            # The reader of the output has closed it, as `| head` does.
            if isinstance(error, BrokenPipeError):
                sys.exit(1)
            error = RegistryError(
                f"{error.strerror or error}: {error.filename or 'the system'} refused; mend that, then run again."
            )
        err.print(f"[red]error[/] {escape(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(error.exit_status if isinstance(error, RegistryError) else 1)


@app.callback(invoke_without_command=True)
def _common(
    version: Annotated[bool, typer.Option("--version", help="Show which release this is, and exit.")] = False,
) -> None:
    if version:
        project = tomllib.loads((CODE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        out.print(f"{project['name']} {project['version']} (Python {python_version()})", markup=False)
        raise typer.Exit


def _with_options(
    command: Callable[..., None], unused: Collection[str] = (), without: Collection[str] = ()
) -> Callable[..., None]:
    """Return the command with Options' fields for its first argument.

    Args:
        command: Takes an Options, and options of its own.
        unused: Fields that the command takes and does not read: scripts give every command the same. They are hidden.
        without: Fields that it does not take; besides these it takes none that it declares itself.
    """
    _, *own = signature(command).parameters.values()
    left_out = {*without, *(option.name for option in own)}
    shared = [option for name, option in signature(Options).parameters.items() if name not in left_out]

    def taking(**given: Any) -> None:
        command(Options(**{option.name: given.pop(option.name) for option in shared}), **given)

    offered = [_hidden(option) if option.name in unused else option for option in shared]
    # Typer's way to learn of options; mypy knows no attributes of functions.
    taking.__signature__ = Signature([*offered, *own])  # type: ignore[attr-defined]
    return taking


def _hidden(option: Parameter) -> Parameter:
    kind, info = get_args(option.annotation)
    info = copy(info)
    info.hidden = True
    return option.replace(annotation=Annotated[kind, info])


def _phases(name: str, work: Callable[[Options], Report], doc: str, unused: Collection[str] = ()) -> None:
    """Add a command for phases of the build; `unused` are the options that these phases do not read."""

    def command(options: Options, as_json: AsJson = False) -> None:
        _tell(work(options), as_json=as_json)

    app.command(name, help=doc)(_with_options(command, unused))


_BUDGET = ("max_calls", "max_tokens", "max_seconds")
# Options that shape only what is published.
_OF_OUTPUTS = ("site", "enhancements", "site_url", "search_url", "stale_after")
_phases(
    "run",
    lambda options: pipeline.run(options, err),
    "All phases: fetch, parse, enhance where a model is configured, index, render, publish.",
)
_phases(
    "fetch",
    lambda options: pipeline.read(options, err),
    "Bring the collections' mirrors up to date.",
    unused=(*_OF_OUTPUTS, *_BUDGET),
)
_phases(
    "parse",
    lambda options: pipeline.read(replace(options, offline=True), err),
    "Read the bundles of the last fetched state and report their problems.",
    unused=("offline", *_OF_OUTPUTS, *_BUDGET),
)
_phases(
    "index",
    lambda options: pipeline.run(replace(options, offline=True), err, ("index",)),
    "Write the search index of the last fetched state.",
    unused=("offline", *_BUDGET),
)
_phases(
    "site",
    lambda options: pipeline.run(replace(options, offline=True), err, ("site",)),
    "Render the site of the last fetched state.",
    unused=("offline", *_BUDGET),
)


def _enhance(
    options: Options,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing: the last fetched state.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask about so many bundles at most.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Ask about unchanged bundles, too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
    price_prompt: Annotated[
        float | None, typer.Option(envvar="AI_PRICE_PROMPT", min=0, help="Of a million tokens sent, for --dry-run.")
    ] = None,
    price_completion: Annotated[
        float | None, typer.Option(envvar="AI_PRICE_COMPLETION", min=0, help="Of a million tokens answered.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    report = pipeline.ask(replace(options, offline=offline), err, limit=limit, force=force, dry_run=dry_run)
    if not dry_run or as_json:
        _tell(report, as_json=as_json)
    would_send = report.enhanced["would_send"]
    for name, tokens in would_send.items():
        out.print(f"{tokens:>7,} {name}")
    sent, answered = sum(would_send.values()), len(would_send) * USUAL_ANSWER_TOKENS
    out.print(f"{len(would_send)} bundles: about {sent:,} tokens to send and {answered:,} to be answered")
    if price_prompt is not None and price_completion is not None:
        out.print(f"which cost about {(sent * price_prompt + answered * price_completion) / 1e6:.2f}")


app.command("enhance", help="Ask the configured model about new and changed bundles, and keep its answers.")(
    _with_options(_enhance, without=("site", "accept_shrink", "site_url", "search_url", "stale_after"))
)


def _images(
    options: Options,
    push: Annotated[
        str, typer.Option("--push", metavar="URI", help="Write them there, too, such as s3://bucket/index.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    found = pipeline.update_images(options, err)
    if push:
        from build.publish.images import push_images

    if push and push_images(options.index, push):
        err.print(f"The image catalogue is published at {escape(push)}.", soft_wrap=True, highlight=False)
    _tell(found, as_json=as_json)


app.command("images", help="Read the image registries, and rewrite the image catalogue in what is published.")(
    _with_options(
        _images, unused=("enhancements", "accept_shrink", "jobs", "engine", "site_url", "search_url", *_BUDGET)
    )
)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="A name, a symptom, a question or words.")],
    index: IndexFolder = Options.index,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    explain: Annotated[bool, typer.Option(help="Show why each result stands where it does.")] = False,
    as_json: AsJson = False,
) -> None:
    """Search the index as the function does."""
    # Each command imports its own modules alone: together they take seconds.
    from search_fn.index.open import open_index
    from search_fn.search.access import STATED, stated
    from search_fn.search.ranking import search as search_index
    from search_fn.settings import Settings

    answer = search_index(open_index(Settings.of_folder(index)), query, limit=limit, explain=explain)
    if as_json:
        _print_json(answer.model_dump(mode="json"))
        return
    if not answer.confident:
        out.print("Nothing answers this well; these come nearest." if answer.results else "Nothing was found.")
    for result in answer.results:
        what = (
            f"{escape(result.id)}  {escape(plain(result.display_name))} ({stated(result.model_dump(include=STATED))})"
        )
        out.print(f"[bold]{result.score:.2f}[/] {f'{result.match} match: ' if result.match else ''}{what}")
        for tool in result.tools:
            out.print(f"       {tool.kind}: {escape(plain(tool.title))}")
        if result.why and result.why.because:
            out.print(f"       found by {escape(plain('; '.join(result.why.because)))}")
    out.print(f"{answer.total} matched ({answer.engine}, build {answer.build_id})")


@app.command()
def push(
    uri: Annotated[str, typer.Argument(metavar="URI", help="Where LanceDB can write, such as s3://bucket/index.")],
    index: IndexFolder = Options.index,
) -> None:
    """Publish the built index elsewhere, for functions whose INDEX_URI names it. Credentials: from the environment."""
    from build.publish.images import push_images
    from build.publish.push import clean
    from build.publish.push import push as push_index

    said = "The index is published at {}." if push_index(index, uri) else "{} has this index already."
    out.print(said.format(escape(uri)))
    push_images(index, uri)
    try:
        clean(uri)
    except RegistryError as error:
        err.print(f"[yellow]warning[/] {escape(str(error))}", soft_wrap=True, highlight=False)
        raise typer.Exit(3) from error


@app.command("offer-index")
def offer(index: IndexFolder = Options.index, site: SiteFolder = Options.site) -> None:
    """Put the built index into the built site as an archive, for servers on people's own machines."""
    from build.publish.offer import offer_index

    offered = offer_index(index, site)
    out.print(f"The site offers its index: {offered.file}, {offered.size / 1e6:.1f} MB, build {offered.build_id}.")


@app.command()
def kit(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="An archive (.tar, .tar.gz), or a new folder.")],
    index: IndexFolder = Options.index,
    site: SiteFolder = Options.site,
    wheels: Annotated[Path | None, typer.Option(help="A folder of wheels of what the server needs.")] = None,
) -> None:
    """Put all that is published into one archive, with hashes and how to run it without a network."""
    from build.commands.kit import make_kit

    manifest = make_kit(target, index, site, wheels)
    out.print(f"{escape(str(target))} has build {manifest.build_id}; its README.md says how it is run.", soft_wrap=True)


@app.command("form")
def form_(
    event: Annotated[Path, typer.Argument(metavar="EVENT", help="GitHub's event of an issue.")],
    output: Annotated[Path, typer.Argument(metavar="FOLDER", help="Gets what a pull request or a comment says.")],
    collections: Annotated[Path, typer.Option(help="Which collections are catalogued.")] = Options.collections,
    enhancements: Annotated[Path, typer.Option(help="What a model wrote of bundles.")] = Options.enhancements,
    allow_local: Annotated[bool, typer.Option("--allow-local", help="Permit paths as clone_url.")] = False,
) -> None:
    """Make the change that an issue form asks for; say `proposed`, `refused`, or `none` where it is no such form."""
    from build.commands.form import propose_form

    typer.echo(propose_form(event, collections, enhancements, output, allow_local=allow_local))


@app.command("eval")
def eval_(
    queries: Annotated[Path, typer.Argument(help="Judged queries, a JSON object a line.")],
    index: IndexFolder = Options.index,
    as_json: AsJson = False,
) -> None:
    """Say how well the index's search ranks judged queries."""
    from build.commands.evaluate import as_json as evaluation_as_json
    from build.commands.evaluate import as_text, evaluate, read_queries
    from search_fn.index.open import open_index
    from search_fn.settings import Settings

    judged = read_queries(queries)
    evaluation = evaluate(open_index(Settings.of_folder(index)), judged)
    if as_json:
        _print_json(evaluation_as_json(evaluation))
    else:
        typer.echo(as_text(evaluation))


@app.command()
def report(site: SiteFolder = Options.site, as_json: AsJson = False) -> None:
    """Show the report of what is published: collections, and every problem found in them."""
    from build.publish.published import read_published
    from search_fn.index.checked import CHECKED_FILE, read_checked

    found = read_published(site, "report")
    if found is None:
        raise RegistryError(f"There is no site in {site}; build one with `python -m build run`.")
    if as_json:
        _print_json(found)
        return
    parts: Any = found
    checked = read_checked(site / API_ROOT / CHECKED_FILE)
    out.print(f"last checked: {escape(plain((checked and checked.checked_at) or 'unknown'))}", highlight=False)
    for facts in parts["collections"]:
        out.print(f"{facts['slug']}: {facts['state']}, {facts['bundles']} bundles, {facts['tools']} tools")
    print_problems([Problem.model_validate(problem) for problem in parts["problems"]], out)


app.command("lint")(lint)


@app.command()
def serve(
    site: SiteFolder = Options.site,
    index: IndexFolder = Options.index,
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0 takes a free one.")] = 8000,
) -> None:
    """Show the site and the function together on one loopback port."""
    from build.commands.serve import serve as run_server

    run_server(site, index, port, err)


def _tell(report: Report, *, as_json: bool) -> NoReturn:
    print_report(report, err)
    write_github_summary(report)
    if as_json:
        _print_json(report.as_json())
    raise typer.Exit(report.status)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
