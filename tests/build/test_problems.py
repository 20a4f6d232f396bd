"""Codes of problems: one table, from which their documentation is made, and nothing in it that is never told."""

import re
from pathlib import Path

import pytest

from build.problems import CODES, document, problem, sentence

ROOT = Path(__file__).resolve().parents[2]


def test_every_code_has_its_section_severity_and_meaning() -> None:
    sections = dict(re.findall(r"^### (\S+)\n\n\*(\w+)\* · (?:\S.*)$", document(), re.MULTILINE))
    assert sections == {code: facts.severity for code, facts in CODES.items()}


def test_every_code_has_a_title_of_its_own() -> None:
    titles = [facts.title for facts in CODES.values()]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if not title[:1].isupper() or title.endswith(".") or len(title) > 60] == []


def test_every_code_is_told_somewhere() -> None:
    code = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "build").rglob("*.py") if file.stem != "problems"
    )
    assert [name for name in CODES if f'"{name}"' not in code] == []


def test_a_problem_says_what_the_table_says_where_it_has_nothing_of_its_own() -> None:
    plain = problem("no-readme", collection="beacon", bundle="lamp")
    assert (plain.severity, plain.message) == ("note", CODES["no-readme"].meaning)
    assert plain.hint == CODES["no-readme"].remedy
    own = problem("no-readme", "nothing there", collection="beacon", hint="")
    assert (own.message, own.hint) == ("nothing there", "")
    with pytest.raises(KeyError):
        problem("no-such-code", collection="beacon")


def test_a_stranger_s_name_makes_no_endless_message() -> None:
    assert len(problem("no-tasks", "x" * 100_000, collection="beacon").message) == 501


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("the tag is odd", "The tag is odd."),
        ("sli.robot is odd", "sli.robot is odd."),
        ("levelOfDetail is 1", "levelOfDetail is 1."),
        ("It ends …  ", "It ends …"),
        ("Is it?", "Is it?"),
        ("", "."),
    ],
)
def test_a_message_becomes_a_sentence(said: str, wanted: str) -> None:
    assert sentence(said) == wanted
