"""What a case comes to, as it is shown: numbers, charts, the list, and a kept case beside it."""

from __future__ import annotations

import base64
import html
import io
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.explorer.controls import Panel, as_text, heading, paragraphs, table
from analysis.figures.factor_importance import alt_factor_importance, draw_factor_importance
from analysis.figures.match_chance_by_rho import alt_match_chance_by_rho, draw_match_chance_by_rho
from analysis.figures.next_application import (
    MOST_APPLICATIONS,
    alt_next_application,
    draw_next_application,
    html_next_application,
)
from analysis.figures.profile_chances import (
    alt_profile_chances,
    draw_profile_chances,
    html_profile_chances,
)
from analysis.figures.program_risk_tolerance import (
    alt_program_risk_tolerance,
    draw_program_risk_tolerance,
)
from analysis.figures.style import DARK, context, new_axes
from analysis.text.labels import KEY_NUMBERS, OUR_MODEL
from analysis.views.desk import ListOf, Standing, changed_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Weights of the charts' typeface; the page's own text takes the same.
FACES = {400: "FiraSans-Regular.ttf", 600: "FiraSans-SemiBold.ttf"}
FIRST, PLAIN, ACCENTED = 0x20, 0x7E, 0x17F  # Latin without and with its accents
SIGNS = "–—‘’“”…†≤≥−≈×ρ·"
BEYOND_PLAIN = re.compile(f"[^\\x00-{chr(PLAIN)}{SIGNS}]")
DOTS_AN_INCH = 200
ESTIMATES = "Estimates of the Countersignal model; most of its numbers are assumptions."
# On a phone the controls are a long way below the numbers, which stay in view.
CONTROLS = '<span id="cs-controls"></span>'
TO_CONTROLS = '<a class="cs-to-controls" href="#cs-controls">Change this case</a>'
WEIGHTS_TITLE = "What programs weigh, in this case"


@dataclass(frozen=True)
class Kept:
    """A case that stays beside the one that is shown."""

    name: str
    standing: Mapping[str, str]
    listed: Mapping[str, str]
    chosen: Mapping[str, str] = field(default_factory=dict)


class Chart:
    """A chart of the page: its place, and what it was drawn from last."""

    def __init__(
        self,
        name: str,
        draw: Callable[..., Any],
        alt: Callable[..., str],
        # The chart as HTML, where it follows a slider: a picture takes a tenth of a second.
        written: Callable[..., str] | None = None,
    ) -> None:
        self._draw, self._alt, self._written = draw, alt, written
        self._axes: Axes | None = None
        self.panel = Panel("cs-picture")
        self.panel.widget.add_class(f"cs-picture-{name}")
        self.drawn: tuple[pd.DataFrame, dict[str, Any]] | None = None

    @property
    def alt(self) -> str:
        """What it shows, in words; "" while nothing is drawn."""
        return "" if self.drawn is None else self._alt(self.drawn[0], **self.drawn[1])

    def show(self, frame: pd.DataFrame, **words: Any) -> None:
        """Draw, unless the very same was drawn last; nothing without rows."""
        if self.drawn is not None and self.drawn[1] == words and self.drawn[0].equals(frame):
            return
        if frame.empty:
            self.clear()
            return
        self.drawn = frame, words
        if self._written is not None:
            self.panel.show(self._written(frame, **words))
            return
        self.panel.show(image(with_style(self.saved("svg").decode(), DARK_RULES), self.alt))

    def clear(self) -> None:
        """Show nothing; the next drawing is a new one."""
        self.drawn = None
        self.panel.show("")

    def saved(self, ending: str, mark: str = "") -> bytes:
        """The chart as a file: "svg" or "png", with a mark on it if there is one."""
        if self.drawn is None:
            return b""
        frame, words = self.drawn
        self._axes = self._axes or new_axes()
        self._draw(frame, self._axes, **words)
        figure: Any = self._axes.figure
        edges: dict[str, Any] = {"bbox_inches": "tight", "pad_inches": 0.1} if mark else {}
        metadata = {"Software": None} if ending == "png" else {"Date": None, "Creator": None}
        buffer = io.BytesIO()
        with context():
            marks = _watermark(figure, mark) if mark else []
            figure.savefig(buffer, format=ending, dpi=DOTS_AN_INCH, metadata=metadata, **edges)
            for one in marks:
                one.remove()
        made = buffer.getvalue()
        return made if ending == "png" else with_typeface(made.decode()).encode()


