"""Every kind of problem that the build can tell of: its code, how grave it is, what it means, what to do.

The table is problems.toml; docs/problems.md is made from it (`nox -s docs`).
"""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from build.model import BundleSource, Problem, Severity
from build.untrusted.credentials import without_keys

_MAX_MESSAGE = 500


class Code(NamedTuple):
    """`remedy` is the hint of a problem that brings none of its own."""

    title: str
    severity: Severity
    meaning: str
    remedy: str


_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_GROUPS = {group: {code: Code(**facts) for code, facts in codes.items()} for group, codes in _TABLE["groups"].items()}
CODES = {code: facts for codes in _GROUPS.values() for code, facts in codes.items()}


def problem(
    code: str,
    message: str = "",
    *,
    collection: str,
    bundle: str | None = None,
    path: str | None = None,
    line: int | None = None,
    hint: str | None = None,
) -> Problem:
    """Return a problem of a known code.

    Args:
        code: One of problems.toml.
        message: What happened here, in a sentence; else the code's meaning. Credentials are masked.
        collection: The slug of the collection; empty for the registry's own files.
        bundle: The name of the bundle's folder.
        path: The file, from the root of the repository. Credentials are masked.
        line: The line in the file, from 1.
        hint: What to do about it; the code's remedy where it is None.

    Raises:
        KeyError: The code is not in the table.
    """
    known = CODES[code]
    message = without_keys(message or known.meaning).text
    return Problem(
        collection=collection,
        bundle=bundle,
        path=without_keys(path).text if path else path,
        line=line,
        code=code,
        severity=known.severity,
        # It may quote a stranger's name.
        message=message if len(message) <= _MAX_MESSAGE else f"{message[:_MAX_MESSAGE]}…",
        hint=known.remedy if hint is None else hint,
    )


def sentence(text: str) -> str:
    """Return a message as a sentence, so that another can follow: with a stop at its end, and a capital where it begins
    with a plain word, which names of files and keys are not.
    """
    text = text.rstrip()
    if re.match(r"[a-z]+ ", text):
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


def document() -> str:
    """Return docs/problems.md."""
    lines = ["# Problem codes", "", _TABLE["introduction"]]
    for group, codes in _GROUPS.items():
        lines += [f"## {group}", ""]
        for code, (title, severity, meaning, remedy) in codes.items():
            lines += [f"### {code}", "", f"*{severity}* · **{title}.** {meaning} {remedy}".rstrip(), ""]
    return "\n".join(lines).rstrip() + "\n"


class Findings:
    """The problems of one source, in the order in which they were found."""

    def __init__(self, collection: str, source: BundleSource | None = None) -> None:
        self.problems: list[Problem] = []
        self._collection, self._source = collection, source

    def add(self, code: str, path: str, message: str = "", line: int | None = None, hint: str | None = None) -> None:
        """Note a problem of the file at `path`, relative to the bundle's folder; "" is the folder itself."""
        source = self._source
        self.problems.append(
            problem(
                code,
                message,
                collection=self._collection,
                bundle=source.name if source else None,
                path=f"{source.folder}/{path}".rstrip("/") if source else path,
                line=line,
                hint=hint,
            )
        )
