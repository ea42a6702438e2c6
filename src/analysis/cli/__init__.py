"""The command ``countersignal``: it parses, calls, prints, sets the exit code; nothing else does.

Importing this package stays light, so that ``--help`` answers at once: what is heavy is imported
inside the commands.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from analysis import __version__
from analysis.cli import analyze as about_numbers
from analysis.cli import explore as about_exploring
from analysis.cli import files as about_files
from analysis.cli import reports as about_reports
from analysis.cli.printing import say, unheard
from analysis.errors import CountersignalError, StoppedError
from analysis.paths import PROJECT_VARIABLE
from analysis.report import spare_imports

# typer has a click of its own inside; this is that one's base of usage errors.
USAGE_ERROR: Any = typer.BadParameter.__mro__[2]
DEBUG_VARIABLE = "COUNTERSIGNAL_DEBUG"

app = typer.Typer(
    name="countersignal",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # With markup, `--help` writes "<bool>" behind an option that takes no value.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "How far a strong Step 2 CK outweighs early academic trouble, and where to apply. "
        "Every command takes --project DIR when it is not run from a checkout."
    ),
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"countersignal {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    del version


for group in (about_reports, about_files, about_numbers, about_exploring):
    group.add_to(app)


def _with_project_taken_out(arguments: Sequence[str]) -> list[str]:
    """Take ``--project DIR`` out of a command line, wherever it stands, and keep it for `paths`."""
    kept: list[str] = []
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--project" and waiting:
            os.environ[PROJECT_VARIABLE] = waiting.pop(0)
        elif argument.startswith("--project="):
            os.environ[PROJECT_VARIABLE] = argument.partition("=")[2]
        elif argument == "--":
            return [*kept, argument, *waiting]
        else:
            kept.append(argument)
    return kept


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    # 0 all well, 1 some rows or reports failed, 2 usage or a file that cannot be used, 130 after
    # Ctrl-C, 129 and 143 after SIGHUP and SIGTERM.
    spare_imports()
    line = _with_project_taken_out(sys.argv[1:] if arguments is None else arguments)
    _open_streams()
    with _orderly_end() as stopped:
        code = _exit_code(line)
    sys.exit(128 + stopped[0] if stopped else code)


def _open_streams() -> None:
    """Give closed streams a place to go, and let no terminal refuse a character."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # Else the next file that is opened would be taken for this stream.
            os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)
            os.set_inheritable(descriptor, True)
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w" if descriptor else "r"))  # noqa: SIM115, PTH123
        elif descriptor and isinstance(stream, io.TextIOWrapper):
            # A terminal of another encoding shows \\u674e in place of what it has no sign for.
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def _orderly_end() -> Iterator[list[int]]:
    """Let a hang-up or a request to end clean up as Ctrl-C does, and tell which it was."""
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        # What comes while the first is obeyed would only break off the cleaning up.
        if not stopped:
            stopped.append(number)
            raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGHUP", "SIGINT", "SIGTERM"):
            number = getattr(signal, name, None)
            usual = (signal.SIG_DFL, signal.default_int_handler)
            if number is not None and signal.getsignal(number) in usual:
                before[number] = signal.signal(number, stop)
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if stopped else handler)


def _exit_code(line: list[str]) -> int:
    try:
        result = app(line, standalone_mode=False)
        if result == StoppedError.exit_code:  # typer gives it in place of the KeyboardInterrupt
            raise KeyboardInterrupt
    except (KeyboardInterrupt, typer.Abort):
        say("countersignal: stopped")
        return StoppedError.exit_code
    except CountersignalError as error:
        say(error)
        return error.exit_code
    except SystemExit as left:  # typer's way to end where a pipe is closed
        if not isinstance(left.__context__, BrokenPipeError):
            raise
        # The reader of our output (`head`, say) has left; nothing is wrong.
        unheard(sys.stdout)
        return 0
    except Exception as error:
        if isinstance(error, USAGE_ERROR):
            usage = io.StringIO()
            error.show(usage)
            say(usage.getvalue().rstrip())
            return 2
        # The last boundary: a user gets one sentence, a developer asks for the rest.
        if os.environ.get(DEBUG_VARIABLE):
            raise
        if isinstance(error, OSError):
            place = error.filename or "a file"
            say(f"countersignal: {place} cannot be read or written ({error.strerror}). Make room, "
                "or mend the path; TMPDIR names the folder for temporary files")  # fmt: skip
            return 2
        if isinstance(error, ModuleNotFoundError):
            how = "make setup, or conda env update -f environment.yml"
            say(f"countersignal: {error.name} is not installed; set up again: {how}")
            return 2
        say(
            f"countersignal: a fault of Countersignal ({type(error).__name__}); nothing was "
            f"finished. Set {DEBUG_VARIABLE}=1 and run again for the details to report."
        )
        return 1
    return result if isinstance(result, int) else 0
