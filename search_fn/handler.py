"""The Lambda handler. The index is opened while the instance starts, when time is not billed to a request."""

import contextlib
import gc
from typing import Any

# What is imported and opened here stays. Looking through it for garbage takes a tenth of the start, and would take as
# much time again with every full collection later.
gc.disable()

from mangum import Mangum  # noqa: E402 - after what it is for

from search_fn.app import app  # noqa: E402
from search_fn.http.errors import problem  # noqa: E402
from search_fn.index.facts import IndexUnavailableError  # noqa: E402
from search_fn.settings import GARBAGE  # noqa: E402

with contextlib.suppress(IndexUnavailableError):
    app.state.index()
gc.freeze()
gc.set_threshold(GARBAGE)
gc.enable()

# Everything that the app answers is text; Mangum would wrap other types in base64.
_mangum = Mangum(app, lifespan="off", text_mime_types=["application/json", "application/problem+json", "text/"])
_NOT_HTTP = "This event is no HTTP request: invoke the function by its URL, an HTTP or REST API, or a load balancer."


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer an event of a Function URL, an HTTP or REST API, or a load balancer; a scheduled event only warms."""
    try:
        if event.get("source") == "aws.events":
            return {"warm": True}
        answer: dict[str, Any] = _mangum(event, context)
        return answer
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError):
        # Mangum answers errors of the app with a 500, so an error here is about an event that it cannot read.
        refusal = problem(400, _NOT_HTTP)
        return {
            "statusCode": refusal.status_code,
            "headers": dict(refusal.headers),
            "body": bytes(refusal.body).decode(),
        }
