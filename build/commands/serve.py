"""Serves site and function together on one loopback port, as on the published site."""

import socket
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from rich.console import Console
from rich.markup import escape
from starlette.datastructures import Headers
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from build.errors import RegistryError
from build.publish.published import build_id_of
from search_fn.http.caching import knows
from search_fn.http.slashes import WithoutSlash
from search_fn.index.facts import IndexUnavailableError
from search_fn.rest.alerts import ALERT_PATH
from search_fn.rest.application import create_app
from search_fn.settings import Settings


class Site(StaticFiles):
    """The site's files and pages, and its page for missing addresses."""

    def has(self, scope: Scope) -> bool:
        """Return whether a file or a page is at this path."""
        path = Path(self.get_path(scope))
        try:
            return any(Path(self.lookup_path(str(one))[0]).is_file() for one in (path, path / "index.html"))
        except (OSError, ValueError):
            return False

    def is_not_modified(self, response_headers: Headers, request_headers: Headers) -> bool:
        return knows(request_headers.getlist("if-none-match"), response_headers["etag"])


def join_site(app: FastAPI, site: Site) -> None:
    """Let the site answer where the function has no route.

    Below /api/, where the site has no file, the function answers that nothing is there. A page of the site comes before
    a route with a slash behind it: /tools is the function's, /tools/ is a page.
    """
    # The site leads from every spelling of an alert's name to its page by itself.
    app.router.routes[:] = [route for route in app.router.routes if getattr(route, "path", "") != ALERT_PATH]
    function, elsewhere = app.router.default, WithoutSlash(app.router, site)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        below_api = scope["path"].startswith("/api/")
        asked = site if site.has(scope) else function if below_api else elsewhere
        await asked(scope, receive, send)

    app.router.default = answer


def serve(site: Path, index: Path, port: int, console: Console) -> None:
    """Serve until interrupted.

    Args:
        site: The folder of the site.
        index: The folder of the index.
        port: A port of this machine, 0 for any.
        console: Shows the address, and warnings.

    Raises:
        RegistryError: There is no site, or the port is taken.
    """
    site_id = build_id_of(site, "site")
    if site_id is None:
        raise RegistryError(f"There is no site in {site}; build one with `python -m build run`.")
    app = create_app(Settings.of_folder(index.resolve(), chat=True))
    try:
        index_id = app.state.index().manifest.build_id
        if index_id != site_id:
            console.print(
                f"[yellow]warning[/] the site is build {site_id}, the index {index_id}: "
                "search may name pages that are not there; run `python -m build run`."
            )
    except IndexUnavailableError as error:
        console.print(f"[yellow]warning[/] search will not answer: {escape(str(error))}")
    join_site(app, Site(directory=site, html=True))

    # With the protocol named, asyncio sets TCP_NODELAY; without, each answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        # Before the address is told: whoever reads it may come at once.
        listener.listen()
    except OSError as error:
        raise RegistryError(f"Port {port} cannot be used ({error.strerror}); name another with --port.") from None
    console.print(f"http://127.0.0.1:{listener.getsockname()[1]}/ (stop with Ctrl-C)", soft_wrap=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
