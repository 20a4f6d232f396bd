"""Whether a run would publish what is published already, and everything that such a run does instead.

After a run, a digest of all that its outcome depends on is kept with its report. Where the next run finds the same
digest, and the outputs as they were left, no bundle has to be read: the outcome would be the same.
"""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from build.enhance.provider import provider_of
from build.model import API_ROOT, JsonObject, Problem, Value
from build.phases.checked import last_look, write_checked
from build.phases.context import RunContext
from build.phases.fetch import UP_TO_DATE, Updates
from build.publish.published import build_id_of, published_manifest
from build.publish.report import CollectionRow
from build.runs import Asked
from build.storage import canonical, digest_of, file_of, find_damage, keep, load_kept
from search_fn.index.facts import IMAGES

if TYPE_CHECKING:
    from build.catalogue.catalogue import Catalogue
    from build.images.state import ImageState

# Problems that the next run may not have: the machine was too slow, something is left for later, or time goes on.
PASSING = frozenset(
    {
        "date-in-future", "effects-not-read", "library-not-read", "markdown-not-rendered", "not-enhanced", "not-read",
        "release-not-read", "releases-unfinished",
    }
)  # fmt: skip
# The beginnings of variables that shape a run, and parts of names whose values are nobody's business.
_SHAPING = ("AI_", "AZURE_OPENAI_", "EMBEDDING_", "OPENAI_", "REGISTRY_")
_SECRET = ("KEY", "TOKEN")


class Publication(Value):
    """A run of which the outcome is published.

    Attributes:
        inputs: A digest of all that the outcome depends on but images.
        outputs: A digest of what of the outputs a run looks at.
        ended: When it ended, in seconds since 1970.
        images: A digest of what was known of images.
        rows: The rows of its report, as they would be in a run that finds nothing new.
        problems: Those of its report but for images.
        updated: The date of the newest commit.
        enhanced: What asking a model came to: nobody had to be asked.
    """

    inputs: str
    outputs: str
    ended: float
    images: str
    rows: tuple[CollectionRow, ...]
    problems: tuple[Problem, ...]
    updated: str | None
    enhanced: JsonObject


