"""The tables of programs: which of their verbs read, which change, and on which options it depends."""

import tomllib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from build.effects.programs.verdict import UNKNOWN, Language, readable
from build.effects.programs.words import Split, Style
from build.model import Value

TableEffect = Literal["reads", "changes", "plumbing", "unclear"]
"""Plumbing reads too, but nothing of the systems that are looked at: local settings, text tools, help."""


class ByOption(Value):
    """An option that decides instead of the verb. With `values` only one of these, with `unless` none of these."""

    options: tuple[str, ...]
    effect: TableEffect
    verbs: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class Runs(Value):
    """What a verb runs in turn: the words behind `--` or behind so many positionals, an option's value, or stdin; with
    `many` all words up to the next option.
    """

    verbs: tuple[str, ...] = ()
    language: Language = "words"
    rest: bool = False
    after: int | None = None
    option: tuple[str, ...] = ()
    many: bool = False
    stdin: bool = False
    remote: bool = False


class AnyWord(Value):
    """Verbs that decide wherever they stand among a command's words: the first of them, or the last. `groups` are words
    that are no verbs at the first place.
    """

    take: Literal["first", "last"]
    groups: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    plumbing: tuple[str, ...] = ()


class Table(Value):
    """One program or several that are alike.

    `values` are options whose next word is their value, `flags` options that have none. `verb_first` says that the verb
    stands before all options but these, `drop` are words that may stand before it and say nothing. `bare` is the effect
    without any verb. `own` says that its changes are to the machine it runs on: to that of the run they are none.
    `needed_by_one` marks what only one bundle of the public collections uses.
    """

    programs: tuple[str, ...]
    source: str
    needed_by_one: bool = False
    own: bool = False
    style: Style = "gnu"
    values: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    verb_first: bool = False
    drop: tuple[str, ...] = ()
    positionals: int | None = None
    bare: TableEffect = "unclear"
    reads: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    plumbing: tuple[str, ...] = ()
    unclear: dict[str, str] = Field(default_factory=dict)
    any_word: AnyWord | None = None
    by_option: tuple[ByOption, ...] = ()
    runs: tuple[Runs, ...] = ()


class Verb(NamedTuple):
    """What a table says of a command's words: the effect, and the words that decided it."""

    effect: TableEffect
    pattern: str
    because: str | None = None


NAMES = (
    "argocd", "automation", "aws-cli", "az", "bq", "clouds", "containers", "coreutils", "flux", "gcloud", "gh",
    "git", "glab", "gsutil", "hashicorp", "helm", "kubectl", "kubernetes-tools", "mesh", "messaging", "network",
    "observability", "redis", "registries", "shell", "stores", "system", "terraform", "text", "tickets",
)  # fmt: skip
_TEXTS = {name: tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8")) for name in NAMES}
# A file has one table, or several small ones.
FILES = {name: tuple(Table(**one) for one in text.get("table", [text])) for name, text in _TEXTS.items()}
TABLES = {program: table for tables in FILES.values() for table in tables for program in table.programs}


def verb_of(table: Table, positionals: Sequence[str]) -> Verb | None:
    """Return the verb of a command by its positionals; None where no row of the table has it.

    The longest verb that stands at their beginning decides, otherwise one of `any_word`.
    """
    # An unknown word in front of a verb can only have been options that were empty or were not resolved.
    words = list(positionals)
    while words and words[0] in table.drop:
        del words[0]
    while len(words) > 1 and words[0] == UNKNOWN and _at_beginning(table, words[1:]):
        del words[0]
    return _at_beginning(table, words) or _anywhere(table, words)


def matches(pattern: str, words: Sequence[str]) -> bool:
    """Return whether a verb of a table stands at the beginning of words; `*` in it is any part of one word."""
    parts = pattern.split()
    return len(parts) <= len(words) and all(
        part == "*" or (UNKNOWN not in word and fnmatchcase(word, part)) or part == word
        for part, word in zip(parts, words, strict=False)
    )


def by_option(table: Table, words: Split) -> tuple[ByOption | None, str | None]:
    """Return the rule of the option that decides instead of the verb, and an option that would if its value were
    known.
    """
    for rule in table.by_option:
        if rule.verbs and not any(matches(verb, words.positionals) for verb in rule.verbs):
            continue
        for option in words.options:
            if not any(fnmatchcase(option.name, name) for name in rule.options):
                continue
            if option.value is not None and UNKNOWN in option.value and (rule.values or rule.unless):
                return None, f"{option.name}={readable(option.value)}"
            value = option.value or ""
            if rule.values and not any(fnmatchcase(value, one) for one in rule.values):
                continue
            if rule.unless and any(fnmatchcase(value, one) for one in rule.unless):
                continue
            return rule, None
    return None, None


@cache
def _patterns(program: str) -> tuple[tuple[str, TableEffect, str | None], ...]:
    """Return all verbs of a program with their effects and reasons, the most exact first."""
    rows = TABLES[program]
    listed: list[tuple[str, TableEffect, str | None]] = [
        (verb, effect, None) for effect, verbs in _by_effect(rows) for verb in verbs
    ]
    listed += [(verb, "unclear", because) for verb, because in rows.unclear.items()]
    return tuple(sorted(listed, key=_exactness))


@lru_cache(maxsize=4096)
def _patterns_from(program: str, first: str) -> tuple[tuple[str, TableEffect, str | None], ...]:
    """Return the verbs of a program that may stand at the beginning of words with this first one."""
    return tuple(row for row in _patterns(program) if row[0].split()[0] == first or "*" in row[0].split()[0])


def _exactness(row: tuple[str, TableEffect, str | None]) -> tuple[int, bool, int, int, str]:
    """Return a sort key: most words first, then `* get` before `backup *`, then fewest `*`."""
    pattern = row[0]
    words = pattern.split()
    return -len(words), words[-1] == "*", pattern.count("*"), -len(pattern), pattern


def _by_effect(rows: Table | AnyWord) -> Iterator[tuple[TableEffect, tuple[str, ...]]]:
    yield "reads", rows.reads
    yield "changes", rows.changes
    yield "plumbing", rows.plumbing


def _at_beginning(table: Table, words: Sequence[str]) -> Verb | None:
    for pattern, effect, because in _patterns_from(table.programs[0], words[0]) if words else ():
        if matches(pattern, words):
            return Verb(effect, pattern, because)
    return None


def _anywhere(table: Table, words: Sequence[str]) -> Verb | None:
    rules = table.any_word
    if rules is None:
        return None
    verbs_of = words[1:] if words and words[0] in rules.groups else words
    for word in verbs_of if rules.take == "first" else reversed(verbs_of):
        if UNKNOWN in word:
            if rules.take == "last":
                return None
            continue
        for exact in (True, False):
            for effect, verbs in _by_effect(rules):
                if word in verbs if exact else any(fnmatchcase(word, verb) for verb in verbs):
                    return Verb(effect, word)
    return None
