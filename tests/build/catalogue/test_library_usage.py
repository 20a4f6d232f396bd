"""Who imports a library, and who calls its keywords, from the bundles' own robot files."""

from hypothesis import given
from hypothesis import strategies as st

from build.catalogue.library_usage import with_usage
from build.keyword_libraries import (
    Keyword,
    Library,
)
from build.model import (
    Collection,
    Setting,
)
from tests.support.bundles import SETTINGS, parse
from tests.support.catalogues import COMMIT, HARBOR, QUAY, entry


def library(name: str, *keywords: str, collection: Collection = HARBOR, setting: Setting = "Library") -> Library:
    return Library(
        collection=collection.slug, name=name.replace("/", "."), setting=setting, import_name=name,
        path="libraries/x.py",
        keywords=tuple(Keyword(name=keyword, path="libraries/x.py", line=1) for keyword in keywords),
    )  # fmt: skip


def robot(imports: str, *rows: str, rest: str = "") -> str:
    return f"{SETTINGS}{imports}\n*** Tasks ***\nLook\n" + "".join(f"    {row}\n" for row in rows) + rest


def used(libraries: list[Library], *texts: str, collection: Collection = HARBOR) -> list[tuple[int, list[int]]]:
    """How many bundles import each library, and call each of its keywords, where a bundle has this runbook."""
    entries = [entry(parse({"runbook.robot": text}, f"bundle-{n}"), collection) for n, text in enumerate(texts)]
    return [(one.used_by, [keyword.used_by for keyword in one.keywords]) for one in with_usage(libraries, entries)]


def test_an_example_is_the_call_with_its_place() -> None:
    text = robot("Library    RW.CLI", "${r}=    RW.CLI.Run Cli", "...    cmd=ls -l", "...    timeout=3", "Run Cli    x")
    (found,) = with_usage([library("RW.CLI", "Run Cli", "Other")], [entry(parse({"runbook.robot": text}))])
    run, other = found.keywords
    (example,) = run.examples
    assert example.call == "${r}=    RW.CLI.Run Cli    cmd=ls -l    timeout=3"
    assert (example.bundle, example.path, example.line) == ("harbor/a-bundle", "codebundles/a-bundle/runbook.robot", 9)
    assert example.source_url == f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/a-bundle/runbook.robot#L9"
    assert (found.used_by, run.used_by, other.used_by, other.examples) == (1, 1, 0, ())


@given(st.data())
def test_case_blanks_and_underscores_do_not_count_in_names(data: st.DataObject) -> None:
    drawn = "".join(
        data.draw(st.sampled_from([letter.upper(), letter.lower(), f"{letter}_"])) for letter in "RunBashFile"
    )
    prefix = data.draw(st.sampled_from(["", "RW.CLI.", "rw.cli."]))
    assert used([library("RW.CLI", "Run Bash File")], robot("Library    RW.CLI", prefix + drawn + "    x")) == [
        (1, [1])
    ]


def test_only_imported_libraries_and_right_prefixes_count() -> None:
    libraries = [library("RW.CLI", "Run Cli"), library("RW.Other", "Run Cli")]
    assert used(libraries, robot("", "RW.CLI.Run Cli    x")) == [(0, [0]), (0, [0])]
    assert used(libraries, robot("Library    RW.CLI", "RW.Other.Run Cli    x")) == [(1, [0]), (0, [0])]
    both = robot("Library    RW.CLI\nLibrary    RW.Other", "RW.Other.Run Cli    x")
    assert used(libraries, both) == [(1, [0]), (1, [1])]
    assert used(libraries, robot("Library    RW.Other    AS    Short", "Short.Run Cli    x")) == [(0, [0]), (1, [1])]


def test_a_keyword_of_the_files_own_comes_first() -> None:
    own = "*** Keywords ***\nRun Cli\n    [Arguments]    ${x}\n    Log    ${x}\n"
    assert used([library("RW.CLI", "Run Cli")], robot("Library    RW.CLI", "run_cli    x", rest=own)) == [(1, [0])]


def test_a_call_within_run_keyword_counts_up_to_the_next_branch() -> None:
    text = robot("Library    L", "Run Keyword If    $x    First    a    ELSE    L.Second    b")
    (found,) = with_usage([library("L", "First", "Second")], [entry(parse({"runbook.robot": text}))])
    assert [keyword.examples[0].call for keyword in found.keywords] == ["First    a", "L.Second    b"]


def test_a_resource_is_found_from_wherever_it_is_imported() -> None:
    resource = [library("Harbor/lamps.resource", "Light", setting="Resource")]
    up = "${CURDIR}${/}..${/}..${/}libraries${/}Harbor${/}lamps.resource"
    for path in ("Harbor/lamps.resource", "../../libraries/Harbor/lamps.resource", up):
        assert used(resource, robot(f"Resource    {path}", "lamps.Light")) == [(1, [1])], path
    assert used(resource, robot("Library    Harbor/lamps.resource", "Light")) == [(0, [0])]


def test_the_own_collections_library_comes_before_anothers_and_of_two_others_none() -> None:
    own, other = library("L", "K"), library("L", "K", collection=QUAY)
    third = library("L", "K", collection=QUAY.model_copy(update={"slug": "third"}))
    text = robot("Library    L", "K")
    assert used([own, other], text) == [(1, [1]), (0, [0])]
    assert used([other], text) == [(1, [1])]
    assert used([other, third], text) == [(0, [0]), (0, [0])]


def test_three_bundles_are_examples_and_all_are_counted() -> None:
    entries = [
        entry(parse({"runbook.robot": robot("Library    L", "K"), "sli.robot": robot("Library    L", "K")}, f"b{n}"))
        for n in range(5)
    ]
    (found,) = with_usage([library("L", "K")], entries)
    assert (found.used_by, found.keywords[0].used_by) == (5, 5)
    assert [example.bundle for example in found.keywords[0].examples] == ["harbor/b0", "harbor/b1", "harbor/b2"]


def test_a_bundle_keeps_a_bounded_part_of_its_calls() -> None:
    rows = [f"Keyword {n}    {'x' * 1_000}" for n in range(600)]
    bundle = parse({"runbook.robot": robot("Library    L", *rows), "sli.robot": robot("Library    L", *rows)})
    assert len(bundle.calls) <= 500
    assert max(len(call.text) for call in bundle.calls) <= 300
    assert "too-long" not in {problem.code for problem in bundle.problems}
