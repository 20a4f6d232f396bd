"""Which keyword a call means, by Robot's rules."""

import time

import pytest
from robot.conf.languages import Language
from robot.running import ResourceFile

from build.parse.keyword_names import KeywordNames, owner
from build.parse.robot_file import BuiltInLanguages, parse_robot


def names(*keywords: str, language: str = "", **resources: str) -> KeywordNames:
    def blocks(all_of: tuple[str, ...]) -> str:
        return "*** Keywords ***\n" + "".join(f"{name}\n    Log    x\n" for name in all_of)

    languages = BuiltInLanguages()
    if language:
        languages.add_language(language)
    owners = [owner(name, parse_robot(blocks((own,)), resource=True).keywords) for name, own in resources.items()]
    return KeywordNames(owner("", parse_robot(blocks(keywords)).keywords), owners, languages)


def found(known: KeywordNames, name: str) -> str | None:
    block = next((block for spelled in known.spellings(name) if (block := known.find(spelled))), None)
    return block.name if block else None


@pytest.mark.parametrize(
    ("called", "keyword"),
    [
        ("Check Lamp", "Check Lamp"),
        ("check_lamp", "Check Lamp"),
        ("Given Check Lamp", "Check Lamp"),
        ("when  check lamp", "Check Lamp"),
        ("And given Check Lamp", None),
        ("Check north lamp", "Check ${where} lamp"),
        ("check NORTH LAMP", "Check ${where} lamp"),
        ("But Check north lamp", "Check ${where} lamp"),
        ("Check ${any} lamp", "Check ${where} lamp"),
        ("Check_north lamp", None),
        ("Check north lamps", None),
        ("Given that", "Given that"),
        ("common.Shared", "Shared"),
        ("COMMON.Given Shared", None),
        ("Given common.Shared", "Shared"),
        ("Shared", "Shared"),
        ("other.Shared", None),
        ("Look at 7", "Look at ${n:\\d+}"),
        ("Look at it", None),
    ],
)
def test_a_keyword_is_found_by_each_name_that_robot_takes(called: str, keyword: str | None) -> None:
    known = names("Check Lamp", "Check ${where} lamp", "Given that", r"Look at ${n:\d+}", common="Shared")
    assert found(known, called) == keyword


OWN = [one for one in Language.__subclasses__() if one.__module__ == "robot.conf.languages" and one().bdd_prefixes]


@pytest.mark.parametrize("language", OWN, ids=[one.__name__ for one in OWN])
def test_prefixes_are_those_of_the_file_s_languages(language: type[Language]) -> None:
    for prefix in language().bdd_prefixes:
        assert found(names("Check Lamp", language=language().code), f"{prefix} Check Lamp") == "Check Lamp"
    foreign = [prefix for prefix in language().bdd_prefixes if prefix.title() not in BuiltInLanguages().bdd_prefixes]
    assert [found(names("Check Lamp"), f"{prefix} Check Lamp") for prefix in foreign] == [None] * len(foreign)


def test_the_suite_comes_before_its_resources_and_the_narrower_name_before_the_wider() -> None:
    known = names("Check ${x}", "Check ${x} lamp", "Check north lamp", common="Check ${x} of all lamps")
    assert found(known, "Check north lamp") == "Check north lamp"
    assert found(known, "Check south lamp") == "Check ${x} lamp"
    assert found(known, "Check it") == "Check ${x}"
    assert found(known, "Check n of all lamps") == "Check ${x}"


WRITTEN = [
    "Check ${a} lamp",
    "Check ${a:x|y} lamp",
    "${a} and ${b}",
    "${a}",
    "Lamp ${a: int}",
    r"Lamp ${a:\d+}",
    "A ${x} b ${y} c",
]
CALLED = ["Check x lamp", "check z lamp", "Check  lamp", "x and y", "x and y and z", "Lamp 7", "lamp seven",
          "A 1 b 2 c", "A  b  c", "a b c", "Check ${v} lamp", "", "and", " and "]  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("called", CALLED)
def test_arguments_in_names_match_where_robot_s_own_do(written: str, called: str) -> None:
    robot = ResourceFile.from_string(f"*** Keywords ***\n{written}\n    Log    x\n").find_keywords(called)
    assert (names(written).find(called) is not None) is bool(robot)


def test_no_pattern_runs_away() -> None:
    known = names(r"Look ${x:(a+)+} b", r"See ${x:a*a*a*a*} b", *(f"${{a}}{n}${{b}}{n}${{c}}" for n in range(200)))
    start = time.perf_counter()
    for called in (
        "Look " + "a" * 5_000 + " c",
        "Look " + "a" * 5_000 + " b",
        "See " + "a" * 150 + "c b",
        "1" * 50_000,
    ):
        known.find(called)
    assert time.perf_counter() - start < 5
