"""Read settings that hold a secret or a reference to one."""

import os
from pathlib import Path


class SecretUnavailableError(Exception):
    """A setting names a secret that cannot be read; the message is for the person who runs the function."""


def secret(name: str) -> str:
    """Return the value of the environment variable `name`, "" where it is not set. `file:PATH` stands for the file's
    text, an ARN of AWS Secrets Manager for the secret's.

    Raises:
        SecretUnavailableError: What a reference names cannot be read.
    """
    value = os.environ.get(name, "").strip()
    try:
        if value.startswith("file:"):
            return Path(value.removeprefix("file:")).read_text(encoding="utf-8").strip()
        if value.startswith("arn:aws:secretsmanager:"):
            # boto3 is in Lambda's base image, and therefore not among our requirements.
            import boto3  # type: ignore[import-untyped,unused-ignore]

            client = boto3.client("secretsmanager", region_name=value.split(":")[3])
            return str(client.get_secret_value(SecretId=value)["SecretString"]).strip()
    except Exception as error:  # of the file system or AWS's client; its text could hold the secret
        raise SecretUnavailableError(
            f"{name} names a secret that cannot be read ({type(error).__name__}): check the reference and who may read "
            "it, or set the value itself."
        ) from error
    return value
