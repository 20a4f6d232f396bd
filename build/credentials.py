"""What is, or looks like, a credential: it is never shown. Pure."""

import re

_NAME = re.compile(
    r".*(TOKEN|PASSWORD|PASSWD|API_?KEY|APP_KEY|ACCESS_KEY(_ID)?|PRIVATE_KEY|MASTER_KEY|CLIENT_SECRET)", re.I
)
_KEY = re.compile(
    r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b"  # AWS
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{22}"
    r"|\bglpat-[A-Za-z0-9_-]{20}"
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10}"  # Slack
    r"|\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{20}"  # OpenAI, Anthropic
    r"|\bAIza[A-Za-z0-9_-]{35}"  # Google
    r"|\bhv[sb]\.[A-Za-z0-9_-]{24}"  # HashiCorp Vault
    r"|\beyJ[A-Za-z0-9_-]{10,500}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10}"  # JSON web tokens
    r"|\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{30}"  # Azure
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:\\n|\s){0,9}[A-Za-z0-9+/]{40}"
    # A password in an address, but for the words that stand for one.
    r"|\b[a-z][a-z0-9+.-]{0,30}://[^/\s:@]{1,100}:(?!\*|\$|<|(?i:pass|passwd|password|secret|changeme|example)@)"
    r"[^/\s:@]{3,100}@"
)
# Of sixteen random letters and digits some fourteen differ.
_DISTINCT = 6


def names_credential(name: str) -> bool:
    """Whether a variable of this name holds a credential itself, and not its name, path or age."""
    return _NAME.fullmatch(name) is not None


def holds_key(text: str | None) -> bool:
    """Whether a part of the text has the shape of a credential; `ghp_xxxx…` and the like show only what one is like."""
    return text is not None and any(len(set(found[0][-16:])) >= _DISTINCT for found in _KEY.finditer(text))
