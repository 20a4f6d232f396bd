"""Made-up releases of the collection Harbor, whose bundles are those of tests.support.catalogues."""

from collections.abc import Sequence

from build.releases.models import (
    BundleChange,
    ChangeKind,
    CollectionReleases,
    FactChange,
    Moved,
    Release,
    Removed,
    RemovedTool,
    Rename,
    Since,
)

GONE, OLD = "harbor/gone", "harbor/pod-old"
_LETTERS = {"2.0": "d", "1.1": "e", "1.0": "f", "": "c"}


def fact(
    kind: ChangeKind, name: str | None = None, before: object = None, after: object = None, *, breaking: bool = False
) -> FactChange:
    """Return one fact that changed."""
    return FactChange.model_validate(
        {"kind": kind, "name": name, "before": before, "after": after, "breaking": breaking}
    )


def change(bundle: str, *facts: FactChange, files: int = 1, because: str | None = None) -> BundleChange:
    """Return what changed of a bundle."""
    return BundleChange(bundle=bundle, files_changed=files, because=because, changes=facts)


def release(
    tag: str | None,
    day: str,
    before: str | None,
    *,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    renamed: Sequence[Rename] = (),
    changed: Sequence[BundleChange] = (),
) -> Release:
    """Return a release of a day, `2026-03-01`."""
    return Release(
        tag=tag, date=f"{day}T08:00:00Z", commit=_LETTERS.get(tag or "", "9") * 40, before=before,
        added=tuple(added), removed=tuple(removed), renamed=tuple(renamed), changed=tuple(changed),
    )  # fmt: skip


def releases_of(bundle: str, text: str = "PLACE", tag: str = "2.0") -> CollectionReleases:
    """Return three releases of Harbor, and something that is not released yet.

    In 1.0 came OLD and GONE, in 1.1 GONE was removed and OLD became `bundle`, in `tag` that broke; since then a text of
    it changed. `text` stands where a stranger's text may.
    """
    new = fact("variable-added", text, after={"required": True, "default": None}, breaking=True)
    changed = fact("default-changed", text, before=text, after=f"{text} too")
    return CollectionReleases(
        slug="harbor",
        releases=(
            release(tag, "2026-03-01", "1.1", changed=[change(bundle, new, changed, files=2)]),
            release("1.1", "2026-02-01", "1.0", removed=[GONE], renamed=[Rename({"from": OLD, "to": bundle})]),
            release("1.0", "2025-12-01", None, added=[OLD, GONE]),
        ),
        unreleased=release(
            None, "2026-03-09", tag, changed=[change(bundle, fact("text-changed", "readme"), because=text)]
        ),
        moved={
            OLD: Moved(to=bundle, commit="e" * 40, date="2026-02-01T08:00:00Z", subject=text),
            GONE: Moved(to=None, commit="e" * 40, date="2026-02-01T08:00:00Z", subject=text),
        },
        removed=(
            Removed(
                id=GONE, collection="harbor", title=text, description=text, author=text, platforms=("AWS", text),
                access_level="read-only", effect="reads", tools=(RemovedTool(kind="runbook", name=text, title=text),),
                variables=(text,), secrets=(text,), commit="e" * 40, date="2026-02-01T08:00:00Z", subject=text,
                last_commit="f" * 40, last_tag="1.0", source_url="https://github.com/o/harbor/tree/f/codebundles/gone",
                nearest=(bundle, "harbor/nobody"),
            ),
        ),
        since={bundle.split("/")[1]: Since(bundle="1.1")},
    )  # fmt: skip
