"""Addresses of a collection's sources on its host, always at a commit. Pure."""

from urllib.parse import quote, urlsplit

# How each host names the page of a file, of a folder, and the raw file; hosts of our users' own are like GitHub.
_GITHUB = ("{web}/blob/{commit}/{path}", "{web}/tree/{commit}/{path}", "{web}/raw/{commit}/{path}")
_HOSTS = {
    "gitlab.com": ("{web}/-/blob/{commit}/{path}", "{web}/-/tree/{commit}/{path}", "{web}/-/raw/{commit}/{path}"),
    "bitbucket.org": ("{web}/src/{commit}/{path}", "{web}/src/{commit}/{path}", "{web}/raw/{commit}/{path}"),
}
_LINE = {"bitbucket.org": "#lines-"}


def file_url(web_url: str, commit: str, path: str, line: int | None = None) -> str:
    """The page of a file, at a line where one is given."""
    anchor = f"{_LINE.get(_host(web_url), '#L')}{line}" if line else ""
    return _url(0, web_url, commit, path) + anchor


def folder_url(web_url: str, commit: str, path: str) -> str:
    """The page of a folder."""
    return _url(1, web_url, commit, path)


def raw_url(web_url: str, commit: str, path: str) -> str:
    """The bytes of a file, for images."""
    return _url(2, web_url, commit, path)


def _url(what: int, web_url: str, commit: str, path: str) -> str:
    patterns = _HOSTS.get(_host(web_url), _GITHUB)
    return patterns[what].format(web=web_url, commit=commit, path=quote(path))


def _host(web_url: str) -> str:
    return urlsplit(web_url).hostname or ""
