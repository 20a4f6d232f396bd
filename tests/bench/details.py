"""What get_codebundle_details answers over an index: what is missing at each level of detail, and tokens as text and JSON.

    python tests/bench/details.py INDEX [SITE_URL]

Tokens are characters / 4. What is missing is looked for in the text and in the structured content by its own words, not
by how they are made: names of tools, variables and secrets, whether each is required, its default, the level of access
with its source, claims and evidence, permissions, addresses, and the configuration or its address. Exit status 1 where
something is.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from search_fn.index.current import CurrentIndex  # noqa: E402
from search_fn.issues.github import Tracker  # noqa: E402
from search_fn.settings import Settings  # noqa: E402
from search_fn.tools.registry import TOOLS, Service, call  # noqa: E402

LEVELS = ("brief", "standard", "full")


def missing(record: Mapping[str, Any], files: Mapping[str, str], data: Mapping[str, Any], text: str) -> Iterator[str]:
    """Yield what a bundle needs that one of the two halves of an answer does not say, each as `HALF: WHAT`."""
    told = data["codebundle"]
    halves = {"text": _plain(text), "data": _plain(json.dumps(data, ensure_ascii=False))}
    strings = {half: said for half, said in halves.items()}
    for what, wanted in _needed(record, files):
        for half, said in strings.items():
            if _plain(wanted if half == "text" else json.dumps(wanted, ensure_ascii=False)[1:-1]) not in said:
                yield f"{half}: {what} {wanted[:80]}"
    for field in ("access_level", "access_level_claimed", "access_level_source", "effect"):
        if told.get(field, "none") != record[field]:
            yield f"data: {field}"
    for field, names in (
        ("tools", ("kind", "name", "access", "effect", "line")),
        ("user_variables", tuple(record["user_variables"][0]) if record["user_variables"] else ()),
        ("secrets", tuple(record["secrets"][0]) if record["secrets"] else ()),
    ):
        rows = [{name: one.get(name) for name in names} for one in told[field]]
        if rows != [{name: one[name] for name in names} for one in record[field]]:
            yield f"data: {field} are not whole"
    if not re.search(rf"^Access: {record['access_level']}\b", text, re.MULTILINE):
        yield "text: no line Access"


def _needed(record: Mapping[str, Any], files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for tool in record["tools"]:
        yield "tool", tool["name"]
        yield "address of a tool", tool["source_url"]
        yield from (("evidence", one["command"]) for one in tool["commands"] if one["effect"] != "reads")
        yield from (("evidence", reason) for reason in tool["unclear_because"])
    for variable in record["user_variables"]:
        yield "variable", variable["name"]
        if variable["default"]:
            yield "default", variable["default"]
    yield from (("secret", one["name"]) for one in record["secrets"])
    yield from (("permission", one["permission"]) for one in record["permissions"])
    yield "address of the source", record["runbook_source_url"]
    yield "address of the page", record["url"]
    yield from (("file beside it", f"codebundles/{quote(record['slug'])}/{name}") for name in files)


def _plain(text: str) -> str:
    """A text without what Markdown or JSON put before characters, and with one blank for each run of them."""
    return re.sub(r"\s+", " ", re.sub(r"\\(?=[^\sA-Za-z0-9])", "", text.replace("\\n", " ")))


def main(index: str, root: str = "https://registry.example.org") -> int:
    """Print the table, and what is missing."""
    settings = Settings.of_folder(Path(index).resolve())
    service = Service(CurrentIndex(settings), Tracker(settings), root)
    opened = service.index()
    places = list(range(len(opened.ids)))
    records = [json.loads(text) for text in opened.stored(places, "record")]
    beside = [json.loads(text) for text in opened.stored(places, "files")]
    lost: Counter[str] = Counter()
    examples: list[str] = []
    print(
        f"{len(records)} bundles\n\n| level | missing | text median | p90 | most | JSON median | p90 | most |\n|---|"
        + "---:|" * 7
    )
    for level in LEVELS:
        texts, structured, gone = [], [], 0
        for record, files in zip(records, beside, strict=True):
            data, text = call(TOOLS["get_codebundle_details"], service, {"slug": record["id"], "detail": level})
            texts.append(len(text) / 4)
            structured.append(len(json.dumps(data, ensure_ascii=False, separators=(",", ":"))) / 4)
            found = list(missing(record, files, data, text))
            gone += bool(found)
            lost.update(one.partition(" ")[0] + " " + level for one in found)
            examples += [f"{level} {record['id']}: {one}" for one in found[:2]]
        row = [
            f"{value:,.0f}"
            for some in (texts, structured)
            for value in (median(some), quantiles(some, n=10)[8], max(some))
        ]
        print(f"| {level} | {gone} | {' | '.join(row)} |")
    print("\n".join(["", *examples[:40]]))
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
