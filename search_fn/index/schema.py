"""The index's tables and manifest: the contract between the build, which writes them, and the function, which reads."""

from typing import Literal, NamedTuple

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

# Raise it with every change of a table, of the manifest, or of what a column means.
SCHEMA_VERSION = 8
# The oldest that is read as well: a function is deployed before the index that its release writes, and both are rolled
# back in the other order (docs/operating/upgrades.md). What an older table lacks is in ADDED.
OLDEST_SCHEMA = 7
DIMENSIONS = 384

# A corpus has four tables: entries, their passages, postings and words. Documentation, keyword libraries and keywords
# are a corpus of their own: their words change no search for bundles.
BUNDLE_TABLES = BUNDLES, PASSAGES, POSTINGS, WORDS = "bundles", "passages", "postings", "words"
PAGE_TABLES = "pages", "page_passages", "page_postings", "page_words"
DOCUMENTS, SKILLS, MANIFEST = "documents", "skills", "manifest"
# The manifest beside the tables, for programs that read no tables.
MANIFEST_FILE = "manifest.json"


# Sorted by id: a row's place is the position by which the other tables name it.
BUNDLE_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("name", pa.string()),
        pa.field("updated", pa.string()),
        pa.field("task_count", pa.int32()),
        pa.field("sli_count", pa.int32()),
        pa.field("discovered", pa.bool_()),
        # What is deprecated comes after all else that matches.
        pa.field("deprecated", pa.bool_()),
        # The share of its tools whose code changes things, 0..1.
        pa.field("changing", pa.float32()),
        # When a release, or what is not released yet, last changed it; else when its own files did.
        pa.field("changed", pa.string()),
        # Facets: as they are shown; filters ignore case.
        pa.field("collection", pa.string()),
        pa.field("platforms", pa.list_(pa.string())),
        pa.field("tags", pa.list_(pa.string())),
        pa.field("access", pa.string()),
        pa.field("effect", pa.string()),
        pa.field("kinds", pa.list_(pa.string())),
        pa.field("resource_types", pa.list_(pa.string())),
        pa.field("authors", pa.list_(pa.string())),
        pa.field("maintained_by", pa.list_(pa.string())),
        # Whether its folder has tests, and whether a workflow of its repository runs them.
        pa.field("tests", pa.list_(pa.string())),
        # The permissions that it needs.
        pa.field("needs", pa.list_(pa.string())),
        # JSON: the alerts, errors, symptoms, … that a model says it is for, each as its kind and its text.
        pa.field("said", pa.string()),
        # JSON: the result as searches return it, the summary of lists, the whole record, the files beside it (texts
        # by their names).
        pa.field("card", pa.string()),
        pa.field("summary", pa.string()),
        pa.field("record", pa.string()),
        pa.field("files", pa.string()),
        # Where its files begin in FILE_SCHEMA's table.
        pa.field("first_file", pa.int32()),
    ]
)

# Columns that came with SCHEMA_VERSION: those of OLDEST_SCHEMA lack them, and are read without.
ADDED = frozenset({"changing", "maintained_by", "tests", "said"})

# The files of bundles whose texts are stored: by bundle, and in the order of its record's `files`.
FILES = "bundle_files"
FILE_SCHEMA = pa.schema(
    [
        pa.field("bundle", pa.string()),
        pa.field("path", pa.string()),
        # Masked, with every character to be seen, and with line feeds alone.
        pa.field("text", pa.string()),
    ]
)

# Sorted by id, like bundles. `collection` is a library's, or the category of documentation.
PAGE_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("name", pa.string()),
        pa.field("type", pa.string()),
        pa.field("collection", pa.string()),
        pa.field("tags", pa.list_(pa.string())),
        # JSON: the result as searches return it, and the sections that one may lead to.
        pa.field("card", pa.string()),
    ]
)


def passage_schema(dimensions: int) -> pa.Schema:
    """Return the schema of passages with vectors of so many numbers; their rows are sorted by bundle."""
    return pa.schema(
        [
            pa.field("bundle", pa.int32()),
            pa.field("part", pa.string()),
            # The position of the tool in its bundle, of the section on its page; -1 where the passage is of neither.
            pa.field("item", pa.int32()),
            # Names what was encoded: an equal key has an equal vector.
            pa.field("key", pa.string()),
            pa.field("vector", pa.list_(pa.float16(), dimensions)),
        ]
    )


# The stems of search_fn.query.words that bundles have, in which bundles, and with what weight.
POSTING_SCHEMA = pa.schema(
    [
        pa.field("word", pa.string()),
        pa.field("bundles", pa.list_(pa.int32())),
        pa.field("weights", pa.list_(pa.float32())),
    ]
)

# The corpus's words, unstemmed, and how many bundles have each.
WORD_SCHEMA = pa.schema([pa.field("word", pa.string()), pa.field("bundles", pa.int32())])

# What the static API has beside the bundles: its path below api/v1/ without the ending, and its JSON. One is a page,
# which the function shows at /api/docs.
INTERFACE = "interface.html"
# Before the id of a page of documentation: the page with its sections, which no path answers with.
PAGE_TEXTS = "page-texts/"
DOCUMENT_SCHEMA = pa.schema([pa.field("path", pa.string()), pa.field("text", pa.string())])

# The image catalogue, which is written by itself and named by no manifest: `details`, `inactive`, and the `state` that
# the build goes on from.
IMAGES = "images"
IMAGE_SCHEMA = pa.schema([pa.field("path", pa.string()), pa.field("text", pa.string())])

# As they are listed, which `place` counts: the address of a skill's file, its entry in lists as JSON, and its text.
SKILL_SCHEMA = pa.schema(
    [
        pa.field("place", pa.int32()),
        pa.field("uri", pa.string()),
        pa.field("entry", pa.string()),
        pa.field("text", pa.string()),
    ]
)

MANIFEST_SCHEMA = pa.schema([pa.field("manifest", pa.string())])


class SkillRow(NamedTuple):
    """A row of SKILL_SCHEMA, without its place."""

    uri: str
    entry: str
    text: str


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncoderFacts(_Part):
    """Which encoder made the vectors; a reader with another one must refuse the index. `sha256` is that of the built-in
    one's file. `model` is a provider's, which made them instead; the file's words are known all the same.
    """

    name: str
    dimensions: int
    sha256: str
    model: str | None = None


class CollectionFacts(_Part):
    """One collection as it was built. `commit` is None where it was never fetched."""

    slug: str
    name: str
    git_url: str
    git_ref: str
    owner: str
    description: str
    # None where collections.yaml does not say; an index of an earlier release has none.
    maintained_by: str | None = None
    commit: str | None
    commit_date: str | None
    state: Literal["current", "stale", "unavailable"]
    bundles: int
    tools: int


class Counts(_Part):
    collections: int
    bundles: int
    tools: int
    runbook_tools: int
    monitor_tools: int
    passages: int


class Manifest(_Part):
    """What one publication holds. Written last, as a table of one row and as MANIFEST_FILE."""

    build_id: str
    schema_version: int
    updated: str | None
    counts: Counts
    tables: dict[str, int]
    encoder: EncoderFacts
    collections: list[CollectionFacts]
    digest: str
