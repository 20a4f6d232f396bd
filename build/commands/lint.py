"""Lists the problems that the registry would report of a collection or bundle that is not published yet."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from build.environment import git_environment
from build.errors import UsageError
from build.fetch.collections import fetch
from build.fetch.git import FetchError
from build.fetch.local_folder import commit_folder
from build.fetch.tree import ROOT
from build.fetch.without_bundles import CAPABILITIES
from build.model import FILE_OF, Collection, Problem
from build.parse_cache import parser
from build.publish.report import plain, sentences
from build.render_cache import render_bundles
from build.workers import collection_budget


def lint(path: Path) -> list[Problem]:
    """Return the problems of a collection's folder (with `codebundles/` in it) or of one bundle's folder.

    Paths of the problems are relative to the folder.

    Raises:
        UsageError: The path is neither.
    """
    if (path / ROOT).is_dir():
        prefix = ""
    elif any((path / name).is_file() for name in FILE_OF.values()):
        prefix = f"{ROOT}/{path.resolve().name}"
    elif any((path / name).exists() for name in CAPABILITIES):
        prefix = ""
    else:
        raise UsageError(f"{path} has neither a folder {ROOT} nor a runbook.robot or sli.robot; name one that has.")
    with tempfile.TemporaryDirectory() as temporary, git_environment(allow_local=True):
        cache = Path(temporary)
        try:
            source, _ = commit_folder(path, cache / "folder.git", prefix)
        except FetchError as error:
            raise UsageError(f"{path} cannot be read: {error}; see that all its files are readable.") from None
        collection = Collection(name=path.name, slug="lint", git_url="https://localhost/lint", clone_url=source)
        fetched = fetch([collection], cache)[0]
        if fetched.commit is None:
            raise UsageError(f"{path} cannot be read: {fetched.problems[0].message}.")
        with parser(cache, 1) as reader:
            budget = collection_budget()
            parsed = reader.parse(collection, fetched.bundles, budget, fetched.libraries)
            libraries = reader.libraries(collection, fetched.libraries, parsed.library_names, budget)
            bundles = render_bundles(collection, fetched.bundles, parsed.bundles, reader.guarded, cache, budget)
        of_bundles = (problem for bundle in bundles for problem in bundle.problems)
        result = [*fetched.refused, *of_bundles, *libraries.problems]
    if prefix:
        result = [p.model_copy(update={"path": (p.path or "").removeprefix(prefix).lstrip("/")}) for p in result]
    return result


def github_annotations(problems: Sequence[Problem], path: Path) -> list[str]:
    """Return the problems as commands to GitHub's runner, which shows them at their lines."""
    lines = []
    for problem in problems:
        command = {"error": "error", "warning": "warning", "note": "notice"}[problem.severity]
        where = {"file": str(path / (problem.path or "")), "line": problem.line, "title": problem.code}
        properties = ",".join(f"{key}={_property(str(value))}" for key, value in where.items() if value)
        lines.append(f"::{command} {properties}::{_data(sentences(problem))}")
    return lines


def _data(text: str) -> str:
    # A runner obeys what stands at the start of a line.
    return plain(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
