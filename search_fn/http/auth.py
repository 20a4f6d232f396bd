"""Access control: by the host that is called, the origin of a page, and bearer tokens."""

import hmac
from functools import partial

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from search_fn.http.errors import problem
from search_fn.settings import Settings

# Paths that need no token: load balancers check health without one.
_OPEN = frozenset({"/health", "/api/v1/health"})


class Gate:
    """Middleware that answers 400 to a wrong host, 401 without a token, and the CORS preflights of browsers."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._settings = settings
        self._tokens = [token.encode("utf-8", "surrogateescape") for token in settings.tokens]
        cors = partial(CORSMiddleware, self._check, allow_headers=["*"], expose_headers=["ETag", "Server-Timing"])
        # Reading is open to the pages of every origin, posting to those of ALLOWED_ORIGINS.
        self._reads = cors(allow_origins=["*"], allow_methods=["GET", "HEAD"])
        self._rest = cors(allow_origins=settings.allowed_origins, allow_methods=["POST"])
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope).get("access-control-request-method", "GET")
        method = asked if scope["method"] == "OPTIONS" else scope["method"]
        await (self._reads if method in ("GET", "HEAD") else self._rest)(scope, receive, send)

    async def _check(self, scope: Scope, receive: Receive, send: Send) -> None:
        settings, path, headers = self._settings, scope["path"], Headers(scope=scope)
        hosts = settings.allowed_hosts
        guarded = settings.tokens and path.rstrip("/") not in _OPEN and path.startswith(settings.protected)
        if "*" not in hosts and _name(headers.get("host", "")) not in hosts:
            answer = problem(400, "This function is not called by that host; ALLOWED_HOSTS names those that it is.")
            await answer(scope, receive, send)
        elif guarded and not self._has_token(headers.get("authorization", "")):
            detail = "Send a token that this registry gave you: Authorization: Bearer …"
            await problem(401, detail, {"WWW-Authenticate": "Bearer"})(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _has_token(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        # All tokens are compared, each in constant time, so that the time taken tells nothing about them. Bytes are
        # compared: Starlette reads those that were sent as Latin-1, the environment's are UTF-8.
        sent = token.strip(" \t").encode("latin-1", "replace")
        equal = [hmac.compare_digest(sent, known) for known in self._tokens]
        return scheme.lower() == "bearer" and any(equal)


def _name(host: str) -> str:
    """Return a Host header's name without its port; an IPv6 address keeps its brackets."""
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).lower()
