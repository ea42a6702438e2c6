"""A batch that kills itself at a chosen write.

Run as ``python -m tests.e2e.killed_batch PLACE N WHEN ARGUMENTS``. PLACE is ``batch`` (manifest,
summary and assumptions) or ``report`` (the PDF, written in a worker); N counts the moves of that
place; WHEN is ``before`` or ``after`` the move; ARGUMENTS are those of the command line. Workers
import the main module again, under another name: that is how the move is changed in them too.
"""

import os
import signal
import sys
from pathlib import Path

BATCH, PLACE, NUMBER, WHEN = "KILLED_BATCH", "KILLED_PLACE", "KILLED_NUMBER", "KILLED_WHEN"
move = Path.replace
moves = 0


def killing_move(part, destination):
    """Move a part into place, and end the batch if it is the one."""
    global moves
    moves += part.name.endswith(".part")
    if moves != int(os.environ[NUMBER]):
        return move(part, destination)
    if os.environ[WHEN] == "after":
        move(part, destination)
    os.kill(int(os.environ[BATCH]), signal.SIGKILL)
    return signal.pause()  # a worker ends with its batch


def main():
    place, number, when, *arguments = sys.argv[1:]
    os.environ |= {BATCH: str(os.getpid()), PLACE: place, NUMBER: number, WHEN: when}
    if place == "batch":
        Path.replace = killing_move
    from analysis.cli import main as run

    run(arguments)


if __name__ == "__main__":
    main()
elif os.environ.get(PLACE) == "report":
    Path.replace = killing_move
