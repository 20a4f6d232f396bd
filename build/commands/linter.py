"""The command `lint`, as `python -m build lint` and, on its own, as `codecollection-registry lint`."""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape

from build.errors import RegistryError
from build.publish.report import plain, sentences

NAME = "codecollection-registry"

Format = Literal["text", "github"]
out = Console(highlight=False, soft_wrap=True)
app = typer.Typer(
    help="Check a CodeCollection as the CodeCollection Registry reads it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def _common(
    shown: Annotated[bool, typer.Option("--version", help="Show which release this is, and exit.")] = False,
) -> None:
    if shown:
        out.print(f"{NAME} {version(NAME)} (Python {python_version()})", markup=False)
        raise typer.Exit


@app.command()
def lint(
    path: Annotated[Path, typer.Argument(help="A collection's folder, or one bundle's.")] = Path(),
    form: Annotated[Format, typer.Option("--format", help="`github` writes annotations for its runner.")] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="A machine-readable report on stdout.")] = False,
) -> None:
    """Check a collection or a bundle before it is published: the registry's own verdict. Exit status 0 or 3."""
    # Imported here, so that --version and --help do not wait for the phases.
    from build.commands.lint import github_annotations
    from build.commands.lint import lint as lint_folder

    problems = lint_folder(path)
    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in problems], ensure_ascii=False, indent=2))
    elif form == "github":
        typer.echo("\n".join(github_annotations(problems, path)))
    else:
        for problem in problems:
            where = f"{problem.path or '.'}" + (f":{problem.line}" if problem.line else "")
            out.print(escape(f"{plain(where)}: {problem.severity} {problem.code}: {sentences(problem)}"))
        out.print(
            f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}" if problems else "no problems found"
        )
    raise typer.Exit(3 if any(problem.severity != "note" for problem in problems) else 0)


def main() -> None:
    """Run the command on its own, and end the process with its status."""
    try:
        app(prog_name=NAME)
    except (RegistryError, OSError) as error:
        # Whoever reads the output had enough.
        if isinstance(error, BrokenPipeError):
            sys.exit(1)
        Console(stderr=True).print(f"[red]error[/] {escape(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(error.exit_status if isinstance(error, RegistryError) else 1)


if __name__ == "__main__":
    main()