def configuration_of(run: RunContext) -> str:
    """Return a digest of what a run depends on besides what it fetches: options, code, packages, and our own files.

    Take it before these are read: what changes meanwhile is then another configuration for the next run.
    """
    options = run.options
    digest = hashlib.sha256(options.version.encode())
    for name, value in asdict(options).items():
        digest.update(f"{name}={value.resolve() if isinstance(value, Path) else value!r}\n".encode())
    provider = None if options.offline else provider_of(os.environ)
    asked = provider and (provider.name, provider.model, provider.endpoint, provider.api_version)
    for part in (run.outputs, asked, sys.version, _programs(), sorted(_environment())):
        digest.update(f"{part}\n".encode())
    files = [options.collections, options.collections.with_name("sources.yaml")]
    for path in (*files, *_files(options.overrides), *_files(options.enhancements)):
        digest.update(f"{path}\n{_content(path)}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def inputs_of(run: RunContext, configuration: str, updates: Updates) -> str | None:
    """Return a digest of all that a run's outcome depends on but images, None where it is not certain.

    Args:
        run: The run, with the problems until now.
        configuration: A digest of what it is configured to do.
        updates: What it fetched.
    """
    whole = not run.options.offline and not run.options.only
    if not whole or any(collection.slug not in updates.refs for collection in run.collections):
        return None
    digest = hashlib.sha256(configuration.encode())
    fetched = [sorted(updates.refs.items()), updates.requests, updates.documentation]
    digest.update(canonical([fetched, run.problems]).encode())
    return digest.hexdigest()


def find_published(run: RunContext, inputs: str, updates: Updates) -> Publication | None:
    """Return the last publication where this run's outcome would be the same and it is still in place, else None.

    Args:
        run: The run.
        inputs: A digest of all that its outcome depends on.
        updates: What it fetched.
    """
    if any(update.fetched.outcome != "unchanged" for update in updates.fetched.values()):
        return None
    last = load_kept(_file(run), Publication)
    if last is None or last.inputs != inputs or last.ended > time.time():
        return None
    return last if _outputs(run) == last.outputs else None


def keep_published(
    run: RunContext, inputs: str, catalogue: "Catalogue", images: "ImageState", problems: Sequence[Problem]
) -> None:
    """Keep what the next run needs to know that its outcome is published, unless it may find more to do.

    Args:
        run: The run, which has published.
        inputs: A digest of all that its outcome depends on.
        catalogue: What is published.
        images: What is known of images.
        problems: The run's problems but for images.
    """
    report, outputs = run.report, _outputs(run)
    unread = (file.reason == "not-read" for record in catalogue.records for file in record.files)
    asked = report.enhanced.get("calls") or report.enhanced.get("failed") or report.enhanced.get("left")
    passing = any(problem.code in PASSING for problem in problems)
    if outputs is None or asked or passing or any(unread) or any(row.outcome not in UP_TO_DATE for row in report.rows):
        _file(run).unlink(missing_ok=True)
        return
    rows = [replace(row, outcome="unchanged", parsed=0, failures=0) for row in report.rows]
    publication = Publication(
        inputs=inputs,
        outputs=outputs,
        ended=time.time(),
        images=digest_of(canonical(images)),
        rows=tuple(rows),
        problems=tuple(problems),
        updated=report.updated,
        enhanced=cast("JsonObject", report.enhanced),
    )
    keep(_file(run), publication)


def repeat(run: RunContext, last: Publication) -> None:
    """End a run that finds `last` published: read the image registries, and write when it looked."""
    from build.phases.images import read_images, update_published

    report = run.report
    report.rows[:] = last.rows
    report.problems[:] = last.problems
    report.updated, report.build_id = last.updated, build_id_of(run.options.index, "index")
    report.enhanced = cast("Asked", last.enhanced)
    state = read_images(run, again=True)
    known = digest_of(canonical(state))
    if known != last.images:
        update_published(run, state)
        keep(_file(run), last.model_copy(update={"images": known, "outputs": _outputs(run)}))
    manifest = published_manifest(run.options.index)
    if manifest:
        write_checked(last_look(run, manifest), {output: run.folder(output) for output in run.outputs})


def _file(run: RunContext) -> Path:
    places = (str(run.folder(output).resolve()) for output in run.outputs)
    return file_of(run.options.cache / "published", *places)


def _outputs(run: RunContext) -> str | None:
    """Return a digest of all that a run looks at in its outputs, None where one is missing or damaged."""
    index, site = run.options.index, run.options.site
    ids = [build_id_of(run.folder(output), output) for output in run.outputs]
    if None in ids or find_damage(index):
        return None
    # The image catalogue is no part of a build: neither the build id nor the index's digests count it.
    api = (site / API_ROOT / name for name in ("index.json", "report.json", "requests.json"))
    files = [*api, *_files(site / API_ROOT / "catalog"), *_files(index / f"{IMAGES}.lance")]
    return digest_of("".join(f"{part}\n" for part in (*ids, *(f"{file} {_content(file)}" for file in files))))


def _programs() -> list[str]:
    """Return which packages are installed, and which git: all that is not code of ours."""
    git = shutil.which("git")
    facts = Path(git).stat() if git else None
    folders = (Path(folder) for folder in sys.path if folder.endswith("-packages"))
    packages = (path.name for folder in folders if folder.is_dir() for path in folder.glob("*-info"))
    return [f"{git} {facts and (facts.st_size, facts.st_mtime_ns)}", *sorted(packages)]


def _environment() -> Iterator[str]:
    """Yield the variables that shape a run; of those that hold secrets, that they are set."""
    for name, value in os.environ.items():
        if name.startswith(_SHAPING):
            yield f"{name} is set" if value and any(part in name for part in _SECRET) else f"{name}={value}"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _content(path: Path) -> str:
    try:
        return digest_of(path.read_bytes())
    except FileNotFoundError:
        return ""
