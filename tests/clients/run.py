"""Public clients of the protocol against the function, each at one release in an environment of its own.

`nox -s clients` serves the demo, `-- INDEX SITE` what was built before, `-- ADDRESS` asks a registry that runs, over
HTTP alone. A client lists tools, resources and prompts, finds a CodeBundle, asks for its details, reads its resource.
What it saw has to be what plain requests say is there. Needs network for PyPI and npm; the exit status is 1 where one
fails.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.measuring import table  # noqa: E402 - after the path to it
from tests.support.node import NODE  # noqa: E402

PROGRAMS = Path(__file__).resolve().parent
SECONDS = 180
BOTH = ("http", "stdio")


@dataclass(frozen=True)
class Client:
    name: str
    version: str
    program: str
    transports: tuple[str, ...] = BOTH
    # Packages that go with it.
    beside: tuple[str, ...] = ()
    extra: str = ""
    # The first Python that cannot run it, and the first Node that can.
    below_python: tuple[int, int] | None = None
    node: tuple[int, ...] = (20,)

    @property
    def of_npm(self) -> bool:
        return self.program.endswith(".mjs")

    @property
    def packages(self) -> list[str]:
        one = f"{self.name}@{self.version}" if self.of_npm else f"{self.name}{self.extra}=={self.version}"
        return [one, *self.beside]


# The SDK's early releases do not work with pydantic 2.12, and those before it have no wheels for Python 3.14.
EARLY = ("pydantic<2.12",)
CLIENTS = (
    Client("mcp", "1.2.1", "mcp_1.py", ("stdio",), EARLY, below_python=(3, 14)),
    Client("mcp", "1.8.1", "mcp_1.py", BOTH, EARLY, below_python=(3, 14)),
    Client("mcp", "1.12.4", "mcp_1.py", BOTH, EARLY, below_python=(3, 14)),
    Client("mcp", "1.30.0", "mcp_1.py"),
    Client("mcp", "2.3.0", "mcp_2.py"),
    Client("@modelcontextprotocol/sdk", "1.17.5", "sdk.mjs"),
    Client("@modelcontextprotocol/sdk", "1.32.2", "sdk.mjs"),
    Client("@modelcontextprotocol/client", "2.4.0", "sdk.mjs"),
    Client("fastmcp", "2.14.7", "fastmcp.py"),
    Client("fastmcp", "4.2.3", "fastmcp.py"),
    Client("langchain-mcp-adapters", "0.3.2", "langchain.py"),
    Client("openai-agents", "0.24.0", "openai_agents.py"),
    Client("pydantic-ai-slim", "2.68.0", "pydantic_ai.py", extra="[mcp]"),
    Client("google-genai", "3.6.1", "google_genai.py", ("http",), ("mcp==2.3.0",)),
    Client("mcporter", "0.12.3", "mcporter.mjs", node=(24,)),
    Client("@modelcontextprotocol/inspector", "2.12.0", "inspector.mjs", node=(22, 19)),
    Client("skills", "1.7.4", "skills.mjs", ("http",), node=(22, 20)),
)


@dataclass(frozen=True)
class Registry:
    """Where it is, and what plain requests say of it."""

    site: str
    index: Path | None
    tools: list[str]
    resources: int
    prompts: int
    skills: int
    # A CodeBundle: its resource, its id, its title.
    resource: str
    slug: str
    title: str
    # The registry's own skill: its name, and the file on the site.
    skill: str
    skill_file: str

    def case(self, transport: str) -> dict[str, Any]:
        """What a program is given."""
        return {
            "transport": transport,
            "address": f"{self.site}mcp",
            "site": self.site,
            "command": sys.executable,
            "arguments": ["-m", "search_fn.stdio", "--index", str(self.index)],
            "environment": {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", os.defpath)},
            "query": self.title,
            "slug": self.slug,
            "resource": self.resource,
            "skill": self.skill,
        }

    def faults(self, seen: Mapping[str, Any]) -> Iterator[str]:
        """What a client saw otherwise than it is. What it does not look at is not there."""
        for name in ("tools", "resources", "prompts", "skills"):
            if name in seen and seen[name] != getattr(self, name):
                yield f"{name}: {seen[name]}, not {getattr(self, name)}"
        for name in ("found", "details", "read"):
            if name in seen and self.slug not in seen[name]:
                yield f"{name}: nothing of {self.slug}: {seen[name][:300]}"
        if "skill" in seen and seen["skill"] != self.skill_file:
            yield f"skill: not the site's bytes: {seen['skill'][:300]}"


def registry_at(site: str, index: Path | None) -> Registry:
    """Ask what is there, with plain requests."""
    with httpx2.Client(base_url=site, timeout=60) as client:

        def asked(method: str, **parameters: str) -> dict[str, Any]:
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
            answer: dict[str, Any] = client.post("mcp", json=message).raise_for_status().json()
            if "result" not in answer:
                sys.exit(f"{site}mcp: {method}: {answer.get('error')}; is that a registry?")
            return dict(answer["result"])

        def every(method: str, name: str) -> list[dict[str, Any]]:
            page = asked(method)
            found = list(page[name])
            while page.get("nextCursor"):
                page = asked(method, cursor=page["nextCursor"])
                found += page[name]
            return found

        resources = every("resources/list", "resources")
        bundle = next((one for one in resources if one["uri"].startswith("codebundle://")), None)
        if bundle is None:
            sys.exit(f"{site}mcp has no CodeBundle to ask for: build the index with a collection that has one.")
        skill = client.get(".well-known/agent-skills/index.json").raise_for_status().json()["skills"][0]["name"]
        return Registry(
            site=site,
            index=index,
            tools=[tool["name"] for tool in every("tools/list", "tools")],
            resources=len(resources),
            prompts=len(every("prompts/list", "prompts")),
            skills=len(every("skills/list", "skills")),
            resource=bundle["uri"],
            slug=bundle["uri"].removeprefix("codebundle://"),
            title=bundle["title"],
            skill=skill,
            skill_file=client.get(f".well-known/agent-skills/{skill}/SKILL.md").raise_for_status().text,
        )


@contextmanager
def served(index: Path, site: Path) -> Iterator[str]:
    """Serve site and function on a free port of loopback, and yield the address."""
    command = [sys.executable, "-m", "build", "serve", "--index", str(index), "--site", str(site), "--port", "0"]
    # It tells its address on stderr, and nothing of requests.
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8") as server:
        try:
            assert server.stderr is not None
            line = server.stderr.readline()
            if not line.startswith("http"):
                sys.exit(f"build serve did not start: {line}{server.stderr.read()}")
            yield line.split()[0]
        finally:
            server.terminate()


def ran(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command, and return what it wrote.

    Raises:
        RuntimeError: It failed or took too long; the message has the end of what it said.
    """
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(str(error)[:600]) from error
    if done.returncode:
        raise RuntimeError((done.stdout + done.stderr)[-3_000:])
    return done.stdout


