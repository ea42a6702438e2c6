"""Pieces of HTML in which whatever a person typed is shown as text."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import ipywidgets

from analysis.errors import CountersignalError
from analysis.tables.codes import wished_places
from analysis.views.case import Case, with_weight
from analysis.views.desk import Desk
from analysis.vocabulary import COMPETITIVENESS, COMPONENTS, DEGREES, FLAGS

LONGEST = 200


def plain(text: object) -> str:
    r"""Text on one line without control characters, cut where it is endless.

    Examples
    --------
    >>> plain("a\x00b")
    'a b'
    """
    folded = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return folded if len(folded) <= LONGEST else folded[: LONGEST - 1] + "…"


def as_text(text: object) -> str:
    """HTML that shows a text as it is, no line broken between a number and its percent sign."""
    return html.escape(str(text)).replace(" %", "&nbsp;%")


def heading(text: str, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{html.escape(text)}</h{level}>"


def paragraphs(sentences: Sequence[str], kind: str = "") -> str:
    """Sentences as paragraphs."""
    return "".join(f'<p class="{kind}">{as_text(text)}</p>' for text in sentences)


def table(rows: Sequence[Mapping[str, Any]], caption: str, *, kind: str = "") -> str:
    """A table with header cells; the first cell of a row names the row."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in rows[0])
    body = []
    for row in rows:
        cells = [
            f'<th scope="row">{as_text(cell)}</th>'
            if at == 0
            else f'<td data-label="{html.escape(str(name))}">{as_text(cell)}</td>'
            for at, (name, cell) in enumerate(row.items())
        ]
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<table class="{kind}"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def box(kinds: str, *widgets: Any, way: Any = ipywidgets.VBox) -> Any:
    """Widgets together, of some kinds of the page's style."""
    made = way(list(widgets))
    for kind in kinds.split():
        made.add_class(kind)
    return made


def group(title: str, widgets: Sequence[Any], kinds: str = "") -> Any:
    """Controls under a heading."""
    return box(f"cs-group {kinds}", ipywidgets.HTML(heading(title)), *widgets)


def button(words: str, clicked: Callable[[Any], None]) -> Any:
    """A button, and what it does."""
    made = ipywidgets.Button(description=words)
    made.on_click(clicked)
    return made


class Panel:
    """A place of the page that is written anew only when its content is another."""

    def __init__(self, kind: str) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class(kind)

    def show(self, content: str) -> None:
        """Write the content."""
        if self.widget.value != content:
            self.widget.value = content


BY_SEASON = ""
PERCENT = 100
MOST_RESEARCH, MOST_PLACES, MOST_SIGNALS, MOST_BUDGET = 30, 100, 100, 20_000
OF_ONE_SPECIALTY = (
    "must_apply",
    "never_apply",
    "competitiveness",
    "gold_signals",
    "silver_signals",
)
NOT_GIVEN = "{}: not given"
MOST_SPECIALTIES = 2
KIND = "How competitive it is"
SIGNALS = {"gold_signals": "Gold signals at hand", "silver_signals": "Silver signals at hand"}


