"""The problems of one bundle, or of a library's file, collected while it is read."""

from build.model import BundleSource, Problem
from build.problems import problem


class Findings:
    """`problems` in the order in which they were found."""

    def __init__(self, collection: str, source: BundleSource | None = None) -> None:
        self.problems: list[Problem] = []
        self._collection, self._source = collection, source

    def add(self, code: str, path: str, message: str = "", line: int | None = None, hint: str | None = None) -> None:
        """Note a problem of the file at `path`, relative to the bundle's folder; "" is the folder itself."""
        source = self._source
        self.problems.append(
            problem(
                code,
                message,
                collection=self._collection,
                bundle=source.name if source else None,
                path=f"{source.folder}/{path}".rstrip("/") if source else path,
                line=line,
                hint=hint,
            )
        )