def _watermark(figure: Any, mark: str) -> list[Any]:
    lines = textwrap.wrap(mark, max(40, int(figure.get_size_inches()[0] * 14)))
    look = {"weight": 600, "ha": "center", "va": "center", "rotation": 30, "alpha": 0.16}
    return [
        figure.text(0.02, 1.02, "\n".join(lines), va="bottom", ha="left", weight=600),
        figure.text(0.5, 0.5, mark.partition(" ")[0], size=64, **look),
    ]


def image(svg: str, alt: str) -> str:
    """An ``<img>`` of a picture."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img class="cs-chart" src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}">'


@cache
def face_rules(last: int = ACCENTED) -> str:
    """CSS that brings the typeface along, cut down to the characters of Latin text."""
    from fontTools import subset

    folder = Path(str(files("fontpkg_fira_sans") / "files"))
    rules = []
    for weight, name in FACES.items():
        options = subset.Options(layout_features=["kern"], hinting=False, desubroutinize=True)
        font = subset.load_font(str(folder / name), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[*range(FIRST, last + 1), *map(ord, SIGNS)])
        cutter.subset(font)
        font.flavor = "woff"
        buffer = io.BytesIO()
        font.save(buffer)
        data = base64.b64encode(buffer.getvalue()).decode()
        rules.append(
            f"@font-face{{font-family:'Fira Sans';font-weight:{weight};"
            f"src:url(data:font/woff;base64,{data})}}"
        )
    return "".join(rules)


def with_style(svg: str, rules: str) -> str:
    """A picture with further rules of CSS."""
    head, mark, body = svg.partition("<defs>")
    return f"{head}<style>{rules}</style>{mark}{body}"


def with_typeface(svg: str) -> str:
    """A picture that needs no font of the machine that shows it."""
    # Half the font, and half of what goes to the browser at each change, is accented letters.
    last = ACCENTED if BEYOND_PLAIN.search(svg.partition("<defs>")[2]) else PLAIN
    return with_style(svg, face_rules(last))


# A picture of a dark page is dark as well; its lines and letters stay as readable.
DARK_RULES = "".join(
    f'@media (prefers-color-scheme:dark){{[style*="{part}: {light}"]{{{part}:{dark}!important}}}}'
    for light, dark in DARK.items()
    for part in ("fill", "stroke")
)


CHARTS: Mapping[str, tuple[Any, ...]] = {
    "chances-by-flag": (draw_profile_chances, alt_profile_chances, html_profile_chances),
    "applications": (draw_next_application, alt_next_application, html_next_application),
    "weights": (draw_factor_importance, alt_factor_importance),
    "programs": (draw_program_risk_tolerance, alt_program_risk_tolerance),
    "match-chance": (draw_match_chance_by_rho, alt_match_chance_by_rho),
}


class Results:
    """All that is shown of a case; each part is written only when it is another."""

    def __init__(self) -> None:
        self.keys = Panel("cs-keys")
        self.numbers = Panel("cs-numbers")
        self.moved = Panel("cs-moved")
        self.states = Panel("cs-map")
        self.paper = Panel("cs-paper")
        self.charts = {name: Chart(name, *parts) for name, parts in CHARTS.items()}
        self._standing: Mapping[str, str] = {}
        self._listed: Mapping[str, str] = {}
        self._notes: tuple[str, ...] = ()
        self._chosen: Mapping[str, str] = {}
        self._compared: tuple[str, ...] = ()

    def show_standing(self, standing: Standing, beside: Kept) -> None:
        """Show the quick numbers; those of the list are marked until they follow."""
        self._standing, self._notes = standing.rows, standing.notes
        self._show_numbers(beside, waiting=True)

    def draw_standing(self, standing: Standing) -> None:
        """Draw what hangs on the profile alone."""
        self.charts["chances-by-flag"].show(standing.by_flag, title=standing.title)

    def draw_weights(self, standing: Standing) -> None:
        """Draw the weights in force."""
        self.charts["weights"].show(standing.weights, title=WEIGHTS_TITLE)

    def show_list(self, listed: ListOf, beside: Kept) -> None:
        """Show the list and its numbers."""
        self._listed = listed.rows
        self._chosen = listed.names
        self._show_numbers(beside, waiting=False)
        moved = changed_lines(beside.listed, listed, beside.chosen) if beside.chosen else []
        enough = enough_sentence(listed)
        beside_name = f"{beside.name[0].lower()}{beside.name[1:]}"
        self.moved.show(
            (heading(f"Against {beside_name}", 3) + paragraphs(moved) if moved else "")
            + paragraphs([enough, *listed.sentences[:1], *self._compared])
        )

    def show_paper(self, name: str, what_if: str, listed: ListOf) -> None:
        """Write the page that the browser prints: whose case, what is changed, and its list."""
        about = "WHAT-IF, not the office's record. " + what_if if what_if else ""
        rows = [
            {"Number": n, "This case": said}
            for n, said in {**self._standing, **listed.rows}.items()
        ]
        lines = "".join(f"<li>{as_text(line)}</li>" for line in listed.lines)
        self.paper.show(
            heading(name)
            + paragraphs([about] * bool(about), "cs-trouble")
            + table(rows, "What this case comes to")
            + paragraphs([*listed.sentences, ESTIMATES])
            + (heading("Programs on the list, with the chance of an interview", 3) if lines else "")
            + f"<ol>{lines}</ol>"
        )

    def compare(self, sentences: Sequence[str]) -> None:
        """Say what the office's own comparison data hold for this case."""
        self._compared = tuple(sentences)

    def draw_programs(self, listed: ListOf) -> None:
        """Draw the programs, those of the list marked."""
        found = listed.found
        frame = pd.DataFrame() if found is None else found.problem.programs
        known = frame[["program_id", "prestige", "red_flag_tolerance"]].dropna() if found else frame
        drawn = set(known["program_id"]) if found else set()
        chosen = tuple(one for one in found.chosen if one in drawn) if found else ()
        self.charts["programs"].show(frame, chosen=chosen, mark="on the list")

    def draw_curve(self, listed: ListOf) -> None:
        """Draw the match chance over the correlation of answers."""
        matched = None if listed.found is None else listed.found.match_chance
        self.charts["match-chance"].show(listed.curve, used=listed.used, match_chance=matched)

    def draw_applications(self, listed: ListOf, flat_below: float) -> None:
        """Draw what each further application adds, with the recommended stop."""
        view, frame, limit = listed.view, pd.DataFrame(), None
        if view is not None and not view.empty:
            limit = len(view.programs)
            # A list of some hundred programs: past the first ones no column could be told apart.
            frame = view.further.iloc[:MOST_APPLICATIONS]
            frame = frame.assign(basis="assumption", source=OUR_MODEL)
        self.charts["applications"].show(frame, flat_below=flat_below, limit=limit)

    def show_trouble(self, message: str) -> None:
        """Say in place of the numbers why there are none."""
        # What stands on the page is another case's, perhaps another student's.
        self._standing, self._listed, self._chosen, self._notes = {}, {}, {}, ()
        self.keys.show("")
        self.moved.show("")
        self.states.show("")
        for chart in self.charts.values():
            chart.clear()
        said = [line for line in message.splitlines() if line.strip()]
        # In what stays in view, whatever tab is open.
        self.keys.show(heading("This case has no answer yet") + paragraphs(said, "cs-trouble"))
        self.numbers.show("")
        self.paper.show(self.keys.widget.value)

    def _show_numbers(self, beside: Kept, *, waiting: bool) -> None:
        before = {**beside.standing, **beside.listed}
        now = {**self._standing, **self._listed}
        late_ones = self._listed if waiting else {}
        self.keys.show(key_numbers(now, before, beside.name, late_ones))
        body = []
        for name, said in now.items():
            late = ' class="cs-waiting"' if name in late_ones else ""
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


