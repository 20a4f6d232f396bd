"""The function's HTTP interface: search and health; catalogue, tools, MCP and chat join them."""

from functools import partial
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from search_fn.chat.routes import add_chat_routes
from search_fn.http.answer_limit import AnswerLimit
from search_fn.http.auth import Gate
from search_fn.http.body_limit import BodyLimit
from search_fn.http.caching import NO_STORE, Caching
from search_fn.http.errors import HANDLERS
from search_fn.http.head import Head
from search_fn.http.parameters import CheckedRoute
from search_fn.http.remembering import SEARCH, Remembering
from search_fn.http.request_log import RequestLog
from search_fn.http.responses import documented
from search_fn.http.slashes import WithoutSlash
from search_fn.http.threads import call_apart
from search_fn.index.current import CurrentIndex
from search_fn.index.facets import Filters
from search_fn.index.facts import INTERFACE, Counts
from search_fn.issues.github import Tracker
from search_fn.mcp.http import add_mcp_routes
from search_fn.rest.alerts import add_alert_routes
from search_fn.rest.catalogue import add_catalogue_routes
from search_fn.rest.described import ABOUT, complete_openapi
from search_fn.rest.images import add_image_routes
from search_fn.rest.parameters import (
    Authors,
    Collections,
    Effects,
    Explain,
    Kinds,
    Levels,
    Maintainers,
    Needs,
    Offset,
    Platforms,
    ResourceTypes,
    ResultLimit,
    SearchOrder,
    Since,
    Tags,
    Tested,
    Text,
    Types,
)
from search_fn.rest.tools import add_tool_routes
from search_fn.search.ranking import TYPES, search
from search_fn.search.results import SearchAnswer
from search_fn.settings import Settings
from search_fn.tools.registry import Service


class Health(BaseModel):
    """`status` is "ok" when the index is open; otherwise the answer is a 503 problem. `updated` is the newest commit,
    `checked_at` when a build last looked at all collections, `age_seconds` how long ago that is and `overdue` whether
    it should be less: as the file beside the index says, null where there is none, as on object storage.
    """

    status: str
    build_id: str
    updated: str | None
    counts: Counts
    checked_at: str | None
    age_seconds: int | None
    overdue: bool | None


class _Api(FastAPI):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The middleware is for HTTP alone: servers have their own messages about starting and stopping.
        await (super().__call__ if scope["type"] == "http" else self.router)(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            # Imported here: only the description needs the schemas, no other answer does.
            from search_fn.rest.documents import DOCUMENTS, PARAMETERS, definitions

            self.openapi_schema = complete_openapi(super().openapi(), definitions(), DOCUMENTS, PARAMETERS)
        return self.openapi_schema


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    raise HTTPException(404, "Nothing is at this address; /api/docs has those that there are.")


def create_app(settings: Settings) -> FastAPI:
    """Return the application over the index that `settings` name.

    The index is opened by the first request that needs it, or by `app.state.index()`; a failure is retried by the next.
    """
    app = _Api(
        title="CodeCollection Registry",
        summary="Search the catalogue of RunWhen CodeBundles.",
        version="1",
        **ABOUT,
        servers=[{"url": settings.public_url or "/"}],
        # FastAPI's own load their scripts from another host.
        docs_url=None,
        redoc_url=None,
        exception_handlers=HANDLERS,
        responses=documented(400, 401, 413, 422, 503),
        redirect_slashes=False,
    )
    app.router.route_class = CheckedRoute
    app.router.default = WithoutSlash(app.router, _nothing)
    app.state.index = index = CurrentIndex(settings)
    app.state.origins = settings.allowed_origins
    # The last is the outermost.
    app.add_middleware(AnswerLimit)
    app.add_middleware(Remembering, index=index)
    app.add_middleware(Head)
    app.add_middleware(BodyLimit)
    app.add_middleware(Caching, index=index, settings=settings)
    app.add_middleware(Gate, settings=settings)
    app.add_middleware(RequestLog, settings=settings)

    # Routes are async, though none awaits: Lambda sends one request at a time, and a thread for it would cost half a
    # millisecond, and some 16 MB in the allocator's arenas, which grow with every new thread.
    @app.get(SEARCH, tags=["search"], operation_id="search", summary="Search", response_model=SearchAnswer)
    async def search_bundles(
        q: Text = "",
        types: Types = (),
        collection: Collections = (),
        platform: Platforms = (),
        tag: Tags = (),
        access: Levels = (),
        effect: Effects = (),
        kind: Kinds = (),
        resource_type: ResourceTypes = (),
        author: Authors = (),
        maintained_by: Maintainers = (),
        tests: Tested = (),
        needs: Needs = (),
        since: Since = (),
        sort: SearchOrder = "relevance",
        limit: ResultLimit = 10,
        offset: Offset = 0,
        explain: Explain = False,
    ) -> Response:
        """Find CodeBundles, or other `types`, by name, symptom, question or words."""
        filters = Filters.of(
            collection=collection,
            platform=platform,
            tag=tag,
            access=access,
            effect=effect,
            kind=kind,
            resource_type=resource_type,
            author=author,
            maintained_by=maintained_by,
            tests=tests,
            needs=needs,
            since=since,
        )
        wanted = [name.strip() for value in types for name in value.split(",") if name.strip()] or TYPES[:1]
        page = partial(search, types=wanted, limit=limit, offset=offset, explain=explain, sort=sort)
        answer = await call_apart(settings.embeddings is not None, page, index(), q, filters)
        # It is checked, and FastAPI would look at it once more.
        response = Response(answer.model_dump_json(), media_type="application/json")
        if answer.degraded:
            response.headers.update(NO_STORE)
        return response

    @app.get("/health", tags=["operation"], operation_id="get_health", summary="Health")
    @app.get("/api/v1/health", tags=["operation"], operation_id="get_health_below_api", summary="Health, below /api")
    async def health(response: Response) -> Health:
        """Whether the index is there, which build it is, and when a build last looked."""
        manifest, checked = index().manifest, index.checked()
        # Its age is of this moment.
        response.headers.update(NO_STORE)
        return Health(
            status="ok",
            build_id=manifest.build_id,
            updated=manifest.updated,
            counts=manifest.counts,
            checked_at=checked.checked_at if checked else None,
            age_seconds=checked.age() if checked else None,
            overdue=checked.overdue() if checked else None,
        )

    async def interface(request: Request) -> Response:
        return Response(index().documents.get(INTERFACE), media_type="text/html")

    app.add_route("/api/docs", interface, ["GET"], include_in_schema=False)
    service = Service(index, Tracker(settings))
    add_mcp_routes(app, service, settings)
    add_tool_routes(app, service, settings)
    add_catalogue_routes(app, index, settings)
    add_alert_routes(app, index, settings)
    add_image_routes(app, settings)
    add_chat_routes(app, index, settings)
    return app
