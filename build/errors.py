"""What stops a run. The message is one sentence for the person who can act, with the next step."""


class RegistryError(Exception):
    """Nothing was published. Exit status 1."""

    exit_status = 1


class UsageError(RegistryError):
    """The command line or a configuration file is wrong. Exit status 2."""

    exit_status = 2
