"""The read paths that are static files too: bundles, tasks and the documents of the registry, each with and without the
ending .json. Without parameters the answers with the ending are those files.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import JsonValue

from search_fn.http.caching import NO_STORE
from search_fn.http.errors import NOT_FOUND
from search_fn.http.threads import call_apart
from search_fn.index.current import CurrentIndex
from search_fn.index.facets import Filters
from search_fn.index.open import Index
from search_fn.index.schema import INTERFACE
from search_fn.search.listing import Sort, arranged, find_bundle, list_bundles, list_tasks
from search_fn.search.ranking import MAX_QUERY, rank
from search_fn.settings import Settings

_DOCUMENTS: list[JsonValue] = ["documentation", "index", "libraries", "openapi", "report", "requests"]
_REGISTRY: list[JsonValue] = ["collections", "stats", "recent-codebundles", "recent-tasks", "support-tags", "tag-icons"]
Text = Annotated[str, Query(max_length=MAX_QUERY)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
_Skip = Annotated[int | None, Query(ge=0, le=1_000_000, description="Another name of offset.")]
_Limit = Annotated[int, Query(ge=1, le=500)]


def add_catalogue_routes(app: FastAPI, index: CurrentIndex, settings: Settings) -> None:
    """Add the routes over the index that is current when each request comes."""
    # Of ranking: a provider of embeddings may take seconds.
    waits = settings.embeddings is not None

    # Before the routes whose parameters would take the ending for a part of a name.
    async def whole(request: Request) -> Response:
        path = request.url.path.removesuffix(".json")
        if request.url.query:
            # What is asked for is not the file.
            raise HTTPException(404, f"Parameters belong to {path}, without the ending.")
        current = index()
        everything = list(range(len(current.ids)))
        if path.endswith("/tasks"):
            return JSONResponse(list_tasks(current, everything, None, 0))
        return _json(list_bundles(current, everything, None, 0))

    app.add_route("/api/v1/codebundles.json", whole, ["GET"], include_in_schema=False)
    app.add_route("/api/v1/registry/tasks.json", whole, ["GET"], include_in_schema=False)

    @app.get("/api/v1/codebundles", tags=["catalogue"])
    async def codebundles(
        search: Text = "",
        limit: _Limit = 50,
        offset: Offset = 0,
        skip: _Skip = None,
        platform: Text = "",
        tags: Text = "",
        collection: Text = "",
        access_level: Text = "",
        has_auto_discovery: bool | None = None,
        sort_by: Sort | None = None,
    ) -> Response:
        """The CodeBundles that match, in upstream's shape; `search` ranks them unless `sort_by` is given."""
        filters = Filters.of(collection=[collection], platform=[platform], tag=[tags], access=[access_level])
        current = index()
        ranking = await call_apart(waits, rank, current, search, filters)
        found = arranged(current, search, ranking, has_auto_discovery, sort_by)
        text = list_bundles(current, found, limit, offset if skip is None else skip)
        return _json(text, headers=NO_STORE if ranking.degraded else None)

    @app.get("/api/v1/collections/{collection}/codebundles/{bundle}", tags=["catalogue"], responses=NOT_FOUND)
    async def codebundle(collection: str, bundle: str) -> Response:
        """Everything about one CodeBundle."""
        current = index()
        text = find_bundle(current, collection, bundle)
        if text is None and bundle.endswith(".json"):
            text = find_bundle(current, collection, bundle.removesuffix(".json"))
        return _json(text, "There is no such CodeBundle; find its name with /api/v1/search?q=…")

    @app.get("/api/v1/registry/tasks", tags=["registry"])
    async def tasks(
        search: Text = "",
        support_tags: Text = "",
        collection_slug: Text = "",
        limit: _Limit = 100,
        offset: Offset = 0,
        skip: _Skip = None,
    ) -> Response:
        """The tools of the CodeBundles that match, one a row; `limit` and `offset` count rows."""
        filters = Filters.of(collection=[collection_slug], tag=[support_tags])
        current = index()
        ranking = await call_apart(waits, rank, current, search, filters)
        listed = list_tasks(current, ranking.order.tolist(), limit, offset if skip is None else skip)
        return JSONResponse(listed, headers=NO_STORE if ranking.degraded else None)

    @app.get("/api/v1/registry/collections/{slug}", tags=["registry"], responses=NOT_FOUND)
    async def collection(slug: str) -> Response:
        """One CodeCollection."""
        return _document(index(), f"registry/collections/{slug}")

    @app.get("/api/v1/registry/{document}", tags=["registry"], responses=NOT_FOUND)
    async def registry(document: Annotated[str, Path(json_schema_extra={"enum": _REGISTRY})]) -> Response:
        """Collections, totals, tags, and what is new, in upstream's shapes."""
        return _document(index(), f"registry/{document}")

    @app.get("/api/v1/libraries/{collection}/{library}", tags=["catalogue"], responses=NOT_FOUND)
    async def library(collection: str, library: str) -> Response:
        """One keyword library: its keywords, their arguments, and calls of them."""
        return _document(index(), f"libraries/{collection}/{library}")

    @app.get("/api/v1/{document}", tags=["catalogue"], responses=NOT_FOUND)
    async def document(document: Annotated[str, Path(json_schema_extra={"enum": _DOCUMENTS})]) -> Response:
        """What this build holds, its interface, its problems, and requests for CodeBundles where it has read them."""
        return _document(index(), document)


def _document(index: Index, path: str) -> Response:
    path = path.removesuffix(".json")
    return _json(None if path == INTERFACE else index.documents.get(path), "This build has no such document.")


def _json(text: str | None, missing: str = "", headers: Mapping[str, str] | None = None) -> Response:
    if text is None:
        raise HTTPException(404, missing)
    return Response(text, headers=headers, media_type="application/json")