class Bench:
    """The folder where clients are installed, with a Node that is new enough where npm has one for this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.node, self.node_version = self._node()

    def _node(self) -> tuple[str, tuple[int, ...]]:
        """The program and its version; nothing and zero on a machine without npm and Node."""
        if shutil.which("npm"):
            own = self.folder / "node" / "node_modules" / ".bin" / "node"
            try:
                if not own.exists():
                    self._npm(own.parents[2], [NODE], scripts=True)
                return str(own), self._version(str(own))
            except RuntimeError as error:
                print(f"npm could not get {NODE}: {error}", file=sys.stderr)
        found = shutil.which("node") or ""
        return found, self._version(found) if found else (0,)

    def _version(self, node: str) -> tuple[int, ...]:
        said = ran([node, "--version"], self.folder, os.environ)
        return tuple(int(part) for part in said.strip().removeprefix("v").split("-")[0].split("."))

    def _npm(self, folder: Path, packages: Sequence[str], *, scripts: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--no-audit", "--no-fund", *([] if scripts else ["--ignore-scripts"])]
        ran(["npm", "install", "--prefix", str(folder), *options, *packages], folder, os.environ)

    def unable(self, client: Client) -> str:
        """Why this machine cannot run it, or nothing."""
        if client.of_npm and not (shutil.which("npm") and self.node):
            return "skipped: no Node and npm here"
        if client.of_npm and self.node_version < client.node:
            least, have = (".".join(map(str, version)) for version in (client.node, self.node_version))
            return f"skipped: needs Node {least}, here is {have}"
        if client.below_python and sys.version_info[:2] >= client.below_python:
            least = ".".join(map(str, client.below_python))
            return f"skipped: needs a Python before {least}, here is {platform.python_version()}"
        return ""

    def installed(self, client: Client) -> Path:
        """Install it once, and return its folder.

        Raises:
            RuntimeError: It could not be installed.
        """
        folder = self.folder / f"{client.name.replace('/', '+')}-{client.version}"
        done = folder / "installed.json"
        wanted = json.dumps([client.packages, platform.python_version()])
        if done.is_file() and done.read_text(encoding="utf-8") == wanted:
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        if client.of_npm:
            self._npm(folder, client.packages)
        else:
            environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
            ran(["uv", "venv", "--quiet", "--python", sys.executable, folder], self.folder, environment)
            install = ["uv", "pip", "install", "--quiet", "--python", str(self._python(folder))]
            ran([*install, *client.packages], folder, environment)
        done.write_text(wanted, encoding="utf-8")
        return folder

    def _python(self, folder: Path) -> Path:
        return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def seen(self, client: Client, folder: Path, case: Mapping[str, Any]) -> dict[str, Any]:
        """Run the client's program, and return what it saw.

        Raises:
            RuntimeError: It failed, or said nothing.
        """
        # Beside its packages: Node looks for them from the program's own folder.
        program = folder / f"program{Path(client.program).suffix}"
        shutil.copyfile(PROGRAMS / client.program, program)
        home = folder / "home"
        home.mkdir(exist_ok=True)
        bins = [str(Path(self.node).parent)] if client.of_npm else []
        # Nothing of whoever runs this: no settings, no keys, no editors' servers.
        environment = {
            "HOME": str(home),
            "PATH": os.pathsep.join([*bins, os.environ.get("PATH", os.defpath)]),
            "DISABLE_TELEMETRY": "1",
            "DO_NOT_TRACK": "1",
        }
        start = self.node if client.of_npm else self._python(folder)
        lines = ran([start, program, json.dumps(case)], folder, environment).splitlines()
        if not lines:
            raise RuntimeError(f"{client.program} wrote nothing")
        return dict(json.loads(lines[-1]))


def row(client: Client, bench: Bench, registry: Registry) -> tuple[list[str], list[str]]:
    """Try a client, and return its line of the table and what is wrong."""
    cells, notes, wrong = dict.fromkeys(BOTH, "–"), [], []
    unable = bench.unable(client)
    if unable:
        return [client.name, client.version, "–", "–", unable], []
    try:
        folder = bench.installed(client)
    except RuntimeError as error:
        return [client.name, client.version, "–", "–", "not installed"], [f"{client.name} {client.version}: {error}"]
    for transport in client.transports:
        if transport == "stdio" and registry.index is None:
            continue
        try:
            seen = bench.seen(client, folder, registry.case(transport))
            faults = list(registry.faults(seen))
            counts = [
                f"{seen[name]} {name if seen[name] != 1 else name.removesuffix('s')}"
                for name in ("resources", "prompts", "skills")
                if name in seen
            ]
            counts = [*([f"{len(seen['tools'])} tools"] if "tools" in seen else []), *counts]
            said = ", ".join([*counts, *seen["notes"]])
            notes += [said] if said not in notes else []
        except RuntimeError as error:
            faults = [str(error)]
        cells[transport] = "failed" if faults else "ok"
        wrong += [f"{client.name} {client.version} over {transport}: {fault}" for fault in faults]
    return [client.name, client.version, cells["http"], cells["stdio"], "; ".join(notes)], wrong


def tried(bench: Bench, registry: Registry) -> int:
    """Try all, print the table, and return the exit status."""
    rows, wrong = [], []
    for client in CLIENTS:
        print(f"{client.name} {client.version} …", file=sys.stderr, flush=True)
        line, faults = row(client, bench, registry)
        rows.append(line)
        wrong += faults
    print(table(["client", "version", "HTTP", "stdio", "notes"], rows))
    for fault in wrong:
        print(fault, file=sys.stderr)
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Try public clients of the protocol against a registry.")
    parser.add_argument("--folder", type=Path, required=True, help="where they are installed, and found the next time")
    parser.add_argument(
        "where", nargs="+", metavar="INDEX SITE | ADDRESS", help="two folders, or where a registry runs"
    )
    given = parser.parse_args()
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if len(given.where) == 1 and given.where[0].startswith(("http://", "https://")):
        address = f"{given.where[0].removesuffix('/').removesuffix('/mcp')}/"
        try:
            registry = registry_at(address, None)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError) as error:
            parser.error(f"{address} does not answer as a registry with its site does: {error!r}")
        return tried(Bench(folder), registry)
    if len(given.where) != 2:
        parser.error("name two folders, INDEX and SITE, or one address that begins with http:// or https://.")
    index, site = (Path(name).resolve() for name in given.where)
    for path in (index / "manifest.json", site / "index.html"):
        if not path.is_file():
            parser.error(f"{path} is not there: build it with `nox -s demo`, and name INDEX before SITE.")
    with served(index, site) as address:
        return tried(Bench(folder), registry_at(address, index))


if __name__ == "__main__":
    sys.exit(main())
