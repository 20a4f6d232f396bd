"""Requests over HTTP, judged by method, address and body; and the programs that send them: curl, wget, httpie."""

import re
import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from build.effects.programs import sql
from build.effects.programs.gcp import needs_of_address
from build.effects.programs.tables import TABLES
from build.effects.programs.verdict import PLUMBING, UNKNOWN, Verdict, readable, unclear
from build.effects.programs.words import Split, split

_HTTP: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_LAST_WORDS = frozenset(_HTTP["last_words"])
_NEVER = frozenset(_HTTP["never"])
_READING_BODY = re.compile("|".join(_HTTP["bodies"]["reads"]), re.IGNORECASE)
_CHANGING_BODY = re.compile("|".join(_HTTP["bodies"]["changes"]), re.IGNORECASE)
_FIELD = re.compile(rf"\\?\"(?:{'|'.join(_HTTP['sql']['fields'])})\\?\"\s{{0,5}}:\s{{0,5}}\\?\"")
_MUTATION = re.compile(r"\bmutation\b\s{0,5}[\w({\\]", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]{0,80})")
_WHOLE_VARIABLE = re.compile(r"\$\{[^}]{0,200}\}|\$\w{1,80}")
# A body is judged by its beginning.
_BODY = 20_000


def judge_http(method: str, url: str, body: str | None = None) -> Verdict:
    """Return the verdict on a request.

    Args:
        method: The method, in any case.
        url: The address; unknown parts are UNKNOWN, or the variable's name as `${NAME}`.
        body: The body, where it is known.
    """
    method = method.strip().upper() or "GET"
    needs = needs_of_address(url)
    if UNKNOWN in method:
        return unclear("sends a request whose method is not known")._replace(needs=needs)
    if method in _HTTP["reading_methods"]:
        changes = any(part.casefold() in url.casefold() for part in _HTTP["changing_gets"])
        return Verdict("changes" if changes else "reads", needs=needs)
    if method != "POST":
        if method in _HTTP["changing_methods"]:
            return Verdict("changes", needs=needs)
        return unclear(f"sends a request with the method {readable(method)}, which no table knows")
    return _judge_post(url, (body or "")[:_BODY])._replace(needs=needs)


