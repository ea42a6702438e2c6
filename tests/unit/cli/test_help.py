import re

import pytest
import typer

from analysis.cli import app


def helps(group, above="countersignal", parent=None):
    """What ``--help`` prints for each command, by its whole name."""
    context = group.context_class(group, info_name=above, parent=parent)
    found = {above: group.get_help(context)}
    for name, command in getattr(group, "commands", {}).items():
        found |= helps(command, name, context)
    return found


HELPS = helps(typer.main.get_command(app))


@pytest.mark.parametrize("command", HELPS)
def test_help_shows_no_type_behind_a_switch_and_cuts_no_sentence(command):
    usage, _, said = HELPS[command].partition("\n")
    assert "<bool>" not in said
    assert not re.search(r"\w\.\.\.$", said, re.MULTILINE)
    assert usage.startswith("Usage: countersignal")


def test_every_command_is_looked_at():
    assert {"countersignal", "batch", "explore", "show", "pool"} <= HELPS.keys()
    assert len(HELPS) >= 22
