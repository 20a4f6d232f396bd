"""The command line: options, and what each command calls. Exit status: 0 clean, 3 published with errors or warnings,
1 refused, 2 wrong usage or configuration.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from build import pipeline
from build.errors import RegistryError
from build.eval import as_json as evaluation_as_json
from build.eval import as_text, evaluate, read_queries
from build.lint import github_annotations
from build.lint import lint as lint_folder
from build.model import Problem
from build.options import Options
from build.publication import published
from build.push import clean
from build.push import push as push_index
from build.report import Report, plain, print_problems, print_report, tell_github
from search_fn.index import IndexUnavailable, open_index
from search_fn.search import search as search_index
from search_fn.secret import SecretUnavailable
from search_fn.settings import Settings

app = typer.Typer(
    help="Build the CodeCollection Registry: fetch, parse, index and render the catalogue.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
err = Console(stderr=True)
out = Console(highlight=False, soft_wrap=True)

CollectionsFile = Annotated[Path, typer.Option("--collections", help="Which collections are catalogued.")]
IndexFolder = Annotated[Path, typer.Option("--index", help="The search index.")]
SiteFolder = Annotated[Path, typer.Option("--site", help="The site.")]
CacheFolder = Annotated[Path, typer.Option("--cache", help="Mirrors, parse results, generated pages.")]
EnhancementsFolder = Annotated[Path, typer.Option("--enhancements", help="What a model wrote of bundles.")]
MaxCalls = Annotated[int | None, typer.Option(envvar="AI_MAX_CALLS", min=0, help="Calls to the model in one run.")]
MaxTokens = Annotated[
    int | None, typer.Option(envvar="AI_MAX_TOKENS", min=0, help="Tokens sent and answered in one run.")
]
MaxSeconds = Annotated[
    float | None, typer.Option(envvar="AI_MAX_SECONDS", min=0, help="How long one run may ask the model.")
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="COLLECTION[/BUNDLE]", help="Bring only these up to date; repeatable."),
]
Offline = Annotated[bool, typer.Option("--offline", help="No network: the last fetched state.")]
AllowLocal = Annotated[bool, typer.Option("--allow-local", help="Permit paths on this machine as clone_url.")]
AcceptShrink = Annotated[bool, typer.Option("--accept-shrink", help="Publish even if a fifth of the bundles is gone.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help="Processes for parsing and encoding; one a core by default.")
]
AsJson = Annotated[bool, typer.Option("--json", help="A machine-readable report on stdout.")]
# Reckoned for an answer before there is one.
USUAL_ANSWER_TOKENS = 1_200
LintFormat = Literal["text", "github"]
SiteUrl = Annotated[
    str, typer.Option("--site-url", envvar="REGISTRY_SITE_URL", help="The site's public address, for absolute links.")
]
SearchUrl = Annotated[
    str,
    typer.Option("--search-url", envvar="REGISTRY_SEARCH_URL", help="The function's address; empty: the site's own."),
]


def main() -> None:
    """Run the command line and end the process with its status."""
    try:
        app()
    except (RegistryError, IndexUnavailable, SecretUnavailable) as error:
        err.print(f"[red]error[/] {escape(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(error.exit_status if isinstance(error, RegistryError) else 1)


def _command(name: str, work: Callable[[Options], Report], doc: str) -> None:
    """Add a command with the options that all phases share."""

    def command(
        collections: CollectionsFile = Options.collections,
        index: IndexFolder = Options.index,
        site: SiteFolder = Options.site,
        cache: CacheFolder = Options.cache,
        only: Only = None,
        offline: Offline = False,
        allow_local: AllowLocal = False,
        accept_shrink: AcceptShrink = False,
        jobs: Jobs = None,
        as_json: AsJson = False,
        site_url: SiteUrl = "",
        search_url: SearchUrl = "",
        enhancements: EnhancementsFolder = Options.enhancements,
        max_calls: MaxCalls = None,
        max_tokens: MaxTokens = None,
        max_seconds: MaxSeconds = None,
    ) -> None:
        _tell(work(_options(locals())), as_json=as_json)

    app.command(name, help=doc)(command)


_command(
    "run",
    lambda options: pipeline.run(options, err),
    "All phases: fetch, parse, enhance where a model is configured, index, render, publish.",
)
_command("fetch", lambda options: pipeline.read(options, err), "Bring the collections' mirrors up to date.")
_command(
    "parse",
    lambda options: pipeline.read(replace(options, offline=True), err),
    "Read the bundles of the last fetched state and report their problems.",
)
_command(
    "index",
    lambda options: pipeline.run(replace(options, offline=True), err, ("index",)),
    "Write the search index of the last fetched state.",
)
_command(
    "site",
    lambda options: pipeline.run(replace(options, offline=True), err, ("site",)),
    "Render the site of the last fetched state.",
)


@app.command()
def enhance(
    collections: CollectionsFile = Options.collections,
    index: IndexFolder = Options.index,
    cache: CacheFolder = Options.cache,
    enhancements: EnhancementsFolder = Options.enhancements,
    only: Only = None,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing: the last fetched state.")] = False,
    allow_local: AllowLocal = False,
    jobs: Jobs = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask about so many bundles at most.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Ask about unchanged bundles, too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_seconds: MaxSeconds = None,
    price_prompt: Annotated[
        float | None, typer.Option(envvar="AI_PRICE_PROMPT", min=0, help="Of a million tokens sent, for --dry-run.")
    ] = None,
    price_completion: Annotated[
        float | None, typer.Option(envvar="AI_PRICE_COMPLETION", min=0, help="Of a million tokens answered.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask the configured model about new and changed bundles, and keep its answers."""
    report = pipeline.ask(_options(locals()), err, limit=limit, force=force, dry_run=dry_run)
    if not dry_run or as_json:
        _tell(report, as_json=as_json)
    would_send = report.enhanced["would_send"]
    for name, tokens in would_send.items():
        out.print(f"{tokens:>7,} {name}")
    sent, answered = sum(would_send.values()), len(would_send) * USUAL_ANSWER_TOKENS
    out.print(f"{len(would_send)} bundles: about {sent:,} tokens to send and {answered:,} to be answered")
    if price_prompt is not None and price_completion is not None:
        out.print(f"which cost about {(sent * price_prompt + answered * price_completion) / 1e6:.2f}")


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="A name, a symptom, a question or words.")],
    index: IndexFolder = Options.index,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    explain: Annotated[bool, typer.Option(help="Show why each result stands where it does.")] = False,
    as_json: AsJson = False,
) -> None:
    """Search the index as the function does."""
    answer = search_index(open_index(Settings.of_folder(index)), query, limit=limit, explain=explain)
    if as_json:
        _print_json(answer.model_dump(mode="json"))
        return
    if not answer.confident:
        out.print("Nothing answers this well; these come nearest." if answer.results else "Nothing was found.")
    for result in answer.results:
        what = f"{escape(result.id)}  {escape(plain(result.display_name))} ({result.access_level})"
        out.print(f"[bold]{result.score:.2f}[/] {what}")
        for tool in result.tools:
            out.print(f"       {tool.kind}: {escape(plain(tool.name))}")
        if result.why:
            out.print(f"       {escape(result.why.model_dump_json(exclude_none=True))}")
    out.print(f"{answer.total} matched ({answer.engine}, build {answer.build_id})")


