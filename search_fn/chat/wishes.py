"""What a question asks for besides its subject: read-only tools, or a bundle's needs or changes."""

import re
from typing import NamedTuple

from search_fn.query.actions import ACTIONS

_CHANGING = r"(?:chang|modify|touch|restart|break|alter|delet|writ|affect|interrupt|disrupt)\w*"
# What narrows the search. A question whether something is read-only is about that thing, and narrows nothing.
_READING = re.compile(
    rf"(?:,\s*)?\b(?:without (?:ever )?{_CHANGING}(?: or {_CHANGING})*(?: (?:any|some)thing| it| (?:the|any) \w+)?"
    rf"|(?:must|should|may|can|shall)(?: not|n[o']t) {_CHANGING}(?: (?:any|some)thing| it)?"
    r"|(?:that|which) (?:only|just) (?:reads?|looks?)|(?:only|just) (?:look|read|observe)(?:ing|s)?"
    r"|read[- ]?only (?=(?:\w+ )?(?:ones?|tools?|bundles?|code ?bundles?|skills?|skill templates?|checks?|ways?))"
    r"|(?:only )?read[- ]?only(?: ones?)?,? please)",
    re.IGNORECASE,
)
_NEEDS = re.compile(
    r"\b(?:needs?|needed|requires?|required|requirements?|prerequisites?|variables?|secrets?|permissions?|credentials?"
    r"|parameters?|settings?|configur\w+|set (?:it |this |that )?up|roles?|iam|rbac)\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    rf"\bread[- ]?only\b|\bsafe\b|\b(?:does|do|will|can|could|might|would)\b.*\b{_CHANGING}", re.IGNORECASE
)

# An action that is asked for: "what restarts a deployment", "how to restart one", "restart it".
_ACTION = "|".join(sorted(ACTIONS))
_WHO = re.compile(rf"^\W*(?:what|which|who) ({_ACTION})s\b", re.IGNORECASE)
_ACTING = re.compile(rf"^\W*(?:please )?(?:{_ACTION})\b|\b(?:to|can|should|i|we) (?:{_ACTION})\b", re.IGNORECASE)
_ONE = re.compile(r"\b(?:its?|this|that|one)\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:they|them|their|these|those|both|all|each|ones)\b", re.IGNORECASE)


class Wishes(NamedTuple):
    """The demands of a question.

    `question` is what is left to search for. `reading`: only read-only bundles; `needs`, `changes`: it asks for a
    bundle's requirements, or what it may change. `of_one`: it is about one thing, not several. `acts`: it asks for
    something to be done.
    """

    question: str
    reading: bool
    needs: bool
    changes: bool
    of_one: bool
    acts: bool = False


def read_wishes(question: str) -> Wishes:
    """Return the demands of a question, and the question without the words that narrow it."""
    left = _READING.sub(" ", question)
    reading = left != question
    # Told of a tool, it is what the tool is to do.
    told = _WHO.sub(r"\1", " ".join(left.split()) if reading else question)
    return Wishes(
        told,
        reading,
        bool(_NEEDS.search(left)),
        not reading and bool(_CHANGES.search(left)),
        bool(_ONE.search(left)) and not _SEVERAL.search(left),
        not reading and bool(_ACTING.search(told)),
    )
