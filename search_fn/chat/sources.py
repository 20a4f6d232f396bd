"""The sources of the chat's answers: a search for the question, and for the one before where it continues that."""

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from search_fn.chat.schemas import MAX_MESSAGE, ChatQuestion
from search_fn.chat.wishes import Wishes, read_wishes
from search_fn.index.facets import NO_FILTERS, Filters
from search_fn.index.open import Index
from search_fn.query.platforms import read_platforms, without_platforms
from search_fn.query.words import STOP_WORDS, compounds, stem
from search_fn.search.access import stated
from search_fn.search.ranking import MAX_QUERY, TYPES, search
from search_fn.search.results import Result, SearchAnswer
from search_fn.text import shortened
from search_fn.tools.size import LAST, Draft, fit_to_size, shorten

_THING = r"(?:one|bundle|codebundle|tool|task|monitor|runbook)s?\b"
# "that" joins clauses, too, and "one" counts.
_REFERS = re.compile(
    r"\b(?:its?|they|them|those|these|this|both|the (?:first|second|third)|that(?=\W*$)|(?:which|other) ones?"
    rf"|that {_THING}|(?:is|does|do|can|will|of|for|with|about|on|from|run|use) that)\b",
    re.ASCII | re.IGNORECASE,
)
_GOES_ON = re.compile(r"\W*(and|or|also|but|what about|how about|what if|same|instead)\b", re.ASCII | re.IGNORECASE)
_ORDINALS = ("first", "second", "third")
# Stems of what can be asked of any bundle, and so does not say of which.
_GENERAL = """
    access argument author both bundle code codebundle config configur configuration credential detail do doc
    documentation explain first install it link list monitor need option parameter permission read readonly requir
    run runbook safe schedul script second secret set setting setup skill sli source start step task templat that
    them these they third this those tool use variabl work write
"""
_OF_ANY = frozenset(_GENERAL.split())
# Words of its own with which a question that refers to something still goes on from the one before.
_FEW = 3
_NAMED = 5
# How an answer begins that there is none: what it names besides is only near.
UNANSWERED = "Nothing in the catalogue answers this with any confidence."
# What of the best score a bundle has that is worth showing beside the best.
_NEAR = 0.5
_IN_CONTEXT = 5
_ONLY_READS = Filters.of(access=("read-only",))


# What tools, variables and secrets there are is asked more often than what a README says.
_CUTS = (
    shorten("README", "readme", most=1_000),
    shorten("README", "readme", most=300),
    shorten("documentation of tools", "tools", "documentation", most=120),
    *LAST,
)


class Source(NamedTuple):
    """A result, and its stored record; none of what is not a bundle."""

    result: Result
    record: dict[str, Any]


class Sources(NamedTuple):
    """The sources that answer a question, best first, with what the question wants.

    `spoken_of` says that the first was named: in the question, or before, where the question continues from that.
    """

    sources: list[Source]
    answer: SearchAnswer
    wishes: Wishes
    is_named: bool


