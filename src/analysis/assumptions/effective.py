"""One set of assumptions in force: read, overrides, checks, fingerprint, and how two differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache, cached_property, lru_cache
from math import isfinite, nan
from pathlib import Path

from analysis.assumptions.files import (
    COMPONENTS,
    DEFAULT,
    Basis,
    Content,
    Entry,
    FeeStep,
    Season,
    check_known,
    default_entries,
    default_season,
    entries_of,
    season_of,
    toml_content,
)
from analysis.errors import AssumptionError, Problem
from analysis.paths import FilePath, from_root
from analysis.vocabulary import COMPETITIVENESS


@dataclass(frozen=True, slots=True)
class Domain:
    """Interval a number lies in; an end that is `open` is not in it."""

    low: float = 0.0
    high: float = 1.0
    open_low: bool = False
    open_high: bool = False

    def holds(self, number: float) -> bool:
        """Whether a number lies in it."""
        above = number > self.low if self.open_low else number >= self.low
        return above and (number < self.high if self.open_high else number <= self.high)

    def __str__(self) -> str:
        low = "over" if self.open_low else "from"
        high = "to under" if self.open_high else "to"
        return f"a number {low} {self.low:g} {high} {self.high:g}"


SHARE, INSIDE, SCORE = Domain(), Domain(open_low=True, open_high=True), Domain(200, 300)
UNDER_ONE = Domain(open_high=True)
POSITIVE = Domain(0, 1e9, open_low=True)
# The first pattern that fits a key is its domain; what fits none must not be negative.
DOMAINS: Mapping[str, Domain] = {
    "weights.*": POSITIVE,
    "scale.step2_*": SCORE,
    "scale.research_best": POSITIVE,
    "scale.*": SHARE,
    "reference.step2_ck": SCORE,
    "reference.tolerance": Domain(0, 10, open_high=True),
    "reference.prestige": Domain(0, 10),
    "reference.red_flags_weight": INSIDE,
    "reference.*": SHARE,
    "anchors.*": INSIDE,
    "program_types.*": Domain(0, 10),
    "logit_scale": POSITIVE,
    "relief.from": SCORE,
    "relief.full": SCORE,
    "relief.*": UNDER_ONE,
    "several_flags.share": SHARE,
    "signals.*": Domain(1, 1e3),
    "applicants.step2_mean": SCORE,
    "applicants.step2_sd": Domain(1, 40),
    "applicants.*": Domain(-50, 50),
    "level.shift": Domain(-5, 5),
    "level.*": POSITIVE,
    "pool.*.interview_rate": INSIDE,
    "pool.*.share_*": INSIDE,
    "pool.*.odds_gold": Domain(1, 1e3),
    "pool.*.odds_silver": Domain(1, 1e3),
    "pool.*.odds_*": Domain(0, 1, open_low=True),
    "pool.*.mean_applications_*": Domain(1, 1e3),
    "pool.step2_sd": Domain(1, 40),
    "pool.highest_tau": Domain(0.2, 2),
    "pool.correlation": UNDER_ONE,
    "pool.*": SHARE,
    "pool_mean.*": SHARE,
    "place.*_odds": Domain(1, 1e3),
    "place.*_share": Domain(0, 0.5),
    "match_odds.*us_*": Domain(0, 1, open_low=True),
    "match_odds.*": Domain(1, 1e3),
    "parallel.*": SHARE,
    "match_correlation": Domain(0, 0.95),
    "match_link": SHARE,
    "base_rate.group_odds": POSITIVE,
    "base_rate.pool_slope": Domain(0, 10),
    "base_rate.least": INSIDE,
    "base_rate.most": INSIDE,
    "base_rate.*": SHARE,
    "override.*": SHARE,
    "auto_screen_share": UNDER_ONE,
    "unstated_cutoff_share": SHARE,
    "highest_chance": Domain(open_low=True),
    "passing.*": SCORE,
    "step2_estimate.sd": Domain(0, 40),
    "comlex.step2_center": SCORE,
    "comlex.step2_sd": Domain(0, 40),
    "match_given_interview": Domain(0.01, 0.99),
    "latent_correlation": Domain(0, 0.95),
    "match_utility": SHARE,
    "groups.*": SHARE,
    "list.worth_of_match_usd": POSITIVE,
    "interviews.still_to_come": SHARE,
    "interviews.curve_to": Domain(1, 100),
    "tracks.*": SHARE,
    "couples.*": SHARE,
    "list.least_chance": UNDER_ONE,
    "report.least_change": SHARE,
    "list.unstated_preference": SHARE,
    "survey.confidence": INSIDE,
    "classmates.risk_of_no_match": INSIDE,
    "classmates.most_at_a_program*": Domain(1, 1e3),
    "classmates.shared_factor*": SHARE,
    "classmates.draws": Domain(1, 1e6),
    "classmates.further_applications": Domain(1, 1e3),
    "uncertainty.group_spread": UNDER_ONE,
    "uncertainty.signal_spread": UNDER_ONE,
    "uncertainty.match_correlation": Domain(0, 0.95),
    "uncertainty.weights_nu": POSITIVE,
    "uncertainty.kappa_spread": SHARE,
    "uncertainty.group_odds": POSITIVE,
    "uncertainty.match_given_interview": Domain(0.01, 0.99),
    "uncertainty.low": UNDER_ONE,
    "uncertainty.high": Domain(open_low=True),
    "uncertainty.draws": Domain(1, 1e6),
}
AT_LEAST_0 = Domain(0, 1e12)
WORDS = {
    "anchor_basis": ("reader", "population"),
    "level.basis": ("identity", "article"),
    "graduates.verdict": ("none", "better", "worse", "too_few_to_tell"),
}
NAMES = {"list.home_without_signal"}
# May be one number or several: one is a mixture of one.
EITHER = {"latent_correlation"}
WHOLE = (
    ".draws",
    ".seed",
    ".smallest_cell",
    "list.limit",
    "list.fewest",
    "interviews.soap_below",
    "interviews.curve_to",
    "fees.first_number",
    "classmates.further_applications",
    "classmates.most_at_a_program",
    "classmates.most_at_a_program_range",
)
RANGES = (
    "uncertainty.group_odds",
    "uncertainty.match_given_interview",
    "uncertainty.match_correlation",
    "classmates.most_at_a_program_range",
    "classmates.shared_factor_range",
)
ORDERED = (
    ("scale.step2_worst", "scale.step2_best"),
    ("relief.from", "relief.full"),
    ("base_rate.least", "base_rate.most"),
    ("groups.possible_from", "groups.likely_from"),
    ("uncertainty.low", "uncertainty.high"),
    ("passing.lowest", "passing.since_july_2025"),
)


def refuse_contradictions(file: str, entries: Mapping[str, Entry]) -> None:
    """Refuse values outside their domain, and values that contradict each other."""
    found = {key: expected for key, entry in entries.items() if (expected := _expected(key, entry))}
    found = found or _contradictions(entries)
    if found:
        raise AssumptionError(
            "\n".join(
                str(Problem(file, expected, column=key, value=_shown(entries[key].content)))
                for key, expected in found.items()
            )
        )


def _shown(content: Content) -> str:
    if isinstance(content, tuple):
        return ";".join(map(_shown, content))
    return content if isinstance(content, str) else f"{content:g}"


@cache
def _domain(key: str) -> Domain:
    return next((d for pattern, d in DOMAINS.items() if fnmatchcase(key, pattern)), AT_LEAST_0)


def _expected(key: str, entry: Entry) -> str:
    """What an entry's content should have been, or "" if it is fine."""
    content = entry.content
    if key in WORDS:
        return "" if content in WORDS[key] else " or ".join(WORDS[key])
    if key in NAMES:
        return "" if isinstance(content, str) else "names, separated by semicolons"
    if isinstance(content, str):
        return "a number"
    several = isinstance(default_entries()[key].content, tuple)
    if isinstance(content, tuple) != several and key not in EITHER:
        return "several numbers" if several else "one number"
    numbers = content if isinstance(content, tuple) else (content,)
    domain = _domain(key)
    if not numbers or not all(isfinite(n) and domain.holds(n) for n in numbers):
        return str(domain)
    if key.endswith(WHOLE) and any(n != round(n) for n in numbers):
        return "a whole number"
    return ""


