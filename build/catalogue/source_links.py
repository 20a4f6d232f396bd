"""Addresses of a collection's sources on its host, always at a commit."""

from typing import NamedTuple
from urllib.parse import quote, urlsplit

from search_fn.text import lines_anchor

# How each host's addresses name the page of a file, of a folder, the raw file, and a commit; all other hosts are taken
# to be like GitHub.
_GITHUB = ("blob", "tree", "raw", "commit")
_HOSTS = {
    "gitlab.com": ("-/blob", "-/tree", "-/raw", "-/commit"),
    "bitbucket.org": ("src", "src", "raw", "commits"),
}


class Source(NamedTuple):
    """A collection's repository at the commit shown."""

    git_url: str
    commit: str

    def file(self, path: str, line: int | None = None) -> str:
        """Return the address of a file's page, at a line where one is given."""
        return self._address(0, path) + (self.lines(line, line) if line else "")

    def lines(self, first: int, last: int) -> str:
        """Return the fragment that names lines of a file, for the end of its address."""
        return lines_anchor(self._host, first, last)

    def folder(self, path: str) -> str:
        """Return the address of a folder's page."""
        return self._address(1, path)

    def edit(self, path: str, ref: str) -> str:
        """Where a file is edited on a branch; "" where the host has no address for that."""
        if self._host not in ("github.com", "gitlab.com"):
            return ""
        web = self.git_url.removesuffix("/").removesuffix(".git")
        return f"{web}/{'-/' if self._host == 'gitlab.com' else ''}edit/{quote(ref)}/{quote(path)}"

    def raw(self, path: str) -> str:
        """Return the address of a file's bytes, for images."""
        return self._address(2, path)

    def change(self, commit: str) -> str:
        """Return the address of the page of another commit."""
        return self._replace(commit=commit)._address(3, "").removesuffix("/")

    def _address(self, what: int, path: str) -> str:
        web = self.git_url.removesuffix("/").removesuffix(".git")
        return f"{web}/{_HOSTS.get(self._host, _GITHUB)[what]}/{self.commit}/{quote(path)}"

    @property
    def _host(self) -> str:
        return urlsplit(self.git_url).hostname or ""
