"""Requests for CodeBundles that are open in an issue tracker."""

from typing import TypedDict


class OpenRequest(TypedDict):
    """A request for a CodeBundle, which is an issue of the tracker."""

    number: int
    title: str
    url: str
    created_at: str


class OpenRequests(TypedDict):
    """The open requests of a repository, newest first."""

    repository: str
    requests: list[OpenRequest]
