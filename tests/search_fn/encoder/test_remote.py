"""An index whose vectors a provider's model made: built with it, searched with it, and without it by words."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx2
import numpy as np
import pytest

from search_fn.encoder.remote import EncoderUnavailableError, RemoteEncoder
from search_fn.index.facts import IndexUnavailableError
from search_fn.index.open import open_index
from search_fn.provider import ProviderMisconfiguredError
from search_fn.rest.application import create_app
from search_fn.settings import Settings
from tests.support.fake_embeddings import KEY, FakeEmbeddings, fake_embeddings
from tests.support.place import Place
from tests.support.serving import serving


@pytest.fixture
def fake() -> Iterator[FakeEmbeddings]:
    with fake_embeddings() as found:
        yield found


@pytest.fixture
def encoder(fake: FakeEmbeddings) -> RemoteEncoder:
    found = RemoteEncoder.from_environment(fake.environment)
    assert found
    return found


def test_without_a_model_there_is_none(fake: FakeEmbeddings) -> None:
    assert RemoteEncoder.from_environment({"OPENAI_API_KEY": KEY}) is None
    assert RemoteEncoder.from_environment({"EMBEDDING_MODEL": "x"}) is None
    with pytest.raises(ProviderMisconfiguredError):
        RemoteEncoder.from_environment({"AZURE_OPENAI_EMBEDDING_DEPLOYMENT": "x", "AZURE_OPENAI_API_KEY": KEY})


def test_texts_are_encoded_in_batches_in_their_order(fake: FakeEmbeddings, encoder: RemoteEncoder) -> None:
    texts = [f"word{number} and word{number + 1}" for number in range(600)]
    vectors = encoder.encode(texts)
    assert vectors.shape == (600, 64)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert [len(body["input"]) for body in fake.requests] == [256, 256, 88]
    assert {(body["model"], body["dimensions"]) for body in fake.requests} == {("made-up-embedding", 64)}
    assert np.array_equal(vectors[300], encoder.encode([texts[300]])[0])
    fake.requests.clear()
    encoder.encode(["x" * 150_000, "y" * 150_000, "z"])
    assert [len(body["input"]) for body in fake.requests] == [1, 2]


def test_a_limit_is_waited_for_when_all_is_encoded(fake: FakeEmbeddings, encoder: RemoteEncoder) -> None:
    fake.mode = "429 once"
    assert encoder.encode(["a"]).shape == (1, 64)
    assert len(fake.requests) == 2


@pytest.mark.parametrize("mode", ["401", "404", "short", "few", "text"])
def test_what_is_no_vector_is_told_without_the_provider_s_words(
    fake: FakeEmbeddings, encoder: RemoteEncoder, mode: str
) -> None:
    fake.mode = mode
    with pytest.raises(EncoderUnavailableError, match="made-up-embedding") as raised:
        encoder.encode(["a", "b"])
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("mode", ["500", "429", "hangs"])
def test_a_query_waits_for_nobody_and_asks_again_later(fake: FakeEmbeddings, encoder: RemoteEncoder, mode: str) -> None:
    fake.mode = mode
    for _ in range(3):
        started = time.monotonic()
        with pytest.raises(EncoderUnavailableError):
            encoder.encode_query("a")
        assert time.monotonic() - started < 2.9
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"AZURE_OPENAI_EMBEDDING_API_VERSION": "2024-10-21"}, "/openai/deployments/vectors/embeddings"),
        ({"v1": "/openai/v1/"}, "/openai/v1/embeddings"),
    ],
)
def test_azure_is_asked_where_its_embeddings_are(fake: FakeEmbeddings, more: dict[str, str], path: str) -> None:
    environment = {
        "AZURE_OPENAI_EMBEDDING_DEPLOYMENT": "vectors",
        "AZURE_OPENAI_EMBEDDING_ENDPOINT": fake.address + more.pop("v1", ""),
        "AZURE_OPENAI_EMBEDDING_API_KEY": KEY,
        # Of the chat, elsewhere.
        "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:9",
        "AZURE_OPENAI_API_KEY": "another",
        "AZURE_OPENAI_DEPLOYMENT_NAME": "chat",
        **more,
    }
    found = RemoteEncoder.from_environment(environment)
    assert found
    assert found.encode(["a"]).shape == (1, 512)
    assert fake.paths[0].startswith(path)


def test_a_build_with_a_provider_makes_an_index_for_it(
    place: Place, fake: FakeEmbeddings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    before = place.manifest()
    assert place.run().status == 3
    built = place.manifest()
    assert built["build_id"] != before["build_id"]
    assert (built["encoder"]["model"], built["encoder"]["dimensions"]) == ("made-up-embedding", 64)
    asked = len(fake.requests)
    # Nothing changed, and one bundle changed.
    assert place.run().report["published"] == []
    assert len(fake.requests) == asked
    readme = place.bundle("harbor-codecollection", "gcp-unused-addresses") / "README.md"
    readme.write_text("# Addresses\n\nAltogether other words about addresses that nobody uses.\n", encoding="utf-8")
    assert place.run().status == 3
    assert sum(len(body["input"]) for body in fake.requests[asked:]) == 1

    index = place.folder / "index"
    settings = Settings.of_folder(index)
    with serving(create_app(settings)) as client:

        def answer(query: str) -> httpx2.Response:
            return client.get("/api/v1/search", params={"q": query, "explain": "1"})

        good = answer("addresses that nobody uses").json()
        assert (good["engine"], good["degraded"]) == ("hybrid", False)
        assert good["results"][0]["slug"] == "gcp-unused-addresses"
        assert good["results"][0]["why"]["dense"] > 0.3
        fake.mode = "500"
        with caplog.at_level(logging.WARNING):
            words = answer("addresses nobody uses now").json()
        assert (words["engine"], words["degraded"]) == ("lexical", True)
        assert words["results"][0]["slug"] == "gcp-unused-addresses"
        assert {one["why"]["tier"] for one in words["results"]} == {"lexical"}
        assert KEY not in caplog.text
        # What was asked before is remembered.
        assert answer("addresses that nobody uses").json() == good

    without = open_index(replace(settings, embeddings=None))
    assert without.encode("anything") is None
    other = RemoteEncoder.from_environment({**fake.environment, "EMBEDDING_DIMENSIONS": "32"})
    with pytest.raises(IndexUnavailableError, match="made-up-embedding \\(64\\), EMBEDDING_MODEL is made-up-embedding"):
        open_index(replace(settings, embeddings=other))


def test_a_build_whose_provider_fails_publishes_nothing(
    place: Place, fake: FakeEmbeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    fake.mode = "401"
    before = place.manifest()
    outcome = place.run()
    assert outcome.status == 1
    assert "gave no vectors of made-up-embedding" in outcome.said
    assert place.manifest() == before
