"""The tools that agents call, over the search and its index: twelve have the names that the registry before this one
gave them (upstream), others read files and changes, two are what ChatGPT's connectors call.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from search_fn.index.current import CurrentIndex
from search_fn.index.open import Index
from search_fn.issues.github import Tracker
from search_fn.text import NOTICE, canonical, inline
from search_fn.tools import connector, details_text, files_text, markdown, results_text
from search_fn.tools import schemas as s
from search_fn.tools.addresses import with_addresses
from search_fn.tools.arguments import ArgumentsError, parse_arguments
from search_fn.tools.changes import CHANGES, WhatChanged, changes_text, what_changed
from search_fn.tools.details import codebundle_details
from search_fn.tools.documentation import development_requirements, find_documentation, find_keywords
from search_fn.tools.files import codebundle_file
from search_fn.tools.find import find_codebundles, find_collections, list_codebundles
from search_fn.tools.libraries import find_libraries
from search_fn.tools.requests import existing_requests, request_codebundle
from search_fn.tools.size import DEFAULT_SIZE, HARD_SIZE, Answer, Draft, fit_to_size


class Service:
    """What tools read: the index that is current when each is called, and the issue tracker. `root` is the address
    below which pages and files lie, "" where it is unknown.
    """

    def __init__(self, index: CurrentIndex, tracker: Tracker, root: str = "") -> None:
        self.index = index
        self.tracker = tracker
        self.root = root

    def at(self, root: str) -> "Service":
        """Return the service for a request that was sent to `root`."""
        return Service(self.index, self.tracker, root)


class Tool(NamedTuple):
    """A tool of agents. `run` takes the index and validated arguments, the tracker too if the tool is `tracked`, and
    the root of addresses if it is `rooted`; it returns the fields of `answer`, which `text` renders as Markdown. An
    answer has at most `size` characters, data and text each.
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
    rooted: bool = False
    size: int = DEFAULT_SIZE

    @property
    def waits(self) -> bool:
        """Return whether a call waits for another server, and so is made in a thread of its own."""
        return self.category == "action"


def call(tool: Tool, service: Service, values: Mapping[str, Any]) -> Answer:
    """Call a tool.

    Args:
        tool: The tool.
        service: What it reads.
        values: The arguments as they were sent; null counts as left out.

    Raises:
        ArgumentsError: The arguments are not those that the tool takes.
        ToolError: They name nothing that exists.
        IndexUnavailableError: There is no index that can be read.
    """
    arguments = parse_arguments(tool.name, tool.arguments, values)
    # A caller that asks for a number of results or for full detail has room for a long answer.
    more = "max_results" in arguments.model_fields_set or getattr(arguments, "detail", "") == "full" or tool.rooted
    texts: dict[str, Callable[[markdown.Data], str]] = {"json": canonical, "summary": results_text.summary}
    text = texts.get(getattr(arguments, "format", ""), tool.text)
    index = service.index()
    extra = [*([service.tracker] if tool.tracked else []), *([service.root] if tool.rooted else [])]
    draft = tool.run(index, arguments, *extra)
    # A library that is named is wanted whole.
    more = more or draft.listed == "keywords"
    return finish(index, draft, text, HARD_SIZE if more else tool.size, service.root)


