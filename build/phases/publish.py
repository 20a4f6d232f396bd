"""The last phase: what has changed takes the place of what is published, whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from build.catalogue.catalogue import Catalogue
from build.phases.context import RunContext
from build.publish.published import MARKS, Output, build_id_of
from build.publish.shrink_guard import guard_shrink
from build.publish.swap import check_target, replace_folders
from build.storage import find_damage


def changed_outputs(run: RunContext, catalogue: Catalogue) -> list[Output]:
    """Return which of the run's outputs are not published as the catalogue has them, or are damaged."""
    changed = {output for output in run.outputs if build_id_of(run.folder(output), output) != catalogue.build_id}
    if "index" in run.outputs and (damage := _damage(run.options.index)):
        run.report.damaged.append(str(run.options.index / damage))
        changed.add("index")
    return [output for output in run.outputs if output in changed]


@contextmanager
def publish(run: RunContext, catalogue: Catalogue, outputs: Sequence[Output]) -> Iterator[Mapping[Output, Path]]:
    """Yield a new, empty folder for each output; at the end they take their places together.

    Args:
        run: The run, which says where the outputs are.
        catalogue: What is published, by which a loss is measured.
        outputs: Those that are written.

    Raises:
        RegistryError: The catalogue lost over a fifth of what is published; nothing was written.
    """
    targets = [run.folder(output) for output in outputs]
    if not run.options.accept_shrink:
        shown = {facts.slug for facts in catalogue.collections}
        readable = {row.slug: row.readable for row in run.report.rows if row.slug in shown}
        guard_shrink(run.options.index, readable, _causes(run))
    for output, target in zip(outputs, targets, strict=True):
        check_target(target, MARKS[output])
    with ExitStack() as stack:
        folders = stack.enter_context(replace_folders(*targets))
        yield dict(zip(outputs, folders, strict=True))
        with run.phase("publish"):
            stack.close()
    run.report.published[:0] = outputs


def _damage(index: Path) -> str | None:
    """Return the first damaged file of a published index, None where all are sound or nothing is published."""
    return find_damage(index) if (index / MARKS["index"]).exists() else None


def _causes(run: RunContext) -> dict[str, str]:
    """Return why collections could not be read at all, by their slugs."""
    lost = {row.slug for row in run.report.rows if row.outcome == "unavailable"}
    return {p.collection: p.message for p in reversed(run.problems) if p.collection in lost and p.severity == "error"}
