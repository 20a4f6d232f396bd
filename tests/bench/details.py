"""What get_codebundle_details answers over an index: what is missing at each level, and tokens as text and JSON.

    python tests/bench/details.py INDEX [SITE_URL]

Tokens are characters / 4. What is missing is looked for in the text and in the structured content by its own words, not
by how they are made: names of tools, variables and secrets, whether each is required, its default, the level of access
with its source, claims and evidence, permissions, addresses, and the configuration or its address. Exit status 1 where
something is.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from search_fn.index.current import CurrentIndex  # noqa: E402
from search_fn.issues.github import Tracker  # noqa: E402
from search_fn.settings import Settings  # noqa: E402
from search_fn.tools.registry import TOOLS, Service, call  # noqa: E402
from tests.support.details_facts import LEVELS, missing, unsaid  # noqa: E402


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
            found = [*missing(record, files, data, text), *(f"text: {one}" for one in unsaid(data, text))]
            gone += bool(found)
            lost.update(f"{level}: {' '.join(one.split()[:2])}" for one in found)
            examples += [f"{level} {record['id']}: {one}" for one in found[:2]]
        row = [
            f"{value:,.0f}"
            for some in (texts, structured)
            for value in (median(some), quantiles(some, n=10)[8], max(some))
        ]
        print(f"| {level} | {gone} | {' | '.join(row)} |")
    print("\n".join(["", *(f"{count:5} {what}" for what, count in lost.most_common()), *examples[:20]]))
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
