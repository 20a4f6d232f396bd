"""Whether a query asks for something to be done: actions.txt has what may be."""

import re
from collections.abc import Sequence
from pathlib import Path

ACTIONS = frozenset(re.findall(r"\w+", Path(__file__).with_name("actions.txt").read_text(encoding="utf-8")))
# After these it is asked for ("how to restart", "find and fix"), elsewhere told ("after the last restart"). At the
# beginning it is a request, too, and so is what few words name: "deployment rollback".
_BEFORE_WORDS = """
    and auto automatically can could help how i let me must or please shall should something somebody that then to want
    we which will would you
"""
BEFORE = frozenset(_BEFORE_WORDS.split())
# "What restarts a deployment" asks for it as well.
WHO = frozenset(("what", "which", "who"))
FEW_WORDS = 3


def asks(words: Sequence[str]) -> bool:
    """Return whether words, in small letters and in the order of the query, ask for something to be done."""
    return any(
        (word in ACTIONS and (len(words) <= FEW_WORDS or before in BEFORE or not before))
        or (before in WHO and word.removesuffix("s") in ACTIONS)
        for before, word in zip(["", *words], words, strict=False)
    )