def key_numbers(
    now: Mapping[str, str], before: Mapping[str, str], beside: str, late: Mapping[str, str]
) -> str:
    """The few numbers that stay in view, each with what it was where it has moved."""
    tiles = []
    for name in [n for key in KEY_NUMBERS.values() for n in now if n.startswith(key)]:
        was = before.get(name)
        moved = was is not None and was != now[name]
        said = f"{beside}: {as_text(str(was).split(' (')[0])}" if moved else ""
        kind = ' class="cs-waiting"' if name in late else ""
        tiles.append(
            f"<div><dt>{html.escape(name)}</dt><dd{kind}>{_parted(now[name])}</dd>"
            f'<dd class="cs-was">{said}</dd></div>'
        )
    return f"<dl>{''.join(tiles)}</dl>{TO_CONTROLS}"


def enough_sentence(listed: ListOf) -> str:
    """How many applications are enough, in a sentence; "" without a list."""
    view = listed.view
    if view is None or view.empty:
        return ""
    on_list, enough = len(view.programs), view.worth_sending
    if enough is None:
        said = f"each of the first {len(view.further)} adds something"
    else:
        flat = 100 * view.assumptions.value("list.flat_gain")
        said = f"{enough}. From number {enough + 1} on, each adds less than {flat:g} points to the "
        said += "match chance"
    more = enough is not None and on_list > enough
    ends = f"goes on to {on_list}, as far as each is worth its cost" if more else f"has {on_list}"
    return f"How many are enough: {said}. The list {ends}."


