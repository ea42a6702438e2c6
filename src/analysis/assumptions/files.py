"""Files of assumptions: their entries, the season file and the survey factors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analysis import paths as toml_file
from analysis import vocabulary
from analysis.errors import AssumptionError, Problem, wanted_by_model
from analysis.paths import from_root
from analysis.vocabulary import folded

COMPONENTS = tuple(vocabulary.COMPONENTS)
Basis = Literal["article", "published", "office", "assumption"]
Content = float | str | tuple[float, ...]
# Whole numbers are numbers, but yes and no are not.
Number = Annotated[float, Field(strict=True)]


class Entry(BaseModel):
    """One number with what must be said about it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # value, values: One of the two.
    value: Number | str | None = None
    values: tuple[Number, ...] | None = None
    basis: Basis  # {"article", "published", "office", "assumption"}: Whose number it is
    # why, source: Why it is what it is, and where it is from ("none" where it is from nowhere).
    why: str = Field(min_length=1)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_of_two(self) -> Entry:
        if (self.value is None) == (self.values is None):
            message = "either value or values"
            raise ValueError(message)
        return self

    @classmethod
    def of(cls, content: Content, basis: Basis, why: str, source: str) -> Entry:
        """An entry of one number, word, or several numbers."""
        field = "values" if isinstance(content, tuple) else "value"
        return cls.model_validate({field: content, "basis": basis, "why": why, "source": source})

    @property
    def content(self) -> Content:
        """The value, or the values."""
        content = self.value if self.values is None else self.values
        assert content is not None  # noqa: S101 - the validator has seen to it
        return content


class FeeStep(NamedTuple):
    """Price of some of the applications in one specialty."""

    last: int | None  # number of the last application of the step; None for all further ones
    usd: float  # dollars for each, or for the whole step if it is flat
    # Whether the price is for the step as a whole, whatever number of it is used.
    flat: bool = False


FEE_STEP = re.compile(r"(\d+)(?:-(\d+)|\+)=(\d+(?:\.\d+)?)( flat)?")
GROUPS = ("us_md", "us_do", "us_img", "non_us_img")
Share = Annotated[float | None, Field(gt=0, lt=1)]
Odds = Annotated[float | None, Field(gt=0, le=1)]
SignalOdds = Annotated[float | None, Field(ge=1, le=1000)]
Count = Annotated[float | None, Field(gt=0, le=1000)]


