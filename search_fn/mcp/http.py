"""The Model Context Protocol over HTTP, at /mcp."""

from fastapi import FastAPI, HTTPException, Request, Response

from search_fn.http.own_address import own_address
from search_fn.http.threads import call_apart
from search_fn.mcp import protocol
from search_fn.settings import Settings
from search_fn.tools.registry import Service

_WHAT_THIS_IS = (
    "This address speaks the Model Context Protocol: give it to an MCP client (streamable HTTP), which sends POST. "
    "For a browser there is /api/docs."
)


def add_mcp_routes(app: FastAPI, service: Service, settings: Settings) -> None:
    """Add the routes of /mcp.

    Args:
        app: The application.
        service: What the tools read: the index that is current when each request comes.
        settings: Which origins may post, and where the site is.
    """

    async def answer_mcp(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and not {"*", origin} & set(settings.allowed_origins):
            raise HTTPException(
                403, "Pages of this origin may not use this address: ALLOWED_ORIGINS names those that may."
            )
        headers = {name: ", ".join(request.headers.getlist(name)) or None for name in protocol.HEADERS}
        message = protocol.read(await request.body(), headers[protocol.VERSION_HEADER])
        if isinstance(message, protocol.Reply):
            reply = message
        else:
            waits = settings.embeddings is not None or protocol.waits(message)
            reply = await call_apart(
                waits, protocol.answer, message, headers, service.at(own_address(request, settings))
            )
        if reply.body is None:
            return Response(status_code=reply.status)
        return Response(protocol.as_json(reply.body), reply.status, media_type="application/json")

    async def not_mcp(request: Request) -> Response:
        raise HTTPException(405, _WHAT_THIS_IS, {"Allow": "POST"})

    # These are Starlette's routes: FastAPI would read the signatures, which takes milliseconds of each start.
    app.add_route("/mcp", answer_mcp, ["POST"], include_in_schema=False)
    app.add_route("/mcp", not_mcp, ["GET", "HEAD", "DELETE", "PUT", "PATCH"], include_in_schema=False)
