"""Bundles as entries of their corpus, and what an entry of each corpus has."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from build.catalogue.beside import files_beside
from build.catalogue.models import Card, CodeBundleRecord, Summary, ToolRecord
from build.index.passages import Passage, text_columns
from build.storage import canonical


class BundleRow(NamedTuple):
    """A row of BUNDLE_SCHEMA. What no search reads is made of `source` when it is asked for: all of it together is more
    than all else that an index is made of.
    """

    id: str
    name: str
    updated: str
    task_count: int
    sli_count: int
    discovered: bool
    deprecated: bool
    changing: float
    changed: str
    collection: str
    platforms: Sequence[str]
    tags: Sequence[str]
    access: str
    effect: str
    kinds: Sequence[str]
    resource_types: Sequence[str]
    authors: Sequence[str]
    maintained_by: Sequence[str]
    tests: Sequence[str]
    needs: Sequence[str]
    said: str
    card: str
    first_file: int
    source: CodeBundleRecord

    @property
    def summary(self) -> str:
        return canonical(Summary.of(self.source))

    @property
    def record(self) -> str:
        return canonical(self.source)

    @property
    def files(self) -> str:
        return canonical(files_beside(self.source))


class PageRow(NamedTuple):
    """A row of PAGE_SCHEMA."""

    id: str
    name: str
    type: str
    collection: str
    tags: Sequence[str]
    card: str


class FileRow(NamedTuple):
    """A row of FILE_SCHEMA."""

    bundle: str
    path: str
    text: str


Row = TypeVar("Row", BundleRow, PageRow)


class Entry(NamedTuple, Generic[Row]):
    """An entry of a corpus: its row, the texts by TEXT_WEIGHTS' names, and the passages to encode."""

    row: Row
    texts: Mapping[str, str]
    passages: Sequence[Passage]


def bundle_entry(
    record: CodeBundleRecord, code: str, parts: Sequence[Passage], first_file: int = 0, changed: str | None = None
) -> Entry[BundleRow]:
    """Return a bundle on its corpus.

    Args:
        record: The bundle.
        code: The text of its robot files, whose words are found, too.
        parts: Its passages.
        first_file: Where its files begin in their table.
        changed: When a release last changed it, as far as one did.
    """
    tags = [*record.support_tags, *(tag for tool in record.tools for tag in tool.tags)]
    row = BundleRow(
        id=record.id,
        name=record.title,
        updated=record.git_updated_at or "",
        task_count=record.task_count,
        sli_count=record.sli_count,
        discovered=record.configuration_type.has_generation_rules,
        deprecated=record.deprecated is not None,
        changing=sum(map(_changes, record.tools)) / max(len(record.tools), 1),
        changed=changed or (record.history.last_own_date if record.history else ""),
        collection=record.codecollection.slug,
        platforms=record.platforms,
        # `${NAMESPACE}` is a tag of whatever it becomes when it runs, and no facet.
        tags=sorted({tag.casefold() for tag in tags if "${" not in tag}),
        access=record.access_level,
        effect=record.effect,
        kinds=sorted({tool.kind for tool in record.tools}),
        resource_types=record.configuration_type.resource_types,
        authors=[record.author] if record.author else [],
        maintained_by=[by] if (by := record.codecollection.maintained_by) else [],
        tests=record.tests.values,
        needs=record.minimum_iam_requirements,
        said=canonical(said_of(record)),
        card=canonical(Card.of(record)),
        first_file=first_file,
        source=record,
    )
    return Entry(row, text_columns(record, code), parts)


def _changes(tool: ToolRecord) -> bool:
    """Return whether a tool changes things: by its code, by its tags where the code does not decide it."""
    return tool.effect == "changes" or (tool.effect == "unclear" and tool.access_declared == "read-write")


def said_of(record: CodeBundleRecord) -> list[tuple[str, str]]:
    """Return what a model, or this registry's maintainers, say that a bundle is for, each with its kind."""
    ai = record.ai
    if ai is None:
        return []
    named = (
        ("alert", ai.alerts), ("error", ai.errors), ("symptom", ai.symptoms), ("question", ai.questions),
        ("alias", ai.aliases),
    )  # fmt: skip
    return [(kind, text) for kind, texts in named for text in texts]


def file_rows(record: CodeBundleRecord, texts: Mapping[str, str]) -> Iterator[FileRow]:
    """Yield a row for each stored file of a bundle, of which `texts` has all. Raises KeyError if it has not."""
    for file in record.files:
        if file.stored:
            yield FileRow(record.id, file.path, texts[file.path])