@app.command()
def push(
    uri: Annotated[str, typer.Argument(metavar="URI", help="Where LanceDB can write, such as s3://bucket/index.")],
    index: IndexFolder = Options.index,
) -> None:
    """Publish the built index elsewhere, for functions whose INDEX_URI names it. Credentials: from the environment."""
    said = "The index is published at {}." if push_index(index, uri) else "{} has this index already."
    out.print(said.format(escape(uri)))
    try:
        clean(uri)
    except RegistryError as error:
        err.print(f"[yellow]warning[/] {escape(str(error))}", soft_wrap=True, highlight=False)
        raise typer.Exit(3) from error


@app.command("eval")
def eval_(
    queries: Annotated[Path, typer.Argument(help="Judged queries, a JSON object a line.")],
    index: IndexFolder = Options.index,
    as_json: AsJson = False,
) -> None:
    """Say how well the index's search ranks judged queries."""
    judged = read_queries(queries)
    evaluation = evaluate(open_index(Settings.of_folder(index)), judged)
    typer.echo(evaluation_as_json(evaluation) if as_json else as_text(evaluation))


@app.command()
def report(site: SiteFolder = Options.site, as_json: AsJson = False) -> None:
    """Show the report of what is published: collections, and every problem found in them."""
    found = published(site, "report")
    if found is None:
        raise RegistryError(f"There is no site in {site}; build one with `python -m build run`.")
    if as_json:
        _print_json(found)
        return
    for facts in found["collections"]:
        out.print(f"{facts['slug']}: {facts['state']}, {facts['bundles']} bundles, {facts['tools']} tools")
    print_problems([Problem.model_validate(problem) for problem in found["problems"]], out)


@app.command()
def lint(
    path: Annotated[Path, typer.Argument(help="A collection's folder, or one bundle's.")],
    form: Annotated[LintFormat, typer.Option("--format", help="`github` writes annotations for its runner.")] = "text",
    as_json: AsJson = False,
) -> None:
    """Check a collection or a bundle before it is published: the registry's own verdict. Exit status 0 or 3."""
    problems = lint_folder(path)
    if as_json:
        _print_json([problem.model_dump(mode="json") for problem in problems])
    elif form == "github":
        typer.echo("\n".join(github_annotations(problems, path)))
    else:
        for problem in problems:
            where = f"{problem.path or '.'}" + (f":{problem.line}" if problem.line else "")
            said = f"{problem.severity} {problem.code}: {problem.message.rstrip('.')}. {problem.hint}".rstrip()
            out.print(escape(plain(f"{where}: {said}")))
        out.print(f"{len(problems)} problem{'s'[: len(problems) != 1]}" if problems else "nothing to mend")
    raise typer.Exit(3 if any(problem.severity != "note" for problem in problems) else 0)


@app.command()
def serve(
    site: SiteFolder = Options.site,
    index: IndexFolder = Options.index,
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0 takes a free one.")] = 8000,
) -> None:
    """Show the site and the function together on one loopback port."""
    # Late: no other command needs the web server.
    from build.serve import serve as run_server

    run_server(site, index, port, err)


def _options(given: dict[str, Any]) -> Options:
    """The options among a command's arguments."""
    names = {field.name for field in fields(Options)} & set(given)
    return Options(**{name: given[name] for name in names} | {"only": tuple(given["only"] or ())})


def _tell(report: Report, *, as_json: bool) -> NoReturn:
    print_report(report, err)
    tell_github(report)
    if as_json:
        _print_json(report.as_json())
    raise typer.Exit(report.status)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
