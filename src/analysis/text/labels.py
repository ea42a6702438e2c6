"""Plain words for codes and numbers, and the labels that charts and tables share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from analysis import vocabulary
from analysis.assumptions import Assumptions
from analysis.vocabulary import COMPETITIVENESS, NO_FLAG

FACTORS = vocabulary.COMPONENTS
FLAGS = MappingProxyType(
    {NO_FLAG: "No red flag", **{code: flag.label for code, flag in vocabulary.FLAGS.items()}}
)

FEATURES = MappingProxyType(
    {
        "specialty": "specialty",
        "step2_ck": "Step 2 CK",
        "step1_result": "Step 1 result",
        "red_flags": "red flags",
        "degree": "degree",
        "clerkship_honors_fraction": "clerkship honors",
        "letters": "letters",
        "research_items": "research",
    }
)


PROGRAM_TYPES = MappingProxyType(
    {code: kind.label for code, kind in vocabulary.PROGRAM_TYPES.items()}
)

DEGREES = vocabulary.DEGREES

GROUPS = MappingProxyType(
    {
        "us_md": "US MD senior",
        "us_do": "US DO senior",
        "us_img": "US IMG",
        "non_us_img": "non-US IMG",
    }
)

BASES = MappingProxyType({code: words.label for code, words in vocabulary.BASES.items()})


# Parts of the log-odds of an interview.
TERMS = MappingProxyType(
    {
        **FACTORS,
        "program": "How high the program's own applicants score",
        "degree": "Degree, against a US MD senior",
        "place": "Home state, school's state or preferred region",
        "signal": "A signal",
    }
)


def points(share: float) -> str:
    """A gain of match chance in points; no digit below what is worth one.

    Examples
    --------
    >>> points(0.019), points(0.0004)
    ('1.9 points', 'less than 0.1 points')
    """
    return "less than 0.1 points" if abs(share) < 0.0005 else f"{100 * share:.1f} points"


def dollars(amount: float) -> str:
    """An amount in dollars, with cents only where there are any."""
    return f"${amount:,.0f}" if amount == int(amount) else f"${amount:,.2f}"


def in_sentence(label: str) -> str:
    """Write a label as it stands within a sentence."""
    return label if label.startswith(("Step ", "DO-")) else label[:1].lower() + label[1:]


MOST_NAMED, NAMED = 6, 3


def joined(words: Iterable[str], last: str = "and") -> str:
    """Write an enumeration in prose; of many words the first three, and how many more there are."""
    named = list(words)
    if len(named) > MOST_NAMED:
        named = [*named[:NAMED], f"{len(named) - NAMED} more"]
    *first, end = named
    return f"{', '.join(first)} {last} {end}" if first else end


def few(names: Sequence[str], most: int = 5) -> str:
    """Names, at most so many of them, and how many more there are.

    Examples
    --------
    >>> few(["A", "B", "C"], 2)
    'A, B and 1 more'
    """
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


# What a case on the page may change, its flags, marks, policies and weights aside.
CASE_FIELDS = MappingProxyType(
    {
        "specialty": "specialty",
        "step2_ck": "Step 2 CK",
        "degree": "degree",
        "needs_visa": "needs a visa",
        "competitiveness": "class of the specialty",
        "clerkship_honors_fraction": "clerkships with honors",
        "letters": "letters",
        "research_items": "research items",
        "preferred_states": "preferred states",
        "exclude_states": "excluded states",
        "must_apply": "programs that must be on the list",
        "never_apply": "programs that must stay off the list",
        "application_limit": "most applications",
        "fee_budget_usd": "fee budget",
        "gold_signals": "gold signals",
        "silver_signals": "silver signals",
    }
)


def with_flag_labels(rows: Any) -> Any:
    """Give rows with a ``red_flag`` column the flag's plain words as ``label``."""
    return rows.assign(label=[FLAGS.get(flag, flag) for flag in rows["red_flag"]])


# What a reader knows the numbers by: the first keys of each, whose basis decides where it stands.
TOPICS = MappingProxyType(
    {
        "weights of the five factors": ("weights.",),
        "chances by red flag": ("anchors.none", "anchors.course_", "anchors.step1_", "anchors.loa"),
        "types of programs": ("program_types.",),
        "application fees": ("fees.",),
        "the minimum passing score": ("passing.",),
        "how much a high score relieves a flag": ("relief.",),
        "what ten points are worth": ("logit_scale",),
        "how far programs decide alike": ("latent_correlation",),
        "the chance of a match after an interview": ("match_given_interview",),
    }
)
MOST_EXAMPLES = 3


