"""The contract between the build, which writes the index, and the function, which reads it."""

import json

import pyarrow as pa
import pytest
from pydantic import ValidationError

from search_fn.index import schema
from search_fn.index.facets import FACETS
from search_fn.index.schema import BUNDLE_SCHEMA, BUNDLE_TABLES, PAGE_TABLES, Manifest, passage_schema

MANIFEST = {
    "build_id": "b",
    "schema_version": schema.SCHEMA_VERSION,
    "updated": None,
    "counts": dict.fromkeys(("collections", "bundles", "tools", "runbook_tools", "monitor_tools", "passages"), 0),
    "tables": {"bundles": 1},
    "encoder": {"name": "e", "dimensions": 384, "sha256": "0" * 64},
    "collections": [],
    "digest": "d",
}


def test_no_table_has_the_name_of_another() -> None:
    names = [*BUNDLE_TABLES, *PAGE_TABLES, schema.DOCUMENTS, schema.FILES, schema.SKILLS, schema.MANIFEST]
    assert len(set(names)) == len(names) == 12


def test_vectors_are_half_floats_of_the_encoders_length() -> None:
    for dimensions in (schema.DIMENSIONS, 512):
        assert passage_schema(dimensions).field("vector").type == pa.list_(pa.float16(), dimensions)


def test_each_facet_has_its_column() -> None:
    assert set(FACETS.values()) <= set(BUNDLE_SCHEMA.names)


def test_a_manifest_is_read_as_it_was_written_and_by_no_other_fields() -> None:
    text = json.dumps(MANIFEST)
    assert Manifest.model_validate_json(text).model_dump(mode="json")["encoder"]["model"] is None
    for changed in ({**MANIFEST, "more": 1}, {name: MANIFEST[name] for name in MANIFEST if name != "digest"}):
        with pytest.raises(ValidationError):
            Manifest.model_validate_json(json.dumps(changed))