def finish(index: Index, draft: Draft, text: Callable[[markdown.Data], str], size: int, root: str = "") -> Answer:
    """Return the answer of a draft, with the fields that all answers have and absolute addresses.

    Args:
        index: The index that the draft was read from.
        draft: The answer at its full length.
        text: Renders the data as Markdown.
        size: Characters of the answer at most, where its cuts allow that.
        root: The address below which pages and files lie.
    """
    shared = {"build_id": index.manifest.build_id, "notes": [], "notice": NOTICE}
    return fit_to_size(draft._replace(data={**shared, **with_addresses(draft.data, root)}), text, size)


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("find_codebundle", "search", "Find CodeBundles",
             "Find CodeBundles (skill templates) that troubleshoot or monitor something, best first. Begin here with "
             "what somebody says: 'pods keep restarting', 'RDS snapshots are old'. Filters alone do too: access: "
             "read-write with platform: GCP.",
             s.Find, s.RESULTS, find_codebundles, results_text.results),
        Tool("search_codebundles", "search", "Search CodeBundles by tag",
             "The same search for whoever knows support tags: 'disk usage' with tags ['POSTGRES']; list_codebundles "
             "with values: tag has them. For a question or symptom use find_codebundle.",
             s.SearchCodebundles, s.SEARCH_RESULTS, find_codebundles, results_text.results),
        Tool("list_codebundles", "info", "List CodeBundles",
             "List CodeBundles without a question: all of them in one call (format: summary, max_results: 500), those "
             "that changed last (sort: updated), those of a CodeCollection; or the tags, platforms, resource types and "
             "authors that there are (values).",
             s.ListCodebundles, s.BUNDLE_LIST, list_codebundles, results_text.bundle_list),
        Tool("get_codebundle_details", "info", "CodeBundle in detail",
             "What one CodeBundle does and needs: tools, access, variables, secrets, permissions, configuration.",
             s.GetCodebundleDetails, s.DETAILS, codebundle_details, details_text.details),
        Tool("what_changed", "info", "What changed",
             "New, removed, renamed and changed CodeBundles since a date or a release, what breaks marked.",
             WhatChanged, CHANGES, what_changed, changes_text),
        Tool("get_codebundle_file", "info", "File of a CodeBundle",
             "Read robot code, scripts and templates of a CodeBundle: a file, its lines, or what belongs to one tool.",
             s.GetCodebundleFile, s.FILES, codebundle_file, files_text.file, size=HARD_SIZE),
        Tool("find_codecollection", "search", "Find CodeCollections",
             "Find the CodeCollections (repositories) of a name, or with CodeBundles for a need: 'azure'.",
             s.FindCodecollection, s.COLLECTIONS, find_collections, markdown.collections),
        Tool("list_codecollections", "info", "List CodeCollections",
             "List the CodeCollections of the catalogue with commit and state.",
             s.ListCodecollections, s.COLLECTIONS, find_collections, markdown.collections),
        Tool("keyword_usage_help", "search", "Keyword usage",
             "For authors: how a Robot Framework keyword is called, with arguments and examples, by its name or by "
             "what it should do: 'RW.Core.Add Issue', 'run a bash script'.",
             s.KeywordUsageHelp, s.KEYWORD_RESULTS, find_keywords, results_text.results),
        Tool("find_library_info", "search", "Keyword libraries",
             "For authors: which keyword libraries there are, those for a need, or one whole with its keywords: "
             "'RW.CLI'.",
             s.FindLibraryInfo, s.LIBRARIES, find_libraries, results_text.libraries),
        Tool("find_documentation", "search", "Find documentation",
             "Find documentation on writing and running CodeBundles, with the section that answers: "
             "'run a runbook locally'.",
             s.FindDocumentation, s.DOCUMENTATION_RESULTS, find_documentation, results_text.results),
        Tool("get_development_requirements", "info", "Development requirements",
             "What a CodeBundle has to have to use a feature: the documentation's sections whole: 'generation rules'.",
             s.GetDevelopmentRequirements, s.DOCUMENTATION_RESULTS, development_requirements, results_text.results),
        Tool("request_codebundle", "action", "Request a CodeBundle",
             "Make the address of a filled-in request for a CodeBundle that is missing; sends it only with submit.",
             s.RequestCodebundle, s.REQUEST, request_codebundle, markdown.request, tracked=True),
        Tool("check_existing_requests", "info", "Existing requests",
             "Whether a CodeBundle has been requested already.",
             s.CheckExistingRequests, s.REQUESTS, existing_requests, markdown.requests, tracked=True),
        Tool("search", "search", "Search everything",
             "Search CodeBundles, documentation and keywords at once, as ids for fetch. find_codebundle tells more.",
             s.Search, s.HITS, connector.search, canonical, rooted=True),
        Tool("fetch", "info", "Read a result",
             "Read what search found, whole, as Markdown: a CodeBundle, a page or section of documentation, a keyword "
             "library.",
             s.Fetch, s.DOCUMENT, connector.fetch, canonical, rooted=True),
    )
}  # fmt: skip
"""By name, in the order in which they are listed."""


def find_tool(name: str) -> Tool:
    """Return a tool.

    Raises:
        ArgumentsError: There is no tool of that name; the message has the names of all.
    """
    tool = TOOLS.get(name)
    if tool is None:
        raise ArgumentsError(f"There is no tool {inline(name[:60])}; there are {', '.join(TOOLS)}.")
    return tool
