"""Codes and names that cells may hold: flags, degrees, states, specialties."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from analysis import vocabulary
from analysis.errors import ModelError, Problem, TableError
from analysis.paths import csv_rows, from_root
from analysis.vocabulary import DIVISIONS, NO_FLAG, folded

# By name, which a file may hold in place of the code.
STATES = MappingProxyType(
    {
        "Alabama": "AL",
        "Alaska": "AK",
        "Arizona": "AZ",
        "Arkansas": "AR",
        "California": "CA",
        "Colorado": "CO",
        "Connecticut": "CT",
        "Delaware": "DE",
        "District of Columbia": "DC",
        "Florida": "FL",
        "Georgia": "GA",
        "Hawaii": "HI",
        "Idaho": "ID",
        "Illinois": "IL",
        "Indiana": "IN",
        "Iowa": "IA",
        "Kansas": "KS",
        "Kentucky": "KY",
        "Louisiana": "LA",
        "Maine": "ME",
        "Maryland": "MD",
        "Massachusetts": "MA",
        "Michigan": "MI",
        "Minnesota": "MN",
        "Mississippi": "MS",
        "Missouri": "MO",
        "Montana": "MT",
        "Nebraska": "NE",
        "Nevada": "NV",
        "New Hampshire": "NH",
        "New Jersey": "NJ",
        "New Mexico": "NM",
        "New York": "NY",
        "North Carolina": "NC",
        "North Dakota": "ND",
        "Ohio": "OH",
        "Oklahoma": "OK",
        "Oregon": "OR",
        "Pennsylvania": "PA",
        "Rhode Island": "RI",
        "South Carolina": "SC",
        "South Dakota": "SD",
        "Tennessee": "TN",
        "Texas": "TX",
        "Utah": "UT",
        "Vermont": "VT",
        "Virginia": "VA",
        "Washington": "WA",
        "West Virginia": "WV",
        "Wisconsin": "WI",
        "Wyoming": "WY",
        "American Samoa": "AS",
        "Guam": "GU",
        "Northern Mariana Islands": "MP",
        "Puerto Rico": "PR",
        "Virgin Islands": "VI",
        "Alberta": "AB",
        "British Columbia": "BC",
        "Manitoba": "MB",
        "New Brunswick": "NB",
        "Newfoundland and Labrador": "NL",
        "Northwest Territories": "NT",
        "Nova Scotia": "NS",
        "Nunavut": "NU",
        "Ontario": "ON",
        "Prince Edward Island": "PE",
        "Quebec": "QC",
        "Saskatchewan": "SK",
        "Yukon": "YT",
    }
)

DEGREES = tuple(vocabulary.DEGREES)
DEGREE_SPELLINGS = MappingProxyType(
    {
        "md": "us_md",
        "m_d": "us_md",
        "usmd": "us_md",
        "md_phd": "us_md",
        "allopathic": "us_md",
        "do": "us_do",
        "d_o": "us_do",
        "usdo": "us_do",
        "osteopathic": "us_do",
        "img": "non_us_img",
        "us_citizen_img": "us_img",
        "u_s_img": "us_img",
        "non_u_s_img": "non_us_img",
        "non_us_citizen_img": "non_us_img",
    }
)
STEP1_SPELLINGS = MappingProxyType(
    {
        "p": "pass",
        "passed": "pass",
        "f": "fail_then_pass",
        "fail": "fail_then_pass",
        "failed": "fail_then_pass",
        "f_p": "fail_then_pass",
        "fail_pass": "fail_then_pass",
        "failed_then_passed": "fail_then_pass",
        "fail_and_pass": "fail_then_pass",
    }
)
_VISAS = {"j1": ("j1", "j_1"), "h1b": ("h1b", "h_1b", "h1_b", "h_1_b")}
VISA_SPELLINGS = MappingProxyType(
    {
        f"{word}{more}": code
        for code, words in _VISAS.items()
        for word in words
        for more in ("", "_only", "_visa", "_visas")
    }
    | {
        f"{first}{between}{second}": "both"
        for one, other in (_VISAS.values(), reversed(_VISAS.values()))
        for first in one
        for second in other
        for between in ("_", "_and_", "_or_")
    }
    | dict.fromkeys(("no", "n", "no_visa", "no_visas"), "none")
)

SEASON = "data/assumptions/season.csv"


def _key(word: str) -> str:
    """What two spellings of one specialty share: letters and digits, with & read as and."""
    return "".join(part for part in word.casefold().replace("&", "and") if part.isalnum())


def offers_column(column: str) -> str:
    """``offers_by_2025_10_15`` for it or for ``offers_by_10_15_2025``; "" for another column."""
    found = re.fullmatch(r"offers_by_(?:(\d{4})_(\d\d?)_(\d\d?)|(\d\d?)_(\d\d?)_(\d{4}))", column)
    if not found:
        return ""
    year, month, day = (found[1] or found[6], found[2] or found[4], found[3] or found[5])
    return f"offers_by_{year}_{int(month):02d}_{int(day):02d}"


@cache
def _season() -> dict[str, dict[str, str]]:
    try:
        return csv_rows(from_root(SEASON), "specialty")
    except (OSError, ValueError) as error:
        raise TableError(Problem(SEASON, f"a season that can be read ({error})")) from None


@cache
def _spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    for specialty, row in _season().items():
        for word in (specialty, *filter(None, row["aliases"].split(";"))):
            if found.setdefault(_key(word), specialty) != specialty:
                expected = f"a spelling of one specialty alone, and {found[_key(word)]} has it"
                raise TableError(Problem(SEASON, expected, None, f"aliases of {specialty}", word))
    return found


def season_signals(specialty: str, kind: str) -> int:
    """Gold or silver signals of a specialty, by season.csv; 0 where it has none."""
    return int(_season().get(specialty, {}).get(f"{kind}_signals") or 0)


def specialty_name(word: str) -> tuple[str, str]:
    """Name of a specialty in its one spelling."""
    spellings, key = _spellings(), _key(word)
    if name := spellings.get(key) or spellings.get(key.removesuffix("categorical")):
        return name, ""
    near = get_close_matches(key, spellings, n=1, cutoff=0.5)
    hint = f" (the nearest is {spellings[near[0]]})" if near else ""
    return " ".join(word.split()), f"is not in {SEASON}{hint}"


# The Associated Press's abbreviations, and older ones, where they are not the two letters: Mass.
_ABBREVIATIONS = (
    "AL ala; AK alas; AZ ariz; AR ark; CA calif cal; CO colo; CT conn; DE del; FL fla; HI haw; "
    "ID ida; IL ill; IN ind; KS kan kans; MA mass; MI mich; MN minn; MS miss; MT mont; "
    "NE neb nebr; NV nev; NH n_hampshire; NJ n_jersey; NM n_mex n_mexico; "
    "NC n_carolina no_carolina; ND n_dak n_dakota; OK okla; OR ore oreg; "
    "PA penn penna; SC s_carolina so_carolina; SD s_dak s_dakota; "
    "TN tenn; TX tex; WA wash washington_state; WV w_va w_virginia; WI wis wisc; WY wyo; "
    "DC washington_dc washington_d_c wash_dc wash_d_c; NY new_york_state; PR p_rico; "
    "VI us_virgin_islands u_s_virgin_islands usvi; QC québec; ON ont; AB alta; SK sask"
)
# By name, as two letters with points (N.Y.), with the country (US-NY), and abbreviated.
STATE_SPELLINGS = MappingProxyType(
    {folded(name): code for name, code in STATES.items()}
    | {
        f"{before}{between.join(code.casefold())}": code
        for code in STATES.values()
        for before, between in (("", "_"), ("us_", ""), ("usa_", ""))
    }
    | {f"{folded(name)}_{code.casefold()}": code for name, code in STATES.items()}
    | {word: code for code, *words in map(str.split, _ABBREVIATIONS.split(";")) for word in words}
)
# What a wish may name: a state, or a census division for all of its states.
PLACES = MappingProxyType({code: (code,) for code in STATES.values()} | dict(DIVISIONS))
# What rules a place out, where a person types it.
RULED_OUT = re.compile(r"(?:not|no|never|avoid|except|without|but|anywhere_but)_")
NOT_SIGN = re.compile(r"^\s*[-!\u00ac\u2010-\u2015\u2212\u2260](?=\w)")
DISTRICT = re.compile(r"\bwash(?:ington|\.)?,?\s*d\.?\s*c\b\.?", re.IGNORECASE)  # one place
FLAG_CODES = tuple(vocabulary.FLAGS)
PROGRAM_TYPES = tuple(vocabulary.PROGRAM_TYPES)
COMPETITIVENESS = tuple(vocabulary.COMPETITIVENESS)
BASES = tuple(vocabulary.BASES)

# The article's words for what has a code here; keys as `folded` leaves them.
FLAG_SPELLINGS = MappingProxyType(
    {
        "no_red_flags": NO_FLAG,
        "no_red_flag": NO_FLAG,
        NO_FLAG: NO_FLAG,
        **{name: f.code for f in vocabulary.FLAGS.values() for name in (*f.spellings, f.code)},
    }
)
TYPE_SPELLINGS = MappingProxyType({code: code for code in PROGRAM_TYPES})
HEADER_SPELLINGS = MappingProxyType(
    {
        "interview_chance_percent": "interview_chance",
        "step_2_ck": "step2_ck",
        "step2ck": "step2_ck",
        "step_2": "step2_ck",
        "step_1_result": "step1_result",
        "id": "student_id",
        "state_code": "state",
    }
)


def wished_places(texts: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """States wanted and ruled out in what a person typed, spelled as in every file.

    Examples
    --------
    >>> wished_places(["Ohio; not TX", "Middle Atlantic"])
    (('OH', 'NJ', 'NY', 'PA'), ('TX',))
    """
    known = {**STATE_SPELLINGS, **{folded(place): place for place in PLACES}}
    wanted: list[str] = []
    away: list[str] = []
    for entry in (part for text in texts for part in re.split(r"[;\n]", DISTRICT.sub("DC", text))):
        ruled_out = ""
        for part in entry.split(","):
            word = folded(NOT_SIGN.sub("not ", part))
            bare = word if word in known else RULED_OUT.sub("", word)
            if word and bare not in known:
                near = get_close_matches(bare, known, n=1, cutoff=0.0)
                message = (
                    f"places: {part.strip()!r} is not understood; expected a state (OH or Ohio) or "
                    f"a census division, such as {known[near[0]]}, with 'not' before it to rule it "
                    "out and commas between several"
                )
                raise ModelError(message)
            if word != bare:
                ruled_out = known[bare]
                away.append(ruled_out)
            elif word and ruled_out:
                message = (
                    f"places: {entry.strip()!r} can be read two ways: write 'not' before each "
                    f"place to avoid (not {ruled_out}, not {known[bare]}), or preferred ones first "
                    f"({known[bare]}, not {ruled_out})"
                )
                raise ModelError(message)
            elif word:
                wanted.append(known[bare])
    if both := [place for place in wanted if place in away]:
        message = f"places both preferred and ruled out: {', '.join(both)}"
        raise ModelError(message)
    return wished_states(wanted, away)


def wished_states(
    wanted: Sequence[str], away: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """States of the places wanted and ruled out; a state counts as named, not by its division.

    Examples
    --------
    >>> wished_states(["West South Central"], ["TX"])
    (('AR', 'LA', 'OK'), ('TX',))
    >>> wished_states(["OH"], ["East North Central"])
    (('OH',), ('IL', 'IN', 'MI', 'WI'))
    """
    out = [code for place in away for code in PLACES[place] if code not in wanted]
    into = [code for place in wanted for code in PLACES[place] if code not in out]
    return tuple(dict.fromkeys(into)), tuple(dict.fromkeys(out))
