"""Ten exports as offices and researchers really have them, and what becomes of each cell.

The files are made up. ``mappings/`` holds what `countersignal map` proposes for them, edited once
as a person would.
"""

import csv
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.assumptions import read_assumptions
from analysis.errors import RowError
from analysis.model.own_season import LEAST_APPLICANTS, offers_by_date, with_own_season
from analysis.tables import read_applicants, read_programs
from analysis.tables.check import check_table
from analysis.tables.loading import CellCounts, report_of
from analysis.tables.mapping import reading_with
from analysis.tables.proposal import propose

EXPORTS = Path(__file__).parents[2] / "fixtures" / "exports"
UTF8 = "utf-8-sig"
# By file: the table, how its text is written, and the cells read, used, repaired, refused, left
# out and passed over.
FILES = {
    "registrar_utf16.txt": ("students", ("utf-16", "\t", 3), (32, 10, 17, 0, 4, 1)),
    "notes_and_totals.xlsx": ("students", None, (28, 17, 7, 0, 0, 4)),
    "semicolons_decimal_commas.csv": ("students", (UTF8, ";", 1), (24, 17, 7, 0, 0, 0)),
    "windows_1252_names.csv": ("students", ("cp1252", ",", 1), (24, 12, 12, 0, 0, 0)),
    "residencycas_like.csv": ("students", (UTF8, ",", 1), (38, 13, 22, 0, 3, 0)),
    "eras_like.csv": ("students", (UTF8, ",", 1), (30, 9, 10, 11, 0, 0)),
    "survey_table.csv": ("factor_importance", (UTF8, ",", 2), (342, 272, 68, 0, 0, 2)),
    "survey_answers.csv": ("pd_responses", (UTF8, ";", 1), (354, 298, 56, 0, 0, 0)),
    "programs_by_degree.csv": ("programs", (UTF8, ",", 1), (187, 77, 98, 0, 12, 0)),
    "applicants_log.csv": ("applicants", (UTF8, ",", 1), (359, 223, 122, 0, 14, 0)),
    "match_file_cr.csv": ("programs", (UTF8, ",", 1), (57, 45, 0, 0, 9, 3)),
}
MAPPED = sorted(path.stem for path in (EXPORTS / "mappings").glob("*.toml"))


def mapping_of(name):
    path = EXPORTS / "mappings" / f"{name.partition('.')[0]}.toml"
    return path if path.exists() else None


def read(name):
    with reading_with(mapping_of(name)):
        return check_table(EXPORTS / name, FILES[name][0])


def filled_cells(name, written):
    """Filled cells of a file but its header line, by another reader than ours."""
    if written is None:
        cells = pd.read_excel(EXPORTS / name, header=None, engine="calamine", dtype=object)
        header = cells.index[cells[0] == "Student ID"][0]
        return int(cells.drop(index=header).notna().sum().sum())
    encoding, separator, header = written
    text = (EXPORTS / name).read_bytes().decode(encoding)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("sep=;\n").split("\n")
    rows = [
        [cell.strip("\ufeff ") for cell in row] for row in csv.reader(lines, delimiter=separator)
    ]
    return sum(bool(cell) for at, row in enumerate(rows, 1) if at != header for cell in row)


@pytest.mark.parametrize("name", FILES)
def test_every_filled_cell_of_an_export_is_used_or_named(name):
    _, written, counts = FILES[name]
    found = read(name)
    assert found.cells == CellCounts(*counts)
    assert counts[0] == sum(counts[1:]) == filled_cells(name, written)
    said = report_of(found)
    assert str(found.cells) in said
    assert bool(found.problems) == bool(found.cells.refused)
    assert ("ignored" in said or "left out" in said.split("\n", 2)[2]) == bool(counts[4])
    assert ("passed over: line" in said) == bool(counts[5])


@pytest.mark.parametrize("name", MAPPED)
def test_the_edited_mapping_is_the_proposal_with_its_questions_answered(name):
    (path,) = EXPORTS.glob(f"{name}.*")
    proposal = propose(path)
    proposed, asked = proposal.toml(), proposal.questions
    lines = mapping_of(name).read_text().splitlines()
    assert len(lines) == len(proposed.splitlines())
    answered = 0
    for mine, theirs in zip(lines, proposed.splitlines(), strict=True):
        answered += mine != theirs
        assert mine == theirs or theirs.startswith("# ")
    assert asked
    assert answered


@pytest.mark.parametrize("name", FILES)
def test_no_red_flag_is_assigned_before_a_person_confirms_it(name):
    proposed = propose(EXPORTS / name).toml()
    (part,) = tomllib.loads(proposed).values()
    assert not [code for words in part.get("flags", {}).values() for code in words.values() if code]


PHRASES = st.lists(
    st.sampled_from(["failed", "M1 anatomy", "LOA", "2022", "(academic)", "remediated", "Step 1",
                     "professionalism", "probation", "no", "yes", "N", "passed", "MSPE", "x"]),
    min_size=1, max_size=4,
).map(" ".join)  # fmt: skip


@given(cells=st.lists(PHRASES, min_size=1, max_size=5), header=st.sampled_from(
    ["LOA", "Red flags (free text)", "Failures", "Professionalism", "Explained"]))  # fmt: skip
