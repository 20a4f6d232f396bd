"""Cloud Custodian: a run does what its policies say, which are read elsewhere."""

from collections.abc import Sequence

from build.effects.programs.tables import TABLES, by_option
from build.effects.programs.verdict import Inner, Verdict, unclear
from build.effects.programs.words import split


def judge_run(words: Sequence[str], stdin: str | None = None) -> Verdict | None:
    """Return the verdict on `custodian run POLICY…` and `c7n-org run -u POLICY`; None for every other command."""
    table = TABLES["custodian"]
    parts = split(words[1:], table.values)
    if parts.positionals[:1] != ("run",) or by_option(table, parts)[0]:
        return None
    files = (*parts.positionals[1:], *parts.values("-u", "--use"))
    if not files:
        return unclear("runs policies of Cloud Custodian that are not known")
    return Verdict("reads", runs=(Inner("custodian", stdin or "", files),))


PROGRAMS = {"custodian": judge_run, "c7n-org": judge_run}