def find_sources(index: Index, asked: ChatQuestion) -> Sources:
    """Return the sources that answer a question; none where nothing is confident or named.

    Raises:
        IndexUnavailableError: The records cannot be read.
    """
    wishes, history = read_wishes(shortened(asked.question, MAX_QUERY)), asked.conversation_history
    question, filters = wishes.question, _ONLY_READS if wishes.reading else NO_FILTERS
    asked_before = [read_wishes(shortened(one.content, MAX_MESSAGE)) for one in reversed(history) if one.role == "user"]
    # What a question like "what does it need" goes on from is what was asked before it.
    subjects = [each for each in asked_before if _own_words(each.question)]
    before = next((each.question for each in [*subjects, *asked_before]), "")
    answers = (one.content for one in reversed(history) if one.role == "assistant")
    last_answer = shortened(next(answers, ""), MAX_MESSAGE)
    own = _own_words(question)
    known = {word for word in own if index.vocabulary.knows(word)}
    refers = bool(_REFERS.search(question))
    goes_on = refers or not own or _GOES_ON.match(question) or len(own) == 1 == len(known)
    named = _named_bundles(index, question)
    query = question
    if history and goes_on and len(known) <= _FEW:
        if refers or not (own or last_answer.startswith(UNANSWERED)):
            named += _choose(question, _named_bundles(index, last_answer))
        if read_platforms(question).named:
            before = without_platforms(before)
        query = (f"{question} {before}" if own else before) or question
    answer = search(index, query, filters, types=TYPES, limit=asked.context_limit)
    named = [name for name in dict.fromkeys(named) if not wishes.reading or _only_reads(index, name)][:_NAMED]
    found = [search(index, name, types=("codebundle",), limit=1).results[0] for name in named]
    if answer.confident:
        worth = _NEAR * max(result.score for result in answer.results)
        # Keywords and documentation are for authors: they come in where they answer better than any bundle.
        types = {result.type for result in answer.results} if answer.results[0].type != "codebundle" else {"codebundle"}
        found += [one for one in answer.results if one.score >= worth and one.id not in named and one.type in types]
    bundles = [result.id for result in found if result.type == "codebundle"]
    records = dict(zip(bundles, index.stored([index.positions[name] for name in bundles], "record"), strict=True))
    sources = [Source(result, json.loads(records.get(result.id, "{}"))) for result in found]
    if wishes.acts:
        # What is named was asked for.
        sources[len(named) :] = sorted(sources[len(named) :], key=_looks)
    return Sources(sources[: asked.context_limit], answer, wishes, bool(named))


def _looks(source: Source) -> bool:
    """Return whether a source does nothing: no code of it is known to change anything."""
    return source.record.get("effect") != "changes"


def context(sources: Sequence[Source], characters: int) -> list[dict[str, Any]]:
    """Return the best sources for a model, numbered from 1, cut to `characters` of JSON."""
    shown = sources[:_IN_CONTEXT]
    share = characters // max(len(shown), 1)
    drafts = (
        Draft({"number": number, **_summarize(source), "notes": []}, cuts=_CUTS)
        for number, source in enumerate(shown, 1)
    )
    return [fit_to_size(draft, lambda data: "", share).data for draft in drafts]


def _summarize(source: Source) -> dict[str, Any]:
    result, record = source
    if not record:
        return {"type": result.type, "name": result.display_name, "text": result.description}
    ai = record["ai"] or {}
    return {
        "type": result.type,
        "id": result.id,
        "name": record["title"],
        "what": record["doc"] or record["description"],
        "platforms": record["platforms"],
        "access": stated(record),
        "effect": record["effect"],
        "tools": [_pick(tool, "title", "kind", "access", "effect", "documentation") for tool in record["tools"]],
        "variables": [_pick(one, "name", "required", "description", "default") for one in record["user_variables"]],
        "secrets": [_pick(one, "name", "required", "description") for one in record["secrets"]],
        "minimum_iam_requirements": record["minimum_iam_requirements"],
        "configuration": record["configuration_type"]["type"],
        **{name: ai[name] for name in ("use_cases", "questions", "symptoms") if ai.get(name)},
        "readme": record["readme"],
    }


def _pick(one: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: one[name] for name in names if one[name] not in (None, "")}


def _own_words(question: str) -> set[str]:
    """Return the words of a question that say what it is about."""
    result = {whole for whole, _ in compounds(question) if not whole.isdigit()} - STOP_WORDS
    return {word for word in result if stem(word) not in _OF_ANY}


def _named_bundles(index: Index, text: str) -> list[str]:
    """Return the ids of the bundles that a text names by id or slug, in its order."""
    # In our own answers they are escaped.
    tokens = dict.fromkeys(re.findall(r"[\w.-]+(?:/[\w.-]+)?", text.replace("\\", "")))
    places = (index.spelled(token) for token in tokens if re.search(r"\w[-_/]\w", token))
    return list(dict.fromkeys(index.ids[position] for positions in places for position in positions))


def _only_reads(index: Index, name: str) -> bool:
    return search(index, name, types=("codebundle",), limit=1).results[0].access_level == "read-only"


def _choose(question: str, named: list[str]) -> list[str]:
    wanted = [place for place, word in enumerate(_ORDINALS) if re.search(rf"\b{word}\b", question.lower())]
    return [named[place] for place in wanted if place < len(named)] or named
