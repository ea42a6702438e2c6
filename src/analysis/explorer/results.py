"""What a case comes to, as it is shown: numbers, charts, the list, and a kept case beside it."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.answers.exploring import ListOf, Standing
from analysis.explorer.boxes import Panel, as_text, heading, paragraphs, table
from analysis.explorer.pictures import Picture, image
from analysis.figures.factor_importance import alt_factor_importance, draw_factor_importance
from analysis.figures.match_chance_by_rho import alt_match_chance_by_rho, draw_match_chance_by_rho
from analysis.figures.profile_chances import alt_profile_chances, draw_profile_chances
from analysis.figures.program_risk_tolerance import (
    alt_program_risk_tolerance,
    draw_program_risk_tolerance,
)

__all__ = ["Chart", "Kept", "Results"]

CHARTS = ("chances-by-flag", "weights", "programs", "match-chance")
WEIGHTS_TITLE = "What programs weigh, in this case"


@dataclass(frozen=True)
class Kept:
    """A case that stays beside the one that is shown."""

    name: str
    standing: Mapping[str, str]
    listed: Mapping[str, str]
    chosen: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[str, ...] = ()


@dataclass
class Chart:
    """A chart of the page: its figure, its place and what was drawn last."""

    picture: Picture = field(default_factory=Picture)
    panel: Panel = field(default_factory=lambda: Panel("cs-picture"))
    svg: str = ""
    drawn: Any = None

    def show(
        self, frame: pd.DataFrame, draw: Callable[..., Any], alt: Callable[..., str], **words: Any
    ) -> None:
        """Draw, unless the very same was drawn last; nothing without rows."""
        same = self.drawn is not None and self.drawn[1] == words and self.drawn[0].equals(frame)
        if same:
            return
        self.drawn = (frame, words)
        if frame.empty:
            self.clear()
            return
        said = alt(frame, **words)
        self.svg = self.picture.svg(lambda ax: draw(frame, ax, **words), said)
        self.panel.show(image(self.svg, said))

    def clear(self) -> None:
        """Show nothing; the next drawing is a new one."""
        self.svg, self.drawn = "", None
        self.panel.show("")


class Results:
    """All that is shown of a case; each part is written only when it is another."""

    def __init__(self) -> None:
        self.numbers = Panel("cs-numbers")
        self.listing = Panel("cs-list")
        self.kept = Panel("cs-kept")
        self.charts = {name: Chart() for name in CHARTS}
        self._standing: Mapping[str, str] = {}
        self._listed: Mapping[str, str] = {}
        self._notes: tuple[str, ...] = ()
        self._chosen: Mapping[str, str] = {}

    def show_standing(self, standing: Standing, beside: Kept) -> None:
        """Show the quick numbers; those of the list are marked until they follow."""
        self._standing, self._notes = standing.rows, standing.notes
        self._show_numbers(beside, waiting=True)

    def draw_standing(self, standing: Standing) -> None:
        """Draw what hangs on the profile alone."""
        here = standing.by_flag
        words = {"title": standing.title}
        self.charts["chances-by-flag"].show(
            here, draw_profile_chances, alt_profile_chances, **words
        )
        self.charts["weights"].show(
            standing.weights, draw_factor_importance, alt_factor_importance, title=WEIGHTS_TITLE
        )

    def show_list(self, listed: ListOf, beside: Kept) -> None:
        """Show the list and its numbers."""
        self._listed = listed.rows
        self._chosen = listed.names
        self._show_numbers(beside, waiting=False)
        moves = _moves(beside, self._chosen)
        parts = [heading("The list"), paragraphs([*listed.sentences, *moves])]
        rows = listed.programs.to_dict("records")
        parts.append(table(rows, "The list, the most wanted first", kind="cs-rows"))
        out = listed.left_out.to_dict("records")
        if out:
            parts.append(heading("The best that are not on it", 3))
            parts.append(table(out, "Programs that are not on the list", kind="cs-rows"))
        self.listing.show("".join(parts))

    def draw_programs(self, listed: ListOf) -> None:
        """Draw the programs, those of the list marked."""
        found = listed.found
        frame = pd.DataFrame() if found is None else found.problem.programs
        known = frame[["program_id", "prestige", "red_flag_tolerance"]].dropna() if found else frame
        drawn = set(known["program_id"]) if found else set()
        chosen = tuple(one for one in found.chosen if one in drawn) if found else ()
        words = {"chosen": chosen, "mark": "on the list"}
        self.charts["programs"].show(
            frame, draw_program_risk_tolerance, alt_program_risk_tolerance, **words
        )

    def draw_curve(self, listed: ListOf) -> None:
        """Draw the match chance over the correlation of answers."""
        matched = None if listed.found is None else listed.found.match_chance
        words = {"used": listed.used, "match_chance": matched}
        self.charts["match-chance"].show(
            listed.curve, draw_match_chance_by_rho, alt_match_chance_by_rho, **words
        )

    def show_trouble(self, message: str) -> None:
        """Say in place of the numbers why there are none."""
        # What stands on the page is another case's, perhaps another student's.
        self._standing, self._listed, self._chosen, self._notes = {}, {}, {}, ()
        self.listing.show("")
        self.kept.show("")
        for chart in self.charts.values():
            chart.clear()
        said = [line for line in message.splitlines() if line.strip()]
        self.numbers.show(heading("This case has no answer yet") + paragraphs(said, "cs-trouble"))

    def keep(self, name: str) -> Kept:
        """Freeze what is shown."""
        drawn = [self.charts[one] for one in ("chances-by-flag", "match-chance")]
        pictures = tuple(image(c.svg, f"Kept case. {c.picture.alt}") for c in drawn if c.svg)
        return Kept(name, self._standing, self._listed, self._chosen, pictures)

    def show_kept(self, kept: Kept | None, changes: list[str]) -> None:
        """Show a frozen case beneath, and what differs."""
        if kept is None:
            self.kept.show("")
            return
        said = "; ".join(changes) or "nothing"
        parts = [heading(kept.name), paragraphs([f"Changed since: {said}."]), *kept.pictures]
        self.kept.show("".join(parts))

    def _show_numbers(self, beside: Kept, *, waiting: bool) -> None:
        before = {**beside.standing, **beside.listed}
        body = []
        for name, said in {**self._standing, **self._listed}.items():
            late = ' class="cs-waiting"' if waiting and name in self._listed else ""
            body.append(
                f'<tr><th scope="row">{html.escape(name)}</th><td{late}>{_parted(said)}</td>'
                f'<td class="cs-beside">{_parted(before.get(name, "–"))}</td></tr>'
            )
        self.numbers.show(
            '<table class="cs-sum"><caption>What this case comes to</caption><thead><tr>'
            '<th scope="col">Number</th><th scope="col">This case</th>'
            f'<th scope="col">{html.escape(beside.name)}</th></tr></thead>'
            f"<tbody>{''.join(body)}</tbody></table>" + paragraphs(self._notes, "cs-note")
        )


def _parted(said: str) -> str:
    """A number and its range, which a narrow page sets beneath it."""
    number, mark, ends = as_text(said).partition(" (")
    return f'{number} <span class="cs-range">({ends}</span>' if mark else number


def _moves(beside: Kept, chosen: Mapping[str, str]) -> list[str]:
    """Programs that enter and leave, held against the case beside; two may have one name."""
    entered = [name for one, name in chosen.items() if one not in beside.chosen]
    left = [name for one, name in beside.chosen.items() if one not in chosen]
    if not beside.chosen or not (entered or left):
        return []
    words = []
    words += [f"enter: {', '.join(entered)}"] if entered else []
    words += [f"leave: {', '.join(left)}"] if left else []
    return [f"Against {beside.name[0].lower()}{beside.name[1:]}: {'; '.join(words)}."]
