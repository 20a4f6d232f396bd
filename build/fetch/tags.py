"""Which tags of a repository are releases: those whose names can stand in addresses, and not too many."""

from collections.abc import Iterable

from build.fetch.history import Dated, utc
from build.fetch.tree import printable
from build.model import Problem, Tag
from build.problems import problem
from build.untrusted.names import is_tag_name

# Releases of one collection; the oldest public one has 43 after a year and a half of weekly releases.
MAX_RELEASES = 1_000
_MAX_NAMED = 10
_MAX_SHOWN = 100


def usable_tags(
    collection: str, tags: Iterable[tuple[bytes, str, int]], no_commits: Iterable[bytes], dated: Dated
) -> tuple[tuple[Tag, ...], list[Problem]]:
    """Return the tags that are releases, and a problem that names those that are left out.

    Args:
        collection: Whose they are.
        tags: As `Mirror.tags` has them.
        no_commits: The names of those that name something else.
        dated: The log, which says what dates may be believed.
    """
    result: list[Tag] = []
    unusable: list[str] = []
    for raw, commit, date in tags:
        name = raw.decode("utf-8", "surrogateescape")
        if is_tag_name(name):
            result.append(Tag(name=name, commit=commit, date=utc(dated.date(date))))
        else:
            unusable.append(printable(raw)[:_MAX_SHOWN])
    # Tags are sorted again, because dates in the future were corrected.
    result.sort(key=lambda tag: tag.date, reverse=True)
    problems = []
    if others := [printable(name)[:_MAX_SHOWN] for name in no_commits]:
        problems.append(_left_out(collection, others, "name no commit"))
    if unusable:
        problems.append(_left_out(collection, unusable, "have names that cannot be used in an address"))
    if len(result) > MAX_RELEASES:
        older = [tag.name for tag in result[MAX_RELEASES:]]
        problems.append(_left_out(collection, older, f"come after the newest {MAX_RELEASES:,}"))
    return tuple(result[:MAX_RELEASES]), problems


def _left_out(collection: str, names: list[str], why: str) -> Problem:
    more = f" and {len(names) - _MAX_NAMED:,} more" if len(names) > _MAX_NAMED else ""
    message = f"tags are left out of the releases, for they {why}: {', '.join(names[:_MAX_NAMED])}{more}"
    return problem("tag-left-out", message, collection=collection)
