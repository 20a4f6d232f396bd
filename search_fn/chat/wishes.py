"""What a question wants beside its subject: only what reads, or what a bundle needs or may change."""

import re
from typing import NamedTuple

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


class Wishes(NamedTuple):
    """`question` is what is left to search for. `reading`: only what is known to read; `needs`, `changes`: it asks what
    a bundle needs, or may change.
    """

    question: str
    reading: bool
    needs: bool
    changes: bool


def read_wishes(question: str) -> Wishes:
    """Return what a question wants, and the question without the words that narrow it."""
    left = _READING.sub(" ", question)
    reading = left != question
    return Wishes(
        " ".join(left.split()) if reading else question,
        reading,
        bool(_NEEDS.search(left)),
        not reading and bool(_CHANGES.search(left)),
    )
