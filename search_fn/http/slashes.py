"""Ignore slashes at the end of a path: `/mcp/` is answered as `/mcp`; a redirect would lose the body."""

from starlette.routing import Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class WithoutSlash:
    """The application for paths that no route of a router has: it routes the path without its last slashes where a
    route has that one, and passes all others to `otherwise`.
    """

    def __init__(self, router: Router, otherwise: ASGIApp) -> None:
        self._router = router
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A path of nothing but slashes is "/". HEAD has become GET before it gets here.
        bare = {**scope, "path": scope["path"].rstrip("/") or "/"}
        if bare["path"] != scope["path"] and any(
            route.matches(bare)[0] is not Match.NONE for route in self._router.routes
        ):
            await self._router(bare, receive, send)
        else:
            await self._otherwise(scope, receive, send)
