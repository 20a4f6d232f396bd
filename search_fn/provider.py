"""The model provider that the environment names: OpenAI, Azure OpenAI, or a server that speaks as they do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

# The first dated version of Azure's interface in which an answer keeps to a schema, and no preview.
_AZURE_VERSION = "2024-10-21"
_MODEL = "gpt-4.1-mini"


class ProviderMisconfiguredError(Exception):
    """A part of the provider's settings is missing or wrong; the message says what to set."""


@dataclass(frozen=True)
class Provider:
    """A provider of models. `name` is "openai" or "azure-openai"; `model` is the model's name, on Azure its
    deployment's. Without `endpoint` it is OpenAI's own; `api_version` belongs to Azure's classic deployments only. With
    `entra` the key is a token of Azure's directory.
    """

    name: str
    model: str
    key: str = field(repr=False)
    endpoint: str | None = None
    api_version: str | None = None
    entra: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Provider | None":
        """Return the provider of the environment, None where no key is set.

        Raises:
            ProviderMisconfiguredError: There is a key, and another setting is missing or wrong.
        """
        name = environment.get("AI_SERVICE_PROVIDER") or "openai"
        model = environment.get("AI_MODEL") or ""
        if name == "openai":
            key = environment.get("OPENAI_API_KEY")
            return cls(name, model or _MODEL, key, environment.get("OPENAI_BASE_URL") or None) if key else None
        if name != "azure-openai":
            raise ProviderMisconfiguredError("AI_SERVICE_PROVIDER is neither openai nor azure-openai: set one of them.")
        key, token = environment.get("AZURE_OPENAI_API_KEY"), environment.get("AZURE_OPENAI_AD_TOKEN")
        endpoint = environment.get("AZURE_OPENAI_ENDPOINT")
        model = environment.get("AZURE_OPENAI_DEPLOYMENT_NAME") or model
        if not key and not token:
            return None
        if not endpoint or not model:
            raise ProviderMisconfiguredError(
                "A key or token of Azure OpenAI is set: set AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME."
            )
        classic = not endpoint.rstrip("/").endswith("/openai/v1")
        version = (environment.get("AZURE_OPENAI_API_VERSION") or _AZURE_VERSION) if classic else None
        return cls(name, model, key or token or "", endpoint, version, entra=not key)

    def client(self, **options: Any) -> "OpenAI":
        """Return a client of the provider; `options` are the SDK's, such as `timeout` and `max_retries`. It follows no
        redirects, by which a forged answer could send question and key elsewhere.
        """
        import openai  # takes half a second, and most starts of the function never need it

        sender = openai.DefaultHttpxClient(follow_redirects=False)
        kind = openai.AzureOpenAI if self.api_version else openai.OpenAI
        return kind(**self._address(), http_client=sender, **options)

    def async_client(self, **options: Any) -> "AsyncOpenAI":
        """Return such a client for asyncio."""
        import openai

        sender = openai.DefaultAsyncHttpxClient(follow_redirects=False)
        kind = openai.AsyncAzureOpenAI if self.api_version else openai.AsyncOpenAI
        return kind(**self._address(), http_client=sender, **options)

    def _address(self) -> dict[str, Any]:
        if self.api_version:
            secret = "azure_ad_token" if self.entra else "api_key"
            return {secret: self.key, "azure_endpoint": self.endpoint, "api_version": self.api_version}
        return {"api_key": self.key, "base_url": self.endpoint}
