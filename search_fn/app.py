"""The function's HTTP interface: search, the two calls of upstream's clients, health; the tools join it."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Response
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel

from search_fn.answers import SearchAnswer
from search_fn.body_limit import BodyLimit
from search_fn.current import CurrentIndex
from search_fn.filters import Filters
from search_fn.index import Index
from search_fn.listing import Sort, find_bundle, list_bundles
from search_fn.problem import HANDLERS
from search_fn.schema import Counts
from search_fn.search import MAX_LIMIT, MAX_QUERY, TYPES, search
from search_fn.settings import Settings
from search_fn.tool_routes import add_tool_routes

Values = Annotated[
    Sequence[str], Query(description="Exact but for case; a comma or a repeated parameter means any of them.")
]
Text = Annotated[str, Query(max_length=MAX_QUERY)]


class Health(BaseModel):
    """`status` is "ok" when the index is open; otherwise the answer is a 503 problem."""

    status: str
    build_id: str
    updated: str | None
    counts: Counts


def create_app(settings: Settings) -> FastAPI:
    """The application over the index that `settings` name. The index is opened at the first request that needs it,
    or by `app.state.index()`; a failure is tried again at the next.
    """
    app = FastAPI(
        title="CodeCollection Registry",
        summary="Search the catalogue of RunWhen CodeBundles.",
        version="1",
        docs_url="/api/docs",
        redoc_url=None,
        exception_handlers=HANDLERS,
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(
        CORSMiddleware, allow_origins=settings.allowed_origins, allow_methods=["GET", "POST"], allow_headers=["*"]
    )
    app.state.index = index = CurrentIndex(settings)
    _routes(app, index)
    add_tool_routes(app, index, settings)
    return app


def _routes(app: FastAPI, index: Callable[[], Index]) -> None:
    # All are async, though none awaits: Lambda sends one request at a time, and a thread for it would cost half a
    # millisecond, and some 16 MB in the allocator's arenas, which grow with every new thread.
    @app.get("/api/v1/search", tags=["search"])
    async def search_bundles(
        q: Text = "",
        types: Values = (),
        collection: Values = (),
        platform: Values = (),
        tag: Values = (),
        access: Values = (),
        kind: Values = (),
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 10,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        explain: bool = False,
    ) -> SearchAnswer:
        """Find CodeBundles by name, symptom, question or words."""
        filters = Filters.of(collection=collection, platform=platform, tag=tag, access=access, kind=kind)
        wanted = [name.strip() for value in types for name in value.split(",") if name.strip()] or TYPES
        return search(index(), q, filters, types=wanted, limit=limit, offset=offset, explain=explain)

    @app.get("/api/v1/codebundles", tags=["catalogue"])
    async def codebundles(
        search: Text = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        platform: str = "",
        tags: str = "",
        collection: str = "",
        access_level: str = "",
        has_auto_discovery: bool | None = None,
        sort_by: Sort | None = None,
    ) -> Response:
        """The CodeBundles that match, in upstream's shape; `search` ranks them unless `sort_by` is given."""
        filters = Filters.of(collection=[collection], platform=[platform], tag=[tags], access=[access_level])
        text = list_bundles(index(), search, filters, has_auto_discovery, sort_by, limit, offset)
        return Response(text, media_type="application/json")

    @app.get("/api/v1/collections/{collection}/codebundles/{bundle}", tags=["catalogue"])
    async def codebundle(collection: str, bundle: str) -> Response:
        """Everything about one CodeBundle."""
        text = find_bundle(index(), collection, bundle.removesuffix(".json"))
        if text is None:
            raise HTTPException(404, "There is no such CodeBundle; find its name with /api/v1/search?q=…")
        return Response(text, media_type="application/json")

    @app.get("/health", tags=["operation"])
    @app.get("/api/v1/health", tags=["operation"])
    async def health() -> Health:
        """Whether the index is there, and which build it is."""
        manifest = index().manifest
        return Health(status="ok", build_id=manifest.build_id, updated=manifest.updated, counts=manifest.counts)


app = create_app(Settings.from_environment())
