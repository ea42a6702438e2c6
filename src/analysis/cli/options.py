"""Options that several commands take, each with the same name and the same help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AssumptionsFile", "Preferences", "Programs", "Sets", "Students"]

Students = Annotated[Path, typer.Option("--students", help="The class: students.csv.")]
Programs = Annotated[Path, typer.Option("--programs", help="The programs: programs.csv.")]
Preferences = Annotated[Path | None, typer.Option(help="Wishes, ties and signals: a CSV file.")]
AssumptionsFile = Annotated[Path | None, typer.Option("--assumptions", help="A TOML file.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", help="An assumption, as key=value; repeatable.")
]
