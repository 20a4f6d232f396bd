"""What pagers and monitoring systems write around an alert: marks, labels of where it fired, and times."""

import re

# Labels whose values say where it fired, or how it is routed, and not what is wrong.
_WHERE = """
    cluster container dashboard dashboardurl datacenter endpoint ends_at env environment fingerprint generatorurl
    groupkey host hostname id instance ip job namespace node pod priority prometheus receiver region replica
    runbook_url sev severity source_ip starts_at startsat status team timestamp uid url zone
"""
_VALUE = r"""(?:"[^"]{0,200}"|[^\s,;}\])]{1,200})"""
NOISE = re.compile(
    rf"\b(?:{'|'.join(_WHERE.split())})[:=]{_VALUE}"
    # [FIRING:3], [P1], (critical), ALARM: at the beginning, Severity: 2
    r"|\[(?:FIRING|RESOLVED|ALERT|ALARM|TRIGGERED|TRIAGE|INCIDENT|PROBLEM|P[1-5]|SEV-?\d)(?::\d+)?\]"
    r"|\((?:critical|warning|info|page|none)\)|^\W{0,3}(?:ALARM|FIRING|RESOLVED|TRIGGERED|PROBLEM|RECOVERY)\b:?"
    r"|\b(?:severity|priority|sev|prio)\b[ :=]{0,3}\d\b|^\W{0,3}P[1-5]\b"
    # 2021/09/20 15:25:23, 2026-01-02T03:04:05.678Z
    r"|\b\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d)?[\w.+:]{0,16})?",
    re.ASCII | re.IGNORECASE,
)
NAME_LABEL = re.compile(r"\balertname[:=]", re.ASCII | re.IGNORECASE)


def without_noise(text: str) -> str:
    """Return a text without all that; itself, where nothing else would be left. Takes a time that grows with its length
    alone.
    """
    rest = NAME_LABEL.sub(" ", NOISE.sub(" ", text))
    return rest if re.search(r"\w{2}", rest) else text
