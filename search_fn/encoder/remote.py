"""Vectors by a provider's embedding model, in the place of the built-in encoder's."""

import time
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from search_fn.encoder.minilm import Floats
from search_fn.provider import Provider, ProviderMisconfigured

_TEXTS, _CHARACTERS = 256, 200_000
# A search answers without its vector rather than wait longer, and asks again only after the second.
_PATIENCE, _PAUSE = 2.0, 30.0
_DIMENSIONS, _MOST_DIMENSIONS = 512, 65_536


class EncoderUnavailable(Exception):
    """The provider gave no vectors; the message has nothing of its answer."""


class RemoteEncoder:
    """`model` makes vectors of `dimensions` numbers; whoever searches needs the one that the index was made with."""

    def __init__(self, provider: Provider, dimensions: int) -> None:
        self.model = provider.model
        self.dimensions = dimensions
        self._provider = provider
        self._failed = -_PAUSE

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "RemoteEncoder | None":
        """The encoder that EMBEDDING_MODEL names, or AZURE_OPENAI_EMBEDDING_DEPLOYMENT, with EMBEDDING_DIMENSIONS; None
        where neither is set, or nobody to ask. Raises ProviderMisconfigured if there is half a provider.
        """
        deployment = environment.get("AZURE_OPENAI_EMBEDDING_DEPLOYMENT")
        model = deployment or environment.get("EMBEDDING_MODEL")
        if not model:
            return None
        # Upstream has an address and a key for embeddings alone.
        own = {
            f"AZURE_OPENAI_{name}": value
            for name in ("ENDPOINT", "API_KEY", "API_VERSION")
            if (value := environment.get(f"AZURE_OPENAI_EMBEDDING_{name}"))
        }
        named = {"AI_MODEL": model, "AZURE_OPENAI_DEPLOYMENT_NAME": model}
        if deployment:
            named["AI_SERVICE_PROVIDER"] = "azure-openai"
        # Looked up as they are asked for: each may be a reference to a secret, and most are not needed.
        provider = Provider.from_environment(ChainMap({**own, **named}, environment))  # type: ignore[arg-type]
        dimensions = environment.get("EMBEDDING_DIMENSIONS") or str(_DIMENSIONS)
        if not (dimensions.isascii() and dimensions.isdigit() and 0 < int(dimensions[:6]) <= _MOST_DIMENSIONS):
            raise ProviderMisconfigured(
                f"EMBEDDING_DIMENSIONS is no number of dimensions: set one, such as {_DIMENSIONS}."
            )
        return cls(provider, int(dimensions)) if provider else None

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of length 1, (texts, dimensions); the client waits as long as its provider's limits want. Raises
        EncoderUnavailable if the provider gave none.
        """
        return np.concatenate([self._ask(batch, timeout=60.0, max_retries=8) for batch in _batches(texts)])

    def encode_query(self, text: str) -> Floats:
        """The vector of one text, at once. Raises EncoderUnavailable if the provider gave none, now or a moment ago."""
        if time.monotonic() - self._failed < _PAUSE:
            raise EncoderUnavailable("The provider of embeddings did not answer a moment ago.")
        found: Floats = self._ask([text], timeout=_PATIENCE, max_retries=0)[0]
        return found

    def _ask(self, texts: Sequence[str], timeout: float, max_retries: int) -> Floats:
        try:
            with self._provider.client(timeout=timeout, max_retries=max_retries) as client:
                # As numbers: what the SDK would ask for by itself not every server that speaks like it has.
                answer = client.embeddings.create(
                    model=self.model, input=list(texts), dimensions=self.dimensions, encoding_format="float"
                )
            rows = sorted(answer.data, key=lambda row: row.index)
            vectors = np.array([row.embedding for row in rows], np.float32)
            if vectors.shape != (len(texts), self.dimensions) or not np.isfinite(vectors).all():
                raise ValueError(f"vectors of the shape {vectors.shape}")
        except Exception as error:  # a server may answer anything
            self._failed = time.monotonic()
            raise EncoderUnavailable(
                f"The provider of embeddings gave no vectors of {self.model} ({type(error).__name__}): check its key, "
                "limits and EMBEDDING_DIMENSIONS."
            ) from error
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        scaled: Floats = vectors / np.maximum(lengths, np.float32(1e-9))
        return scaled


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = size = 0
    for at, text in enumerate(texts):
        if at - start == _TEXTS or size + len(text) > _CHARACTERS:
            yield texts[start:at]
            start, size = at, 0
        size += len(text)
    yield texts[start:]
