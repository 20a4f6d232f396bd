"""What the function reads from its environment, once, when it starts."""

import logging
import os
import re
import sys
from collections import UserDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from search_fn.encoder.remote import RemoteEncoder
from search_fn.provider import Provider, ProviderMisconfigured
from search_fn.secrets import SecretUnavailable, secret

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
PACKAGE = Path(__file__).resolve().parent.parent
_REPOSITORY = "[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}"
# Those that a provider's names may refer to.
_KEYS = frozenset({"OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_EMBEDDING_API_KEY", "AZURE_OPENAI_AD_TOKEN"})


class SettingsError(ValueError):
    """A variable of the environment cannot be used; the message names it and says what to set."""


@dataclass(frozen=True)
class Settings:
    """`index_uri`: any address that LanceDB reads; `encoder_folder`: where the encoder's file lies; `images_uri`: where
    the image catalogue is, "" where it lies beside the index.

    `allowed_origins` may send more than GET from their pages, and `allowed_hosts` are the names that this may be
    called by; "*" is any. With `tokens`, paths that begin with one of `protected` want one of them as a bearer. `log`
    says whether requests are logged, `log_queries` whether with what they ask. `public_url` is the address by which
    programs reach this, for its OpenAPI description, and `site_url` that of the pages; "" where only whoever asks
    knows.

    The chat's: who words its answers, the characters of the catalogue that a question may cost, the tokens of an
    answer, and the seconds after which it comes without the provider; API Gateway ends a request after 29.
    `embeddings` encode queries for an index whose vectors a provider's model made.

    Requests for CodeBundles: the repository whose issues they are; the token of the account that makes them, "" where
    nothing is submitted, and then why, if that is a mistake; where GitHub's interface is; how many an hour.
    """

    index_uri: str = "index_data"
    encoder_folder: Path = PACKAGE / "index_data"
    allowed_origins: tuple[str, ...] = ("*",)
    allowed_hosts: tuple[str, ...] = ("*",)
    tokens: tuple[str, ...] = field(default=(), repr=False)
    protected: tuple[str, ...] = ("/",)
    log: bool = False
    log_queries: bool = False
    public_url: str = ""
    site_url: str = ""
    provider: Provider | None = None
    embeddings: RemoteEncoder | None = None
    chat_characters: int = 30_000
    chat_tokens: int = 2_000
    chat_seconds: int = 20
    issues_repository: str = "runwhen-contrib/codecollection-registry"
    issues_token: str = field(default="", repr=False)
    issues_off: str = ""
    issues_api: str = "https://api.github.com"
    issues_hourly: int = 10
    images_uri: str = ""

    @property
    def site_address(self) -> str:
        """Where pages, records and the files beside them are, as far as settings say; "" where they do not."""
        return self.site_url or self.public_url

    @classmethod
    def from_environment(cls) -> "Settings":
        """Return what the environment says.

        INDEX_URI and IMAGES_URI, addresses; ALLOWED_ORIGINS, ALLOWED_HOSTS, API_TOKENS and PROTECTED_PATHS, lists
        separated by commas; LOG_QUERIES, 1 or nothing; PUBLIC_URL and REGISTRY_SITE_URL; the provider's names;
        CHAT_CHARACTERS, CHAT_TOKENS and CHAT_SECONDS; REGISTRY_REQUESTS_REPOSITORY, GITHUB_TOKEN, GITHUB_API_URL and
        REQUESTS_PER_HOUR, of which a broken one keeps requests from being submitted, and nothing else from being
        answered.

        Raises:
            SettingsError: one of CHAT_… is no number.
            SecretUnavailable: API_TOKENS or a provider's key names a secret that cannot be read.
        """
        uri, folder = os.environ.get("INDEX_URI") or cls.index_uri, cls.encoder_folder
        # An index on this machine has its encoder beside it; for one elsewhere the package's own is read, never a
        # remote one.
        if "://" not in uri:
            folder = PACKAGE / uri
            uri = str(folder)
        return cls(
            uri,
            folder,
            images_uri=_address(os.environ.get("IMAGES_URI", "")),
            # A public catalogue: nothing here is secret or acts for the visitor whose browser asks.
            allowed_origins=_listed(os.environ.get("ALLOWED_ORIGINS", "*")),
            allowed_hosts=_listed(os.environ.get("ALLOWED_HOSTS", "*").lower()),
            tokens=_listed(secret("API_TOKENS")),
            protected=_listed(os.environ.get("PROTECTED_PATHS", "/")),
            log=True,
            log_queries=os.environ.get("LOG_QUERIES") == "1",
            public_url=public_address(os.environ.get("PUBLIC_URL", "")),
            site_url=public_address(os.environ.get("REGISTRY_SITE_URL", "")),
            provider=_configured(Provider.from_environment),
            embeddings=_configured(RemoteEncoder.from_environment),
            chat_characters=_number("CHAT_CHARACTERS", cls.chat_characters),
            chat_tokens=_number("CHAT_TOKENS", cls.chat_tokens),
            chat_seconds=_number("CHAT_SECONDS", cls.chat_seconds),
            **_of_issues(),
        )

    @classmethod
    def at_start(cls) -> "Settings":
        """Return what the environment says, or end the process with one sentence that names what is wrong there."""
        try:
            return cls.from_environment()
        except (SettingsError, SecretUnavailable) as error:
            sys.exit(str(error))

    @classmethod
    def of_folder(cls, index: Path, *, chat: bool = False) -> "Settings":
        """Return the settings for an index on this machine, for whoever builds it: the names of the provider of
        embeddings are read, with `chat` those of the chat's too, and nothing else of the function's environment. One
        that is broken is told, and counts as left out.
        """
        return cls(
            str(index),
            index,
            provider=_configured(Provider.from_environment, tolerant=True) if chat else None,
            embeddings=_configured(RemoteEncoder.from_environment, tolerant=True),
        )


