"""The tables, column by column: the only place where a column is described.

The data dictionary, the templates, the loaders and what a message expects all come from here.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

from analysis.tables.codes import (
    BASES,
    COMPETITIVENESS,
    DEGREE_SPELLINGS,
    DEGREES,
    FLAG_CODES,
    FLAG_SPELLINGS,
    PROGRAM_TYPES,
    STEP1_SPELLINGS,
    VISA_SPELLINGS,
)
from analysis.tables.columns import (
    ID_PATTERN,
    Column,
    Table,
    choice,
    date,
    items,
    number,
    password,
    places,
    signals,
    state,
    text,
    yes_no,
)
from analysis.vocabulary import DIVISIONS

ANY = 1e12


_red_flags = partial(
    items, "Red flags.", FLAG_CODES, spellings=FLAG_SPELLINGS, empty_says="no red flag"
)


def _provenance() -> dict[str, Column]:
    return {
        "source": text("Where the row comes from, as it is printed under a chart.", longest=300),
        "basis": choice("Whose number it is; the office's own when the file does not say.", BASES),
        "note": text("What a reader should know about it.", longest=500, lines=True),
    }


FACTOR_IMPORTANCE = Table(
    {
        "factor": text("What program directors weigh.", required=True, empty=False),
        "importance": number(
            "How much, in any unit that is the same down the column.",
            0,
            ANY,
            required=True,
            empty=False,
        ),
        "low": number("Lower end of an interval of the importance.", 0, ANY),
        "high": number("Upper end of an interval of the importance.", 0, ANY),
        "specialty": text("Specialty the row is about."),
        "edition": text("Edition or year of the survey."),
        "percent_citing": number("Share of respondents who cite the factor.", 0, 100, percent=True),
        "mean_importance": number("Mean importance among those who cite it.", 1, 5),
        "n": number("Number of respondents.", 0, ANY, whole=True),
        "response_rate": number("Share of those asked who answered.", 0, 100, percent=True),
        **_provenance(),
    },
    description="How much program directors weigh each factor, one row per factor.",
)

PD_RESPONSES = Table(
    {
        "respondent_id": text(
            "Id of the respondent.", required=True, empty=False, pattern=ID_PATTERN
        ),
        "specialty": text("Specialty of the program.", required=True, empty=False),
        r"^(?!respondent_id$|specialty$|source$).+$": number(
            "One column per factor: empty = not cited, 1-5 = importance.",
            1,
            5,
            whole=True,
            regex=True,
        ),
        "source": text("Where the row comes from.", longest=300),
    },
    description="A raw survey of program directors, one row per respondent.",
)

INTERVIEW_CHANCES = Table(
    {
        "red_flag": text("The red flag, by its code or in words.", required=True, empty=False),
        "interview_chance": number(
            "Chance of an interview; in files `interview_chance_percent`, 0-100.",
            0,
            100,
            required=True,
            empty=False,
            percent=True,
        ),
        "low": number("Lower end of an interval, percent.", 0, 100, percent=True),
        "high": number("Upper end of an interval, percent.", 0, 100, percent=True),
        "n": number("Number of cases.", 0, ANY, whole=True),
        "label": text("The flag as the file words it."),
        "edition": text("Edition or year."),
        **_provenance(),
    },
    description="Interview chances of a strong Step 2 CK by red flag, one row per flag.",
)

PROGRAM_TOLERANCE = Table(
    {
        "program_type": text(
            "Type of program, by its code or in words.", required=True, empty=False
        ),
        "prestige": number(
            "Prestige, by the source's own scale.", 0, 10, required=True, empty=False
        ),
        "red_flag_tolerance": number(
            "Willingness to consider an applicant with a red flag.",
            0,
            10,
            required=True,
            empty=False,
        ),
        "label": text("The type as the file words it."),
        "edition": text("Edition or year."),
        **_provenance(),
    },
    description="Program types by prestige and tolerance of red flags, one row per type.",
)

_STUDENT = {
    "specialty": items(
        "Specialty applied to; two separated by a semicolon.", required=True, longest=60
    ),
    "step2_ck": number(
        "Latest passing Step 2 CK score; empty if not known: the report then has no chances.",
        214,
        300,
        required=True,
        whole=True,
    ),
    "step1_result": choice(
        "Step 1.", ("pass", "fail_then_pass"), required=True, spellings=STEP1_SPELLINGS
    ),
    "red_flags": _red_flags(required=True),
    "degree": choice(
        "Degree and where it was earned; img is read as non_us_img.",
        DEGREES,
        spellings=DEGREE_SPELLINGS,
    ),
    "needs_visa": yes_no("Whether a visa is needed; empty = yes for a non-US IMG, else no."),
    "competitiveness": items(
        "Competitiveness of each specialty; by season.csv if empty.",
        COMPETITIVENESS,
        one_each=True,
    ),
    "clerkship_honors_fraction": number("Share of core clerkships with honors.", 0, 1),
    "letters": number(
        "Strength of the letters as the office judges it: 1 among the best, 0.6 typical, "
        "0 lukewarm.",
        0,
        1,
    ),
    "research_items": number("Publications, posters, abstracts and talks.", 0, 500, whole=True),
    "home_state": state("State the student comes from."),
    "school_state": state("State of the medical school."),
    "preferred_divisions": items(
        "Census divisions named as preferred regions.",
        tuple(DIVISIONS),
        entry=f"one of {', '.join(DIVISIONS)}",
        longest=60,
        most=3,
    ),
    "comlex2": number("COMLEX Level 2 score of a DO student.", 400, 999, whole=True),
}

STUDENTS = Table(
    {
        "student_id": text(
            "Id, the only name of a student outside the page.",
            required=True,
            empty=False,
            pattern=ID_PATTERN,
        ),
        **_STUDENT,
        "name": text("Name, printed on the page and kept nowhere else.", longest=120, private=True),
        "preferred_states": places("Where the student would like to live.", ruled_out=True),
        "exclude_states": places("Where the student will not move."),
        "wish_prestige": number(
            "How much a program's prestige counts among the student's wishes; 0 if empty.", 0, 1
        ),
        "step2_estimate": number(
            "Expected Step 2 CK score, where step2_ck is not known yet.", 214, 300
        ),
        "step2_estimate_sd": number(
            "Standard deviation of that estimate; the exam's own error if empty.", 0, 40
        ),
        "partner_id": text("student_id of the partner, for a couple.", pattern=ID_PATTERN),
        "must_apply": items("Programs that stay on the list, by program_id."),
        "never_apply": items("Programs that never enter the list, by program_id."),
        "application_limit": number("Most applications.", 1, 1000, whole=True),
        "fee_budget_usd": number(
            "Most to spend on application fees, US dollars.", 0, 1e6, dollars=True
        ),
        "gold_signals": signals("Gold signals at hand; by season.csv if empty."),
        "silver_signals": signals("Silver signals at hand; by season.csv if empty."),
        "pdf_password": password(longest=127),
        "advisor_note": text(
            "The advisor's words, printed as they stand.",
            longest=100_000,
            private=True,
            lines=True,
        ),
        "source": text("Where the row comes from.", longest=300),
    },
    description="The class, one row per student.",
)

SHARES = {
    "us_md": "students of US MD schools",
    "us_do": "students of US DO schools",
    "us_img": "US citizens from schools abroad",
    "non_us_img": "other graduates of schools abroad",
    "gold": "with a gold signal",
    "silver": "with a silver signal",
    "in_state": "from schools of its state",
}

PROGRAMS = Table(
    {
        "program_id": text("Id of the program.", required=True, empty=False, pattern=ID_PATTERN),
        "program_name": text("Name.", required=True, empty=False),
        "specialty": text("Specialty.", required=True, empty=False),
        "program_type": choice("Type of program.", PROGRAM_TYPES, required=True, empty=False),
        "state": state("State.", required=True),
        "city": text("City, where couples may meet."),
        "prestige": number(
            "Prestige, the office's own scale; the type's article value if empty.",
            0,
            10,
            required=True,
        ),
        "red_flag_tolerance": number(
            "Willingness to consider an applicant with a red flag; the type's article value if "
            "empty.",
            0,
            10,
            required=True,
        ),
        **{
            f"tolerance_{flag}": number(
                f"Willingness to consider {flag}; red_flag_tolerance if empty.", 0, 10
            )
            for flag in FLAG_CODES
        },
        "step2_cutoff": number(
            "Lowest Step 2 CK score that is read; empty if not known.",
            200,
            300,
            required=True,
            whole=True,
        ),
        "auto_screen_any_failure": choice(
            "Whether any failed licensing exam is screened out unread; empty if not known.",
            ("yes", "no"),
            required=True,
        ),
        "interviews_offered": number(
            "Interviews offered last season.", 0, ANY, required=True, whole=True
        ),
        "applications_received": number(
            "Applications received last season.", 1, ANY, required=True, whole=True
        ),
        "applicant_step2": number("Mean Step 2 CK of the program's own applicants.", 200, 300),
        "veto_professionalism": yes_no("Whether a professionalism concern is refused unread."),
        "accepts_do": yes_no("Whether DO applicants are taken; empty if not known."),
        "accepts_comlex": yes_no(
            "Whether a COMLEX score without a Step 2 CK score is read; empty if not known."
        ),
        "visa": choice(
            "Visas sponsored; empty if not known.",
            ("j1", "h1b", "both", "none"),
            spellings=VISA_SPELLINGS,
        ),
        "positions": number("Positions a year.", 0, 1000, whole=True),
        "institution_id": text("Id of the institution that sponsors it.", pattern=ID_PATTERN),
        "track": choice(
            "Kind of position; categorical if empty.", ("categorical", "advanced", "preliminary")
        ),
        "platform": choice(
            "Where applications are sent; by season.csv if empty.",
            ("ERAS", "ResidencyCAS", "other"),
        ),
        **{
            f"share_{group}": number(f"Share of its applications: {words}.", 0, 1)
            for group, words in SHARES.items()
        },
        "note": text(
            "The office's words about it, shown on the advisors' page.",
            longest=2_000,
            private=True,
            lines=True,
        ),
        "as_of": date("Date of the row's data."),
        "source": text("Where the row comes from.", longest=300),
    },
    description="Residency programs, one row per program.",
)

PREFERENCES = Table(
    {
        "student_id": text("Id of the student.", required=True, empty=False, pattern=ID_PATTERN),
        "program_id": text("Id of the program.", required=True, empty=False, pattern=ID_PATTERN),
        "preference": number("The student's own wish, 0 to 1.", 0, 1),
        "tie": choice("A tie that opens the gate.", ("home", "rotation", "contact")),
        "signal": choice(
            "A signal already decided on; its program stays on the list.", ("gold", "silver")
        ),
        "source": text("Where the row comes from.", longest=300),
    },
    description="A student's wishes and ties, one row per student and program.",
)

GRADUATES = Table(
    {
        "graduate_id": text("Id of the graduate.", required=True, empty=False, pattern=ID_PATTERN),
        "year": number(
            "Year of the application.", 1990, 2100, required=True, empty=False, whole=True
        ),
        **_STUDENT,
        "program_id": text("Id of the program.", pattern=ID_PATTERN),
        "program_type": choice("Type of the program, where it has no id.", PROGRAM_TYPES),
        "signal": choice("Signal sent.", ("gold", "silver")),
        "interviewed": number(
            "1 if interviewed, else 0.", 0, 1, required=True, empty=False, whole=True
        ),
        "matched": number(
            "1 if matched there, else 0.", 0, 1, required=True, empty=False, whole=True
        ),
        "source": text("Where the row comes from.", longest=300),
    },
    description="The office's own outcomes, one row per application of a past graduate.",
)

OFFERS = Table(
    {
        "program_id": text("Id of the program.", required=True, empty=False, pattern=ID_PATTERN),
        "status": choice(
            "What the program has said so far; silent if empty.",
            ("interview", "declined", "refused", "silent"),
            required=True,
        ),
        "signal": choice("Signal sent with the application.", ("gold", "silver")),
        "as_of": date("Date of the answer."),
        "source": text("Where the row comes from.", longest=300),
    },
    description="One student's season so far, one row per application sent.",
)

OFFERS_BY = r"^offers_by_\d{1,4}_\d{1,2}_\d{1,4}$"
APPLICANTS = Table(
    {
        "applicant_id": text(
            "Id of the applicant.", required=True, empty=False, pattern=ID_PATTERN
        ),
        "year": number("Year of the application.", 1990, 2100, whole=True),
        "specialty": text("Specialty applied to.", required=True, empty=False),
        "degree": choice("Kind of degree.", DEGREES, spellings=DEGREE_SPELLINGS),
        "step2_ck": number("Step 2 CK score.", 100, 300, whole=True),
        "step1_result": choice("Step 1.", ("pass", "fail_then_pass"), spellings=STEP1_SPELLINGS),
        "red_flags": _red_flags(),
        "explanation": text(
            "The applicant's own words about a red flag; read by nobody but you.",
            longest=100_000,
            private=True,
            lines=True,
        ),
        "applications": number(
            "Applications sent.", 1, 1000, required=True, empty=False, whole=True
        ),
        "interviews": number(
            "Interviews offered.", 0, 1000, required=True, empty=False, whole=True
        ),
        "matched": number("1 if matched, else 0.", 0, 1, whole=True),
        OFFERS_BY: number(
            "Interviews offered up to a date, such as offers_by_2025_10_15.",
            0,
            1000,
            whole=True,
            regex=True,
        ),
        "source": text("Where the row comes from.", longest=300),
    },
    description="A log of applicants, one row per applicant and specialty.",
)

SCHEMAS = MappingProxyType(
    {
        "factor_importance": FACTOR_IMPORTANCE,
        "pd_responses": PD_RESPONSES,
        "interview_chances": INTERVIEW_CHANCES,
        "program_tolerance": PROGRAM_TOLERANCE,
        "students": STUDENTS,
        "programs": PROGRAMS,
        "preferences": PREFERENCES,
        "graduates": GRADUATES,
        "applicants": APPLICANTS,
        "offers": OFFERS,
    }
)
