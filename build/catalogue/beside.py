"""The files beside a bundle's record: its configuration, and what its code needs, as a role and a policy; each can be
applied as it is.
"""

from typing import cast

from build.catalogue.models import CodeBundleRecord
from build.effects import policies
from build.untrusted.yaml_text import unmarked

CONFIG, ROLE, POLICY = "config.yaml", "kubernetes-role.yaml", "aws-policy.json"


def files_beside(record: CodeBundleRecord) -> dict[str, str]:
    """Return the text of each by its name; one that would say nothing is not there."""
    needed = [cast("policies.Permission", permission.model_dump()) for permission in record.permissions]
    made = {
        CONFIG: unmarked(record.configuration) or None,
        ROLE: policies.kubernetes_role(needed, record.id, unread(record)),
        POLICY: policies.aws_policy(needed),
    }
    return {name: text for name, text in made.items() if text is not None}


def unread(record: CodeBundleRecord) -> list[str]:
    """Return why more may be needed than the code shows: a sentence for each thing that could not be told of it."""
    return list(dict.fromkeys(sentence for tool in record.tools for sentence in tool.unclear_because))
