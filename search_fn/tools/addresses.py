"""Absolute addresses in answers: an agent cannot open a path, since it does not know the host."""

from typing import Any

_PAGES = ("documentation", "library")


def with_addresses(value: Any, root: str) -> Any:
    """Return data in which each `url` and `…_url` that is a path is an absolute address.

    Args:
        value: Data of an answer.
        root: The address of site and function; "" where it is unknown, over stdio: then the address of a bundle is that
            of its MCP resource, and a file beside it has none.
    """
    if isinstance(value, list):
        return [with_addresses(one, root) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _absolute(name, one, value, root) for name, one in value.items()}


def _absolute(name: str, value: Any, owner: dict[str, Any], root: str) -> Any:
    if isinstance(value, dict | list):
        return with_addresses(value, root)
    if not (name == "url" or name.endswith("_url")) or not isinstance(value, str) or not value.startswith("/"):
        return value
    if root:
        return root + value
    if "access_level" in owner and name == "url":
        return f"codebundle://{owner['id']}"
    return value if owner.get("type") in _PAGES else None
