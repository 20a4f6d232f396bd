"""How the catalogue has grown and what it is made of, and the lines of its charts. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from build.catalogue import Catalogue
from build.record import Record

# The charts' own units; the pages scale them.
WIDTH, HEIGHT = 600, 160


class Month(NamedTuple):
    """`2026-05`: what came in it, and what there was at its end. Tools are counted as they are today."""

    month: str
    new: int
    bundles: int
    tools: int


class Share(NamedTuple):
    """One value of a facet: how many bundles and tools, and how long its bar is, of 100."""

    name: str
    bundles: int
    tools: int
    length: float


def growth(records: Iterable[Record]) -> list[Month]:
    """Month by month, from the first bundle's to the newest one's; empty where git told no dates."""
    dated = [(record["history"]["first_date"][:7], len(record["tools"])) for record in records if record["history"]]
    new, tools = Counter(month for month, _ in dated), Counter[str]()
    for month, count in dated:
        tools[month] += count
    found: list[Month] = []
    for month in _months(min(new), max(new)) if new else ():
        before = found[-1] if found else Month("", 0, 0, 0)
        found.append(Month(month, new[month], before.bundles + new[month], before.tools + tools[month]))
    return found


def _months(first: str, last: str) -> Iterable[str]:
    year, month = map(int, first.split("-"))
    while (text := f"{year:04}-{month:02}") <= last:
        yield text
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def line(values: Sequence[int]) -> tuple[str, str]:
    """The path of a line over all values, and that of the area below it, in WIDTH by HEIGHT."""
    top = max([*values, 1])
    step = WIDTH / max(len(values) - 1, 1)
    points = [f"{at * step:.1f} {HEIGHT - value / top * HEIGHT:.1f}" for at, value in enumerate(values)]
    path = "M" + "L".join(points)
    return path, f"{path}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z"


def shares(records: Iterable[Record], facet: Any) -> list[Share]:
    """The values that `facet` gives of records, the most used first."""
    bundles, tools = Counter[str](), Counter[str]()
    for record in records:
        for name in facet(record):
            bundles[name] += 1
            tools[name] += len(record["tools"])
    most = max(bundles.values(), default=1)
    ranked = sorted(bundles.items(), key=lambda item: (-item[1], item[0]))
    return [Share(name, count, tools[name], round(count / most * 100, 1)) for name, count in ranked]


class Coverage(NamedTuple):
    """How many of a collection's tools have documentation and an access tag, and of its bundles a README."""

    tools: int
    documented: int
    tagged: int
    bundles: int
    readmes: int


def coverage(records: Iterable[Record]) -> Coverage:
    """Of these bundles."""
    records = list(records)
    tools = [tool for record in records for tool in record["tools"]]
    return Coverage(
        len(tools),
        sum(bool(tool["documentation"]) for tool in tools),
        sum(bool(tool["access"]) for tool in tools),
        len(records),
        sum(bool(record["readme"]) for record in records),
    )


def statistics_values(catalogue: Catalogue) -> dict[str, Any]:
    """What the page of statistics shows."""
    records = catalogue.records
    return {
        "growth": growth(records),
        "facets": [
            ("By platform", "platform", shares(records, lambda record: record["platforms"])),
            ("By CodeCollection", "collection", shares(records, lambda record: [record["codecollection"]["slug"]])),
            ("By access", "access", shares(records, lambda record: [record["access_level"]])),
            ("By data that tools read", "data", shares(records, lambda record: record["data_classifications"])),
        ],
        "coverage": coverage(records),
        "DATA": {name: item["label"] for record in records for name, item in record["data_classifications"].items()},
    }
