"""What the chat takes and gives: upstream's fields, and `degraded` and `build_id`."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool

from search_fn.search.ranking import MAX_QUERY

MAX_MESSAGE = 20_000
"""Characters."""

# defer_build: built when first used, and most starts of the function never are. FastAPI warns of a request's that is.


class Message(BaseModel):
    """A message of the conversation so far."""

    role: Annotated[str, Field(max_length=20, description="user or assistant; others are left out.", examples=["user"])]
    content: Annotated[str, Field(max_length=MAX_MESSAGE, description="Its words.", examples=["Pods keep restarting."])]


class ChatQuestion(BaseModel):
    """`include_enhanced_descriptions` is upstream's and changes nothing."""

    question: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_QUERY,
            description="In your own words.",
            examples=["Why do pods keep restarting?"],
        ),
    ]
    context_limit: Annotated[int, Field(ge=1, le=20, description="CodeBundles at most.", examples=[5])] = 10
    include_enhanced_descriptions: Annotated[
        StrictBool | None, Field(description="Upstream's; it changes nothing.", examples=[True])
    ] = True
    conversation_history: Annotated[list[Message], Field(max_length=20, description="Oldest first.")] = []


class RelevantBundle(BaseModel, defer_build=True):
    """A CodeBundle; `relevance_score` is the search's, 0..1, and 1 where it was named."""

    id: str
    codebundle_name: str
    codebundle_slug: str
    collection_name: str
    collection_slug: str
    description: str = ""
    support_tags: list[str]
    tasks: list[str]
    slis: list[str]
    author: str = ""
    access_level: str
    minimum_iam_requirements: list[str]
    runbook_source_url: str = ""
    relevance_score: float
    platform: str = ""
    resource_types: list[str]


class QueryFacts(BaseModel, defer_build=True):
    """`query_processed_at` is when the index was last brought up to date: equal questions have equal answers."""

    query_processed_at: str | None
    context_tasks_count: int = 0
    search_engine: str = "none"
    llm_enabled: bool
    platform_filter: str | None = None
    mcp_tools: list[str] = []


class ChatAnswer(BaseModel, defer_build=True):
    """`answer` is Markdown. `no_match`: nothing in the catalogue answers. `degraded`: the model's provider failed, and
    the answer is put together without it. `confidence_score` is the best `relevance_score`. `sources_used` are ids.
    """

    answer: str
    relevant_tasks: list[RelevantBundle] = []
    confidence_score: float | None = None
    sources_used: list[str] = []
    query_metadata: QueryFacts
    no_match: bool = False
    answer_source: Literal["documentation", "codebundles", "libraries", "mixed", "system"] = "system"
    degraded: bool = False
    build_id: str


class ChatHealth(BaseModel, defer_build=True):
    """`ai_provider` and `model` are null where no model words the answers; the provider is not asked how it is."""

    status: Literal["healthy", "degraded"]
    ai_enabled: bool
    ai_provider: str | None
    model: str | None
    mcp_status: Literal["healthy", "unavailable"]
    mcp_semantic_search: bool
