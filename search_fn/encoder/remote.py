"""Vectors of a provider's embedding model, in the place of the built-in encoder's."""

import time
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from search_fn.encoder.tensors import Floats
from search_fn.provider import Provider, ProviderMisconfiguredError

# Texts and characters of one request at most, below the limits of OpenAI and Azure.
_TEXTS, _CHARACTERS = 256, 200_000
# Seconds: how long a search waits for its vector, and after a failure does without one.
_PATIENCE, _PAUSE = 2.0, 30.0
_DIMENSIONS, _MOST_DIMENSIONS = 512, 65_536


class EncoderUnavailableError(Exception):
    """The provider gave no vectors; the message repeats nothing of its answer."""


class RemoteEncoder:
    """An encoder that asks a provider: `model` makes vectors of `dimensions` numbers. A search needs the model that the
    index was made with.
    """

    def __init__(self, provider: Provider, dimensions: int) -> None:
        self.model = provider.model
        self.dimensions = dimensions
        self._provider = provider
        self._failed = -_PAUSE

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "RemoteEncoder | None":
        """Return the encoder that EMBEDDING_MODEL or AZURE_OPENAI_EMBEDDING_DEPLOYMENT names, with
        EMBEDDING_DIMENSIONS; None where neither is set, or no provider is.

        Raises:
            ProviderMisconfiguredError: A part of the provider's settings is missing, or the dimensions are no number.
        """
        deployment = environment.get("AZURE_OPENAI_EMBEDDING_DEPLOYMENT")
        model = deployment or environment.get("EMBEDDING_MODEL")
        if not model:
            return None
        # As in upstream's settings, embeddings may have an address and a key of their own.
        own = {
            f"AZURE_OPENAI_{name}": value
            for name in ("ENDPOINT", "API_KEY", "API_VERSION")
            if (value := environment.get(f"AZURE_OPENAI_EMBEDDING_{name}"))
        }
        named = {"AI_MODEL": model, "AZURE_OPENAI_DEPLOYMENT_NAME": model}
        if deployment:
            named["AI_SERVICE_PROVIDER"] = "azure-openai"
        # A ChainMap looks up only what is read: each setting may be a reference to a secret, and most are not needed.
        provider = Provider.from_environment(ChainMap({**own, **named}, environment))  # type: ignore[arg-type]
        dimensions = environment.get("EMBEDDING_DIMENSIONS") or str(_DIMENSIONS)
        if not (dimensions.isascii() and dimensions.isdigit() and 0 < int(dimensions[:6]) <= _MOST_DIMENSIONS):
            raise ProviderMisconfiguredError(
                f"EMBEDDING_DIMENSIONS is not a number of dimensions: set one, such as {_DIMENSIONS}."
            )
        return cls(provider, int(dimensions)) if provider else None

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return vectors of length 1, shape (texts, dimensions), waiting as long as the provider's rate limits require.

        Raises:
            EncoderUnavailableError: The provider gave no vectors.
        """
        return np.concatenate([self._ask(batch, timeout=60.0, max_retries=8) for batch in _batches(texts)])

    def encode_query(self, text: str) -> Floats:
        """Return the vector of one text, or fail within two seconds.

        Raises:
            EncoderUnavailableError: The provider gave no vector, now or within the last thirty seconds.
        """
        if time.monotonic() - self._failed < _PAUSE:
            raise EncoderUnavailableError("The provider of embeddings did not answer a moment ago.")
        vector: Floats = self._ask([text], timeout=_PATIENCE, max_retries=0)[0]
        return vector

    def _ask(self, texts: Sequence[str], timeout: float, max_retries: int) -> Floats:
        try:
            with self._provider.client(timeout=timeout, max_retries=max_retries) as client:
                # "float", since some compatible servers lack base64, for which the SDK asks by default.
                answer = client.embeddings.create(
                    model=self.model, input=list(texts), dimensions=self.dimensions, encoding_format="float"
                )
            rows = sorted(answer.data, key=lambda row: row.index)
            vectors = np.array([row.embedding for row in rows], np.float32)
            if vectors.shape != (len(texts), self.dimensions) or not np.isfinite(vectors).all():
                raise ValueError(f"vectors of the shape {vectors.shape}")
        except Exception as error:  # a server may answer anything
            self._failed = time.monotonic()
            raise EncoderUnavailableError(
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
