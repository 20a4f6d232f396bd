"""A slash at the end of a path means nothing: `/mcp/` is answered as `/mcp` is, not redirected, which loses bodies."""

from starlette.routing import Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class WithoutSlash:
    """What a router does with a path that no route has: the same without its last slashes where a route has that, else
    what `otherwise` does.
    """

    def __init__(self, router: Router, otherwise: ASGIApp) -> None:
        self._router = router
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # HEAD has been made a GET, and a path of nothing but slashes is no route's.
        bare = {**scope, "path": scope["path"].rstrip("/") or "/"}
        if bare["path"] != scope["path"] and any(
            route.matches(bare)[0] is not Match.NONE for route in self._router.routes
        ):
            await self._router(bare, receive, send)
        else:
            await self._otherwise(scope, receive, send)