def basis_table(assumptions: Assumptions) -> pd.DataFrame:
    """Count the assumptions by whose they are: a row a basis, how many, examples."""
    held = [entry.basis for entry in assumptions.entries.values()]
    rows = [
        (words.capitalize(), held.count(basis), ", ".join(_examples(assumptions, basis)))
        for basis, words in BASES.items()
        if basis in held
    ]
    return pd.DataFrame(rows, columns=["Whose number", "Count", "Such as"])


def _examples(assumptions: Assumptions, basis: str) -> list[str]:
    """Topics all of whose numbers, else some, have a basis."""
    whole, partly = [], []
    for topic, starts in TOPICS.items():
        bases = {e.basis for key, e in assumptions.entries.items() if key.startswith(starts)}
        if bases == {basis}:
            whole.append(topic)
        elif basis in bases:
            partly.append(f"{topic} (some)")
    return (whole + partly)[:MOST_EXAMPLES] or ["see the file of assumptions"]


def drawn_from(fingerprint: str) -> str:
    """Whose numbers a chart draws."""
    return f"Countersignal's model, assumptions {fingerprint}"


RESAMPLED = "95% of the resamples"  # what an interval is
SPOTLESS = "anchors.none"  # the chance that all others are held against
ARTICLE_LEVEL = "the article's figures, which are illustrative"
LEVELS = MappingProxyType(
    {
        "article": ARTICLE_LEVEL,
        "published": "published figures",
        "office": "the office's own figures",
        "assumption": "assumed figures",
    }
)


def level_words(assumptions: Assumptions) -> str:
    """Whose figures the chances begin at where no counts of interviews level them."""
    if assumptions.text("level.basis") == "identity":
        return "interview rates by specialty, which are assumed where nothing is counted or cited"
    return LEVELS[assumptions.entry(SPOTLESS).basis]


def place_title(student: pd.DataFrame, kinds: dict[str, str]) -> str:
    """Title of the chart that holds the model's chances at this score beside the source's."""
    score = student["step2_ck"].iloc[0]
    kind = COMPETITIVENESS[next(iter(kinds.values()))]
    return f"Chance by red flag at Step 2 CK {score:g}, in {kind}: one flag, the rest typical"


def profile_title(step2_ck: str, program_type: str, competitiveness: str) -> str:
    """Title of the chart of chances by flag for a chosen score, kind of program and specialty.

    Examples
    --------
    >>> profile_title("250", "community", "ultra")
    'Chance of an interview at 250, community program, an ultra-competitive specialty'
    """
    kind = in_sentence(PROGRAM_TYPES[program_type])
    where = COMPETITIVENESS[competitiveness]
    return f"Chance of an interview at {step2_ck}, {kind} program, {where}"


def beside_article(by_flag: pd.DataFrame, chances: pd.DataFrame) -> pd.DataFrame:
    """The model's chances by flag with ``article_chance`` beside them, NaN where it has none."""
    given = dict(zip(chances["red_flag"], chances["interview_chance"], strict=True))
    return with_flag_labels(by_flag).assign(
        article_chance=[given.get(flag, float("nan")) for flag in by_flag["red_flag"]],
        interval="range as our assumptions vary",
    )


# Why a program is on a list: one legend for all rows.
WHY_LEGEND = MappingProxyType(
    {
        "must": "You asked for it, or decided to send it a signal.",
        "home": "Your home program.",
        "rotation": "You rotated there.",
        "contact": "You have a contact there.",
        "rule": "A rule of yours asks for programs of its kind.",
        "own": "You gave it a number of your own.",
        "place": "It is where you would like to live.",
        "gold": "It gets a gold signal.",
        "silver": "It gets a silver signal.",
        "adds": "It adds more than its fee and the work on it cost.",
        "under_floor": "Its interview chance is smaller than a list asks for.",
    }
)

VERIFY = MappingProxyType(
    {
        "step2_cutoff": "whether it has a Step 2 CK cutoff, and which",
        "auto_screen_any_failure": "whether it screens out any failed licensing exam",
        "veto_professionalism": "whether it refuses any professionalism concern",
        "accepts_do": "whether it takes DO applicants",
        "accepts_comlex": "whether it reads a COMLEX score without a Step 2 CK score",
        "visa": "which visas it sponsors",
        "step2_ck": "whether a score from before July 2025 is still accepted as a pass",
    }
)

