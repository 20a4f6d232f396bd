"""What a query marks: words that are not wanted (`-redis`, `!redis`, `NOT redis`), and phrases in quotes."""

import re
from typing import NamedTuple

UNWANTED = re.compile(r"(?:(?<=\s)|^)(?:[-!]|(NOT)\s{1,4})([A-Za-z][\w-]{1,40})(?=\s|$)", re.ASCII)
# What `NOT` stands before in a state that is shouted: "node NOT ready". Whoever shouts the word, too, tells a state.
_STATE_WORDS = """
    able accessible active answering available connected found healthy in joined joining known live loaded mounted ok
    permitted reachable ready registered resolved responding running scheduled set starting synced syncing up working
"""
STATES = frozenset(_STATE_WORDS.split())
# A command line, whose flags leave nothing out.
COMMAND = re.compile(
    r"(?:^|\s)--?[a-z-]+=|(?:^|\s)--[a-z]|^\s*(?:kubectl|oc|helm|aws|az|gcloud|curl|find|ps|rm|docker)\s"
)
SHORTEST = 3
QUOTED = re.compile(r"[\"“”]([^\"“”]{2,80})[\"“”]")
MOST_QUOTES = 3
# In a longer text a single word in quotes is a name of whoever asks: `volume "app-config" not found`.
MOST_WORDS_BESIDE_A_QUOTED_WORD = 5


class Marks(NamedTuple):
    """`text` is the query without the words that are not `wanted`; `quoted` are its phrases, which stay in the text."""

    text: str
    unwanted: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()


def read_marks(text: str) -> Marks:
    """Return what a query marks. Where nothing else is left of it, nothing is taken out."""
    is_long = len(text.split()) > MOST_WORDS_BESIDE_A_QUOTED_WORD + 1
    quoted = tuple(phrase for phrase in QUOTED.findall(text) if not is_long or len(phrase.split()) > 1)[:MOST_QUOTES]
    found = [] if COMMAND.search(text) else [match for match in UNWANTED.finditer(text) if _leaves_out(match)]
    rest = text
    for match in reversed(found):
        rest = rest[: match.start()] + " " + rest[match.end() :]
    if not found or not re.search(r"\w{2}", rest):
        return Marks(text, (), quoted)
    return Marks(rest, tuple(dict.fromkeys(match[2] for match in found)), quoted)


def _leaves_out(match: re.Match[str]) -> bool:
    shouted, word = match.groups()
    if shouted:
        return word.lower() not in STATES and (not word.isupper() or len(word) <= SHORTEST)
    return len(word) >= SHORTEST
