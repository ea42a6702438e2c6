"""``python -m analysis.cli`` is ``countersignal``."""

from analysis.cli import main

main()
