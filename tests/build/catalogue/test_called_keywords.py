"""Keywords that only calls show: which library they are of, their arguments, how many calls there are, and where."""

from build.catalogue.called_keywords import called_libraries
from build.keyword_libraries import CalledLibrary, Library
from tests.build.catalogue.test_library_usage import library, robot
from tests.support.bundles import parse
from tests.support.catalogues import COMMIT, entry

ISSUE = "RW.Core.Add Issue    severity=2    title=Down    next_steps=Restart"


def called(*texts: str, libraries: tuple[Library, ...] = ()) -> list[CalledLibrary]:
    entries = [entry(parse({"runbook.robot": text}, f"bundle-{n}")) for n, text in enumerate(texts)]
    return called_libraries(libraries, entries)


def test_a_keyword_has_what_its_calls_show() -> None:
    once = robot("Library    RW.Core", "RW.Core.Add Issue    title=Up")
    often = robot(
        "Library    RW.Core", ISSUE, "rw.core.add_issue    severity=4", "Run Keyword If    $x    Add Issue    a"
    )
    (core,) = called(once, often)
    assert (core.import_name, core.used_by) == ("RW.Core", 2)
    (issue,) = core.keywords
    assert (issue.name, issue.calls, issue.used_by) == ("Add Issue", 4, 2)
    assert issue.arguments == ("title", "severity", "next_steps")
    first, second = issue.examples
    # The call that says most.
    assert (first.bundle, first.path) == ("harbor/bundle-1", "codebundles/bundle-1/runbook.robot")
    assert first.call == ISSUE
    assert first.source_url == f"https://github.com/o/harbor/blob/{COMMIT}/{first.path}#L{first.line}"
    assert second.bundle == "harbor/bundle-0"


def test_the_most_called_come_first_and_three_examples_are_kept() -> None:
    text = robot("Library    RW.Core", "RW.Core.Push Metric    1", "RW.Core.Add Issue    a", "RW.Core.Add Issue    b")
    (core,) = called(*[text] * 5)
    assert [(one.name, one.calls, one.used_by, len(one.examples)) for one in core.keywords] == [
        ("Add Issue", 10, 5, 3),
        ("Push Metric", 5, 5, 3),
    ]


def test_an_alias_leads_to_its_library() -> None:
    (core,) = called(robot("Library    RW.Core    AS    Core", "Core.Add Issue    a"))
    assert (core.import_name, [one.name for one in core.keywords]) == ("RW.Core", ["Add Issue"])


def test_what_is_defined_is_robots_own_or_a_file_is_left_out() -> None:
    text = robot(
        "Library    RW.Mine\nLibrary    Collections\nLibrary    ./own.py",
        "RW.Mine.Do    x",
        "Collections.Log List    ${x}",
    )
    assert called(text, libraries=(library("RW.Mine", "Do"),)) == []


def test_a_bare_name_that_two_libraries_may_have_is_nobodys() -> None:
    text = robot("Library    A\nLibrary    B", "A.Look    x", "B.Look    x", "Look    x")
    assert [(one.import_name, one.keywords[0].calls) for one in called(text)] == [("A", 1), ("B", 1)]
