"""The end of each run, also of one in which nothing changed: when it looked, in a file that no digest counts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from build.model import API_ROOT
from build.phases.context import RunContext
from build.publish.published import Output
from build.storage import write_whole
from search_fn.index.checked import CHECKED_FILE, Checked, CollectionCheck, read_checked
from search_fn.index.facts import Manifest

if TYPE_CHECKING:
    from build.catalogue.catalogue import Catalogue

FILES: dict[Output, str] = {"index": CHECKED_FILE, "site": f"{API_ROOT}/{CHECKED_FILE}"}
_LOOKED = ("fetched", "unchanged")


def last_look(run: RunContext, catalogue: "Catalogue | Manifest", now: datetime | None = None) -> Checked:
    """Return when all collections, and each, were last looked at: in this run, or as the run before has written it.

    Args:
        run: The run; offline it looks at nothing, with --only not at all of them.
        catalogue: What it publishes, or has found published, or the manifest of that.
        now: The end of the run; the clock's time by default.
    """
    outputs = (read_checked(run.folder(output) / file) for output, file in FILES.items())
    before = max((one for one in outputs if one), key=lambda one: one.checked_at or "", default=None)
    at = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    known = {one.slug: one.checked_at for one in before.collections} if before else {}
    outcomes = {row.slug: row.outcome for row in run.report.rows}
    everything = not run.options.offline and not run.options.only
    return Checked(
        checked_at=at if everything else before.checked_at if before else None,
        build_id=catalogue.build_id,
        stale_after_hours=run.options.stale_after,
        collections=[
            CollectionCheck(
                slug=facts.slug,
                checked_at=at if outcomes.get(facts.slug) in _LOOKED else known.get(facts.slug),
                commit=facts.commit,
                state=facts.state,
            )
            for facts in catalogue.collections
        ],
    )


def write_checked(checked: Checked, folders: Mapping[Output, Path]) -> None:
    """Write the file into each of these outputs."""
    for output, folder in folders.items():
        write_whole(folder / FILES[output], checked.model_dump_json() + "\n")
