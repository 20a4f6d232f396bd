"""The package that `pip install` makes of this repository: the linter, with its code in a folder of its own.

A package called `build` would overwrite PyPA's of that name where both are installed, and a folder `build` of the
collection that is checked would come before it.
"""

import os
import sys
from pathlib import Path


def main() -> None:
    """Check a collection, by the code beside this file."""
    code = str(Path(__file__).resolve().parent / "code")
    sys.path.insert(0, code)
    # The processes that parse would else import from the folder that this is called in.
    os.environ.update(PYTHONPATH=code, PYTHONSAFEPATH="1")
    from build.commands.linter import main as run

    try:
        run()
    except KeyboardInterrupt:
        sys.exit(130)
