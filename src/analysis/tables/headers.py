"""Which of our columns a header of a foreign file means: surely, perhaps, or not at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache

from analysis.tables.codes import FLAG_SPELLINGS, HEADER_SPELLINGS
from analysis.tables.schemas import SCHEMAS
from analysis.vocabulary import folded

# Names that surely mean one of our columns, as `folded` leaves them; each counts only in tables
# that have the column.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "student_id": ("student_number", "student_no", "studentid"),
    "graduate_id": ("graduate_number", "graduateid"),
    "applicant_id": ("applicant", "applicant_number", "applicantid"),
    "applications": ("number_of_applications", "programs_applied", "programs_applied_to",
                     "applications_sent", "applications_submitted", "of_applications"),
    "interviews": ("number_of_interviews", "interview_invitations", "interview_offers", "ivs",
                   "of_interviews", "interviews_received"),
    "explanation": ("red_flag_explanation", "red_flags_explained", "explanation_of_red_flags"),
    "share_us_md": ("percent_us_md", "us_md_percent", "us_md", "percent_md", "md_percent",
                    "us_mds", "percent_us_mds"),
    "share_us_do": ("percent_us_do", "us_do_percent", "us_do", "percent_do", "do_percent",
                    "percent_us_dos"),
    "share_us_img": ("percent_us_img", "us_img_percent", "us_img", "percent_us_imgs"),
    "share_non_us_img": ("percent_non_us_img", "non_us_img_percent", "non_us_img",
                         "percent_non_us_imgs"),
    "share_gold": ("percent_gold", "gold_percent", "percent_gold_signals", "gold_signal_percent"),
    "share_silver": ("percent_silver", "silver_percent", "percent_silver_signals",
                     "silver_signal_percent"),
    "share_in_state": ("percent_in_state", "in_state_percent", "percent_same_state",
                       "percent_from_schools_in_state", "in_state"),
    "program_id": (
        "acgme_id",
        "acgme_code",
        "acgme_number",
        "acgme_program_id",
        "acgme_program_code",
        "program_code",
        "program_number",
        "programid",
    ),
    "program_name": ("program", "program_title", "residency_program"),
    "program_type": ("type_of_program",),
    "name": ("full_name", "student_name", "display_name"),
    "specialty": ("speciality", "specialties", "specialty_name", "specialty_applied_to"),
    "step2_ck": (
        "usmle_step_2_ck",
        "usmle_step_2",
        "usmle_step2_ck",
        "usmle_step2",
        "step2",
        "step_2_ck_score",
        "step_2_score",
        "step2_ck_score",
        "step2_score",
        "usmle_step_2_ck_score",
    ),
    "step1_result": ("step_1", "step1", "usmle_step_1", "usmle_step1", "usmle_step_1_result",
                     "step_1_pass_fail", "step_1_status"),
    "red_flags": ("flags", "red_flag_codes"),
    "degree": ("degree_type", "medical_degree"),
    "needs_visa": ("visa_needed", "visa_required", "requires_visa", "needs_a_visa"),
    "research_items": ("pubs", "publications", "research_experiences"),
    "comlex2": ("comlex_level_2", "comlex_level_2_ce", "comlex_2", "comlex_usa_level_2_ce"),
    "pdf_password": (),
    "state": ("program_state",),
    "step2_cutoff": ("step_2_cutoff", "step_2_ck_cutoff", "step2_ck_cutoff"),
    "positions": ("number_of_positions", "positions_offered", "quota"),
    "as_of": ("data_as_of", "last_updated"),
    "percent_citing": (
        "percent_cited",
        "percent_citing_factor",
        "citing_percent",
        "percent_of_programs_citing",
        "citing_factor",
        "percent_citing_each_factor",
    ),
    "mean_importance": (
        "mean_rating",
        "mean_importance_rating",
        "average_rating",
        "average_importance",
        "mean_importance_1_5",
    ),
}  # fmt: skip
# What means one thing in one table and another in the next.
BY_TABLE: Mapping[str, Mapping[str, str]] = {
    "students": {"id": "student_id"},
    "graduates": {"type": "program_type"},
    "programs": {
        "id": "program_id",
        "name": "program_name",
        "type": "program_type",
        "gold": "share_gold",
        "silver": "share_silver",
    },
    "program_tolerance": {"type": "program_type", "tolerance": "red_flag_tolerance"},
    "pd_responses": {"id": "respondent_id", "respondent": "respondent_id"},
    "factor_importance": {"mean": "mean_importance", "year": "edition"},
    "applicants": {"id": "applicant_id", "applied": "applications"},
}
# Words in a header that tell of a red flag or a password, in several languages; beginnings of
# words, as `plain_name` leaves them.
FLAG_WORDS = (
    "flag", "loa", "leave", "fail", "remediat", "professionalism", "unprofessional", "misconduct",
    "mspe", "probation", "dismiss", "suspen", "disciplin", "concern", "attempt", "repeat",
    "withdr", "incident", "infraction", "warning", "honor_co", "delay", "extended", "extension",
    "standing", "adverse", "deceler", "conduct", "title_ix", "sanction", "grievance", "complaint",
    "hearing", "violation", "ethic", "difficult", "retake", "resit", "incomplete", "absence",
    "time_off", "gap", "interrupt", "issue", "problem", "deficien", "unsatisf", "marginal", "remed",
    "below", "low_pass", "low_grade", "f_grade", "grade_f", "chronic", "clerkship_low",
    "year_off", "off_cycle", "held_back", "reclass", "fifth_year", "lapse", "censur",
    "failli", "echec", "echou", "redoubl", "avertiss", "conge", "exclusion", "ajourn",
    "nicht_bestanden", "durchgefallen", "durchfall", "beurlaub", "fehlzeit", "fehlversuch",
    "wiederhol", "disziplin", "abmahn", "verweis", "unterbrech", "exmatrikul",
    "reprob", "reprov", "suspenso", "licencia", "ausencia", "exceden", "amonest", "retir", "repet",
    "baja", "sancion", "expuls", "fracas", "aplaz", "afast", "falha", "faltas", "tranca", "bocciat",
    "extra_sem", "extra_year", "extra_term", "extra_time",
    "ripet", "assenz", "sospes",
)  # fmt: skip
PASSWORD_WORDS = (
    "pass_word", "password", "passwd", "passwort", "passcode", "passphrase", "pwd", "pw", "pin",
    "kennwort", "losungswort", "contrasena", "clave", "mot_de_passe", "senha", "wachtwoord",
    "secret", "unlock", "pass", "key", "code", "codeword", "access_code", "open_code", "login",
    "psw", "encryption", "protection", "parola", "hasło", "losenord", "passord", "adgangskode",
    "zugangscode", "geheim", "opens", "open_with", "pdf",
)  # fmt: skip
ALONE = frozenset({"pass", "key", "code", "login", "protection"})  # of a password if alone
# Words that a column of ours has in another language, or in other words that are not sure.
OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    "name": ("nombre", "apellido", "nom", "prenom", "vorname", "nachname", "surname",
             "lastname", "firstname", "last_name", "first_name", "family_name", "given_name",
             "nome", "last", "first", "middle_name"),
    "student_id": ("matrikelnummer", "matricula", "aamc_id", "banner_id",
                   "cas_id", "applicant_cas_id", "applicant_id", "applicant"),
    "specialty": ("fachrichtung", "fach", "especialidad", "specialite", "discipline", "field",
                   "spec", "second_choice", "backup_specialty"),
    "degree": ("abschluss", "titulo", "diplome", "school_type", "img",
               "applicant_type"),
    "needs_visa": ("visum", "visa", "visado", "citizenship", "visa_status", "immigration"),
    "application_limit": ("limit", "limite", "cap", "max_applications", "maximum_applications",
                          "most_applications", "number_of_applications", "bewerbungen", "app_cap",
                          "max_apps", "bewerbungslimit", "obergrenze"),
    "fee_budget_usd": ("budget", "presupuesto", "fee_limit", "max_fees", "fees"),
    "preferred_states": ("states", "bundesstaat", "bundesstaaten", "estados", "etat", "preferences",
                         "geographic_preference", "region", "location_preference"),
    "exclude_states": ("avoid_states", "states_to_avoid", "not_states", "no_go_states"),
    "never_apply": ("never", "exclude_programs", "do_not_apply", "excluded_programs"),
    "must_apply": ("must", "required_programs", "home_programs"),
    "gold_signals": ("gold", "golds"),
    "silver_signals": ("silver", "silvers"),
    "letters": ("lor", "lors", "letter", "recommendations", "empfehlungen", "slor", "sloe"),
    "clerkship_honors_fraction": ("honors", "honours", "clerkship_honors", "clerkship_grades",
                                  "honors_percent", "percent_honors", "clerkships"),
    "research_items": ("research", "forschung", "publikationen", "publicaciones", "posters"),
    "advisor_note": ("note", "notes", "notiz", "nota", "notas", "comment", "comments",
                     "bemerkung"),
    "home_state": ("home", "hometown", "heimat"),
    "school_state": ("school",),
    "partner_id": ("partner", "couple", "couples_match", "spouse"),
    "step2_ck": ("punkte", "puntaje", "score", "ck"),
    "competitiveness": ("competitive",),
    "step2_cutoff": ("cutoff", "min_step_2", "minimum_step_2", "minimum_score", "score_cutoff",
                     "mindestpunktzahl"),
    "auto_screen_any_failure": ("screens", "auto_screen", "screen_failures", "filters_failures"),
    "red_flag_tolerance": ("tolerance", "toleranz", "tolerancia"),
    "interviews_offered": ("interviews", "interview_offers"),
    "applications_received": ("applications", "applicants", "apps_received"),
    "accepts_do": ("do_friendly", "takes_do", "do_applicants", "accepts_dos"),
    "accepts_comlex": ("takes_comlex", "comlex_accepted", "comlex_only", "comlex"),
    "visa": ("visas", "visa_sponsorship", "sponsors_visa", "visum"),
    "positions": ("slots", "spots", "platze"),
    "veto_professionalism": ("veto",),
    "as_of": ("date", "updated", "stand"),
    "state": ("bundesstaat", "estado", "location"),
    "preference": ("wish", "rating", "rank", "wunsch", "preferencia"),
    "applications": ("apps", "applied_to"),
    "program_name": ("institution", "hospital", "sponsor", "site"),
    "tie": ("ties", "connection", "link"),
    "signal": ("signals", "token", "tokens", "signaled"),
    "interviewed": ("interview", "interview_offer"),
    "matched": ("match", "match_result"),
}  # fmt: skip
MISSPELT = 0.8
# Words of other columns too: of ours only where they stand alone.
COMMON = frozenset({"score", "school", "field", "region", "location", "hospital", "institution",
                    "sponsor", "connection", "updated", "stand", "discipline", "first", "interview",
                    "interviews"})  # fmt: skip
# Words that a header may have beside the one that counts.
BESIDE = frozenset({"student", "program", "applicant", "residency", "usmle", "my", "the", "last",
                    "current", "value", "field"})  # fmt: skip


@cache
def _names(table: str) -> dict[str, str]:
    """Every name that surely means a column of a table, and that column."""
    columns = [name for name, column in SCHEMAS[table].columns.items() if not column.regex]
    names = {folded(name): name for name in columns}
    for words in (
        {word: name for name, many in SYNONYMS.items() for word in many},
        HEADER_SPELLINGS,
        BY_TABLE.get(table, {}),
    ):
        names |= {
            word: name for word, name in words.items() if name in columns and word not in columns
        }
    return names


@cache
def known_words() -> frozenset[str]:
    """Every folded name of every table, by which a header line is told from a title."""
    words = {word for table in SCHEMAS for word in _names(table)}
    return frozenset(words | {"category", "value", "interview_chance_percent"})


def column_of(word: str, table: str) -> str:
    """Name of our column where a header surely means it, else the header folded."""
    return _names(table).get(folded(word), folded(word))


def table_of(header: Iterable[str]) -> str:
    """Table whose own key a header has, "" for none: ids come before types, ours before surveys."""
    words = [folded(word) for word in header]

    def has(table: str, *columns: str) -> bool:
        return {*columns} <= {_names(table).get(word) for word in words}

    if has("graduates", "graduate_id"):
        return "graduates"
    if has("preferences", "student_id", "program_id") and not has("students", "step2_ck"):
        return "preferences"
    # "id" alone is one of several tables': then the other columns decide.
    keys = {
        "students": ("student_id", "step2_ck"),
        "applicants": ("applicant_id", "applications"),
        "programs": ("program_id", "program_name"),
        "pd_responses": ("respondent_id", "specialty"),
        "interview_chances": ("red_flag",),
        "factor_importance": ("factor",),
    }
    found = [table for table, columns in keys.items() if has(table, *columns)]
    return found[0] if len(found) == 1 else ""


def nearest_table(header: Collection[str]) -> tuple[str, int]:
    """Table of an office that most columns of a foreign header resemble, and how many do."""

    def known(table: str) -> int:
        columns = SCHEMAS[table].columns
        return sum(
            column_of(word, table) in columns or bool(resembled(word, table, ())) for word in header
        )

    tables = ("students", "programs", "graduates", "preferences", "applicants")
    best = max(tables, key=known)
    return best, known(best)


def plain_name(word: str) -> str:
    """A header as `folded` leaves it, without accents."""
    letters = unicodedata.normalize("NFKD", folded(word))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _without_digits(name: str) -> str:
    return "_".join(part for part in re.split(r"[_\d]+", name) if part)


def in_other_letters(word: str) -> bool:
    """Whether a header has letters and none of the Latin alphabet, so that nobody knows of it."""
    letters = [letter for letter in plain_name(word) if letter.isalpha()]
    return bool(letters) and not any("LATIN" in unicodedata.name(one, "") for one in letters)


def resembled(word: str, table: str, cells: Iterable[str]) -> str:
    """What a column that is none of ours may nevertheless be."""
    name = plain_name(word)
    columns = SCHEMAS[table].columns
    joined = _without_digits(name)
    if "pdf_password" in columns and tells_of_a_password(word):
        return "pdf_password"
    for column, words in OTHER_WORDS.items():
        if column in columns and (name in words or joined in words):
            return column
    if "red_flags" in columns and (
        name in FLAG_SPELLINGS or any(f"_{one}" in f"_{joined}" for one in FLAG_WORDS)
    ):
        return "red_flags"
    near = [(_likeness(name, known), column) for known, column in _names(table).items()]
    near += [
        (_likeness(name, other), column)
        for column, words in OTHER_WORDS.items()
        if column in columns
        for other in words
        if len(other) > 5
    ]
    if "red_flags" in columns:
        near += [(_likeness(name, flag), "red_flags") for flag in FLAG_SPELLINGS]
    if "pdf_password" in columns:
        near += [(_likeness(name, one), "pdf_password") for one in PASSWORD_WORDS if len(one) > 5]
    likeness, column = max(near)
    if likeness >= MISSPELT:
        return column
    telling = {part for part in joined.split("_") if len(part) > 4 and part not in COMMON}
    for column, others in OTHER_WORDS.items():
        if column in columns and telling & {column, *others}:
            return column
    there = set(map(folded, cells))
    if "red_flags" in columns and ({"p", "f"} <= there or any(map(_tells_of_a_flag, there))):
        return "red_flags"
    return ""


def tells_of_a_password(word: str) -> bool:
    """Whether a header names a password."""
    joined = _without_digits(plain_name(word))
    return any(
        joined == one
        or (one not in ALONE and (f"_{one}_" in f"_{joined}_" or (len(one) > 5 and one in joined)))
        for one in PASSWORD_WORDS
    )


def _likeness(name: str, known: str) -> float:
    """From 0 to 1: 1 where one name holds all words of the other."""
    ours, theirs = set(known.split("_")), set(name.split("_"))
    if ours <= theirs and (
        len(ours) > 1 or all(word in BESIDE or word.isdigit() for word in theirs - ours)
    ):
        return 1.0
    bare, other = name.replace("_", ""), known.replace("_", "")
    if len(bare) < 2 or len(other) < 3:
        return 0.0
    if len(other) <= 5:
        return 0.9 if _one_slip(bare, other) else 0.0
    # Two names of very different lengths cannot be alike, whatever their letters.
    if 2 * min(len(bare), len(other)) < MISSPELT * (len(bare) + len(other)):
        return 0.0
    matcher = SequenceMatcher(None, bare, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= MISSPELT else 0.0


def _one_slip(word: str, other: str) -> bool:
    """Whether one letter more, less or else, or two that changed places, make one of the other."""
    if abs(len(word) - len(other)) > 1 or word == other:
        return word == other
    same = next((at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if same is None:
        return True
    rest, others = word[same:], other[same:]
    swapped = len(rest) > 1 and rest[:2] == others[1::-1] and rest[2:] == others[2:]
    return rest[1:] == others[1:] or rest[1:] == others or rest == others[1:] or swapped


def _tells_of_a_flag(word: str) -> bool:
    text = f"_{word}"
    signs = ("_fail", "_remed", "_loa_", "_leave", "_probation", "_unprofessional", "_misconduct",
             "_dismiss", "_suspen", "_repeat", "_withdr", "_incomplete", "_disciplin", "_sanction",
             "_honor_code")  # fmt: skip
    return any(sign in f"{text}_" for sign in signs) or word in {
        *FLAG_SPELLINGS.keys() - {"none", "no_red_flag", "no_red_flags"}
    }
