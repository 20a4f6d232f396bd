"""Who may ask: the host that is called, the pages of which origins, and bearers of which tokens."""

import hmac
from functools import partial

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from search_fn.http.errors import problem
from search_fn.settings import Settings

# A load balancer asks without a token whether this is well.
_OPEN = frozenset({"/health", "/api/v1/health"})


class Gate:
    """Middleware that answers 400 to a wrong host, 401 without a token, and browsers' questions on other origins."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._settings = settings
        self._tokens = [token.encode("utf-8", "surrogateescape") for token in settings.tokens]
        cors = partial(CORSMiddleware, self._checked, allow_headers=["*"], expose_headers=["ETag", "Server-Timing"])
        # What only reads is open to every page; the rest to those that are named.
        self._reads = cors(allow_origins=["*"], allow_methods=["GET", "HEAD"])
        self._rest = cors(allow_origins=settings.allowed_origins, allow_methods=["POST"])
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope).get("access-control-request-method", "GET")
        method = asked if scope["method"] == "OPTIONS" else scope["method"]
        await (self._reads if method in ("GET", "HEAD") else self._rest)(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        settings, path, headers = self._settings, scope["path"], Headers(scope=scope)
        hosts = settings.allowed_hosts
        guarded = settings.tokens and path.rstrip("/") not in _OPEN and path.startswith(settings.protected)
        if "*" not in hosts and _name(headers.get("host", "")) not in hosts:
            answer = problem(400, "This function is not called by that host; ALLOWED_HOSTS names those that it is.")
            await answer(scope, receive, send)
        elif guarded and not self._has_token(headers.get("authorization", "")):
            said = "Send a token that this registry gave you: Authorization: Bearer …"
            await problem(401, said, {"WWW-Authenticate": "Bearer"})(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _has_token(self, said: str) -> bool:
        scheme, _, given = said.partition(" ")
        # All are compared, each in constant time: how long it takes tells nothing of which was near. As the bytes that
        # were sent, which Starlette reads as Latin-1, and those of the environment, which are UTF-8.
        sent = given.strip(" \t").encode("latin-1", "replace")
        equal = [hmac.compare_digest(sent, token) for token in self._tokens]
        return scheme.lower() == "bearer" and any(equal)


def _name(host: str) -> str:
    """A Host header's name without its port; an address of IPv6 keeps its brackets."""
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).lower()
