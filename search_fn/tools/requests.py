"""The answers of the tools for CodeBundles that are missing: a request to send, and the open requests."""

from urllib.parse import urlencode

from search_fn.index.facets import encodable
from search_fn.index.open import Index
from search_fn.issues.github import LABEL, Tracker, TrackerError
from search_fn.issues.request import issues_address, open_requests, request_for
from search_fn.query.read import read_query
from search_fn.query.words import words
from search_fn.search.ranking import search
from search_fn.tools import schemas as s
from search_fn.tools.size import Draft

# The least score, 0..1, of a CodeBundle that is named as similar to what is missing.
_NEAR = 0.3
# Letters. Shorter words are mostly abbreviations, which bundles may spell out.
_SHORTEST = 4
_CLOSED = "It was requested before and has been closed: say there if it is still wanted."


def request_codebundle(index: Index, arguments: s.RequestCodebundle, tracker: Tracker) -> Draft:
    """Return a request for a CodeBundle, with what comes near it: the address that a person opens, or that of the
    issue.

    Args:
        index: The index.
        arguments: What the CodeBundle should do, and whether to submit the request now.
        tracker: Where it is submitted.
    """
    query = arguments.original_query or " ".join([arguments.platform, *arguments.tasks])
    near = search(index, query, limit=5)
    similar = [result.id for result in near.results if result.score >= _NEAR] if near.confident else []
    missing = _missing(index, query, arguments.platform)
    if missing:
        # Results without the missing word are about something else.
        similar = []
    requests = open_requests(index.documents.get("requests"), query, arguments.platform) or []
    request = request_for(
        arguments.platform,
        arguments.tasks,
        similar,
        requests,
        query=arguments.original_query,
        context=arguments.context,
        contact_ok=arguments.contact_ok,
        repository=tracker.repository,
    )
    url = request.url
    notes = ["The text is cut: an address holds no more."] if request.cut else []
    submitted = False
    if arguments.submit:
        try:
            url, is_open = tracker.submit(request.title, request.body, request.key)
            submitted, notes = True, [] if is_open else [_CLOSED]
        except TrackerError as error:
            notes.append(str(error))
    if missing and not submitted:
        notes.append(f'No CodeBundle here has the word "{missing}".')
    data = {"url": url, "title": request.title, "submitted": submitted, "similar": similar, "requests": requests}
    return Draft(data | {"notes": notes})


def _missing(index: Index, query: str, platform: str) -> str:
    """Return the platform where no bundle has a word of it, else the first name in the query that no bundle has: a word
    that is none of the language either; "" where there is none.
    """
    names = list(words(encodable(platform)))
    if any(len(word) >= _SHORTEST for word in names) and not any(index.vocabulary.knows(word) for word in names):
        return " ".join(platform.split())[:60]
    unknown = read_query(query, index.vocabulary).unknown
    return next((word for word in unknown if not index.encoder.has_word(word)), "")


def existing_requests(index: Index, arguments: s.CheckExistingRequests, tracker: Tracker) -> Draft:
    """Return the open requests about a term.

    Args:
        index: The index, whose build has read the requests.
        arguments: The term.
        tracker: Whose repository has them.
    """
    term = encodable(arguments.search_term)
    url = f"{issues_address(tracker.repository)}?{urlencode({'q': f'is:issue is:open label:{LABEL} {term}'})}"
    known = open_requests(index.documents.get("requests"), term)
    notes = [] if known is not None else ["This build has no snapshot of the open requests."]
    return Draft({"search_term": term, "known": known is not None, "requests": known or [], "url": url, "notes": notes})
