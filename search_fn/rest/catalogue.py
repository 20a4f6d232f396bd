"""The read paths that are static files too: bundles, tasks and the documents of the registry, each with and without the
ending .json. Without parameters the answers with the ending are those files.
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from search_fn.http.caching import NO_STORE
from search_fn.http.errors import problem
from search_fn.http.parameters import refuse_unknown
from search_fn.http.responses import FILE_HEADERS, FILES, MOVED, NOT_FOUND, TYPE_OF, answered
from search_fn.http.threads import call_apart
from search_fn.index.checked import CHECKED
from search_fn.index.current import CurrentIndex
from search_fn.index.facets import Filters
from search_fn.index.facts import INTERFACE
from search_fn.index.open import Index
from search_fn.rest.parameters import (
    Authors,
    BundleName,
    Collections,
    CollectionsToo,
    Discovered,
    Effects,
    FileName,
    Kinds,
    Levels,
    Limit,
    Maintainers,
    Needs,
    Offset,
    Order,
    Platforms,
    ResourceTypes,
    RowId,
    Since,
    Skip,
    Slug,
    Tags,
    Tested,
    Text,
)
from search_fn.search.listing import (
    arranged,
    find_bundle,
    list_bundles,
    list_tasks,
    part_of_bundles,
    part_of_tasks,
)
from search_fn.search.moved import find_moved
from search_fn.search.notes import notes_on, notes_on_query
from search_fn.search.parts import document_parts
from search_fn.search.ranking import is_confident, rank
from search_fn.settings import Settings
from search_fn.text import canonical

# Answered with documents of the index as they are; search_fn.rest.described says what each holds.
_DOCUMENTS = (
    "/api/v1/registry/collections/{slug}",
    "/api/v1/registry/collections/{slug}/{document}",
    "/api/v1/registry/collections/{slug}/versions/{tag:path}",
    "/api/v1/collections/{slug}/{document}",
    "/api/v1/collections/{slug}/releases/{tag:path}",
    "/api/v1/registry/{document}",
    "/api/v1/libraries/{collection}/{library}",
    "/api/v1/{document}",
)
_NO_BUNDLE = "There is no such CodeBundle; find its name with /api/v1/search?q=…"
_NO_PART = "The list has no such part; without /page/… it is the first, whose `next` leads on."
_PART = re.compile(r"(.+)/page/[0-9]+(?:\.json)?", re.ASCII)
_TAGS_SHOWN = 5
_NO_IDS = (
    "collection_id has no meaning here and was left out: this registry has no ids of rows. Send collection with a slug."
)


def add_catalogue_routes(app: FastAPI, index: CurrentIndex, settings: Settings) -> None:
    """Add the routes over the index that is current when each request comes."""
    # Of ranking: a provider of embeddings may take seconds.
    waits = settings.embeddings is not None

    # Before the routes whose parameters would take the ending for a part of a name.
    async def part(request: Request) -> Response:
        path = request.scope["path"].rstrip("/").removesuffix(".json").partition("/page/")[0]
        if request.url.query:
            # What is asked for is not the file.
            raise HTTPException(404, f"Parameters belong to {path}, without the ending.")
        current, number = index(), request.path_params.get("number", 1)
        if request.scope["path"].rstrip("/").endswith("/page/1.json"):
            raise HTTPException(404, _NO_PART)
        if path.endswith("/tasks"):
            tasks = part_of_tasks(current, path, number)
            return _json(None if tasks is None else canonical(tasks), _NO_PART)
        return _json(part_of_bundles(current, path, number), _NO_PART)

    for path in ("/api/v1/codebundles", "/api/v1/registry/tasks"):
        app.add_route(f"{path}.json", part, ["GET"], include_in_schema=False)
        app.add_route(f"{path}/page/{{number:int}}.json", part, ["GET"], include_in_schema=False)

    @app.get(
        "/api/v1/codebundles",
        tags=["catalogue"],
        operation_id="list_codebundles",
        summary="List CodeBundles",
        responses=answered("CodeBundleList"),
    )
    async def codebundles(
        search: Text = "",
        limit: Limit = 50,
        offset: Offset = 0,
        skip: Skip = None,
        platform: Platforms = (),
        tags: Tags = (),
        collection: Collections = (),
        collection_slug: CollectionsToo = (),
        collection_id: RowId = "",
        access_level: Levels = (),
        effect: Effects = (),
        kind: Kinds = (),
        resource_type: ResourceTypes = (),
        author: Authors = (),
        maintained_by: Maintainers = (),
        tests: Tested = (),
        needs: Needs = (),
        since: Since = (),
        has_auto_discovery: Discovered = None,
        sort_by: Order = None,
    ) -> Response:
        """The CodeBundles that match, in upstream's shape; `search` ranks them unless `sort_by` is given."""
        filters = Filters.of(
            collection=[*collection, *collection_slug],
            platform=platform,
            tag=tags,
            access=access_level,
            effect=effect,
            kind=kind,
            resource_type=resource_type,
            author=author,
            maintained_by=maintained_by,
            tests=tests,
            needs=needs,
            since=since,
        )
        current = index()
        ranking = await call_apart(waits, rank, current, search, filters)
        result = arranged(current, search, ranking, has_auto_discovery, sort_by)
        notes = [*notes_on(filters, [current]), *notes_on_query([ranking.remarks])]
        notes += [_NO_IDS] if collection_id else []
        start = offset if skip is None else skip
        text = list_bundles(current, result, limit, start, notes, is_confident(ranking))
        return _json(text, headers=NO_STORE if ranking.degraded else None)

    @app.get(
        "/api/v1/collections/{collection}/codebundles/{bundle}",
        tags=["catalogue"],
        operation_id="get_codebundle",
        summary="Get a CodeBundle",
        responses={**answered("CodeBundleRecord"), **MOVED, **NOT_FOUND},
    )
    async def codebundle(request: Request, collection: Slug, bundle: BundleName) -> Response:
        """Everything about one CodeBundle. An old name leads to the new one; of what was removed it says since when."""
        current = index()
        text = find_bundle(current, collection, bundle)
        if text is None and bundle.endswith(".json"):
            text = find_bundle(current, collection, bundle.removesuffix(".json"))
        return _json(text, _NO_BUNDLE) if text else _moved(request, current, collection, bundle)

    @app.get(
        "/api/v1/collections/{collection}/codebundles/{bundle}/{file}",
        tags=["catalogue"],
        operation_id="get_codebundle_file",
        summary="Get a file beside a CodeBundle",
        response_class=Response,
        responses={**FILES, **MOVED, **NOT_FOUND},
    )
    async def file_beside(request: Request, collection: Slug, bundle: BundleName, file: FileName) -> Response:
        """Files that can be applied: its configuration, `config.yaml`, with `<…>` for what is to be filled in, and the
        permissions that its code needs, where it needs any, `kubernetes-role.yaml` and `aws-policy.json`; its badge.
        """
        current = index()
        text = find_bundle(current, collection, bundle, "files")
        if text is None:
            return _moved(request, current, collection, bundle, file)
        files = json.loads(text)
        name = next((name for name in (file, f"{file}.json") if name in files), None)
        if name is None:
            there = f"it has {', '.join(files)}" if files else "it has none"
            raise HTTPException(404, f"The CodeBundle has no such file beside it; {there}.")
        return Response(files[name], headers=FILE_HEADERS, media_type=TYPE_OF[name.rpartition(".")[2]])

    @app.get(
        "/api/v1/registry/tasks",
        tags=["registry"],
        operation_id="list_tasks",
        summary="List tools",
        responses=answered("TaskList"),
    )
    async def tasks(
        search: Text = "",
        support_tags: Tags = (),
        collection_slug: Collections = (),
        limit: Limit = 100,
        offset: Offset = 0,
        skip: Skip = None,
    ) -> Response:
        """The tools of the CodeBundles that match, one a row; `limit` and `offset` count rows."""
        filters = Filters.of(collection=collection_slug, tag=support_tags)
        current = index()
        ranking = await call_apart(waits, rank, current, search, filters)
        start = offset if skip is None else skip
        notes = [*notes_on(filters, [current]), *notes_on_query([ranking.remarks])]
        listed = list_tasks(current, ranking.order.tolist(), limit, start, notes, is_confident(ranking))
        return JSONResponse(listed, headers=NO_STORE if ranking.degraded else None)

    async def document(request: Request) -> Response:
        whole = request.scope["path"].removeprefix("/api/v1/").rstrip("/")
        if whole.removesuffix(".json") == CHECKED and (checked := index.checked()):
            refuse_unknown(request, ())
            # A run writes it also where the publication stays.
            return _json(checked.model_dump_json() + "\n", headers=NO_STORE)
        documents = index().documents
        # As the file of this name has it; the name of a tag may end like one.
        path = next((name for name in (whole.removesuffix(".json"), whole) if name in documents), "")
        asked, part = path, _PART.fullmatch(whole)
        if not path and part:
            path, asked = part[1], whole.removesuffix(".json")
        text = None if path == INTERFACE else documents.get(path)
        text = None if text is None else document_parts(path, text).get(asked)
        if text is not None:
            refuse_unknown(request, ())
        return _json(text, _no_document(whole, documents))

    # Starlette's routes: they read no signature, which takes FastAPI milliseconds of each start.
    for path in _DOCUMENTS:
        app.add_route(path, document, ["GET"], include_in_schema=False)
        # The path of a tag takes what follows it too.
        if not path.endswith(":path}"):
            app.add_route(f"{path}/page/{{number}}", document, ["GET"], include_in_schema=False)


