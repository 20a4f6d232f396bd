"""The files beside a bundle's record: its configuration, and what its code needs, as a role and a policy; each can be
applied as it is; and its badge.
"""

from typing import cast

from build.catalogue.badge import badge
from build.catalogue.models import CodeBundleRecord
from build.effects import policies
from build.untrusted.yaml_text import strip_marks

CONFIG, ROLE, POLICY, BADGE = "config.yaml", "kubernetes-role.yaml", "aws-policy.json", "badge.svg"


def files_beside(record: CodeBundleRecord) -> dict[str, str]:
    """Return the text of each by its name; one that would say nothing is not there."""
    config = strip_marks(record.configuration)
    return {**({CONFIG: config} if config else {}), **permission_files(record), BADGE: badge(record)}


def permission_files(record: CodeBundleRecord) -> dict[str, str]:
    """Return those of them that say what its code needs to be allowed to do."""
    needed = [cast("policies.Permission", permission.model_dump()) for permission in record.permissions]
    made = {
        ROLE: policies.kubernetes_role(needed, record.id, unread(record)),
        POLICY: policies.aws_policy(needed),
    }
    return {name: text for name, text in made.items() if text is not None}


def unread(record: CodeBundleRecord) -> list[str]:
    """Return why more may be needed than the code shows: a sentence for each thing that could not be told of it."""
    return list(dict.fromkeys(sentence for tool in record.tools for sentence in tool.unclear_because))