class Season(BaseModel):
    """What is given for a specialty and season; None where nothing citable is published."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    competitiveness: Literal["ultra", "moderate", "less"] = "moderate"
    platform: Literal["ERAS", "ResidencyCAS", "SF Match"] = "ERAS"
    match: Literal["NRMP", "SF Match", "AUA"] = "NRMP"
    gold_signals: int = Field(default=0, ge=0)
    silver_signals: int = Field(default=0, ge=0)
    fees: str = ""
    interview_rate: Share = None
    mean_applications_us_md: Count = None
    mean_applications_us_do: Count = None
    mean_applications_us_img: Count = None
    mean_applications_non_us_img: Count = None
    share_us_md: Share = None
    share_us_do: Share = None
    share_us_img: Share = None
    share_non_us_img: Share = None
    odds_us_do: Odds = None
    odds_us_img: Odds = None
    odds_non_us_img: Odds = None
    odds_gold: SignalOdds = None
    odds_silver: SignalOdds = None
    signals_used: Annotated[float | None, Field(ge=0, le=1)] = None
    pool_step2_mean: Annotated[float | None, Field(ge=200, le=300)] = None
    pool_step2_sd: Annotated[float | None, Field(gt=0, le=40)] = None
    match_rate_us_md: Share = None
    match_rate_us_do: Share = None
    match_rate_us_img: Share = None
    match_rate_non_us_img: Share = None
    season: str = ""
    basis: Literal["published", "office", "assumption"] = "assumption"
    source: str = "not in season.csv: defaults"

    @model_validator(mode="after")
    def _in_order(self) -> Season:
        if self.odds_gold and self.odds_silver and self.odds_silver > self.odds_gold:
            message = "odds_silver is higher than odds_gold"
            raise ValueError(message)
        _ = self.fee_steps
        return self

    @property
    def fee_steps(self) -> tuple[FeeStep, ...]:
        """Steps of `fees`, in order; none where the specialty has no prices of its own.

        Examples
        --------
        >>> Season(fees="1-18=99 flat;19+=18").fee_steps[0]
        FeeStep(last=18, usd=99.0, flat=True)
        """
        steps: list[FeeStep] = []
        after: int | None = 0
        for text in filter(None, self.fees.split(";")):
            step = FEE_STEP.fullmatch(text.strip())
            if step is None or after is None or int(step[1]) != after + 1:
                message = "fees: steps such as 1-30=11;31+=30 that follow each other"
                raise ValueError(message)
            after = None if step[2] is None else int(step[2])
            steps.append(FeeStep(after, float(step[3]), step[4] is not None))
        if steps and (steps[-1].last is not None or any(step.flat for step in steps[1:])):
            message = "fees: the last step is open, such as 31+=30, and only the first may be flat"
            raise ValueError(message)
        return tuple(steps)

    @property
    def citations(self) -> dict[str, str]:
        """Source of each column that is cited."""
        found: dict[str, str] = {}
        for part in self.source.split(" | "):
            columns, colon, citation = part.partition(": ")
            if colon:
                found |= dict.fromkeys((c.strip() for c in columns.split(",")), citation)
        return found


DEFAULT = "data/assumptions/default.toml"
SEASON = "data/assumptions/season.csv"
FACTORS = "data/assumptions/factors.toml"


ARTICLE = "data/article"
REFERENCE_TYPE = "mid_tier_academic"  # the kind of program at which the article's chances are read
TYPE_COLUMNS = {"prestige": "prestige", "red_flag_tolerance": "tolerance"}


@cache
def default_entries() -> Mapping[str, Entry]:
    """Entries of the article's tables and of default.toml; their keys are all that are known."""
    own = entries_of(Path(DEFAULT).name, toml_content(from_root(DEFAULT)), all_known=True)
    article = _article_entries()
    if twice := sorted(set(article) & set(own)):
        message = f"{Path(DEFAULT).name}: {', '.join(twice)} stands in {ARTICLE} already"
        raise AssumptionError(message)
    return {**article, **own}


def _article_entries() -> dict[str, Entry]:
    """Values of basis ``article``: its three tables, read as they stand."""
    found: dict[str, Entry] = {}
    reference: dict[str, Entry] = {}
    factors = _article_rows("factor_importance", "factor", "importance")
    component = {folded(factor): name for factor, name in factor_components().items()}
    total = sum(float(row["importance"]) for row in factors)
    for row in factors:
        name = component.get(folded(row["factor"]), folded(row["factor"]))
        share = float(row["importance"]) / total
        found[f"weights.{name}"] = _article_entry(share, "Share of the five factors.", row)
        if name == "red_flags":
            why = (
                "The weight of red flags at which the article's chances hold; stays when "
                "weights.red_flags is changed."
            )
            reference["reference.red_flags_weight"] = _article_entry(share, why, row)
    flags = {name: flag.code for flag in vocabulary.FLAGS.values() for name in flag.spellings}
    for row in _article_rows("interview_chances", "red_flag", "interview_chance_percent"):
        flag = flags.get(folded(row["red_flag"]), vocabulary.NO_FLAG)
        chance = float(row["interview_chance_percent"]) / 100
        why = "Interview chance with a high Step 2 CK."
        found[f"anchors.{flag}"] = _article_entry(chance, why, row)
    for row in _article_rows("program_tolerance", "program_type", *TYPE_COLUMNS):
        kind = folded(row["program_type"])
        for column, name in TYPE_COLUMNS.items():
            why = "Stands in where a program's own value is not known; marked imputed."
            found[f"program_types.{kind}.{name}"] = _article_entry(float(row[column]), why, row)
            if kind == REFERENCE_TYPE:
                why = "The article's mid-tier academic program, at which its chances are read."
                reference[f"reference.{name}"] = _article_entry(float(row[column]), why, row)
    return found | reference


