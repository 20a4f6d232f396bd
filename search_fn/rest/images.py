"""The image catalogue over HTTP, at upstream's paths: the images of CodeCollections, and where pointers lead."""

from collections.abc import Callable, Container
from enum import Enum
from typing import Annotated, Literal, TypeVar

from fastapi import FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from search_fn.http.caching import knows
from search_fn.http.responses import NOT_FOUND, answered
from search_fn.index.image_catalogue import POINTERS, ImageCatalogue, NoSuchImageError
from search_fn.index.images import CurrentImages
from search_fn.rest.parameters import Slug
from search_fn.settings import Settings

_T = TypeVar("_T")
_ROOT = "/api/v1/catalog/codecollections"
_FRESH = "max-age=60"
_TAGS: list[str | Enum] = ["images"]

_Visibility = Annotated[
    Literal["public", "hidden"] | None, Query(description="Only those of it; all without.", examples=["public"])
]
_WithImage = Annotated[bool, Query(description="Leave out those without an image.", examples=[True])]
_Inactive = Annotated[
    bool, Query(description="Refs, too, of which the registry has no image any more.", examples=[False])
]
_RefName = Annotated[str, Path(description="A branch or tag, as its image spells it.", examples=["main"])]
_Pointer = Annotated[
    Literal["latest", "stable"] | None,
    Query(
        description="latest: the newest image of the default branch; stable: that of the highest version.",
        examples=["stable"],
    ),
]
_OneRef = Annotated[
    str | None,
    Query(max_length=128, description="A branch or tag, in place of a pointer.", examples=["main"]),
]
_Destination = Annotated[
    str | None,
    Query(max_length=200, description="Of a service that mirrors images; this one has none.", examples=["acme-jfrog"]),
]


def add_image_routes(app: FastAPI, settings: Settings) -> None:
    """Add the routes over the image catalogue that is current when each request comes."""
    images = CurrentImages(settings.images_uri or settings.index_uri)

    def answer(request: Request, known: ImageCatalogue, value: object) -> Response:
        """Return a value, or that it is as the caller has it. Images change apart from the build: its tag is not
        theirs.
        """
        tag = f'W/"images-{known.version}"'
        who = "private" if settings.tokens else "public"
        headers = {"ETag": tag, "Cache-Control": f"{who}, {_FRESH}"}
        if knows(request.headers.getlist("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        return JSONResponse(value, headers=headers)

    @app.get(_ROOT, tags=_TAGS, operation_id="list_images", summary="List images", responses=answered("CatalogEntries"))
    @app.get(f"{_ROOT}.json", include_in_schema=False)
    async def entries(
        request: Request, visibility: _Visibility = None, *, only_with_image: _WithImage = True
    ) -> Response:
        """The CodeCollections that have images, hidden ones among them, and their latest and stable tags."""
        known = images()
        return answer(request, known, known.entries(visibility, only_with_image=only_with_image))

    @app.get(
        f"{_ROOT}/{{slug}}",
        tags=_TAGS,
        operation_id="get_images",
        summary="Get a CodeCollection's images",
        responses={**answered("CatalogEntryDetail"), **NOT_FOUND},
    )
    async def detail(request: Request, slug: Slug) -> Response:
        """A CodeCollection with the newest image of each of its refs."""
        known = images()
        return answer(request, known, _or_404(lambda: known.detail(_plain(slug, known.details))))

    @app.get(
        f"{_ROOT}/{{slug}}/refs",
        tags=_TAGS,
        operation_id="list_image_refs",
        summary="List the refs that have an image",
        responses={**answered("ImageRefs"), **NOT_FOUND},
    )
    @app.get(f"{_ROOT}/{{slug}}/refs.json", include_in_schema=False)
    async def refs(request: Request, slug: Slug, *, include_inactive: _Inactive = False) -> Response:
        """The newest image of each ref of a CodeCollection."""
        known = images()
        return answer(request, known, _or_404(lambda: known.refs(slug, include_inactive=include_inactive)))

    @app.get(
        f"{_ROOT}/{{slug}}/refs/{{ref}}",
        tags=_TAGS,
        operation_id="get_image_ref",
        summary="Get the image of a ref",
        responses={**answered("ImageRef"), **NOT_FOUND},
    )
    async def one_ref(request: Request, slug: Slug, ref: _RefName) -> Response:
        """The newest image of a ref, also where the registry has none any more."""
        known = images()
        names = [one["ref"] for one in _or_404(lambda: known.refs(slug, include_inactive=True))]
        return answer(request, known, _or_404(lambda: known.ref(slug, _plain(ref, names))))

    @app.get(
        f"{_ROOT}/{{slug}}/resolve",
        tags=_TAGS,
        operation_id="resolve_image",
        summary="Resolve a pointer or ref",
        responses={**answered("ResolvedImage"), **NOT_FOUND},
    )
    async def resolve(
        request: Request,
        slug: Slug,
        pointer: _Pointer = None,
        ref: _OneRef = None,
        destination: _Destination = None,
    ) -> Response:
        """The image to which `pointer` or `ref` leads; send one of them."""
        if bool(pointer) == bool(ref):
            raise HTTPException(400, f"Send one of pointer ({' or '.join(POINTERS)}) and ref, a branch or tag.")
        if destination:
            raise HTTPException(404, "This registry mirrors no images and has no destinations; leave destination out.")
        known, requested = images(), pointer or ref or ""
        return answer(request, known, _or_404(lambda: known.find(slug, requested, pointer=bool(pointer))))

    @app.get(f"{_ROOT}/{{slug}}/resolve/{{pointer}}", include_in_schema=False)
    async def resolved(request: Request, slug: Slug, pointer: _RefName) -> Response:
        """The files that a site has of its pointers."""
        name = pointer.removesuffix(".json")
        if name not in POINTERS:
            raise HTTPException(404, f"There is no such pointer; there are {' and '.join(POINTERS)}.")
        known = images()
        return answer(request, known, _or_404(lambda: known.find(slug, name, pointer=True)))


def _plain(name: str, known: Container[str]) -> str:
    """Return a name without the ending of its file, unless it is a name with it."""
    return name if name in known else name.removesuffix(".json")


def _or_404(find: Callable[[], _T]) -> _T:
    try:
        return find()
    except NoSuchImageError as error:
        raise HTTPException(404, str(error)) from error