class Controls:
    """All controls of a case, and the case that they show."""

    def __init__(self, desk: Desk, changed: Callable[[Case], None]) -> None:
        self._desk = desk
        self._changed = changed
        self._showing = False
        self._case = Case("typed", ("",))
        self.specialty = ipywidgets.Dropdown(description="Specialty")
        # One for each specialty of the case; the second is seen where there are two.
        self.kinds = [ipywidgets.Dropdown(description=KIND) for _ in range(MOST_SPECIALTIES)]
        self.degree = ipywidgets.Dropdown(description="Degree", options=_choices(DEGREES))
        self.visa = ipywidgets.Checkbox(description="Needs a visa", indent=False)
        self.score = _slider("Step 2 CK", 214, 300)
        self.honors = _slider("Clerkships with honors (%)", 0, PERCENT)
        self.letters = ipywidgets.FloatSlider(
            description="Letters (1 among the best, 0.6 typical)", min=0, max=1, step=0.05,
            readout_format=".2f",
        )  # fmt: skip
        self.research = _slider("Research items", 0, MOST_RESEARCH)
        # A slider of what is not given stands where the model takes it, and says so.
        of_record = {
            "step2_ck": self.score,
            "clerkship_honors_fraction": self.honors,
            "letters": self.letters,
            "research_items": self.research,
        }
        self._of_record = [(code, one, one.description) for code, one in of_record.items()]
        self.flags = {
            code: ipywidgets.Checkbox(description=flag.label, indent=False)
            for code, flag in FLAGS.items()
        }
        self.limit = _slider("Most applications (0: not given)", 0, MOST_PLACES)
        self.budget = _number("Most to spend on fees, $ (0: not given)", MOST_BUDGET)
        self.signals = {
            column: [_number(words, MOST_SIGNALS) for _ in range(MOST_SPECIALTIES)]
            for column, words in SIGNALS.items()
        }
        self.states = ipywidgets.Text(
            description="Preferred states", placeholder="OH, PA, not TX", continuous_update=False
        )
        self.states_said = Panel("cs-states")
        self.weights = {
            code: _slider(f"{words} (% of the weight)", 0, 90) for code, words in COMPONENTS.items()
        }
        self._listen()
        self.box = box(
            "cs-controls",
            group("The record", [self.score, self.honors, self.letters, self.research]),
            group("Red flags", list(self.flags.values())),
            group(
                "Where to",
                [
                    self.specialty,
                    *self.kinds,
                    self.degree,
                    self.visa,
                    self.states,
                    self.states_said.widget,
                ],
            ),
            group(
                "What the list keeps to",
                [self.limit, self.budget, *(b for own in self.signals.values() for b in own)],
            ),
            group("What programs weigh", list(self.weights.values())),
        )

    def lay(self, desk: Desk) -> None:
        """Take other tables."""
        self._desk = desk

    def show(self, case: Case) -> None:
        """Show a case; nobody is told of it."""
        self._case, self._showing = case, True
        try:
            self._show_record(case)
            self._show_wishes(case)
            shares = case.weights or tuple(self._desk.assumptions.weights.values())
            for slider, percents in zip(self.weights.values(), whole_percents(shares), strict=True):
                slider.value = percents
        finally:
            self._showing = False

    def _show_record(self, case: Case) -> None:
        usual = self._desk.usual
        known = sorted(set(self._desk.programs["specialty"]) or self._desk.assumptions.season)
        own = ";".join(case.specialty)
        self.specialty.options = [
            (plain(name.replace(";", " and ")), name) for name in dict.fromkeys([*known, own])
        ]
        self.specialty.value = own
        for kind, word in zip(self.kinds, case.competitiveness or [BY_SEASON] * 2, strict=False):
            kind.options = [("As in the season's file", BY_SEASON), *_choices(COMPETITIVENESS)]
            kind.value = word
        _name(self.kinds, KIND, case.specialty)
        self.degree.value = case.degree or "us_md"
        self.visa.value = case.needs_visa == "yes"
        self.score.value = _given(case.step2_ck, usual["step2_ck"])
        honors = _given(case.clerkship_honors_fraction, usual["clerkship_honors_fraction"])
        self.honors.value = round(PERCENT * honors)
        self.letters.value = _given(case.letters, usual["letters"])
        items = int(_given(case.research_items, usual["research_items"]))
        self.research.max = max(MOST_RESEARCH, items)
        self.research.value = items
        self._name_record()
        for code, box in self.flags.items():
            box.value = code in case.red_flags
        self.states.value = ", ".join(
            (*case.preferred_states, *(f"not {state}" for state in case.exclude_states))
        )
        self.states_said.show("")

    def _name_record(self) -> None:
        for code, slider, words in self._of_record:
            given = getattr(self._case, code) is not None
            slider.description = words if given else NOT_GIVEN.format(words)

    def _show_wishes(self, case: Case) -> None:
        usual = 0 if case.fee_budget_usd else self._desk.assumptions.value("list.limit")
        places = int(_given(case.application_limit, usual))
        self.limit.max = max(MOST_PLACES, places)
        self.limit.value = places
        self.budget.value = int(case.fee_budget_usd or 0)
        for column, boxes in self.signals.items():
            for box, number in zip(boxes, self._at_hand(column), strict=False):
                box.value = number
            _name(boxes, SIGNALS[column], case.specialty)

    def _at_hand(self, column: str) -> tuple[int, ...]:
        """Signals at hand, one number a specialty."""
        season, names = self._desk.assumptions.season, self._case.specialty
        by_season = [int(getattr(season[n], column)) if n in season else 0 for n in names]
        own = getattr(self._case, column)
        # One number for two specialties is that of the first.
        return (*own, *([0] * (len(names) - len(own)))) if own else tuple(by_season)

    def _listen(self) -> None:
        self._on(self.specialty, self._with_specialty, shown_again=True)
        for at, kind in enumerate(self.kinds):
            self._on(kind, partial(self._with_kind, at))
        self._on(self.degree, lambda word: {"degree": word})
        self._on(self.visa, lambda yes: {"needs_visa": "yes" if yes else "no"})
        self._on(self.score, lambda score: {"step2_ck": float(score)})
        self._on(self.honors, lambda n: {"clerkship_honors_fraction": n / PERCENT})
        self._on(self.letters, lambda level: {"letters": round(level, 2)})
        self._on(self.research, lambda items: {"research_items": float(items)})
        for box in self.flags.values():
            self._on(box, lambda _: {"red_flags": self._ticked()})
        self._on(self.limit, lambda n: {"application_limit": float(n) or None})
        self._on(self.budget, lambda usd: {"fee_budget_usd": float(usd) or None})
        for column, boxes in self.signals.items():
            for at, box in enumerate(boxes):
                self._on(box, partial(self._with_signals, column, at))
        self._on(self.states, self._with_states, shown_again=True)
        for code, slider in self.weights.items():
            # The others share what is left: all five show what is in force.
            self._on(slider, partial(self._with_weight, code), shown_again=True)

    def _on(
        self, widget: Any, changes: Callable[[Any], dict[str, Any]], *, shown_again: bool = False
    ) -> None:
        """Follow a control; ``shown_again`` where others hang on it."""

        def heard(change: Any) -> None:
            if self._showing:
                return
            try:
                changed = changes(change["new"])
            except CountersignalError as error:
                said = [*str(error).splitlines(), "Nothing was changed."]
                self.states_said.show(paragraphs(said, "cs-trouble"))
                self._changed(self._case)
                return
            self._case = replace(self._case, **changed)
            self._name_record()
            if shown_again:
                self.show(self._case)
            self._changed(self._case)

        widget.observe(heard, "value")

    def _with_specialty(self, name: str) -> dict[str, Any]:
        """Another specialty: what was given for the old one does not hold for it."""
        return {"specialty": tuple(name.split(";")), **dict.fromkeys(OF_ONE_SPECIALTY, ())}

    def _with_kind(self, at: int, word: str) -> dict[str, Any]:
        """A class for one specialty; the other's is its own, else the season's."""
        season = self._desk.assumptions.season
        kinds = []
        for place, (kind, name) in enumerate(zip(self.kinds, self._case.specialty, strict=False)):
            own = word if place == at else kind.value
            kinds.append(own or (season[name].competitiveness if name in season else BY_SEASON))
        chosen = any(kind.value for kind in self.kinds[: len(kinds)])
        return {"competitiveness": tuple(kinds) if chosen and all(kinds) else ()}

    def _ticked(self) -> tuple[str, ...]:
        return tuple(code for code, box in self.flags.items() if box.value)

    def _with_signals(self, column: str, at: int, number: int) -> dict[str, Any]:
        """Other signals for one specialty; those of the other stay."""
        numbers = self._at_hand(column)
        return {column: (*numbers[:at], number, *numbers[at + 1 :])}

    def _with_states(self, text: str) -> dict[str, Any]:
        wanted, avoided = wished_places([text])
        return {"preferred_states": wanted, "exclude_states": avoided}

    def _with_weight(self, component: str, percents: int) -> dict[str, Any]:
        moved = with_weight(self._case, component, percents / PERCENT, self._desk.assumptions)
        return {"weights": moved.weights}


