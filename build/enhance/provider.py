"""The model provider of a run."""

from collections.abc import Mapping

from build.errors import UsageError
from search_fn.provider import Provider, ProviderMisconfiguredError


def provider_of(environment: Mapping[str, str]) -> Provider | None:
    """Return the provider of the environment; None where there is none or AI_ENHANCEMENT_ENABLED is false.

    Raises:
        UsageError: A part of the provider's settings is missing.
    """
    if environment.get("AI_ENHANCEMENT_ENABLED", "").strip().lower() in ("false", "0", "no", "off"):
        return None
    try:
        return Provider.from_environment(environment)
    except ProviderMisconfiguredError as error:
        raise UsageError(str(error)) from None
