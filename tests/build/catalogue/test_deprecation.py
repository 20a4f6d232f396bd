"""What is to be used in the place of a deprecated bundle is a bundle that does not lead back."""

import pytest

from build.catalogue.deprecation import check_deprecations
from build.catalogue.merge import enrich
from build.catalogue.models import CodeBundleRecord
from build.catalogue.record import record
from build.config.overrides import Override
from build.model import Bundle, Deprecation
from tests.support.catalogues import QUAY, entry


def made(name: str, instead: str | None, source: str = "override") -> CodeBundleRecord:
    """A bundle of Harbor for which another is to be used."""
    found = record(entry(Bundle(name=name)))
    said = Deprecation.model_validate({"instead": instead, "source": source})
    return found.model_copy(update={"deprecated": said})


def instead_of(records: list[CodeBundleRecord]) -> dict[str, str | None]:
    return {one.slug: one.deprecated.instead for one in records if one.deprecated}


def test_an_id_is_kept_and_a_name_is_of_the_same_collection() -> None:
    living = [record(entry(Bundle(name="new"))), record(entry(Bundle(name="else"), QUAY))]
    given = [made("a", "harbor/new"), made("b", "new", "readme"), made("c", "quay/else"), *living]
    records, problems = check_deprecations(given)
    assert instead_of(records) == {"a": "harbor/new", "b": "harbor/new", "c": "quay/else"}
    assert problems == []


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ("harbor/nwe", "there is no CodeBundle harbor/nwe; near it: harbor/new"),
        ("quay/new", "there is no CodeBundle quay/new; near it: harbor/new"),
        ("harbor/entirely-other", "there is no CodeBundle harbor/entirely-other; harbor has 2 CodeBundles"),
        ("docks/entirely-other", "there is no CodeBundle docks/entirely-other; there is no CodeCollection docks"),
    ],
)
def test_an_unknown_id_is_told_with_what_there_is(instead: str, said: str) -> None:
    records, (problem,) = check_deprecations([made("old", instead), record(entry(Bundle(name="new")))])
    assert instead_of(records) == {"old": None}
    assert problem.message == f"overrides/harbor/old.yaml: deprecated.instead: {said}"
    assert (problem.code, problem.collection, problem.bundle) == ("override-odd", "harbor", "old")


def test_a_ring_is_told_and_leads_nowhere() -> None:
    records, problems = check_deprecations(
        [
            made("a", "harbor/b"),
            made("b", "harbor/c"),
            made("c", "harbor/a"),
            made("d", "harbor/a"),
            made("e", "harbor/e"),
        ]
    )
    assert instead_of(records) == {"a": None, "b": None, "c": None, "d": "harbor/a", "e": None}
    assert [problem.bundle for problem in problems] == ["a", "b", "c", "e"]
    assert "harbor/a -> harbor/b -> harbor/c -> harbor/a" in problems[0].message


def test_words_of_a_readme_that_are_no_bundle_are_no_problem() -> None:
    records, problems = check_deprecations([made("a", "something", "readme"), made("b", "b", "readme")])
    assert (instead_of(records), problems) == ({"a": None, "b": None}, [])


def test_people_have_the_last_word() -> None:
    found = record(entry(Bundle(name="a", deprecated=Deprecation(source="readme"))))
    assert enrich(found, None, Override()).deprecated == Deprecation(source="readme")
    assert enrich(found, None, Override.model_validate({"deprecated": False})).deprecated is None
    own = Override.model_validate({"deprecated": {"since": "1.2", "instead": "harbor/new", "reason": "It is slow."}})
    made = enrich(found, None, own)
    assert made.deprecated == Deprecation(since="1.2", instead="harbor/new", reason="It is slow.", source="override")
    assert made.overridden == ("deprecated",)