def _name(boxes: Sequence[Any], words: str, specialties: Sequence[str]) -> None:
    """Show a box for each specialty, named after it where there are two."""
    for at, box in enumerate(boxes):
        shown = at < len(specialties)
        box.layout.display = None if shown else "none"
        if shown:
            alone = len(specialties) == 1
            box.description = words if alone else f"{words}: {plain(specialties[at])}"


def whole_percents(shares: Sequence[float]) -> list[int]:
    """Shares as whole percents that sum to 100: the largest remainders are rounded up.

    Examples
    --------
    >>> whole_percents([0.0667, 0.0667, 0.0667, 0.8])
    [7, 7, 6, 80]
    """
    exact = [PERCENT * share / sum(shares) for share in shares]
    whole = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: whole[at] - exact[at])
    for at in by_remainder[: PERCENT - sum(whole)]:
        whole[at] += 1
    return whole


def _choices(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Codes as a choice wants them, by their words."""
    return [(said[0].upper() + said[1:], code) for code, said in words.items()]


def _given(value: float | None, usual: float) -> float:
    return usual if value is None else value


def _slider(description: str, low: int, high: int) -> Any:
    return ipywidgets.IntSlider(description=description, min=low, max=high)


def _number(description: str, most: int) -> Any:
    return ipywidgets.BoundedIntText(description=description, min=0, max=most)
