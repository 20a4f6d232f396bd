"""The files beside a bundle's record: its configuration, the role and policy with the permissions that its code needs,
and its badge.
"""

from typing import cast

from build.catalogue.badge import badge
from build.catalogue.models import CodeBundleRecord
from build.effects import policies
from build.untrusted.yaml_text import strip_marks

CONFIG, ROLE, POLICY, BADGE = "config.yaml", "kubernetes-role.yaml", "aws-policy.json", "badge.svg"


def files_beside(record: CodeBundleRecord) -> dict[str, str]:
    """Return the files' texts by name, without those that would be empty."""
    config = strip_marks(record.configuration)
    return {**({CONFIG: config} if config else {}), **permission_files(record), BADGE: badge(record)}


def permission_files(record: CodeBundleRecord) -> dict[str, str]:
    """Return the texts of the role and the policy by name, each only where the code needs such permissions."""
    needed = [cast("policies.Permission", permission.model_dump()) for permission in record.permissions]
    files = {
        ROLE: policies.kubernetes_role(needed, record.id, unread(record)),
        POLICY: policies.aws_policy(needed),
    }
    return {name: text for name, text in files.items() if text is not None}


def unread(record: CodeBundleRecord) -> list[str]:
    """Return why more may be needed than the code shows: a sentence for each part of it that is unclear."""
    return list(dict.fromkeys(sentence for tool in record.tools for sentence in tool.unclear_because))
