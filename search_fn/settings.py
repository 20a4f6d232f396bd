"""What the function reads from its environment, once, when it starts."""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from search_fn.encoder.remote import RemoteEncoder
from search_fn.provider import Provider, ProviderMisconfigured
from search_fn.secrets import secret

_T = TypeVar("_T")
PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """`index_uri`: any address that LanceDB reads; `encoder_folder`: where the encoder's file lies.

    `allowed_origins` may send more than GET from their pages, and `allowed_hosts` are the names that this may be
    called by; "*" is any. With `tokens`, paths that begin with one of `protected` want one of them as a bearer. `log`
    says whether requests are logged, `log_queries` whether with what they ask.

    The chat's: who words its answers, the characters of the catalogue that a question may cost, the tokens of an
    answer, and the seconds after which it comes without the provider; API Gateway ends a request after 29.
    `embeddings` encode queries for an index whose vectors a provider's model made.
    """

    index_uri: str = "index_data"
    encoder_folder: Path = PACKAGE / "index_data"
    allowed_origins: tuple[str, ...] = ("*",)
    allowed_hosts: tuple[str, ...] = ("*",)
    tokens: tuple[str, ...] = ()
    protected: tuple[str, ...] = ("/",)
    log: bool = False
    log_queries: bool = False
    provider: Provider | None = None
    embeddings: RemoteEncoder | None = None
    chat_characters: int = 30_000
    chat_tokens: int = 2_000
    chat_seconds: int = 20

    @classmethod
    def from_environment(cls) -> "Settings":
        """INDEX_URI; ALLOWED_ORIGINS, ALLOWED_HOSTS, API_TOKENS and PROTECTED_PATHS, lists separated by commas;
        LOG_QUERIES, 1 or nothing; the provider's names; CHAT_CHARACTERS, CHAT_TOKENS and CHAT_SECONDS. Raises
        SecretUnavailable if one names a secret that cannot be read, ValueError if one of the last three is no number.
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
            # A public catalogue: nothing here is secret or acts for the visitor whose browser asks.
            allowed_origins=_listed(os.environ.get("ALLOWED_ORIGINS", "*")),
            allowed_hosts=_listed(os.environ.get("ALLOWED_HOSTS", "*").lower()),
            tokens=_listed(secret("API_TOKENS")),
            protected=_listed(os.environ.get("PROTECTED_PATHS", "/")),
            log=True,
            log_queries=os.environ.get("LOG_QUERIES") == "1",
            provider=_configured(Provider.from_environment),
            embeddings=_configured(RemoteEncoder.from_environment),
            chat_characters=_number("CHAT_CHARACTERS", cls.chat_characters),
            chat_tokens=_number("CHAT_TOKENS", cls.chat_tokens),
            chat_seconds=_number("CHAT_SECONDS", cls.chat_seconds),
        )

    @classmethod
    def of_folder(cls, index: Path) -> "Settings":
        """Of an index on this machine, for whoever builds it; the provider's names are read here too."""
        read = cls.from_environment()
        return cls(str(index), index, provider=read.provider, embeddings=read.embeddings)


def _configured(read: Callable[[Mapping[str, str]], _T | None]) -> _T | None:
    keys = ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_EMBEDDING_API_KEY", "AZURE_OPENAI_AD_TOKEN")
    try:
        return read({**os.environ, **{name: secret(name) for name in keys}})
    except ProviderMisconfigured as error:
        # Words are found without it.
        logging.getLogger(__name__).warning("Answers come without a model: %s", error)
        return None


def _number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal():
        raise ValueError(f"{name} is no whole number: set one, such as {default}.")
    return int(text)


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part for text in value.split(",") if (part := text.strip()))