def test_no_words_of_any_column_become_a_flag_by_themselves(tmp_path_factory, cells, header):
    path = tmp_path_factory.mktemp("free") / "class.csv"
    rows = "".join(f'S{n},IM,240,pass,"{cell}"\n' for n, cell in enumerate(cells))
    path.write_text(f"student_id,specialty,step2_ck,step1_result,{header}\n{rows}")
    proposed = propose(path, "students").toml()
    part = tomllib.loads(proposed)["students"]
    assert not [code for words in part.get("flags", {}).values() for code in words.values() if code]


def test_words_that_turn_a_no_around_are_asked_about():
    proposed = propose(EXPORTS / "eras_like.csv").toml()
    passed = proposed.partition("Passed All Exams")[2]
    assert '\n# "No" = ""' in passed
    assert '\n"No"' not in passed


def test_a_workbook_of_each_kind_reads_to_the_same_students():
    with reading_with(mapping_of("notes_and_totals.xlsx")):
        frames = [
            check_table(EXPORTS / name, "students").rows
            for name in ("notes_and_totals.xlsx", "class.xls", "class.ods")
        ]
    assert frames[0]["student_id"].tolist() == ["00501", "00502", "00503"]
    assert frames[0]["research_items"].tolist()[:2] == [3, 4]  # the value of a formula
    for other in frames[1:]:
        pd.testing.assert_frame_equal(other, frames[0])


def test_shares_of_programs_become_the_seasons_shares():
    with reading_with(mapping_of("programs_by_degree.csv")):
        programs = read_programs(EXPORTS / "programs_by_degree.csv")
    base = read_assumptions()
    found, _ = with_own_season(base, programs, programs_source="ours")
    own = programs[programs["specialty"] == "Internal Medicine"]
    weights = own["applications_received"]
    shares = [(own[f"share_{g}"] * weights).sum() / weights.sum() for g in GROUPS]
    season = found.season_of("Internal Medicine")
    got = [getattr(season, f"share_{group}") for group in GROUPS]
    assert got == pytest.approx([share / sum(shares) for share in shares])
    assert season.basis == "office"
    assert season.citations["share_us_md"] == "ours"
    # Gold and silver signals stay the published ones, and so does their citation.
    assert season.gold_signals == base.season_of("Internal Medicine").gold_signals
    assert (
        season.citations["gold_signals"]
        == base.season_of("Internal Medicine").citations["gold_signals"]
    )
    mean = (programs["share_in_state"] * programs["applications_received"]).sum()
    in_state = mean / programs["applications_received"].sum()
    assert found.value("place.same_state_share") == pytest.approx(in_state)
    assert found.fingerprint != base.fingerprint


GROUPS = ("us_md", "us_do", "us_img", "non_us_img")


def test_the_signals_that_are_used_give_back_the_share_of_signalled_applications():
    from analysis.model.pool import pool_of

    with reading_with(mapping_of("programs_by_degree.csv")):
        programs = read_programs(EXPORTS / "programs_by_degree.csv")
    found, _ = with_own_season(read_assumptions(), programs)
    pool = pool_of("Internal Medicine", "moderate", found)
    own = programs[programs["specialty"] == "Internal Medicine"]
    weights = own["applications_received"]
    sent = sum((own[f"share_{kind}"] * weights).sum() for kind in ("gold", "silver"))
    signalled = float(pool.group @ pool.signal[:, 1:].sum(axis=1))
    assert signalled == pytest.approx(sent / weights.sum(), rel=1e-6)


def test_an_applicants_log_becomes_rates_of_the_season_and_dates_of_offers():
    with reading_with(mapping_of("applicants_log.csv")):
        log = read_applicants(EXPORTS / "applicants_log.csv")
    assert log["red_flags"].map(len).sum() == 7
    own = log[log["specialty"] == "Internal Medicine"]
    found, said = with_own_season(read_assumptions(), None, log)
    season = found.season_of("Internal Medicine")
    assert season.interview_rate == own["interviews"].sum() / own["applications"].sum()
    graduates_of_md = own[own["degree"] == "us_md"]
    assert season.mean_applications_us_md == graduates_of_md["applications"].mean()
    assert season.mean_applications_us_do is None  # fewer than ten of them
    assert any(f"fewer than {LEAST_APPLICANTS}" in sentence for sentence in said)
    dates = offers_by_date(own)
    assert dates["factor"].tolist() == ["October 15, 2025", "November 1, 2025", "December 1, 2025"]
    first = 100 * own["offers_by_2025_10_15"].sum() / own["interviews"].sum()
    assert dates["importance"].iloc[0] == pytest.approx(first)


def test_offers_that_fall_or_pass_the_interviews_are_refused(tmp_path):
    header = (
        "applicant_id,specialty,applications,interviews,offers_by_10/1/2025,offers_by_2025_11_01"
    )
    (tmp_path / "log.csv").write_text(f"{header}\nA1,IM,20,5,3,2\nA2,IM,20,5,3,6\nA3,IM,20,5,,5\n")
    with pytest.raises(RowError) as caught:
        read_applicants(tmp_path / "log.csv")
    assert [problem.line for problem in caught.value.problems] == [2, 3]