def _moved(request: Request, index: Index, collection: str, bundle: str, file: str = "") -> Response:
    """Return the answer for a missing bundle: its new address, that it was removed, or that there never was one."""
    ending = ".json" if bundle.endswith(".json") else ""
    result = find_moved(index, collection, bundle) or find_moved(index, collection, bundle.removesuffix(".json"))
    if not result:
        raise HTTPException(404, _NO_BUNDLE)
    (one,) = result[:1]
    if one.to is None:
        fate = {"id": one.id, "to": None, "commit": one.commit, "date": one.date, "subject": one.subject}
        more = fate | {"nearest": list(one.nearest), "removed": one.facts}
        return problem(410, one.sentence, more=more)
    slug, _, name = one.to.partition("/")
    place = f"{request.scope.get('root_path', '')}/api/v1/collections/{quote(slug)}/codebundles/{quote(name)}"
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{place}{f'/{quote(file)}' if file else ending}{query}", 301)


def _no_document(path: str, documents: Mapping[str, str]) -> str:
    """Return what to say of a missing document, and of a release which ones there are."""
    for folder in ("/releases/", "/versions/"):
        place = path.partition(folder)[0] + folder.removesuffix("/")
        text = documents.get(place) if folder in path else None
        if text is not None:
            result = json.loads(text)
            rows = result["releases"] if isinstance(result, dict) else result
            tags = [row.get("tag") or row.get("version_name") for row in rows]
            there = f"the newest are {', '.join(tags[:_TAGS_SHOWN])}" if tags else "it has none"
            return f"The CodeCollection has no such release; of {len(tags)} {there}: see {place}."
    return "This build has no such document."


def _json(text: str | None, missing: str = "", headers: Mapping[str, str] | None = None) -> Response:
    if text is None:
        raise HTTPException(404, missing)
    return Response(text, headers=headers, media_type="application/json")