def _contradictions(entries: Mapping[str, Entry]) -> dict[str, str]:
    found: dict[str, str] = {}

    def number(key: str) -> float:
        content = entries[key].content
        return content if isinstance(content, float) else nan

    for low, high in ORDERED:
        # Grouping may have no middle, and the two passing scores may be one.
        fine = number(low) < number(high) or (
            low.startswith(("groups", "passing")) and number(low) == number(high)
        )
        if not fine:
            found[low] = f"less than {high} ({number(high):g})"
    for key in RANGES:
        ends = entries[key].content
        if not isinstance(ends, tuple) or len(ends) != 2 or ends[0] > ends[1]:
            found[key] = "a lower and an upper end"
    typical = number("scale.clerkships_typical")
    reached = number("scale.clerkships_floor") + number("scale.clerkships_slope") * typical
    if reached > typical + 1e-9:
        found["scale.clerkships_floor"] = (
            "floor + slope * typical to be at most scale.clerkships_typical, or more honors would "
            "be worth less there"
        )
    spotless = number("anchors.none")
    for key in entries:
        if key.startswith("anchors.") and number(key) > spotless:
            found[key] = "at most anchors.none: a flag never raises a chance"
    if number("anchors.loa_academic") == spotless:
        found["anchors.loa_academic"] = "less than anchors.none: a leave is the scale's worst level"
    one, several = "anchors.course_failure_remediated", "anchors.preclinical_failures_multiple"
    if number(several) > number(one):
        found[several] = f"at most {one}: several failures are no better than one"
    at_most = [
        *((f"relief.{kind}.major", f"relief.{kind}.minor") for kind in COMPETITIVENESS),
        ("signals.silver", "signals.gold"),
        *((f"pool.{kind}.odds_silver", f"pool.{kind}.odds_gold") for kind in COMPETITIVENESS),
    ]
    found |= {low: f"at most {high}" for low, high in at_most if number(low) > number(high)}
    if entries["anchor_basis"].content == "population":
        for key in ("anchors.step1_failure", "anchors.step2_failure"):
            most = 1 - number(key) / spotless
            if number("auto_screen_share") >= most:
                expected = f"less than {most:.3g} with anchor_basis population, because of {key}"
                found["auto_screen_share"] = expected
    return found


