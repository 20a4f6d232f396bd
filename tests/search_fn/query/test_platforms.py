"""Platform words in a query: wishes, conditions, exclusions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_fn.query.platforms import NOT, ONLY, WRONG_CLOUD, Wish, read_platforms

ANYWHERE = ("kubernetes", "aks", "eks", "gke")


@pytest.mark.parametrize(
    ("query", "named", "only", "excluded"),
    [
        ("unused disks on azure", {"azure"}, False, set()),
        ("gcp only: quota problems", {"gcp"}, True, set()),
        ("only aws costs", {"aws"}, True, set()),
        ("costs, AWS-only", {"aws"}, True, set()),
        ("disk full, just on Azure", {"azure"}, True, set()),
        ("aws and gcp only", {"aws", "gcp"}, True, set()),
        ("full disks, not aws", set(), False, {"aws"}),
        ("full disks but not on aws or azure", set(), False, {"aws", "azure"}),
        ("database lag (not in our GCP)", set(), False, {"gcp"}),
        ("non-aws load balancers", set(), False, {"aws"}),
        ("everything except kubernetes", set(), False, {"kubernetes"}),
        ("gke instead of eks", {"gcp"}, False, {"aws"}),
        ("azure, not aws", {"azure"}, False, {"aws"}),
        ("k8s on amazon", {"kubernetes", "aws"}, False, set()),
        # What says that something is missing or wrong excludes nothing.
        ("no aws credentials found", {"aws"}, False, set()),
        ("node is not ready on aws", {"aws"}, False, set()),
        ("is not a gke problem", {"gcp"}, False, set()),
        ("not authorized to perform AssumeRole", {"aws"}, False, set()),
        ("restart a deployment", set(), False, set()),
        ("lawsuit awsome gcpx", set(), False, set()),
    ],
)
def test_what_a_query_says_of_platforms(query: str, named: set[str], only: bool, excluded: set[str]) -> None:
    wish = read_platforms(query)
    assert (set(wish.named), wish.only, set(wish.excluded)) == (named, only, excluded)


def test_an_excluded_name_is_not_searched_for() -> None:
    assert read_platforms("full disks, not on aws or azure, please").text == "full disks, , please"
    assert read_platforms("full disks on aws").text == "full disks on aws"


@pytest.mark.parametrize(
    ("query", "platforms", "weight"),
    [
        ("disks on azure", ("azure",), 1.0),
        ("disks on azure", ("aks", "kubernetes"), 1.0),
        ("disks on azure", ("aws",), WRONG_CLOUD),
        ("disks on azure", ANYWHERE, 1.0),
        # Where no cloud is named, nothing is of the wrong one.
        ("disks on azure", ("linux",), 1.0),
        ("disks on kubernetes", ("aws",), 1.0),
        ("azure only", ("aws",), 0.0),
        ("azure only", ("linux",), 0.0),
        ("azure only", ANYWHERE, 1.0),
        ("not aws", ("aws",), 0.0),
        ("not aws", ("eks", "kubernetes"), 0.0),
        ("not aws", ("aws", "azure"), 1.0),
        ("not aws", ANYWHERE, 1.0),
        ("not aws", (), 1.0),
        ("not kubernetes", ANYWHERE, 0.0),
        ("not kubernetes", ("azure", "aks", "kubernetes"), 0.0),
        ("not kubernetes", ("azure",), 1.0),
        ("disks", ("aws",), 1.0),
    ],
)
def test_what_a_bundle_for_platforms_is_worth(query: str, platforms: tuple[str, ...], weight: float) -> None:
    assert read_platforms(query).weight(platforms) == weight


@given(
    st.lists(
        st.sampled_from(
            ["not", "only", "except", "and", "or", ",", ":", "on", "aws", "GCP", "azure", "k8s", "disk", "İ"]
        ),
        max_size=12,
    )
)
def test_any_query_has_a_wish_that_contradicts_nothing(parts: list[str]) -> None:
    query = " ".join(parts)
    wish = read_platforms(query)
    assert not wish.named & wish.excluded
    assert not wish.only or wish.named
    assert set(wish.text.split()) <= set(query.split())
    assert not wish.excluded or len(wish.text) < len(query)
    assert read_platforms("lamp").weight(()) == 1.0


@pytest.mark.parametrize("part", ["aws ", "not aws only ", "not ,,", "aws , and ", "only on the "])
def test_what_is_read_at_one_place_is_bounded(part: str) -> None:
    """So that the work grows with the length alone; counted, not timed."""
    query = part * (8_000 // len(part))
    spans = [match.end() - match.start() for found in (NOT, ONLY) for match in found.finditer(query)]
    assert max(spans, default=0) < 600


def test_blanks_are_one_blank() -> None:
    assert read_platforms("disks   not \n on\taws") == read_platforms("disks not on aws")


@given(st.text(max_size=80))
def test_any_text_has_a_wish(query: str) -> None:
    assert isinstance(read_platforms(query), Wish)
