"""The same server for a client on this machine: `python -m search_fn.stdio`, one message a line.

Nothing but messages goes to stdout. It ends at the end of its input, when its output is closed, and at Ctrl-C.
"""

import os
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from search_fn.http.body_limit import MAX_BODY
from search_fn.index.current import CurrentIndex
from search_fn.issues.github import Tracker
from search_fn.mcp.protocol import INVALID_REQUEST, as_json, reply
from search_fn.settings import Settings
from search_fn.tools.registry import Service

_TOO_LONG = {"code": INVALID_REQUEST, "message": f"A message may have {MAX_BODY:,} bytes."}


def serve(incoming: BinaryIO, outgoing: BinaryIO, service: Service) -> None:
    """Answer each line that is not empty, one after the other, into `outgoing`, which is unbuffered. Raises
    BrokenPipeError if nobody reads the answers.
    """
    agreed = ""
    while line := incoming.readline(MAX_BODY + 2):
        # Of one that is too long, only as much is kept as shows it.
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = incoming.readline(MAX_BODY)
        message = line.rstrip(b"\r\n")
        if not message.strip():
            continue
        too_long = len(message) > MAX_BODY
        body: Any = {"jsonrpc": "2.0", "error": _TOO_LONG}
        if not too_long:
            body = reply(message, {}, service, agreed).body
        if body is not None:
            # Of initialize, which a process is a session of.
            if isinstance(body, dict):
                agreed = body.get("result", {}).get("protocolVersion", agreed)
            outgoing.write(as_json(body).encode() + b"\n")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt, BrokenPipeError):
        # Whatever prints, in Python or below it, prints to stderr from here on.
        messages = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        settings = Settings.at_start()
        serve(sys.stdin.buffer, messages, Service(CurrentIndex(settings), Tracker(settings), settings.site_address))