SET = "--set"
BASIS: Basis = "assumption"
WHY = "set on the command line"


def overridden_entries(entries: Mapping[str, Entry], overrides: Sequence[str]) -> dict[str, Entry]:
    """Entries with the values of a command line; the caller checks them."""
    found = dict(entries)
    set_keys: dict[str, None] = {}
    for override in overrides:
        key, equals, text = (part.strip() for part in override.partition("="))
        check_known(SET, key)
        if not equals or not text:
            raise AssumptionError(str(Problem(SET, "key=value", column=key, value=override)))
        found[key] = Entry.of(_content(key, entries[key].content, text), BASIS, WHY, "none")
        set_keys[key] = None
    _rescale_weights(found, [key for key in set_keys if key.startswith("weights.")])
    return found


def _content(key: str, before: Content, text: str) -> Content:
    if isinstance(before, str):
        return text
    parts = text.replace(",", ";").split(";")
    try:
        numbers = tuple(float(part) for part in parts)
    except ValueError:
        expected = "numbers separated by ;" if isinstance(before, tuple) else "a number"
        raise AssumptionError(str(Problem(SET, expected, column=key, value=text))) from None
    return numbers if isinstance(before, tuple) or len(numbers) > 1 else numbers[0]


def _rescale_weights(entries: dict[str, Entry], fixed: Sequence[str]) -> None:
    if not fixed:
        return

    def number(key: str) -> float:
        content = entries[key].content
        return content if isinstance(content, float) else 0.0

    free = [key for key in entries if key.startswith("weights.") and key not in fixed]
    taken = sum(map(number, fixed))
    if not free or not 0 < taken < 1 or min(map(number, fixed)) <= 0:
        expected = "weights that are set to be over 0 and to sum to less than 1, one of them free"
        raise AssumptionError(str(Problem(SET, expected, value=f"{taken:g}")))
    rest = sum(map(number, free))
    note = f"Rescaled to what is left: {', '.join(fixed)} set on the command line."
    for key in free:
        share = number(key) / rest * (1 - taken)
        entries[key] = Entry(value=share, basis=BASIS, why=note, source=entries[key].source)


