"""The MCP server for a client on this machine: `python -m search_fn.stdio`, one message a line.

Nothing but messages goes to stdout. It ends at the end of its input, when its output is closed, and at Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from search_fn.http.body_limit import MAX_BODY
from search_fn.index.current import CurrentIndex
from search_fn.index.facts import IndexUnavailableError
from search_fn.issues.github import Tracker
from search_fn.mcp.protocol import INVALID_REQUEST, as_json, reply
from search_fn.settings import Settings, public_address
from search_fn.site_index import fetch_site_index
from search_fn.tools.registry import Service

_TOO_LONG = {"code": INVALID_REQUEST, "message": f"A message may have {MAX_BODY:,} bytes."}


def serve(incoming: BinaryIO, outgoing: BinaryIO, service: Service) -> None:
    """Answer each line that is not empty, one after the other, until the input ends.

    Args:
        incoming: Messages, one a line.
        outgoing: Gets the replies, one a line; it is unbuffered.
        service: What tools read.

    Raises:
        BrokenPipeError: The reader of the replies has closed.
    """
    agreed = ""
    while line := incoming.readline(MAX_BODY + 2):
        # The rest of a message that is too long is read and dropped.
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
            # The process is one session: the version that initialize agreed on holds for the messages after it.
            if isinstance(body, dict):
                agreed = body.get("result", {}).get("protocolVersion", agreed)
            outgoing.write(as_json(body).encode() + b"\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Answer on stdin and stdout until one of them closes, from the index of the command line, else of INDEX_URI.

    Ends the process with one sentence where there is no such index.
    """
    options = _parser().parse_args(arguments)
    with suppress(KeyboardInterrupt, BrokenPipeError):
        # Only messages may go to stdout: anything else that prints, in Python or in a library, now prints to stderr.
        messages = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        settings = Settings.at_start()
        folder = options.index
        if options.site:
            try:
                folder = fetch_site_index(options.site, options.cache)
            except (IndexUnavailableError, OSError) as error:
                sys.exit(str(error))
        if folder:
            settings = replace(settings, index_uri=str(folder.absolute()), encoder_folder=folder.absolute())
        root = public_address(options.site or "") or settings.site_address
        serve(sys.stdin.buffer, messages, Service(CurrentIndex(settings), Tracker(settings), root))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Answer clients of the Model Context Protocol on stdin and stdout, from a CodeCollection Registry.",
        epilog="Without --site and --index: from what INDEX_URI names, by default the folder index_data.",
    )
    of = parser.add_mutually_exclusive_group()
    of.add_argument(
        "--site", metavar="URL", help="a registry's site: its index is downloaded once for each publication"
    )
    of.add_argument("--index", metavar="DIR", type=Path, help="an index on this machine")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "codecollection-registry"
    parser.add_argument("--cache", metavar="DIR", type=Path, default=cache, help=f"for --site (default: {cache})")
    return parser


if __name__ == "__main__":
    main()
