"""Words in a bundle's files that are meant for a model rather than for people."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

_ORDERS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["orders"]
_ORDER = re.compile("|".join(_ORDERS), re.IGNORECASE)


def instructing(texts: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Yield the path, line (1-based) and words of the first such place in each text."""
    for path, text in texts.items():
        found = _ORDER.search(text)
        if found:
            yield path, text.count("\n", 0, found.start()) + 1, " ".join(found[0].split())
