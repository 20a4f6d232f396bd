"""The contract between the build, which writes the index, and the function, which reads it."""

import pyarrow as pa

from search_fn.index.facets import FACETS
from search_fn.index.facts import DIMENSIONS
from search_fn.index.schema import BUNDLE_SCHEMA, passage_schema


def test_vectors_are_half_floats_of_the_encoders_length() -> None:
    for dimensions in (DIMENSIONS, 512):
        assert passage_schema(dimensions).field("vector").type == pa.list_(pa.float16(), dimensions)


def test_each_facet_has_its_column() -> None:
    assert set(FACETS.values()) <= set(BUNDLE_SCHEMA.names)
