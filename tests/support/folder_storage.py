"""A folder as object storage, to read: what LanceDB asks of S3 to read tables, answered from files.

moto copies an object for each part of it that is read, which takes minutes where it has gigabytes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.support.object_storage import environment

BUCKET = "folder"


@contextmanager
def folder_storage(folder: Path) -> Iterator[dict[str, str]]:
    """Serve a folder as the bucket BUCKET; yield the variables by which LanceDB finds it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"folder": folder}))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield environment(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    folder: Path
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._object(with_body=False)

    def do_GET(self) -> None:
        if "list-type" in parse_qs(urlsplit(self.path).query):
            self._list()
        else:
            self._object(with_body=True)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""

    def _object(self, *, with_body: bool) -> None:
        file = self.folder / unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}/")
        if not file.is_file():
            self._answer(404, b"")
            return
        size = file.stat().st_size
        first, last = 0, size - 1
        asked = self.headers.get("Range", "").removeprefix("bytes=")
        if asked:
            start, _, end = asked.partition("-")
            first = int(start) if start else size - int(end)
            last = min(int(end), last) if start and end else last
        headers = {"Last-Modified": "Mon, 02 Mar 2026 00:00:00 GMT", "ETag": f'"{size}"'}
        if asked:
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        content = b""
        if with_body:
            with file.open("rb") as opened:
                opened.seek(first)
                content = opened.read(last - first + 1)
        self._answer(206 if asked else 200, content, headers, size)

    def _list(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        prefix, delimiter = query.get("prefix", [""])[0], "delimiter" in query
        keys = [path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()]
        found, prefixes = [], set()
        for key in sorted(key for key in keys if key.startswith(prefix)):
            rest = key[len(prefix) :]
            if delimiter and "/" in rest:
                prefixes.add(prefix + rest.partition("/")[0] + "/")
            else:
                found.append(key)
        entries = [
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-03-02T00:00:00.000Z</LastModified><ETag>&quot;1&quot;"
            f"</ETag><Size>{(self.folder / key).stat().st_size}</Size></Contents>"
            for key in found
        ]
        entries += [f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>" for each in sorted(prefixes)]
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(entries)}</ListBucketResult>"
        self._answer(200, text.encode(), {"Content-Type": "application/xml"})

    def _answer(
        self, status: int, content: bytes, headers: dict[str, str] | None = None, size: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        length = len(content) if self.command == "GET" or size is None else size
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(content)