def judge_curl(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on a command of curl: its requests, all of one method."""
    row = _HTTP["curl"]
    parts = split(words[1:], row["values"])
    if parts.has("-V", "--version", "--help"):
        return PLUMBING
    data = parts.values(*row["body"])
    method = parts.value("-X", "--request")
    if method is None and parts.has("-I", "--head"):
        method = "HEAD"
    elif method is None and parts.has("-T", "--upload-file"):
        method = "PUT"
    elif method is None and not parts.has("-G", "--get") and (data or parts.has(*row["form"])):
        method = "POST"
    urls = _urls(parts, parts.values("--url"))
    if method is None and parts.has("-K", "--config"):
        method = "GET"
    bodies = [stdin if text in ("@-", "@/dev/stdin") and stdin is not None else text for text in data]
    return _judge_urls(method or "GET", urls, "&".join(bodies) if data else None)


def judge_wget(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on a command of wget."""
    parts = split(words[1:], _HTTP["wget"]["values"])
    if parts.has("-V", "--version", "--help"):
        return PLUMBING
    body = parts.value("--post-data", "--body-data")
    method = parts.value("--method") or ("POST" if parts.has("--post-data", "--post-file") else "GET")
    return _judge_urls(method, _urls(parts, []), body)


def judge_httpie(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on a command of httpie or xh: `http POST :8080/x a=b`."""
    parts = split(words[1:], _HTTP["httpie"]["values"])
    rest = list(parts.positionals)
    if not rest:
        return PLUMBING
    method = rest.pop(0) if len(rest) > 1 and re.fullmatch(r"[A-Za-z]{2,10}|\x00", rest[0]) else ""
    items = [word for word in rest[1:] if re.search(r"(?<!=)=(?!=)|:=|@", word)]
    return _judge_urls(method or ("POST" if items or parts.has("--raw") else "GET"), rest[:1], parts.value("--raw"))


def judge_gh_api(words: Sequence[str], stdin: str | None = None) -> Verdict | None:
    """Return the verdict on `gh api` and `glab api`; None for every other command."""
    name = words[0].rsplit("/", 1)[-1]
    parts = split(words[1:], TABLES[name].values)
    if parts.positionals[:1] != ("api",):
        return None
    fields = parts.values("-f", "--raw-field", "-F", "--field")
    method = parts.value("-X", "--method") or ("POST" if fields or parts.has("--input") else "GET")
    path = parts.positionals[1] if len(parts.positionals) > 1 else UNKNOWN
    return judge_http(method, f"https://api.github.com/{path.lstrip('/')}", "&".join(fields) or stdin)


PROGRAMS = {
    "curl": judge_curl, "wget": judge_wget, "http": judge_httpie, "https": judge_httpie, "xh": judge_httpie,
    "gh": judge_gh_api, "glab": judge_gh_api,
}  # fmt: skip


def _urls(parts: Split, urls: list[str]) -> list[str]:
    """Return the addresses among a command's words. A word that is entirely unknown may have been options."""
    words = [*urls, *parts.positionals, *(parts.rest or ())]
    return [word for word in words if word != UNKNOWN] or words


def _judge_urls(method: str, urls: Sequence[str], body: str | None) -> Verdict:
    """Return the worst verdict on requests of one method to several addresses."""
    verdicts = [judge_http(method, url, body) for url in urls] or [judge_http(method, UNKNOWN, body)]
    for effect in ("changes", "unclear"):
        for verdict in verdicts:
            if verdict.effect == effect:
                return verdict
    return verdicts[0]


def _judge_post(url: str, body: str) -> Verdict:
    path = re.sub(r"^[a-z]{2,10}://[^/?]*", "", url, flags=re.IGNORECASE).partition("?")[0].rstrip("/")
    last = path.rpartition("/")[2]
    if last.casefold() == "graphql":
        return _judge_graphql(body)
    if "slack.com/api/" in url:
        return Verdict("reads" if any(fnmatchcase(last, one) for one in _HTTP["slack_reads"]) else "changes")
    if any(part in path for part in _HTTP["sql"]["paths"]):
        texts = _sql_texts(body)
        if texts:
            return sql.judge_sql("; ".join(texts))
    if _reads_by_path(path, last):
        return Verdict("reads")
    if re.match(r"\s{0,40}(?:select|show|with|describe|insert|alter|create|drop|delete|update)\s", body, re.IGNORECASE):
        return sql.judge_sql(body)
    if _READING_BODY.search(body):
        return Verdict("reads")
    if _CHANGING_BODY.search(body):
        return Verdict("changes")
    by_names = _judge_variables(url)
    if by_names or re.search(r"[A-Za-z0-9]", _WHOLE_VARIABLE.sub("", re.sub(r"^[a-z]{2,10}://", "", url))):
        return by_names or Verdict("changes")
    return unclear("sends a POST to an address that is not known")


def _reads_by_path(path: str, last: str) -> bool:
    if any(part.casefold() in path.casefold() for part in _HTTP["paths"]):
        return True
    custom = last.rpartition(":")[2] if ":" in last else ""
    if custom and any(fnmatchcase(custom, one) for one in _HTTP["custom_methods"]):
        return True
    # searchJobs, logs-search and _delete_by_query are words too.
    parts = {part.casefold() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", last)}
    words = {*re.findall(r"[a-z0-9\-]+", last.casefold()), *parts}
    return bool(words & _LAST_WORDS) and not parts & _NEVER


def _judge_variables(url: str) -> Verdict | None:
    """Return the verdict that the names of variables in an address suggest, where no other part of its path is
    known.
    """
    names = [name.casefold() for name in _VARIABLE.findall(url)]
    for effect in ("changes", "reads"):
        if any(word in name for name in names for word in _HTTP["variables"][effect]):
            return Verdict("changes" if effect == "changes" else "reads")
    return None


def _judge_graphql(body: str) -> Verdict:
    if _MUTATION.search(body):
        return Verdict("changes")
    if re.search(r"\bquery\b|\{", body.replace(UNKNOWN, "")) and re.search(
        r"query\s{0,5}[\w({]|[\"'=]\s{0,10}\{|\{\s{0,10}[a-z_]", body
    ):
        return Verdict("reads")
    return unclear("sends a query of GraphQL that is not known")


def _sql_texts(body: str) -> list[str]:
    """Return the SQL in a body's fields, as far as they are strings."""
    texts = []
    for match in list(_FIELD.finditer(body))[:50]:
        escaped = match[0].endswith('\\"')
        end = body.find('\\"' if escaped else '"', match.end())
        texts.append(body[match.end() : end if end >= 0 else len(body)])
    return texts
