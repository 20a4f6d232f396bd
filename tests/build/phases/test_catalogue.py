"""All that is published is one value: what was parsed, with what people and models wrote of it."""

from pathlib import Path

import pytest

from build.config.overrides import Override
from build.errors import RegistryError
from build.fetch.baseline import NO_BASELINE
from build.model import Bundle, CatalogueEntry
from build.phases.catalogue import build_catalogue
from build.phases.context import RunContext
from build.phases.fetch import Sources
from build.phases.parse import Parsed
from build.problems import problem
from build.publish.report import CollectionRow
from build.runs import Outcome
from tests.support.catalogues import HARBOR, QUAY, entry
from tests.support.runs import run_of

NO_SOURCES = Sources([], NO_BASELINE)


def counted(run: RunContext) -> RunContext:
    """The run with a row of each collection."""
    run.report.rows += [CollectionRow(one.slug, "fetched", commit="c" * 40, bundles=1, readable=1, tools=2)
                        for one in run.collections]  # fmt: skip
    return run


def entries() -> list[CatalogueEntry]:
    return [entry(Bundle(name="crane")), entry(Bundle(name="lamp"))]


def test_nothing_to_publish_is_refused_with_the_gravest_reason(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    with pytest.raises(RegistryError, match=r"no collection could be read. No bundle. Mend that"):
        build_catalogue(run, NO_SOURCES, Parsed([], []))
    run.problems.extend(
        [
            problem("no-metadata", "a trifle", collection="quay"),
            problem("not-fetched", "it is away", collection="harbor"),
        ]
    )
    with pytest.raises(RegistryError, match=r"could be read\. harbor: it is away\. Correct that, then run again"):
        build_catalogue(run, NO_SOURCES, Parsed([], []))


def test_overrides_win_and_one_of_no_bundle_is_told(tmp_path: Path) -> None:
    made = run_of(tmp_path)
    run = counted(
        RunContext(
            made.options,
            made.console,
            made.collections,
            overrides={"harbor/lamp": Override(description="Ours."), "harbor/nobody": Override(description="Whose?")},
        )
    )
    built = build_catalogue(run, NO_SOURCES, Parsed(entries(), []))
    assert [found.id for found in built.records] == ["harbor/crane", "harbor/lamp"]
    assert built.records[1].overridden
    assert not built.records[0].overridden
    (told,) = run.problems
    assert (told.code, told.collection, told.bundle) == ("override-odd", "harbor", "nobody")
    assert list(built.problems) == [told]


def test_problems_of_every_phase_are_published_but_those_of_hidden_collections(tmp_path: Path) -> None:
    hidden = QUAY.model_copy(update={"visibility": "hidden"})
    run = counted(run_of(tmp_path, [HARBOR, hidden]))
    run.problems.extend(
        [
            problem("unknown-key", "the key 'colour' is not known", collection="", path="/somewhere/collections.yaml"),
            problem("source-odd", "nothing reads 'stray'", collection="", path="/somewhere/sources.yaml"),
            problem("requests-not-read", "no answer", collection=""),
            problem("source-not-read", "no answer", collection=""),
            problem("not-enhanced", "no answer", collection="harbor", bundle="lamp"),
            problem("not-fetched", "it is away", collection="quay"),
            problem("override-odd", "there is no such bundle", collection="nowhere", bundle="x"),
        ]
    )
    built = build_catalogue(run, NO_SOURCES, Parsed(entries(), []))
    assert [(found.code, found.path) for found in built.problems] == [
        ("unknown-key", "collections.yaml"),
        ("source-odd", "sources.yaml"),
        ("requests-not-read", None),
        ("source-not-read", None),
        ("not-enhanced", None),
        ("override-odd", None),
    ]
    assert [facts.slug for facts in built.collections] == ["harbor"]
    assert run.report.build_id == built.build_id


@pytest.mark.parametrize(
    ("outcome", "commit", "state"),
    [
        ("fetched", "c", "current"),
        ("kept", "c", "current"),
        ("stale", "c", "stale"),
        ("unavailable", None, "unavailable"),
    ],
)
def test_a_collection_says_in_which_state_it_is(
    outcome: Outcome, commit: str | None, state: str, tmp_path: Path
) -> None:
    run = run_of(tmp_path)
    run.report.rows.append(CollectionRow("harbor", outcome, commit=commit))
    (facts,) = build_catalogue(run, NO_SOURCES, Parsed(entries(), [])).collections
    assert (facts.state, facts.commit) == (state, commit)
