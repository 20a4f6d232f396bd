"""What an index says of itself: the names of its tables, the version of their schema, and the manifest."""

from typing import Literal, NamedTuple

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
PAGE_TABLES = PAGES, _, _, _ = "pages", "page_passages", "page_postings", "page_words"
DOCUMENTS, SKILLS, MANIFEST = "documents", "skills", "manifest"
# The manifest beside the tables, for programs that read no tables.
MANIFEST_FILE = "manifest.json"

# Columns that came with SCHEMA_VERSION: those of OLDEST_SCHEMA lack them, and are read without.
ADDED = frozenset({"changing", "maintained_by", "tests", "said"})

# What the static API has beside the bundles: its path below api/v1/ without the ending, and its JSON. One is a page,
# which the function shows at /api/docs.
INTERFACE = "interface.html"
# Before the id of a page of documentation: the page with its sections, which no path answers with.
PAGE_TEXTS = "page-texts/"

# Tables besides.
FILES, IMAGES = "bundle_files", "images"
# On object storage, where LanceDB reads tables alone: the files of arrays in pieces, by their corpus's first table.
ARRAY_TABLES = {BUNDLES: "bundle_arrays", PAGES: "page_arrays"}


class IndexUnavailableError(Exception):
    """There is no index to answer from; the message is for the person who runs the function."""


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


class ArrayFile(_Part):
    """A file of arrays in an index's folder. Its name has the beginning of `sha256`, which is that of the file's
    header, where a digest of the rest stands; `size` is in bytes.
    """

    name: str
    size: int
    sha256: str


class Counts(_Part):
    collections: int
    bundles: int
    tools: int
    runbook_tools: int
    monitor_tools: int
    passages: int


class Manifest(_Part):
    """What one publication holds. Written last, as a table of one row, for object storage and the release before, and
    as MANIFEST_FILE. `arrays` are the files of what a search reads, by the first table of their corpus, which lie on
    object storage as ARRAY_TABLES; none in an index of an earlier release, whose arrays are made of its tables.
    `candidates` is how many passages of bundles are found by their sketches and then compared with a query; null where
    all of them are compared.
    """

    build_id: str
    schema_version: int
    updated: str | None
    counts: Counts
    tables: dict[str, int]
    arrays: dict[str, ArrayFile] = {}
    candidates: int | None = None
    encoder: EncoderFacts
    collections: list[CollectionFacts]
    digest: str
