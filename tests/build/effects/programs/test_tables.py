"""Every row of every table, with calls that stand nowhere: options in front and behind, values that are not known."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from build.effects.programs import tables
from build.effects.programs.judge import judge
from build.effects.programs.tables import FILES, NAMES, Table, matches, verb_of
from build.effects.programs.verdict import UNKNOWN
from build.effects.programs.words import split

FOLDER = Path(tables.__file__).parent
TOML = sorted(path.stem for path in FOLDER.glob("*.toml"))
# Tables of modules that read them themselves.
OF_MODULES = {"aws", "azure", "database", "gcp", "http", "kubernetes", "mongo", "sql"}
# Programs whose modules take their words apart, where a word may be a file, a program or a command of a database.
BY_MODULE = {
    "redis-cli", "valkey-cli", "keydb-cli", "find", "ssh", "sudo", "doas", "env", "xargs", "parallel",
    *(program for table in FILES["coreutils"] for program in table.programs),
}  # fmt: skip
# An option has their method: test_http.py has these.
BY_METHOD = {("gh", "api"), ("glab", "api"), ("az", "rest")}


EVERY = [table for several in FILES.values() for table in several]
each_table = pytest.mark.parametrize("table", EVERY, ids=lambda table: table.programs[0])


def rows(table: Table) -> list[tuple[str, str]]:
    """The verbs of a table with their effects, but for those that a module judges."""
    if table.programs[0] in BY_MODULE:
        return []
    return [
        (verb, effect)
        for effect in ("reads", "changes", "plumbing")
        for verb in getattr(table, effect)
        if verb != "*" and (table.programs[0], verb) not in BY_METHOD
    ]


def words_of(verb: str) -> list[str]:
    """The words of a verb, with something made up for each `*`."""
    return [part.replace("*", "unheard") for part in verb.split()]


def calls(table: Table, verb: str) -> Iterator[list[str]]:
    """Calls of a verb: bare, behind global options of each form, with words and options that follow."""
    words = words_of(verb)
    # An option that decides itself says nothing of the verb.
    deciding = {name for rule in table.by_option for name in rule.options}
    yield words
    yield [*words, "--unheard-of", UNKNOWN]
    for option in [name for name in table.values if name not in deciding][:3]:
        yield [option, UNKNOWN, *words, "made-up"]
        yield [option, "made up", *words, UNKNOWN]
        if option.startswith("--"):
            yield [f"{option}={UNKNOWN}", *words, "--", "made-up"]


@each_table
def test_a_row_decides_wherever_options_stand(table: Table) -> None:
    for verb, effect in rows(table):
        expected = "changes" if effect == "changes" else "reads"
        tried = 0
        for call in calls(table, verb):
            # What is made up may belong to a longer verb, which then decides.
            found = verb_of(table, split(call, table.values, style=table.style).positionals)
            if found is None or found.pattern == verb:
                tried += 1
                # What runs something that the call does not have is unclear, never of the program's own effect.
                runs_what = any(verb in rule.verbs for rule in table.runs)
                allowed = {expected, "unclear"} if runs_what else {expected}
                assert judge([table.programs[0], *call], remote=True).effect in allowed, call
        assert tried, verb


@pytest.mark.parametrize("table", [table for table in EVERY if table.any_word], ids=lambda table: table.programs[0])
def test_a_word_decides_behind_groups_that_no_row_knows(table: Table) -> None:
    program, option = table.programs[0], table.values[0]
    for effect in ("reads", "changes", "plumbing"):
        expected = "changes" if effect == "changes" else "reads"
        for word in getattr(table.any_word, effect):
            verb = word.replace("*", "unheard")
            for call in (
                ["unheard-of", "things", verb, "--name", UNKNOWN],
                [option, UNKNOWN, "unheard-of", "things", verb],
                ["unheard-of", UNKNOWN, verb],
            ):
                assert judge([program, *call]).effect == expected, call


@each_table
def test_no_row_is_hidden_by_another(table: Table) -> None:
    found = [(verb, verb_of(table, words_of(verb))) for verb, _ in rows(table)]
    assert [verb for verb, decided in found if decided is None or decided.pattern != verb] == []


@each_table
def test_rows_have_no_options(table: Table) -> None:
    """An option may stand anywhere, so it cannot be a word of a verb."""
    assert [verb for verb, _ in rows(table) if any(word.startswith("-") for word in verb.split())] == []


def test_nothing_stands_twice() -> None:
    twice = []
    for file, several in FILES.items():
        for table in several:
            lists = [[*table.reads, *table.changes, *table.plumbing, *table.unclear], [*table.values]]
            if table.any_word:
                lists.append([*table.any_word.reads, *table.any_word.changes, *table.any_word.plumbing])
            twice += [(file, item) for items in lists for item in set(items) if items.count(item) > 1]
    programs = [program for several in FILES.values() for table in several for program in table.programs]
    twice += [("", program) for program in set(programs) if programs.count(program) > 1]
    assert sorted(twice) == []


@pytest.mark.parametrize("name", TOML)
def test_each_file_is_read_and_says_where_it_is_from(name: str) -> None:
    assert (name in NAMES) != (name in OF_MODULES)
    text = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert all(len(one["source"]) > 8 for one in text.get("table", [text]))


@pytest.mark.parametrize("name", TOML)
def test_each_file_can_be_read_by_people(name: str) -> None:
    lines = (FOLDER / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 120] == []


@each_table
def test_a_verb_that_no_row_knows_is_unclear(table: Table) -> None:
    if "*" in (*table.reads, *table.changes, *table.plumbing) or table.positionals is not None:
        return
    for program in set(table.programs) - BY_MODULE:
        assert judge([program, "frobnicate-9", "qux-9"], remote=True).effect == "unclear"


@each_table
def test_a_verb_that_is_not_known_is_never_said_to_read(table: Table) -> None:
    if "*" in (*table.reads, *table.plumbing) or table.positionals is not None or not table.changes:
        return
    for program in set(table.programs) - BY_MODULE:
        assert judge([program, UNKNOWN], remote=True).effect != "reads"
        assert judge([program, UNKNOWN, UNKNOWN, "--name", "x"], remote=True).effect != "reads"


@pytest.mark.parametrize(
    ("pattern", "words", "expected"),
    [
        ("get", ["get", "pods"], True),
        ("get", ["gets"], False),
        ("rollout status", ["rollout"], False),
        ("get-*", ["get-x"], True),
        ("* list", ["a", "list"], True),
        ("* list", [UNKNOWN, "list"], True),
        ("get-*", [f"get-{UNKNOWN}"], False),
        ("a b", ["a", "b", "c"], True),
    ],
)
def test_patterns(pattern: str, words: list[str], expected: bool) -> None:
    assert matches(pattern, words) is expected
