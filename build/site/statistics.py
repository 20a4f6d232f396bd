"""How the catalogue has grown and what it is made of, and the lines of its charts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, count
from typing import Any, NamedTuple

from build.catalogue.catalogue import Catalogue
from build.catalogue.models import CodeBundleRecord
from build.site.changes import distinct, events
from build.site.facets import FACETS

# The charts' own units; the pages scale them.
WIDTH, HEIGHT = 600, 160


class Month(NamedTuple):
    """The bundles that came in a month such as `2026-05`, and the totals at its end. Tools are counted as they are
    today.
    """

    month: str
    new: int
    bundles: int
    tools: int


class Counted(NamedTuple):
    """One bundle, or its tools of one kind, under a value of a facet; `month` as `_month` has it."""

    value: str
    tools: int
    month: str | None


class Share(NamedTuple):
    """One value of a facet: its bundles and tools, the length of its bar in percent, and its bundles month by month."""

    name: str
    bundles: int
    tools: int
    length: float
    months: list[int]


def growth(records: Iterable[CodeBundleRecord]) -> list[Month]:
    """Return the months from the first bundle's to the newest one's; empty where git has no dates."""
    dated = [(month, len(record.tools)) for record in records if (month := _month(record))]
    new, tools = Counter(month for month, _ in dated), Counter[str]()
    for month, number in dated:
        tools[month] += number
    result: list[Month] = []
    for month in _months(min(new), max(new)) if new else ():
        before = result[-1] if result else Month("", 0, 0, 0)
        result.append(Month(month, new[month], before.bundles + new[month], before.tools + tools[month]))
    return result


def _month(record: CodeBundleRecord) -> str | None:
    """Return the month in which a bundle came; None where git has no dates."""
    return record.history.first_date[:7] if record.history else None


def _months(first: str, last: str) -> Iterable[str]:
    year, month = map(int, first.split("-"))
    while (text := f"{year:04}-{month:02}") <= last:
        yield text
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def line(values: Sequence[int]) -> tuple[str, str]:
    """Return the SVG path of a line over all values, and that of the area below it, in WIDTH by HEIGHT."""
    top = max([*values, 1])
    step = WIDTH / max(len(values) - 1, 1)
    points = [f"{at * step:.1f} {HEIGHT - value / top * HEIGHT:.1f}" for at, value in enumerate(values)]
    path = "M" + "L".join(points)
    return path, f"{path}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z"


def ticks(top: int) -> list[int]:
    """Return round numbers up to `top`, at most four, for the lines of a chart's grid."""
    step = next(step for power in count() for step in (10**power, 2 * 10**power, 5 * 10**power) if top // step <= 4)
    return list(range(step, top + 1, step))


def shares(counted: Iterable[Counted], months: Sequence[Month]) -> list[Share]:
    """Return the counted values, the most used first, with their bundles in each of `months`."""
    bundles, tools, came = Counter[str](), Counter[str](), Counter[tuple[str, str | None]]()
    for one in counted:
        bundles[one.value] += 1
        tools[one.value] += one.tools
        came[one.value, one.month] += 1
    most = max(bundles.values(), default=1)
    ranked = sorted(bundles.items(), key=lambda item: (-item[1], item[0]))
    return [
        Share(name, number, tools[name], round(number / most * 100, 1),
              list(accumulate(came[name, month.month] for month in months)))
        for name, number in ranked
    ]  # fmt: skip


class Coverage(NamedTuple):
    """How many of a collection's tools have documentation and an access tag, and of its bundles a README."""

    tools: int
    documented: int
    tagged: int
    bundles: int
    readmes: int
    tested: int
    in_ci: int


def coverage(records: Iterable[CodeBundleRecord]) -> Coverage:
    """Return the coverage of these bundles."""
    records = list(records)
    tools = [tool for record in records for tool in record.tools]
    return Coverage(
        len(tools),
        sum(bool(tool.documentation) for tool in tools),
        sum(bool(tool.access_declared) for tool in tools),
        len(records),
        sum(bool(record.readme) for record in records),
        sum(record.tests.present for record in records),
        sum(record.tests.in_ci for record in records),
    )


class Versions(NamedTuple):
    """What the releases of a collection changed in all; `latest` is the newest tag."""

    slug: str
    releases: int
    latest: str | None
    added: int
    renamed: int
    removed: int
    breaking: int


def version_counts(catalogue: Catalogue) -> list[Versions]:
    """Return the counts of each collection that has releases; several tags on one commit count once."""
    result = []
    for slug, own in catalogue.releases.items():
        kinds = Counter(event.what for event in distinct(events(own)) if event.release.before is not None)
        breaking = sum(event.breaking and event.what == "changed" for event in distinct(events(own)))
        latest = own.releases[0].tag if own.releases else None
        counts = (kinds["added"], kinds["renamed"], kinds["removed"], breaking)
        result.append(Versions(slug, len(own.releases), latest, *counts))
    return result


def _count_by(records: Iterable[CodeBundleRecord], facet: str) -> list[Counted]:
    return [
        Counted(value, len(record.tools), _month(record))
        for record in records
        for value in FACETS[facet].values(record)
    ]


def statistics_values(catalogue: Catalogue) -> dict[str, Any]:
    """Return the values of the page of statistics."""
    records = catalogue.records
    months = growth(records)
    # Of a bundle that has both kinds, the tools of each.
    kinds = [
        Counted(kind, tools, _month(record))
        for record in records
        for kind, tools in (("runbook", record.task_count), ("monitor", record.sli_count))
        if tools
    ]
    facets = (
        ("By platform", "platform", _count_by(records, "platform")),
        ("By CodeCollection", "collection", _count_by(records, "collection")),
        ("By access", "access", _count_by(records, "access")),
        ("By kind of tool", "kind", kinds),
        ("By data that tools read", "data", _count_by(records, "data")),
    )
    return {
        "growth": months,
        "facets": [(heading, name, shares(counted, months)) for heading, name, counted in facets],
        "coverage": coverage(records),
        "versions": version_counts(catalogue),
        "DATA": {name: item.label for record in records for name, item in record.data_classifications.items()},
    }
