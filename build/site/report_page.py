"""What the report's pages show: the state of collections, and their problems by severity and code."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from build.catalogue.catalogue import Catalogue
from build.model import Problem
from build.site.bundle_page import SEVERITIES, severity_counts
from build.site.statistics import coverage

_RUNS = 10
_COLUMNS = ("collection", "bundle", "path", "line", "severity", "code", "message", "hint")
# So many problems make a page of some 200 KB.
_PAGE = 500


def report_values(catalogue: Catalogue) -> dict[str, Any]:
    """Return the values of the report's first page."""
    by_collection = _by_collection(catalogue.problems)
    records = catalogue.by_collection(catalogue.records)
    slugs = {facts.slug for facts in catalogue.collections}
    # Where the first problem of each code stands.
    codes: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for slug in sorted(slugs):
        for at, problem in enumerate(by_collection[slug]):
            codes[problem.severity, problem.code].setdefault(slug, _folder(slug, at // _PAGE + 1))
    others = [problem for slug, result in by_collection.items() if slug not in slugs for problem in result]
    times = Counter((problem.severity, problem.code) for problem in catalogue.problems)
    return {
        "rows": [
            (
                facts,
                coverage(records[facts.slug]),
                severity_counts(p.severity for p in by_collection[facts.slug]),
                _change(catalogue, facts.slug, len(by_collection[facts.slug])),
            )
            for facts in catalogue.collections
        ],
        "codes": [
            (severity, code, times[severity, code], codes[severity, code])
            for severity, code in sorted(times, key=lambda key: _order(*key))
        ],
        "others": others,
        "codes_of_others": {(problem.severity, problem.code) for problem in others},
        "runs": catalogue.runs[-_RUNS:][::-1],
    }


def _change(catalogue: Catalogue, slug: str, count: int) -> int:
    """Return how many problems more a collection has than in the run before; 0 where none was."""
    before = next((run.collections[slug] for run in reversed(catalogue.runs) if slug in run.collections), None)
    return count - before.problems if before else 0


def problems_csv(problems: Iterable[Problem]) -> str:
    """Return the problems as a table for a spreadsheet, which takes no cell of theirs for a formula."""
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for problem in sorted(problems, key=lambda one: (one.collection, _order(one.severity, one.code))):
        cells = ("" if (value := getattr(problem, name)) is None else str(value) for name in _COLUMNS)
        writer.writerow(f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells)
    return "".join(lines)


class _Lines(list[str]):
    """What the module csv takes for a file."""

    write = list.append


def problem_pages(catalogue: Catalogue) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield path and values of each page of a collection's problems; a collection without any has an empty page."""
    by_collection = _by_collection(catalogue.problems)
    known = {record.id for record in catalogue.records}
    for facts in catalogue.collections:
        problems = by_collection[facts.slug]
        pages = [problems[at : at + _PAGE] for at in range(0, max(len(problems), 1), _PAGE)]
        for number, shown in enumerate(pages, 1):
            yield f"report/{_folder(facts.slug, number)}index.md", {
                "facts": facts, "known": known, "number": number, "last": len(pages), "total": len(problems),
                "counts": severity_counts(problem.severity for problem in problems), "shown": _group_by_code(shown),
            }  # fmt: skip


def _folder(slug: str, number: int) -> str:
    return f"{slug}/{number}/" if number > 1 else f"{slug}/"


def _by_collection(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    result: dict[str, list[Problem]] = defaultdict(list)
    for problem in sorted(problems, key=lambda one: _order(one.severity, one.code)):
        result[problem.collection].append(problem)
    return result


def _group_by_code(problems: Sequence[Problem]) -> list[tuple[str, str, int, list[Problem]]]:
    groups = ((key, list(result)) for key, result in groupby(problems, lambda one: (one.severity, one.code)))
    return [(severity, code, len(result), result) for (severity, code), result in groups]


def _order(severity: str, code: str) -> tuple[int, str]:
    return SEVERITIES.index(severity), code
