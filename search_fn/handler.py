"""The Lambda handler. The index is opened while the instance starts, when time is not billed to a request."""

import contextlib
from typing import Any

from mangum import Mangum

from search_fn.app import app
from search_fn.index import IndexUnavailable

with contextlib.suppress(IndexUnavailable):
    app.state.index()

# Everything that the app answers is text; Mangum would wrap other types in base64.
_mangum = Mangum(app, lifespan="off", text_mime_types=["application/json", "application/problem+json", "text/"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer an event of a Function URL, an HTTP or REST API, or a load balancer; a scheduled event only warms."""
    if event.get("source") == "aws.events":
        return {"warm": True}
    answer: dict[str, Any] = _mangum(event, context)
    return answer
