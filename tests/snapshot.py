"""Records the digest of all that is published and answered, and compares two records: for changes that move code only.

`python tests/snapshot.py record OUT.json` builds the samples (or `--collections FILE`, with `--enhancements DIR`) as an
operator would, and asks the function over HTTP, MCP and stdio. `python tests/snapshot.py compare OLD.json NEW.json`
names what differs and exits 1 where anything does. Only the entry points that stand are used (`python -m build`,
`search_fn.app:app`, `python -m search_fn.stdio`), so that one script records every commit; `--checkout` names another.

The build id is a digest of the code, and moves with it: it is written as `<build>` here. Pages made of `docs/` are
left out, since a move changes what they say of the code.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Names, symptoms, questions, filters in words, slips of the hand, other scripts, nothing at all.
_WORDS = (
    "pod restarts", "k8s-pvc-healthcheck", "volume claim is full", "imagepullbackoff", "crash loop", "kuberntes",
    "keyvault", "lambda errors", "gcp only disk", "pods not aws", "certificate expires", "http 503", "queue backlog",
    "who restarts my containers?", "cost of idle addresses", "ingress", "deployment stuck", "lamp", "ship", "",
    "terraform drift", "aks node pool", "postgres replica lag", "磁盘空间", "zzqx", "\"quoted\"", "rollback", "logs",
    "harbor crane", "find large folders",
)  # fmt: skip
_GETS = (
    "/api/v1/search?{q}", "/api/v1/search?{q}&types=documentation,library&explain=true",
    "/api/v1/codebundles?search={s}&limit=5", "/api/v1/search?{q}&access=read-only&limit=3&offset=1",
)  # fmt: skip
_PLAIN = (
    "/health", "/api/v1/index.json", "/api/v1/codebundles.json", "/api/v1/registry/stats", "/api/v1/registry/tasks",
    "/api/v1/report.json", "/openapi.json", "/tools", "/api/docs", "/api/v1/chat/health", "/nowhere",
    "/api/v1/search?limit=0", "/api/v1/registry/recent-codebundles", "/api/v1/libraries.json",
)  # fmt: skip
_TOOLS = ("find_codebundle", "list_codebundles", "find_library_info", "find_documentation")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help="Build, ask, and write the digests.")
    record.add_argument("out", type=Path)
    record.add_argument("--checkout", type=Path, default=ROOT)
    record.add_argument("--collections", type=Path)
    record.add_argument("--enhancements", type=Path)
    record.add_argument("--work", type=Path, help="Keep the outputs here, to look at what differs.")
    compare = commands.add_parser("compare", help="Name what differs between two records.")
    compare.add_argument("old", type=Path)
    compare.add_argument("new", type=Path)
    given = parser.parse_args()
    if given.command == "compare":
        return _compare(json.loads(given.old.read_text()), json.loads(given.new.read_text()))
    with contextlib.ExitStack() as stack:
        work = given.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found = _record(given.checkout.resolve(), work.resolve(), given.collections, given.enhancements)
    given.out.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(found)} digests in {given.out}")
    return 0


def _compare(old: Mapping[str, str], new: Mapping[str, str]) -> int:
    different = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    for name in different:
        print("gone" if name not in new else "new" if name not in old else "differs", name)
    print(f"{len(different)} of {len(old.keys() | new.keys())} differ")
    return 1 if different else 0


def _record(checkout: Path, work: Path, collections: Path | None, enhancements: Path | None) -> dict[str, str]:
    work.mkdir(parents=True, exist_ok=True)
    if collections is None:
        shutil.copytree(checkout / "samples", work / "samples", dirs_exist_ok=True)
        collections, enhancements = work / "samples" / "collections.yaml", work / "samples" / "enhancements"
    places = ["--collections", str(collections.resolve()), "--cache", str(work / "cache"), "--allow-local"]
    if enhancements:
        places += ["--enhancements", str(enhancements.resolve())]
    outputs = ["--site", str(work / "site"), "--index", str(work / "index")]
    texts: dict[str, str] = {}
    _build(checkout, "fetch", *places)
    # Offline: which pages of the internet can be read is no matter of the code.
    said = _build(checkout, "run", "--offline", "--search-url", "/", "--json", *places, *outputs)
    run = json.loads(said)
    for clock in ("seconds", "ended"):
        run.pop(clock, None)
    texts["run/report"] = json.dumps(run, sort_keys=True)
    texts["report/text"] = _build(checkout, "report", *outputs[:2])
    texts["report/json"] = _build(checkout, "report", "--json", *outputs[:2])
    for folder in sorted((checkout / "samples").glob("*-codecollection")):
        for form in ("--json", "--format=text", "--format=github"):
            texts[f"lint/{folder.name}/{form}"] = _build(checkout, "lint", form, f"samples/{folder.name}")
    listed = json.loads((work / "site" / "api" / "v1" / "codebundles.json").read_text())["codebundles"]
    # The slug that nothing has is answered too.
    ids = [*(one["id"] for one in listed[:: max(1, len(listed) // 20)]), "no-such-bundle"]
    build_id = json.loads((work / "index" / "manifest.json").read_text())["build_id"]
    for file in sorted((work / "site").rglob("*")):
        name = file.relative_to(work / "site").as_posix()
        if file.is_file() and name != "api/v1/checked.json" and not _is_about_the_code(name):
            texts[f"site/{name}"] = file.read_bytes().decode("latin-1")
    texts |= _rows(checkout, work / "index")
    with _serving(checkout, work / "index") as address:
        texts |= _over_http(address, ids)
    texts |= _over_stdio(checkout, work / "index", ids)
    return {name: _digest(text, build_id, work) for name, text in texts.items()}


def _is_about_the_code(name: str) -> bool:
    """Pages made of docs/; the sitemap has their addresses, and is compared without them."""
    return name.startswith("docs/")


def _digest(text: str, build_id: str, work: Path) -> str:
    text = text.replace(build_id, "<build>").replace(str(work), "<work>")
    # Of `build_id` alone some have the first characters.
    text = text.replace(build_id.rpartition("-")[2], "<build>")
    text = re.sub(r'"took_ms": ?[\d.]+|"(?:duration|query_time|response_time)\w*": ?[\d.]+', '"clock"', text)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _build(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "build", *arguments],
        cwd=checkout,
        env=os.environ | {"AI_ENHANCEMENT_ENABLED": "false"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in (0, 3):
        raise SystemExit(f"python -m build {' '.join(arguments)}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def _rows(checkout: Path, index: Path) -> dict[str, str]:
    """The rows of each table, in their order; in another process, which has LanceDB as the checkout imports it."""
    code = (
        "import hashlib, json, sys, lancedb\n"
        "database = lancedb.connect(sys.argv[1])\n"
        "rows = {}\n"
        "for name in database.table_names(limit=100):\n"
        "    table = database.open_table(name).to_arrow()\n"
        "    for number, row in enumerate(table.to_pylist()):\n"
        '        rows[f\'index/{name}/{row.get("id") or row.get("path") or number}\'] = repr(row)\n'
        "print(json.dumps(rows))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(index)], cwd=checkout, capture_output=True, encoding="utf-8", check=True
    )
    rows: dict[str, str] = json.loads(done.stdout)
    # A table of the static API holds the report of the run, as the site has it; versions are LanceDB's own.
    return {name: re.sub(r'\\?"tables\\?": ?\{[^}]*\}', "", text) for name, text in rows.items()}


@contextlib.contextmanager
def _serving(checkout: Path, index: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "search_fn.app:app", "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen(
        command, cwd=checkout, env=os.environ | {"INDEX_URI": str(index)}, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _over_http(address: str, ids: Sequence[str]) -> dict[str, str]:
    from urllib.parse import quote

    texts = {}
    for path in _PLAIN:
        texts[f"http/{path}"] = _asked(address + path)
    for words in _WORDS:
        for form in _GETS:
            path = form.format(q=f"q={quote(words)}", s=quote(words))
            texts[f"http/{path}"] = _asked(address + path)
        question = {"question": words or "what is there?"}
        texts[f"chat/{words}"] = _asked(f"{address}/api/v1/chat/query", question)
    for name, message in _messages(ids):
        texts[f"mcp/{name}"] = _asked(f"{address}/mcp", message)
    return texts


def _messages(ids: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    number = 0

    def message(method: str, **parameters: Any) -> dict[str, Any]:
        nonlocal number
        number += 1
        return {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}

    client = {"name": "snapshot", "version": "1"}
    yield "initialize", message("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=client)
    for method in ("tools/list", "resources/list", "resources/templates/list", "prompts/list", "ping", "nonsense"):
        yield method, message(method)
    for tool in _TOOLS:
        for words in _WORDS[:20]:
            given = {"format": words} if tool == "list_codebundles" else {"query": words}
            yield f"{tool}/{words}", message("tools/call", name=tool, arguments=given)
    for detail in ("brief", "standard", "full"):
        for name in ids:
            given = {"slug": name, "detail": detail}
            yield f"details/{detail}/{name}", message("tools/call", name="get_codebundle_details", arguments=given)
    for name in ids:
        yield f"resource/{name}", message("resources/read", uri=f"codebundle://{name}")


def _over_stdio(checkout: Path, index: Path, ids: Sequence[str]) -> dict[str, str]:
    messages = list(_messages(ids))
    done = subprocess.run(
        [sys.executable, "-m", "search_fn.stdio"],
        cwd=checkout,
        env=os.environ | {"INDEX_URI": str(index)},
        input="".join(json.dumps(message) + "\n" for _, message in messages),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    answers = {str(json.loads(line).get("id")): line for line in done.stdout.splitlines()}
    return {f"stdio/{name}": answers.get(str(message["id"]), "no answer") for name, message in messages}


def _asked(address: str, body: Any = None) -> str:
    headers = {"accept": "application/json, text/event-stream"}
    data = None
    if body is not None:
        data, headers["content-type"] = json.dumps(body).encode(), "application/json"
    request = urllib.request.Request(address, data, headers)  # noqa: S310 - an address of this machine
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return f"{answer.status} {answer.headers.get('content-type')}\n{answer.read().decode()}"
    except urllib.error.HTTPError as refused:
        return f"{refused.code} {refused.headers.get('content-type')}\n{refused.read().decode()}"


if __name__ == "__main__":
    sys.exit(main())
