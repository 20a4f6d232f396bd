"""What the tools for CodeBundles that are missing answer: a request to send, and those that are open."""

from urllib.parse import urlencode

from search_fn.index.facets import encodable
from search_fn.index.open import Index
from search_fn.issues.github import LABEL, Tracker, TrackerUnavailable
from search_fn.issues.request import issues_address, open_requests, request_for
from search_fn.query.read import read_query
from search_fn.query.words import words
from search_fn.search.ranking import search
from search_fn.tools import schemas as s
from search_fn.tools.size import Draft

# A score from which a CodeBundle is said to come near what is missing.
_NEAR = 0.3
# Shorter words are abbreviations, which bundles may spell out.
_SHORTEST = 4
_CLOSED = "It was requested before and has been closed: say there if it is still wanted."


def request_codebundle(index: Index, given: s.RequestCodebundle, tracker: Tracker) -> Draft:
    query = given.original_query or " ".join([given.platform, *given.tasks])
    found = search(index, query, limit=5)
    similar = [result.id for result in found.results if result.score >= _NEAR] if found.confident else []
    missing = _missing(index, query, given.platform)
    if missing:
        # What matches is then about something else.
        similar = []
    requests = open_requests(index.documents.get("requests"), query, given.platform) or []
    wanted = request_for(
        given.platform,
        given.tasks,
        similar,
        requests,
        query=given.original_query,
        context=given.context,
        contact_ok=given.contact_ok,
        repository=tracker.repository,
    )
    url = wanted.url
    notes = ["The text is cut: an address holds no more."] if wanted.cut else []
    submitted = False
    if given.submit:
        try:
            url, is_open = tracker.submit(wanted.title, wanted.body, wanted.key)
            submitted, notes = True, [] if is_open else [_CLOSED]
        except TrackerUnavailable as error:
            notes.append(str(error))
    if missing and not submitted:
        notes.append(f'No CodeBundle here has the word "{missing}".')
    data = {"url": url, "title": wanted.title, "submitted": submitted, "similar": similar, "requests": requests}
    return Draft(data | {"notes": notes})


def _missing(index: Index, query: str, platform: str) -> str:
    """Return the platform where nothing here has a word of it, else the first name in the query that nothing here has:
    a word that is none of the language either; "" where there is none.
    """
    named = list(words(encodable(platform)))
    if any(len(word) >= _SHORTEST for word in named) and not any(index.vocabulary.knows(word) for word in named):
        return " ".join(platform.split())[:60]
    unknown = read_query(query, index.vocabulary).unknown
    return next((word for word in unknown if not index.encoder.has_word(word)), "")


def existing_requests(index: Index, given: s.CheckExistingRequests, tracker: Tracker) -> Draft:
    term = encodable(given.search_term)
    url = f"{issues_address(tracker.repository)}?{urlencode({'q': f'is:issue is:open label:{LABEL} {term}'})}"
    known = open_requests(index.documents.get("requests"), term)
    notes = [] if known is not None else ["This build has no snapshot of the open requests."]
    return Draft({"search_term": term, "known": known is not None, "requests": known or [], "url": url, "notes": notes})
