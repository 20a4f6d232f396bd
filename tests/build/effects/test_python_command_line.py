"""What a script's own command line is found to choose."""

import pytest

from tests.support.following import changing, task

_ARGPARSE = """
import argparse
import os


def show(args):
    os.system("kubectl get pods")


def clean(args):
    os.system("kubectl delete pods -l " + args.selector)


parser = argparse.ArgumentParser()
commands = parser.add_subparsers(dest="command", required=True)
for name, function in (("show", show), ("clean", clean)):
    one = commands.add_parser(name)
    one.add_argument("--selector", default="app=web")
    one.set_defaults(function=function)
args = parser.parse_args()
args.function(args)
"""
_BY_NAME = """
import argparse
import os
import sys


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--action", choices=["show", "clean"], default="show")
    parser.add_argument("--apply", action="store_true")
    args = parser.parse_args(argv)
    if args.action == "clean" or args.apply:
        os.system("kubectl delete pods --all")
    os.system("kubectl get pods")


main(sys.argv[1:])
"""
_CLICK = """
import click
import os


@click.group()
def cli():
    pass


@cli.command()
def show():
    os.system("kubectl get pods")


@cli.command("clean-up")
@click.option("--all", is_flag=True)
def purge(all):
    os.system("kubectl delete pods --all")


if __name__ == "__main__":
    cli()
"""


def _changes(text: str, arguments: str) -> bool:
    return bool(changing(task(f"RW.CLI.Run Cli    cmd=python3 act.py {arguments}", {"act.py": text})))


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (_ARGPARSE, "clean"),
        (_ARGPARSE, "clean --selector app=x"),
        (_ARGPARSE, "--verbose clean"),
        (_ARGPARSE, "$COMMAND"),
        (_BY_NAME, "--action clean"),
        (_BY_NAME, "--action=clean"),
        (_BY_NAME, "--apply"),
        (_BY_NAME, "--action $ACTION"),
        (_BY_NAME, "$OPTIONS"),
        (_CLICK, "clean-up --all"),
        (_CLICK, "$COMMAND"),
    ],
)
def test_what_the_arguments_choose_or_may_choose_is_followed(text: str, arguments: str) -> None:
    assert _changes(text, arguments)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (_ARGPARSE, "show"),
        (_ARGPARSE, "show --selector $SELECTOR"),
        (_BY_NAME, ""),
        (_BY_NAME, "--action show"),
        (_CLICK, "show"),
    ],
)
def test_what_the_arguments_do_not_choose_is_not(text: str, arguments: str) -> None:
    assert not _changes(text, arguments)
