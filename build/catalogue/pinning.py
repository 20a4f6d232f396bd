"""The version of a bundle's configuration: the release that it can pin, and a warning where the bundle is
deprecated.
"""

import json

from build.catalogue.models import CodeBundleRecord
from build.releases.models import CollectionReleases


def release_of(own: CollectionReleases | None, name: str) -> str | None:
    """Return the newest tag at which a bundle, named by its id, is as it is catalogued; None where it changed since."""
    if own is None or not own.releases:
        return None
    late = own.unreleased
    touched = {*late.added, *(one["to"] for one in late.renamed), *(one.bundle for one in late.changed)}
    return None if name in touched else own.releases[0].tag


def with_warning(record: CodeBundleRecord) -> CodeBundleRecord:
    """Return a record whose configuration warns in a comment, behind its first line, where the bundle is deprecated."""
    comment = deprecation_comment(record)
    if not (comment and record.configuration):
        return record
    head, mark, rest = record.configuration.partition("\n")
    return record.model_copy(update={"configuration": f"{head}{mark}{comment}{rest}"})


def deprecation_comment(record: CodeBundleRecord) -> str:
    """Return the lines of YAML that warn of a deprecated bundle, "" for the others."""
    note = record.deprecated
    if note is None:
        return ""
    # Quoted as JSON, so that a line feed in untrusted text cannot end the comment.
    since = f" since {json.dumps(note.since)}" if note.since else ""
    lines = [f"{record.id} is deprecated{since}."]
    lines += [f"Instead of it: {json.dumps(note.instead)}"] if note.instead else []
    lines += [f"Because: {json.dumps(note.reason)}"] if note.reason else []
    return "".join(f"# {line}\n" for line in lines)
