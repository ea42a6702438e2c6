"""A batch that kills itself at a chosen move of a file into place.

Run as ``python -m tests.e2e.killed_batch N WHEN ARGUMENTS``. N counts the moves, of reports,
manifest, summary and assumptions; WHEN is ``before`` or ``after`` the move; ARGUMENTS are those of
the command line. Manifest and summary are written after every student here: where writing is slow,
a batch leaves some of these out, and N moves might not be made.
"""

import os
import signal
import sys
from pathlib import Path

move = Path.replace
moves = 0


def killing_move(part, destination):
    """Move a part into place, and end the batch if it is the one."""
    global moves
    moves += part.name.endswith(".part")
    number, when = sys.argv[1:3]
    if moves == int(number):
        if when == "after":
            move(part, destination)
        os.kill(os.getpid(), signal.SIGKILL)
    return move(part, destination)


def main():
    Path.replace = killing_move
    from analysis.cli import main as run
    from analysis.report import batch

    batch.WRITING_SHARE = 0
    run(sys.argv[3:])


if __name__ == "__main__":
    main()
