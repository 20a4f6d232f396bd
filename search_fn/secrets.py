"""Secrets by reference: a setting is the value itself, or where it is."""

import os
from pathlib import Path


class SecretUnavailable(Exception):
    """A setting names a secret that cannot be read; the message is for the person who runs the function."""


def secret(name: str) -> str:
    """The environment's variable `name`, "" where it is not set; `file:PATH` means what that file has, an ARN of AWS
    Secrets Manager the secret's text. Raises SecretUnavailable if what a reference names cannot be read.
    """
    value = os.environ.get(name, "").strip()
    try:
        if value.startswith("file:"):
            return Path(value.removeprefix("file:")).read_text(encoding="utf-8").strip()
        if value.startswith("arn:aws:secretsmanager:"):
            # Not in our lock: Lambda's own base image has it.
            import boto3  # type: ignore[import-untyped,unused-ignore]

            client = boto3.client("secretsmanager", region_name=value.split(":")[3])
            return str(client.get_secret_value(SecretId=value)["SecretString"]).strip()
    except Exception as error:  # whatever the file system or AWS's client says; never with the secret in it
        raise SecretUnavailable(
            f"{name} names a secret that cannot be read ({type(error).__name__}): check the reference and who may read "
            "it, or set the value itself."
        ) from error
    return value
