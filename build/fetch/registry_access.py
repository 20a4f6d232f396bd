"""How a registry of images is asked for reading: what it wanted last time, and the credentials for its host."""

import base64
import binascii
import json
from collections.abc import Mapping

from pydantic import Field

from build.errors import UsageError
from build.model import Value
from search_fn.secrets import SecretUnavailableError, secret


class Challenge(Value):
    """Where a registry gives tokens, as its last refusal said: no secret, and kept so that the next run asks there at
    once. The token itself is never kept.
    """

    realm: str
    service: str | None = None


class Challenges(Value):
    """Those of registries, by `image_registry`."""

    known: dict[str, Challenge] = Field(default_factory=dict)


def read_credentials() -> Mapping[str, str]:
    """Return the credentials that the environment has for registries: `user:password` in base64 by host.

    They are the `auths` of a Docker configuration, as `docker login` writes it, in the variable itself or, with
    `file:PATH`, in a file.

    Raises:
        UsageError: They cannot be read; the message says nothing of what they are.
    """
    try:
        text = secret("REGISTRY_IMAGE_AUTHS")
    except SecretUnavailableError as error:
        raise UsageError(str(error)) from None
    if not text:
        return {}
    try:
        return {host: _basic(entry) for host, entry in json.loads(text)["auths"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        # What stands there is a secret, and an error's text may repeat it.
        raise UsageError(
            "REGISTRY_IMAGE_AUTHS is not a Docker configuration: it has `auths`, and for each host `username` and "
            "`password`, or `auth` in base64. `docker login` writes such a file; name it as file:PATH."
        ) from None


def _basic(entry: Mapping[str, str]) -> str:
    if "auth" in entry:
        decoded = base64.b64decode(entry["auth"], validate=True).decode()
    else:
        decoded = f"{entry['username']}:{entry['password']}"
    user, colon, password = decoded.partition(":")
    if not (user and colon and password):
        raise ValueError
    return base64.b64encode(decoded.encode()).decode()
