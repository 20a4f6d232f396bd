"""`python -m build`: one verb for each thing an operator or an author does."""

from build.cli import main

main()
