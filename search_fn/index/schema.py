"""The columns of the index's tables: the contract between the build, which writes them, and the function."""

import pyarrow as pa

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


# The files of bundles whose texts are stored: by bundle, and in the order of its record's `files`.
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

DOCUMENT_SCHEMA = pa.schema([pa.field("path", pa.string()), pa.field("text", pa.string())])

# The bytes of a file of arrays in order. LanceDB would compress them by a quarter, and take longer to read them.
PIECE = "piece"
PIECE_SCHEMA = pa.schema([pa.field(PIECE, pa.binary(), metadata={"lance-encoding:compression": "none"})])

# The image catalogue, which is written by itself and named by no manifest: `details`, `inactive`, and the `state` that
# the build goes on from.
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
