"""Phrases in a bundle's files that look like instructions to a language model."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

_ORDERS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["orders"]
_ORDER = re.compile("|".join(one["like"] for one in _ORDERS), re.IGNORECASE)
_NEEDS = [one["needs"] for one in _ORDERS]


def find_prompt_injections(texts: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Yield path, 1-based line and words of the first phrase in each text that looks like an instruction to a model."""
    for path, text in texts.items():
        # The expression looks at each place of a text in all its ways, which takes longer than all else.
        result = _ORDER.search(text) if _may_instruct(text) else None
        if result:
            yield path, text.count("\n", 0, result.start()) + 1, " ".join(result[0].split())


def _may_instruct(text: str) -> bool:
    folded = _folded(text)
    return any(all(any(word in folded for word in words) for words in needs) for needs in _NEEDS)


def _folded(text: str) -> str:
    """Return a text in small letters and with single blanks, as an expression that ignores case takes it."""
    text = " ".join(text.casefold().split())
    # For such an expression all of i, I, İ and ı are the same letter.
    return text if text.isascii() else text.replace("ı", "i").replace("i\u0307", "i")