def _article_entry(number: float, why: str, row: Mapping[str, str]) -> Entry:
    why = f"{why} {row['note'].rstrip('.')}."
    return Entry(value=number, basis="article", why=why, source=row["source"])


def _article_rows(table: str, *columns: str) -> list[dict[str, str]]:
    path = from_root(f"{ARTICLE}/{table}.csv")
    try:
        rows = list(toml_file.csv_rows(path, columns[0]).values())
        for row in rows:
            for column in columns[1:]:
                float(row[column])
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path.name}: cannot be read as the article's table ({error})"
        raise AssumptionError(message) from None
    return rows


@cache
def default_season() -> Mapping[str, Season]:
    """Specialties of season.csv."""
    path = from_root(SEASON)
    try:
        rows = toml_file.csv_rows(path, "specialty")
    except (OSError, ValueError) as error:
        message = f"{path.name}: cannot be read as a season ({error})"
        raise AssumptionError(message) from None
    # The other spellings are for reading tables.
    return season_of(
        path.name,
        {
            name: {k: v for k, v in row.items() if k not in ("specialty", "aliases") and v}
            for name, row in rows.items()
        },
    )


def toml_content(path: Path) -> dict[str, Any]:
    """Content of a TOML file."""
    try:
        return toml_file.toml_content(path)
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror})"
    except ValueError as error:
        message = f"{path.name}: not a TOML file in UTF-8 ({error})"
    raise AssumptionError(message) from None


def _leaves(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, part in content.items():
        key = f"{prefix}{name}"
        # A key may be called basis, as level.basis is; an entry has a word there.
        entry = isinstance(part, dict) and (
            {"value", "values"} & set(part) or isinstance(part.get("basis"), str)
        )
        if isinstance(part, dict) and not entry:
            yield from _leaves(part, f"{key}.")
        else:
            yield key, part


def check_known(file: str, key: str) -> None:
    """Refuse a key that default.toml does not have."""
    known = default_entries()
    if key not in known:
        near = get_close_matches(key, known, n=1, cutoff=0.0)
        raise AssumptionError(str(Problem(file, f"a known key, such as {near[0]}", value=key)))


def entries_of(
    file: str, content: Mapping[str, Any], *, all_known: bool = False
) -> dict[str, Entry]:
    """Entries of a TOML file's tables."""
    found: dict[str, Entry] = {}
    problems: list[str] = []
    for key, part in _leaves(content):
        try:
            if not all_known:
                check_known(file, key)
            found[key] = Entry.model_validate(part)
        except AssumptionError as error:
            problems.append(str(error))
        except ValidationError as error:
            for case in error.errors():
                where = ".".join([key, *(str(place) for place in case["loc"][:1])])
                problems.append(
                    str(
                        Problem(file, wanted_by_model(case), column=where, value=str(case["input"]))
                    )
                )
    if problems:
        raise AssumptionError("\n".join(dict.fromkeys(problems)))
    return found


def season_of(file: str, rows: Any) -> dict[str, Season]:
    """Specialties of a season's rows."""
    if not isinstance(rows, dict) or not rows:
        raise AssumptionError(str(Problem(file, "one table a specialty", column="season")))
    season: dict[str, Season] = {}
    for name, row in rows.items():
        try:
            season[name] = Season.model_validate(row)
        except ValidationError as error:
            case = error.errors()[0]
            column = ".".join(("season", name, *(str(place) for place in case["loc"])))
            problem = Problem(file, wanted_by_model(case), column=column, value=str(case["input"]))
            raise AssumptionError(str(problem)) from None
    return season


@cache
def factor_components() -> Mapping[str, str]:
    """Component of the profile by survey factor in lower case, of assumptions/factors.toml."""
    # A factor that is not in it is shown and left out of the weights.
    content = toml_content(from_root(FACTORS))["components"]
    return {factor.casefold(): name for name, factors in content.items() for factor in factors}
