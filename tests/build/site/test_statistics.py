"""Growth, shares and coverage, out of records."""

from datetime import datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from build.catalogue.models import CodeBundleRecord
from build.catalogue.record import record
from build.model import Bundle, Tool
from build.site.statistics import (
    HEIGHT,
    WIDTH,
    Counted,
    Versions,
    coverage,
    growth,
    line,
    shares,
    statistics_values,
    ticks,
    version_counts,
)
from tests.support.catalogues import entry, history, sound
from tests.support.releases import releases_of

MONTHS = st.builds("{:04}-{:02}".format, st.integers(2020, 2023), st.integers(1, 12))


def made(month: str, tools: int = 1) -> CodeBundleRecord:
    """The record of a bundle that came in this month, with so many tools."""
    date = datetime.fromisoformat(f"{month}-05T10:00:00Z")
    own = tuple(Tool(kind="runbook", name="n", title="n", line=line) for line in range(tools))
    came = history(5).model_copy(update={"first_date": date})
    return record(entry(Bundle(name="lamp", tools=own), history=came))


def test_each_month_has_what_came_and_what_there_was() -> None:
    found = growth(
        [made("2023-11", 2), made("2024-02"), made("2023-11"), record(entry(Bundle(name="lamp"), history=None))]
    )
    assert [tuple(month) for month in found] == [
        ("2023-11", 2, 2, 3), ("2023-12", 0, 2, 3), ("2024-01", 0, 2, 3), ("2024-02", 1, 3, 4),
    ]  # fmt: skip
    assert growth([]) == []


@given(st.lists(MONTHS, min_size=1, max_size=40))
def test_growth_leaves_no_month_out_and_ends_with_all(months: list[str]) -> None:
    found = growth(made(month) for month in months)
    assert (found[0].month, found[-1].month) == (min(months), max(months))
    assert found[-1].bundles == len(months) == sum(month.new for month in found)
    assert all(before.month < after.month and before.bundles <= after.bundles for before, after in pairwise(found))


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_a_line_stays_within_its_chart(values: list[int]) -> None:
    path, area = line(values)
    points = [tuple(map(float, point.split())) for point in path[1:].split("L") if point]
    assert len(points) == len(values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert area.startswith(path)


def test_shares_are_ranked_and_bars_are_of_the_most() -> None:
    counted = [
        Counted("b", 2, "2023-11"),
        Counted("a", 2, "2023-11"),
        Counted("b", 1, "2024-01"),
        Counted("b", 1, None),
    ]
    months = growth([made("2023-11", 2), made("2024-01")])
    assert [tuple(share) for share in shares(counted, months)] == [
        ("b", 3, 4, 100.0, [1, 1, 2]), ("a", 1, 2, 33.3, [1, 1, 1]),
    ]  # fmt: skip


def test_of_a_bundle_with_both_kinds_each_kind_has_its_own_tools() -> None:
    (kinds,) = (shares for _, facet, shares in statistics_values(sound())["facets"] if facet == "kind")
    assert {share.name: (share.bundles, share.tools) for share in kinds} == {"monitor": (2, 2), "runbook": (1, 1)}


@given(st.integers(1, 10**9))
def test_a_chart_has_one_to_four_round_lines_within_it(top: int) -> None:
    found = ticks(top)
    assert 1 <= len(found) <= 4
    assert max(found) <= top
    assert {str(found[0]).rstrip("0")} <= {"1", "2", "5"}


def test_coverage_counts_what_tools_and_bundles_have() -> None:
    found = coverage(sound().records)
    assert found.bundles == 2
    assert 0 < found.documented <= found.tools == 3


def test_what_releases_brought_is_counted_after_the_first() -> None:
    made = sound()._replace(releases={"harbor": releases_of("harbor/pod-bearing")})
    assert version_counts(made) == [Versions("harbor", 3, "2.0", added=0, renamed=1, removed=1, breaking=1)]
    assert version_counts(sound()) == []
