"""`python -m build`: one verb for each thing an operator or an author does."""

import sys

try:
    from build.cli import main

    main()
except KeyboardInterrupt:
    # Typer takes those that come later.
    sys.exit("error Interrupted; nothing was published.")
