"""The encoder against the published weights in plain float64, over all that the sample collections say."""

import json
from pathlib import Path

import numpy as np
import pytest

from build.catalogue.models import CodeBundleRecord
from build.index.passages import passages
from search_fn.encoder.minilm import Encoder
from tests.support.place import Place
from tests.support.reference_encoder import ReferenceEncoder

GOLDEN = json.loads(Path(__file__).with_name("golden_vectors.json").read_text(encoding="utf-8"))["texts"]


@pytest.fixture(scope="module")
def reference() -> ReferenceEncoder:
    return ReferenceEncoder()


@pytest.fixture(scope="module")
def encoder(encoder_path: Path) -> Encoder:
    return Encoder.load(encoder_path)


@pytest.fixture(scope="module")
def texts(built: Place) -> list[str]:
    """The passages of both collections' bundles, as the index has them; it has those of libraries, too."""
    ids = [bundle["id"].split("/") for bundle in built.json("codebundles.json")["codebundles"]]
    records = [
        CodeBundleRecord.model_validate(built.json(f"collections/{collection}/codebundles/{bundle}.json"))
        for collection, bundle in ids
    ]
    found = [passage.text for record in records for passage in passages(record)]
    assert built.manifest()["counts"]["passages"] > len(found) > 100
    return sorted(set(found))


def test_the_reference_is_what_torch_computes(reference: ReferenceEncoder) -> None:
    for entry in GOLDEN:
        assert reference.tokenizer.token_ids(entry["text"]) == entry["tokens"]
        # The vectors are written with five decimals.
        np.testing.assert_allclose(reference.encode(entry["text"]), entry["vector"], rtol=0, atol=1e-5)


def test_the_tokens_of_every_passage_are_the_librarys(
    encoder: Encoder, reference: ReferenceEncoder, texts: list[str]
) -> None:
    for text in texts:
        assert encoder._tokenizer.token_ids(text) == reference.tokenizer.token_ids(text)


@pytest.mark.slow
def test_the_vector_of_every_passage_is_that_of_the_published_weights(
    encoder: Encoder, reference: ReferenceEncoder, texts: list[str]
) -> None:
    vectors = encoder.encode(texts)
    cosines = {text: float(vector @ reference.encode(text)) for text, vector in zip(texts, vectors, strict=True)}
    far = {text: cosine for text, cosine in cosines.items() if cosine < 0.99}
    assert far == {}