FINGERPRINT_LENGTH = 12
UNKNOWN = Season()


@dataclass(frozen=True, eq=False)
class Assumptions:
    """A frozen set of assumptions; two are equal if their fingerprints are."""

    entries: Mapping[str, Entry]  # by dotted key, such as ``weights.step2_ck``
    season: Mapping[str, Season]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assumptions) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def value(self, key: str) -> float:
        """The one number of a dotted key, such as ``weights.step2_ck``."""
        content = self.entry(key).content
        if not isinstance(content, float):
            message = f"{key} is not a single number"
            raise AssumptionError(message)
        return content

    def values(self, key: str) -> tuple[float, ...]:
        """Numbers of a key; a single number is a tuple of one."""
        content = self.entry(key).content
        return content if isinstance(content, tuple) else (self.value(key),)

    def text(self, key: str) -> str:
        """Word of a key, such as ``anchor_basis``."""
        return str(self.entry(key).content)

    def group(self, prefix: str) -> dict[str, float]:
        """Numbers below a prefix such as ``weights``, by what follows it."""
        start = f"{prefix}."
        if prefix not in self._groups:
            below = [key for key in self.entries if key.startswith(start)]
            self._groups[prefix] = {key.removeprefix(start): self.value(key) for key in below}
        return dict(self._groups[prefix])

    @cached_property
    def _groups(self) -> dict[str, dict[str, float]]:
        return {}

    @cached_property
    def weights(self) -> dict[str, float]:
        """Weights of the five components, which sum to 1."""
        given = self.group("weights")
        total = sum(given.values())
        return {name: given[name] / total for name in COMPONENTS}

    @cached_property
    def fingerprint(self) -> str:
        """Hash over every value, the season's among them; equal sets have equal ones."""
        content = {
            "entries": {key: self.entries[key].content for key in sorted(self.entries)},
            "season": {
                name: row.model_dump(exclude={"season", "basis", "source"}, exclude_defaults=True)
                for name, row in sorted(self.season.items())
            },
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_LENGTH]

    def season_of(self, specialty: str) -> Season:
        """Season of a specialty; the defaults where season.csv does not know it."""
        return self.season.get(specialty, UNKNOWN)

    def fee_steps(self, specialty: str) -> tuple[FeeStep, ...]:
        """Application fees of a specialty."""
        return self.season_of(specialty).fee_steps or (
            FeeStep(int(self.value("fees.first_number")), self.value("fees.first_usd")),
            FeeStep(None, self.value("fees.further_usd")),
        )

    def entry(self, key: str) -> Entry:
        """One assumption with its basis, why and source."""
        if key not in self.entries:
            near = get_close_matches(key, self.entries, n=1, cutoff=0.0)
            message = f"there is no assumption {key}; the nearest is {near[0]}"
            raise AssumptionError(message)
        return self.entries[key]

    def with_set(self, overrides: Iterable[str]) -> Assumptions:
        """Copy with some values set on the command line."""
        if not (given := tuple(overrides)):
            return self
        entries = overridden_entries(self.entries, given)
        refuse_contradictions("--set", entries)
        return Assumptions(entries, self.season)

    def with_values(
        self, values: Mapping[str, Content], *, basis: Basis, why: str, source: str
    ) -> Assumptions:
        """Copy with some values replaced, and nothing rescaled."""
        entries = dict(self.entries)
        for key, value in values.items():
            self.entry(key)
            entries[key] = Entry.of(value, basis, why, source)
        refuse_contradictions(source, entries)
        return Assumptions(entries, self.season)


CALENDAR = "data/assumptions/calendar.toml"
DATES = ("submission", "interviews", "rank_list", "soap")


