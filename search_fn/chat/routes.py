"""The chat: questions about the catalogue, answered from it, in a model's words where there is a provider."""

import re
from contextlib import suppress
from functools import partial
from typing import Any

from fastapi import FastAPI, Response

from search_fn.chat import text as chat_text
from search_fn.chat.model import ask, check_claims
from search_fn.chat.schemas import ChatAnswer, ChatHealth, ChatQuestion, QueryFacts, RelevantBundle
from search_fn.chat.sources import Source, context, find_sources
from search_fn.http.responses import UNREAD, answered
from search_fn.http.threads import call_apart
from search_fn.index.current import CurrentIndex
from search_fn.index.facts import IndexUnavailableError
from search_fn.index.open import Index
from search_fn.issues.request import request_for
from search_fn.settings import Settings

# A greeting, or a question about what can be asked.
_ABOUT = re.compile(
    r"\W*(?:(?:hi|hello|hey|thanks|thank you|good (?:morning|day|evening)|help|ok|okay)(?: there| everyone)?"
    r"|what (?:can|do) you (?:do|know|offer)(?: for me| here)?|how (?:can|do) you (?:help|work)(?: me)?|who are you"
    r"|what can i ask(?: you| here)?|what is (?:available|here)"
    r"|(?:what|which|how many) (?:code ?)?(?:bundle|collection|tool)s(?: are (?:there|available)| do you have)?)?\W*",
    re.IGNORECASE,
)
_KINDS: dict[str, Any] = {"codebundle": "codebundles", "documentation": "documentation", "library": "libraries"}


def add_chat_routes(app: FastAPI, index: CurrentIndex, settings: Settings) -> None:
    """Add the routes over the index that is current when each request comes."""

    @app.post("/api/v1/chat/query", tags=["chat"], operation_id="ask", summary="Ask a question", responses=UNREAD)
    async def query(asked: ChatQuestion) -> ChatAnswer:
        """Answer a question about the catalogue, with the sources of the answer."""
        return await _answer(index(), asked, settings)

    @app.get("/api/v1/chat/health", tags=["chat"], operation_id="get_chat_health", summary="The chat's health")
    async def chat_health() -> ChatHealth:
        """Whether the chat can answer, and in whose words."""
        provider, works = settings.provider, False
        with suppress(IndexUnavailableError):
            works = bool(index())
        return ChatHealth(
            status="healthy" if works else "degraded",
            ai_enabled=provider is not None,
            ai_provider=provider.name if provider else None,
            model=provider.model if provider else None,
            mcp_status="healthy" if works else "unavailable",
            mcp_semantic_search=works,
        )

    @app.get(
        "/api/v1/chat/examples",
        tags=["chat"],
        operation_id="list_questions",
        summary="Questions to begin with",
        responses=answered("ChatExamples"),
    )
    async def examples() -> Response:
        """Questions that the catalogue answers."""
        return Response(chat_text.EXAMPLES, media_type="application/json")


async def _answer(index: Index, asked: ChatQuestion, settings: Settings) -> ChatAnswer:
    manifest, question = index.manifest, asked.question
    facts = QueryFacts(query_processed_at=manifest.updated, llm_enabled=settings.provider is not None)
    answer_of = partial(ChatAnswer, query_metadata=facts, build_id=manifest.build_id)
    if _ABOUT.fullmatch(question):
        return answer_of(answer=chat_text.about(manifest))
    found = await call_apart(settings.embeddings is not None, find_sources, index, asked)
    sources, answer, wishes, _ = found
    facts.search_engine = answer.engine
    data = context(sources, settings.chat_characters)
    reply = await ask(settings, asked, data) if sources else None
    if not sources or (reply and not reply.answered):
        repository = settings.issues_repository
        near = [result.id for result in [source.result for source in sources] or answer.results]
        url = request_for("", [question], query=question, repository=repository).url
        text = chat_text.no_answer(near[:3], url, reading=wishes.reading)
        return answer_of(answer=text, no_match=True, degraded=answer.degraded)
    known = {each for one in sources for each in (one.result.url, one.record.get("runbook_source_url"))}
    claims = list(check_claims(reply, len(data), known)) if reply else []
    failed = facts.llm_enabled and not claims
    told = any(chat_text.WITHOUT in one.content for one in asked.conversation_history if one.role == "assistant")
    text, cited = chat_text.cite_claims(claims, sources) if claims else chat_text.extract(found, failed, is_told=told)
    facts.context_tasks_count = sum(bool(source.record) for source in sources)
    kinds = {_KINDS[result.type] for result in cited}
    return answer_of(
        answer=text,
        relevant_tasks=[_relevant(source) for source in sources if source.record],
        confidence_score=max(source.result.score for source in sources),
        sources_used=[result.id for result in cited],
        answer_source="mixed" if len(kinds) > 1 else min(kinds),
        degraded=failed or answer.degraded,
    )


def _relevant(source: Source) -> RelevantBundle:
    result, record = source
    fields = {name: value for name, value in record.items() if value is not None}
    return RelevantBundle(
        **fields,
        codebundle_name=record["title"],
        codebundle_slug=record["slug"],
        collection_name=record["codecollection"]["name"],
        collection_slug=record["codecollection"]["slug"],
        relevance_score=result.score,
        resource_types=record["configuration_type"]["resource_types"],
    )
