"""The tools that agents call: upstream's twelve and one for files, over the one search and what is stored."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from search_fn.index.current import CurrentIndex
from search_fn.index.open import Index
from search_fn.issues.github import Tracker
from search_fn.text import NOTICE, canonical
from search_fn.tools import files_text, markdown
from search_fn.tools import schemas as s
from search_fn.tools.arguments import checked
from search_fn.tools.files import codebundle_file
from search_fn.tools.handlers import (
    codebundle_details,
    existing_requests,
    find_codebundles,
    find_collections,
    find_documentation,
    find_keywords,
    find_libraries,
    list_codebundles,
    request_codebundle,
)
from search_fn.tools.size import DEFAULT_SIZE, HARD_SIZE, Answer, Draft, fitted


class Service:
    """What tools answer from: the index that is current when each is called, and the issue tracker."""

    def __init__(self, index: CurrentIndex, tracker: Tracker) -> None:
        self.index = index
        self.tracker = tracker


class Tool(NamedTuple):
    """`run` answers checked arguments with the fields of `answer`, given the tracker too if it is `tracked`; `text`
    makes Markdown of them. An answer has `size` characters, data and text together.
    """

    name: str
    category: str
    title: str
    description: str
    arguments: type[s.Arguments]
    answer: Mapping[str, Any]
    run: Callable[..., Draft]
    text: Callable[[markdown.Data], str]
    tracked: bool = False
    size: int = DEFAULT_SIZE

    @property
    def waits(self) -> bool:
        """Whether a call waits for somebody else, and so is made in a thread of its own."""
        return self.category == "action"


def call(tool: Tool, service: Service, given: Mapping[str, Any]) -> Answer:
    """Call a tool; an argument that is null counts as left out. Raises WrongArguments if `given` is not what it takes,
    ToolError if there is nothing that it could mean, and IndexUnavailable.
    """
    arguments = checked(tool.name, tool.arguments, given)
    # Whoever asks for more has room for it.
    more = "max_results" in arguments.model_fields_set or getattr(arguments, "detail", "") == "full"
    texts: dict[str, Callable[[markdown.Data], str]] = {"json": canonical, "summary": markdown.summary}
    text = texts.get(getattr(arguments, "format", ""), tool.text)
    opened = service.index()
    draft = tool.run(opened, arguments, *([service.tracker] if tool.tracked else []))
    return answered(opened, draft, text, HARD_SIZE if more else tool.size)


def answered(index: Index, draft: Draft, text: Callable[[markdown.Data], str], size: int) -> Answer:
    """A draft with what all answers have, in at most `size` characters."""
    shared = {"build_id": index.manifest.build_id, "notes": [], "notice": NOTICE}
    return fitted(draft._replace(data={**shared, **draft.data}), text, size)


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("find_codebundle", "search", "Find CodeBundles",
             "Find CodeBundles (skill templates) for a symptom, question or name, best first.",
             s.Find, s.FOUND, find_codebundles, markdown.found),
        Tool("search_codebundles", "search", "Search CodeBundles by tag",
             "Find CodeBundles among those with one of the given support tags.",
             s.Find, s.FOUND, find_codebundles, markdown.found),
        Tool("list_codebundles", "info", "List CodeBundles",
             "List the CodeBundles of the catalogue or of one CodeCollection, by id.",
             s.ListCodebundles, s.FOUND, list_codebundles, markdown.found),
        Tool("get_codebundle_details", "info", "CodeBundle in detail",
             "What one CodeBundle does and needs: tools, variables, secrets, access, source.",
             s.GetCodebundleDetails, s.DETAILS, codebundle_details, markdown.details),
        Tool("get_codebundle_file", "info", "File of a CodeBundle",
             "Read robot code, scripts and templates of a CodeBundle: a file, its lines, or what belongs to one tool.",
             s.GetCodebundleFile, s.FILES, codebundle_file, files_text.file, size=HARD_SIZE),
        Tool("find_codecollection", "search", "Find CodeCollections",
             "Find the CodeCollections of a name, or with CodeBundles for a need.",
             s.FindCodecollection, s.COLLECTIONS, find_collections, markdown.collections),
        Tool("list_codecollections", "info", "List CodeCollections",
             "List the CodeCollections of the catalogue with commit and state.",
             s.ListCodecollections, s.COLLECTIONS, find_collections, markdown.collections),
        Tool("keyword_usage_help", "search", "Keyword usage",
             "How Robot Framework keywords of the indexed libraries are used.",
             s.KeywordUsageHelp, s.PAGES_FOUND, find_keywords, markdown.found),
        Tool("find_library_info", "search", "Keyword libraries",
             "Find keyword libraries that CodeBundles can use.",
             s.FindLibraryInfo, s.PAGES_FOUND, find_libraries, markdown.found),
        Tool("find_documentation", "search", "Find documentation",
             "Find documentation pages on writing and running CodeBundles.",
             s.FindDocumentation, s.PAGES_FOUND, find_documentation, markdown.found),
        Tool("get_development_requirements", "info", "Development requirements",
             "What a CodeBundle has to have to use a feature.",
             s.GetDevelopmentRequirements, s.PAGES_FOUND, find_documentation, markdown.found),
        Tool("request_codebundle", "action", "Request a CodeBundle",
             "Make the address of a filled-in request for a CodeBundle that is missing; sends it only with submit.",
             s.RequestCodebundle, s.REQUEST, request_codebundle, markdown.request, tracked=True),
        Tool("check_existing_requests", "info", "Existing requests",
             "Whether a CodeBundle has been requested already.",
             s.CheckExistingRequests, s.REQUESTS, existing_requests, markdown.requests, tracked=True),
    )
}  # fmt: skip
"""By name, in the order in which they are listed."""