def read_assumptions(path: FilePath | None = None, overrides: Iterable[str] = ()) -> Assumptions:
    """Read a set of assumptions.

    Parameters
    ----------
    path : str or path-like, optional
        A TOML file; what it leaves out is taken from ``data/assumptions/default.toml``, and the
        season, unless it holds one, from ``season.csv``. The default set without a path.
    overrides : iterable of str
        As for `Assumptions.with_set`.

    Returns
    -------
    Assumptions
        Checked and frozen.

    Raises
    ------
    AssumptionError
        If the file cannot be read, or a key or value is not understood; every one is named.
    """
    if path is None:
        file, entries, season = Path(DEFAULT), dict(default_entries()), default_season()
        refuse_contradictions(file.name, entries)
        return Assumptions(entries, season).with_set(overrides)
    # As the user typed it; a notebook's path starts at the project root.
    file = Path(path) if Path(path).is_file() else from_root(path)
    try:
        state = file.stat()
    except OSError:
        return _of_file(file, None).with_set(overrides)  # which says what is wrong with the path
    known = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns)
    return _of_file(file, known).with_set(overrides)


@lru_cache(maxsize=4)
def _of_file(file: Path, known: tuple[int, ...] | None) -> Assumptions:
    """The set of a file in the state that is known of it: read once by all reports of a worker."""
    del known
    content = toml_content(file)
    own_season = content.pop("season", None)
    entries = {**default_entries(), **entries_of(file.name, content)}
    season = default_season() if own_season is None else season_of(file.name, own_season)
    refuse_contradictions(file.name, entries)
    return Assumptions(entries, season)


def toml_text(assumptions: Assumptions) -> str:
    """Write a set out whole, the season among it, so that one file reproduces it."""
    lines = [f"# The effective assumptions; fingerprint {assumptions.fingerprint}.", ""]
    for key, entry in assumptions.entries.items():
        lines.append(f"[{key}]")
        content = entry.content
        if isinstance(content, tuple):
            lines.append(f"values = [{', '.join(map(repr, content))}]")
        else:
            lines.append(f"value = {json.dumps(content)}")
        lines += [
            f"{name} = {json.dumps(getattr(entry, name), ensure_ascii=False)}"
            for name in ("basis", "why", "source")
        ]
        lines.append("")
    for name, row in assumptions.season.items():
        lines.append(f"[season.{json.dumps(name, ensure_ascii=False)}]")
        lines += [
            f"{field} = {json.dumps(value, ensure_ascii=False)}"
            for field, value in row.model_dump(exclude_none=True).items()
        ]
        lines.append("")
    return "\n".join(lines)


def write_new(path: Path, assumptions: Assumptions) -> None:
    """Write a set out whole to a new file, for its owner alone; it may come from graduates."""
    text = toml_text(assumptions)
    try:
        stream = path.open("x", encoding="utf-8", newline="\n")
    except FileExistsError:
        message = f"{path}: is there already; choose another name"
        raise AssumptionError(message) from None
    except OSError as error:
        raise _unwritten(path, error) from None
    try:
        with stream:
            path.chmod(0o600)
            stream.write(text)
    except BaseException as error:
        path.unlink()  # whole or not at all
        if isinstance(error, OSError):
            raise _unwritten(path, error) from None
        raise


def _unwritten(path: Path, error: OSError) -> AssumptionError:
    return AssumptionError(f"{path}: cannot be written ({error.strerror})")


def difference(old: Assumptions, new: Assumptions) -> list[tuple[str, str, str]]:
    """Key, old content and new content wherever two sets differ."""
    pairs = ((key, old.entries[key].content, new.entries[key].content) for key in old.entries)
    changed = [(key, _shown(was), _shown(now)) for key, was, now in pairs if was != now]
    for name in sorted({*old.season, *new.season}):
        before, after = old.season.get(name), new.season.get(name)
        if before != after:
            changed.append((f"season.{name}", _season_shown(before), _season_shown(after)))
    return changed


def _season_shown(row: Season | None) -> str:
    if row is None:
        return "not given"
    own = row.model_dump(exclude={"season", "basis", "source"}, exclude_none=True)
    return ", ".join(f"{name} {value}" for name, value in own.items() if value != "")


def read_calendar() -> dict[str, str]:
    """Dates of the season as a page says them: submission, interviews, rank_list, soap."""
    file = from_root(CALENDAR)
    content = toml_content(file)
    dates: dict[str, str] = {}
    for name in DATES:
        entry = content.get(name)
        if not isinstance(entry, dict) or not {"value", "basis", "why", "source"} <= entry.keys():
            message = f"{file.name}: expected a table [{name}] with value, basis, why and source"
            raise AssumptionError(message)
        dates[name] = str(entry["value"])
    return dates