# A tile a state, about where it lies: row by row, columns from 0.
TILES = (
    "AK0 ME10", "VT9 NH10", "WA0 ID1 MT2 ND3 MN4 IL5 WI6 MI7 NY8 RI9 MA10",
    "OR0 NV1 WY2 SD3 IA4 IN5 OH6 PA7 NJ8 CT9", "CA0 UT1 CO2 NE3 MO4 KY5 WV6 VA7 MD8 DE9",
    "AZ1 NM2 KS3 AR4 TN5 NC6 SC7 DC8", "OK3 LA4 MS5 AL6 GA7", "HI0 TX3 FL8 PR10",
)  # fmt: skip


def state_grid(listed: ListOf) -> str:
    """Where the programs of the list are: a tile a state with their number."""
    if not listed.states:
        return ""
    counts = dict(listed.states)
    tiles = []
    for row, line in enumerate(TILES, start=1):
        for tile in line.split():
            state, column = tile[:2], int(tile[2:]) + 1
            number = counts.pop(state, 0)
            kind = "cs-tile cs-has" if number else "cs-tile"
            tiles.append(
                f'<div class="{kind}" style="grid-row:{row};grid-column:{column}">{state}'
                f"<b>{number or ''}</b></div>"
            )
    told = ", ".join(f"{state} {number}" for state, number in listed.states.items())
    others = ", ".join(f"{html.escape(str(s))} {n}" for s, n in counts.items())
    return (
        f"{heading('Where the programs of the list are', 3)}"
        f'<div class="cs-tiles" role="img" aria-label="Programs by state: {html.escape(told)}">'
        f"{''.join(tiles)}</div>" + (f"<p>Elsewhere: {others}</p>" if others else "")
    )