YES_NO = (("no", "no"), ("yes", "yes"))
# Policies that a program may confirm on the page: a name, and answers with the value they give.
POLICIES = MappingProxyType(
    {
        "step2_cutoff": (
            "Step 2 CK cutoff",
            (("none, or this score passes", "200"), ("over this score", "300")),
        ),
        "auto_screen_any_failure": ("screens out an exam failure", YES_NO),
        "veto_professionalism": ("refuses professionalism concerns", YES_NO),
        "accepts_do": ("takes DO applicants", YES_NO[::-1]),
        "visa": ("visas", (("J-1 and H-1B", "both"), ("none", "none"))),
    }
)
# Numbers of a case that stay in view, whatever tab is open; those of two specialties begin alike.
KEY_NUMBERS = MappingProxyType(
    {
        "match": "Estimated match chance",
        "typical": "Interview at a typical mid-tier program",
        "interviews": "Expected interviews",
        "applications": "Applications on the list",
    }
)
OUR_MODEL = "Countersignal model"  # whose numbers a chart of the page draws
OWN_FLAG = "{} (this case)"  # in a chart by flag, what the case has
SET_HERE = "set on this page"
SET_HERE_WHY = "Set while exploring; the other weights share what is left."
LIST_SHEET = "List"  # of a saved workbook


def drops_code(row: Mapping[str, Any]) -> str:
    """Below which interview chance a program leaves the list, and for which other, in short.

    Examples
    --------
    >>> drops_code({"must": False, "drops_below": 0.123, "drops_reason": "replaced",
    ...     "replacement": "IM021"})
    'below 12%: IM021'
    """
    if row["must"] or not row["drops_below"] > 0:
        return ""
    below = row["drops_below"]
    said = f"below {100 * below:.1f}%" if below < 0.1 else f"below {100 * below:.0f}%"
    return f"{said}: {row['replacement']}" if row["drops_reason"] == "replaced" else said


def to_verify(unknown: str | Sequence[str]) -> list[str]:
    """What to ask a program before paying for the application."""
    columns = unknown.split(";") if isinstance(unknown, str) else list(unknown)
    return [VERIFY.get(column, column) for column in columns if column]


# Figures of a back-test in the order of reading; what is right stands in brackets.
BACKTEST_FIGURES = MappingProxyType(
    {
        "brier": "Brier score (0 is perfect)",
        "log_loss": "log loss (0 is perfect)",
        "skill_vs_base_rate": "better than the earlier years' rate by (0 is as good)",
        "skill_vs_survey": "better than the old numbers by (0 is as good)",
        "skill_vs_regression": "better than a plain logistic regression by (0 is as good)",
        "log_loss_gain_vs_survey": "log loss less than the old numbers' by (0 is as good)",
        "log_loss_gain_vs_regression": "log loss less than the regression's by (0 is as good)",
        "log_loss_gain_vs_base_rate": "log loss less than the earlier rate's by (0 is as good)",
        "skill_vs_selection": "better than the old numbers seen through advisors' choices by",
        "calibration_in_the_large": "interviews per application not predicted (0)",
        "calibration_slope": "slope (1; below 1 chances are too extreme)",
        "calibration_intercept": "shift of the log-odds (0)",
        "ece": "calibration error",
        "ece_null": "the same for a perfect model, by luck",
        "prior_sample_size": "applications the old numbers are worth",
        "rho": "correlation of one graduate's answers",
    }
)
SEASON_ANSWERS = MappingProxyType(
    {
        "interview": "interview",
        "declined": "you declined",
        "refused": "refused",
        "silent": "no answer yet",
    }
)
RELIEVED = MappingProxyType(
    {"minor": "minor flags", "major": "major flags", "none": "flags that no score answers"}
)
INPUTS = MappingProxyType(
    {
        "all weights": "the five weights together",
        "logit_scale": "how sharply chances react (logit scale)",
        "latent_correlation": "how far programs decide alike",
        "match_given_interview": "the chance of a match after an interview",
        "base_rate": "the student's group against all applicants",
        "level": "the level of every program (log-odds)",
        "groups": "how much groups of applicants differ",
        "signals": "what a signal is worth",
        "relief": "how far a high Step 2 CK makes up for a flag",
        "tolerance": "the programs' tolerance of red flags",
    }
)


def input_label(name: str) -> str:
    """Plain words for an input of a sensitivity analysis."""
    kind, _, what = name.partition(".")
    if kind == "weights" and what in FACTORS:
        return f"the weight of {in_sentence(FACTORS[what])}"
    if kind == "anchors" and what in FLAGS:
        return f"the anchored chance: {in_sentence(FLAGS[what])}"
    return INPUTS.get(name, INPUTS.get(kind, name))


def learned_label(key: str) -> str:
    """The same for a row of what graduates taught, where a flag stands alone."""
    kind, _, what = key.partition(".")
    if kind == "relief":
        competitive, _, flags = what.partition(".")
        return f"a high score's relief of {RELIEVED[flags]} in {COMPETITIVENESS[competitive]}"
    return FLAGS[what] if kind == "anchors" and what in FLAGS else input_label(key)
