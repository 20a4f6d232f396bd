"""What keywords do that are not read: Robot Framework's own, and those of public packages."""

import tomllib
from pathlib import Path
from typing import NamedTuple

from build.effects.programs.judge import Verdict
from build.effects.python_calls import changes_by_verb

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
# A keyword that several have is BuiltIn's.
_LISTS = tomllib.loads(Path(__file__).with_name("robot_standard.toml").read_text(encoding="utf-8"))
_STANDARD = {keyword: library for library, keywords in reversed(_LISTS.items()) for keyword in keywords}
QUIET = frozenset(_TABLE["quiet"])
_BY_VERB = frozenset(_TABLE["by_verb"])
_RUNS = {keyword: (row["does"], tuple(row["from"])) for row in _TABLE["runs"] for keyword in row["keywords"]}
_HTTP = frozenset(_TABLE["http"]["libraries"])
_METHODS = tuple(_TABLE["http"]["methods"])
_CORE = {name: frozenset(keywords) for name, keywords in _TABLE["listed"].items()}
_CHANGES = frozenset(_TABLE["runwhen"]["changes"])
KUBECTL = frozenset(_TABLE["values"]["kubectl"])


class Runs(NamedTuple):
    """A keyword that runs what one of its arguments says; `does` is how."""

    does: str
    names: tuple[str, ...]


def runs(library: str, keyword: str) -> Runs | None:
    """Return how a keyword runs what it is given; None when it does not. Names are as Robot compares them."""
    result = _RUNS.get(f"{library}.{keyword}")
    return Runs(*result) if result else None


def method(library: str, keyword: str) -> str | None:
    """Return the HTTP method of a keyword that sends a request; None for all others."""
    if library not in _HTTP:
        return None
    return next(
        (one.upper() for one in _METHODS if keyword == one or keyword.startswith((f"{one}on", f"{one}request"))), None
    )


def is_known(library: str) -> bool:
    """Return whether the table has a library."""
    return (
        library in QUIET
        or library in _BY_VERB
        or library in _HTTP
        or any(key.startswith(f"{library}.") for key in _RUNS)
    )


def judge_keyword(library: str, keyword: str, written: str) -> Verdict:
    """Return the verdict on a keyword of a library that the table has.

    Args:
        library: Its name as Robot compares it.
        keyword: The keyword's.
        written: The keyword as the file has it.
    """
    if keyword in _CHANGES:
        return Verdict("changes")
    if library in QUIET:
        return Verdict("reads", listed=False)
    if library in _BY_VERB:
        return changes_by_verb(written)
    return Verdict("unclear", f"calls the keyword {written}, which no table knows")


def standard(keyword: str) -> str | None:
    """Return the library of Robot Framework, or of RunWhen's core, that has a keyword; None where there is none."""
    return _STANDARD.get(keyword) or next((name for name, keywords in _CORE.items() if keyword in keywords), None)


def is_listed(library: str) -> bool:
    """Return whether the table has a list of a library's keywords."""
    return library in _LISTS or library in _CORE
