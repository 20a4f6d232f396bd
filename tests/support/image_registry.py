"""A real image registry on loopback (Debian's docker-registry), and pushes over its HTTP interface."""

import hashlib
import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

PROGRAM = "docker-registry"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
needs_registry = pytest.mark.skipif(
    shutil.which(PROGRAM) is None, reason="there is no docker-registry: apt-get install docker-registry"
)


class ImageRegistry:
    """`host` is HOST:PORT. What was asked of it is in its log."""

    def __init__(self, port: int, log: Path) -> None:
        self.host, self._log = f"127.0.0.1:{port}", log

    def push(self, name: str, tag: str, created: str | None = None, *, platforms: int = 1) -> str:
        """Push an image; of several platforms it is an index that begins with an attestation. Return its digest."""
        made = [self._image(name, f"{tag} {number}", created) for number in range(platforms)]
        if platforms == 1:
            return self._put(name, tag, MANIFEST, made[0])
        children = [
            {"mediaType": MANIFEST, "digest": digest(body), "size": len(body), "platform": {"os": system}}
            for system, body in zip(("unknown", *["linux"] * platforms), made, strict=False)
        ]
        for child in made:
            self._put(name, digest(child), MANIFEST, child)
        return self._put(
            name, tag, INDEX, json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": children}).encode()
        )

    def delete(self, name: str, tag: str) -> None:
        """Remove the manifest of a tag, and so the tag."""
        result = self._send("HEAD", f"/v2/{name}/manifests/{tag}", headers={"Accept": f"{MANIFEST}, {INDEX}"})
        self._send("DELETE", f"/v2/{name}/manifests/{result.headers['docker-content-digest']}")

    def asked(self) -> list[str]:
        """Return method and path of each request so far, pushes among them."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line.split('"')[1].rpartition(" HTTP")[0] for line in lines if '] "' in line]

    def _image(self, name: str, content: str, created: str | None) -> bytes:
        facts: dict[str, Any] = {"architecture": "amd64", "os": "linux", "note": content}
        facts |= {"created": created} if created else {}
        config = json.dumps({**facts, "rootfs": {"type": "layers", "diff_ids": []}}).encode()
        self._blob(name, config)
        described = {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest(config),
            "size": len(config),
        }
        return json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": described, "layers": []}).encode()

    def _blob(self, name: str, content: bytes) -> None:
        place = self._send("POST", f"/v2/{name}/blobs/uploads/").headers["location"]
        where = place.removeprefix(f"http://{self.host}")
        kind = {"Content-Type": "application/octet-stream"}
        self._send("PUT", f"{where}&digest={digest(content)}", content, kind)

    def _put(self, name: str, reference: str, kind: str, body: bytes) -> str:
        self._send("PUT", f"/v2/{name}/manifests/{reference}", body, {"Content-Type": kind})
        return digest(body)

    def _send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        line = http.client.HTTPConnection(self.host, timeout=10)
        try:
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            said = answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{method} {path}: {answer.status} {said[:300]!r}")
            return answer
        finally:
            line.close()


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


USER = "made-up", "word"
"""Who may read and write a registry that is started as `private`."""
_HASHED = "made-up:$2b$04$un5RytV6tNgMOFef9zS25.iN/2izdtD7ikj/nr3nDTnbJ3RK4F4NS"


@contextmanager
def image_registry(folder: Path, port: int | None = None, *, private: bool = False) -> Iterator[ImageRegistry]:
    """Yield a registry whose images lie below `folder`; it ends with the context, and can be started again there."""
    folder.mkdir(exist_ok=True)
    port = port or free_port()
    configuration = folder / "config.yml"
    configuration.write_text(
        "version: 0.1\nlog: {accesslog: {disabled: false}, level: error}\n"
        f"storage: {{filesystem: {{rootdirectory: {folder / 'images'}}}, delete: {{enabled: true}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\n"
        + (f"auth: {{htpasswd: {{realm: made-up, path: {folder / 'users'}}}}}\n" if private else ""),
        encoding="utf-8",
    )
    (folder / "users").write_text(f"{_HASHED}\n", encoding="utf-8")
    log = folder / "log"
    with log.open("a", encoding="utf-8") as output:
        process = subprocess.Popen([PROGRAM, "serve", configuration], stdout=output, stderr=output)
        try:
            _wait(port, process, log)
            yield ImageRegistry(port, log)
        finally:
            process.terminate()
            process.wait(10)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"docker-registry does not start: {log.read_text(encoding='utf-8')[-500:]}")