class _WithSecrets(UserDict[str, str]):
    """The environment, in which a key that is a reference is read when it is asked for."""

    def __getitem__(self, name: str) -> str:
        return secret(name) if name in _KEYS else super().__getitem__(name)


def _configured(read: Callable[[Mapping[str, str]], _T | None], *, tolerant: bool = False) -> _T | None:
    try:
        return read(_WithSecrets(os.environ))
    except (ProviderMisconfigured, SecretUnavailable) as error:
        if isinstance(error, SecretUnavailable) and not tolerant:
            raise
        # Words are found without it.
        _log.warning("Answers come without a model: %s", error)
        return None


def _of_issues() -> dict[str, Any]:
    """Return the fields of requests; a broken variable turns off their submission, and is told."""
    found: dict[str, Any] = {}
    try:
        repository = os.environ.get("REGISTRY_REQUESTS_REPOSITORY")
        if repository and not re.fullmatch(_REPOSITORY, repository):
            raise SettingsError("REGISTRY_REQUESTS_REPOSITORY is no repository of GitHub: set OWNER/NAME.")
        found["issues_repository"] = repository or Settings.issues_repository
        api = (os.environ.get("GITHUB_API_URL") or Settings.issues_api).rstrip("/")
        if not api.startswith(("https://", "http://")):
            raise SettingsError(f"GITHUB_API_URL is no address: set one such as {Settings.issues_api}.")
        found["issues_api"] = api
        found["issues_hourly"] = _number("REQUESTS_PER_HOUR", Settings.issues_hourly, least=0)
        found["issues_token"] = secret("GITHUB_TOKEN")
    except (SettingsError, SecretUnavailable) as error:
        _log.warning("Requests for CodeBundles are not submitted: %s", error)
        found["issues_off"] = f"This registry cannot submit requests now: {error}"
    return found


def _address(uri: str) -> str:
    return uri if not uri or "://" in uri else str(PACKAGE / uri)


def public_address(text: str) -> str:
    """Return an address without slashes at its end, "" for one that is none: such as "/", which is nobody's own."""
    return text.rstrip("/") if text.startswith(("https://", "http://")) else ""


def _number(name: str, default: int, least: int = 1) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise SettingsError(f"{name} is no whole number from {least} on: set one, such as {default}.")
    return int(text)


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part for text in value.split(",") if (part := text.strip()))
