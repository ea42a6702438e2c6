"""Whatever stands in the files: no traceback, a known exit code, no file outside the folder."""

import contextlib
import io
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.cli import main
from analysis.errors import CountersignalError
from analysis.paths import from_root
from analysis.tables.schemas import SCHEMAS
from tests.e2e.conftest import OURS, sample_rows
from tests.hostile import MARKED, SCRIPTS, TRICKS
from tests.rendered import unpacked
from tests.unit.tables.class_file import csv_text

DEFAULT = from_root("data/assumptions/default.toml")
TEXTS = [*TRICKS.values(), *MARKED.values(), *SCRIPTS.values()]
WRONG = ["../x", "a/b", "CON", "x" * 300, "{x.__class__}", "-1", "1e309", "NaN", "inf", "0x10", "٣"]
anything = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(categories=["Cc", "Cf", "Zl", "Zp", "Co", "Mn"]), max_size=8),
    st.sampled_from([*TEXTS, *WRONG]),
)
FEW = settings(
    derandomize=True,
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
MANY = settings(FEW, max_examples=100)
RENDERED = settings(FEW, max_examples=20)


def rows_of(table, count):
    """Rows of a table: the sample's, some cells of each replaced by anything."""
    sample = sample_rows(table)[:12]
    columns = [name for name, column in SCHEMAS[table].columns.items() if not column.regex]

    def spoiled(row, cells):
        return {**dict.fromkeys(columns, ""), **row, **cells}

    row = st.builds(
        spoiled,
        st.sampled_from(sample),
        st.dictionaries(st.sampled_from(columns), anything, max_size=4),
    )
    return st.lists(row, min_size=1, max_size=count)


def text_of(rows):
    return csv_text(list(rows[0]), *(list(row.values()) for row in rows))


class Here:
    """Workers that are this process: a fuzz of files needs no isolation."""

    def __init__(self, *_):
        pass

    def results(self, work, tasks, files=None):
        for task in tasks:
            try:
                with unpacked(files):
                    result = work.function(task)
            except CountersignalError as error:
                result = error
            yield task, result


def called(*arguments):
    """Run a command in this process: exit code, and all that it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
    return SimpleNamespace(code=code, said=said.getvalue())


def check_manners(done, place, more=()):
    """An exit code of the table, a sentence of ours, and no file that was not asked for."""
    assert done.code in {0, 1, 2}, done.said
    assert "Traceback" not in done.said
    assert "an error of the program itself" not in done.said
    assert not [c for c in done.said if not c.isprintable() and c not in "\n\t\xa0\u3000"]
    left = {path.relative_to(place).parts[0] for path in place.rglob("*")}
    assert left <= {"students.csv", "programs.csv", "mine.toml", "class.csv", *more}, left


def commands(place, students, programs):
    options = ["--students", place / "students.csv", "--programs", place / "programs.csv"]
    (place / "students.csv").write_text(students, encoding="utf-8", errors="surrogatepass")
    (place / "programs.csv").write_text(programs, encoding="utf-8", errors="surrogatepass")
    return options


def fuzz_of_rows(students, programs):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        options = commands(place, text_of(students), text_of(programs))
        check_manners(called("check", *options[1::2]), place)
        check_manners(called("chances", *options, "--format", "json"), place)
        first = students[0]["student_id"]
        check_manners(called("pick", *options, "--limit", "3", "--", first), place)


def fuzz_of_toml(text):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "mine.toml").write_text(text, encoding="utf-8", errors="surrogatepass")
        for arguments in (
            ("assumptions", "show", place / "mine.toml"),
            ("assumptions", "diff", place / "mine.toml", DEFAULT),
            ("backtest", "--graduates", from_root("data/sample/students.csv"), "--mapping",
             place / "mine.toml"),
        ):  # fmt: skip
            check_manners(called(*arguments), place)


def fuzz_of_bytes(content):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "class.csv").write_bytes(content)
        check_manners(called("check", place / "class.csv"), place)


def fuzz_of_reports(students, programs, branding):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.workers.pool.LocalPool", Here)
        place = Path(folder)
        options = commands(place, text_of(students), text_of(programs))
        (place / "mine.toml").write_text(branding, encoding="utf-8", errors="surrogatepass")
        options += ["--branding", place / "mine.toml", "--report-date", "2026-09-15"]
        done = called("batch", *options, "--out", place / "out", "--workers", "1")
        check_manners(done, place, {"out"})
        assert ("failed" not in done.said) or "withheld" not in done.said, done.said
        if (place / "out").exists():
            names = {path.name for path in (place / "out").iterdir()}
            assert {name for name in names if not name.endswith(".pdf")} <= OURS


KEYS = ["weights.step2_ck", "latent_correlation", "season", "relief.from", "table", "columns"]
toml_value = st.one_of(
    anything.map(lambda text: '"' + text.encode("unicode_escape").decode().replace('"', "") + '"'),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(["[]", "{}", "true", "[1, 'a']", "nan", "-inf", "1979-05-27", "{value = {}}"]),
)
toml_line = st.builds(
    lambda key, field, value: f"[{key}]\n{field} = {value}\n",
    st.sampled_from(KEYS) | st.from_regex(r"\A[a-z_.\"]{1,12}\Z"),
    st.sampled_from(["value", "values", "basis", "why", "source", "x"]),
    toml_value,
)
some_toml = st.one_of(st.lists(toml_line, max_size=3).map("".join), anything)
branding_toml = st.dictionaries(
    st.sampled_from(["school_name", "footer", "logo", "logo_alt", "paper", "accent_color", "x"]),
    toml_value,
    max_size=3,
).map(lambda keys: "".join(f"{key} = {value}\n" for key, value in keys.items()))
TABLE_BYTES = from_root("data/sample/students.csv").read_bytes()[:1500]
some_bytes = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda cut, put: TABLE_BYTES[:cut] + put + TABLE_BYTES[cut:],
        st.integers(0, len(TABLE_BYTES)),
        st.binary(min_size=1, max_size=8),
    ),
    st.sampled_from([b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff\xd8", b"\xef\xbb\xbf", b'"', b"\0"]),
)


@FEW
@given(rows_of("students", 3), rows_of("programs", 3))
def test_rows_of_anything_end_in_an_answer_or_a_sentence(students, programs):
    fuzz_of_rows(students, programs)


@FEW
@given(some_toml)
def test_toml_of_anything_ends_in_an_answer_or_a_sentence(text):
    fuzz_of_toml(text)


@settings(FEW, max_examples=60)
@given(some_bytes)
def test_bytes_of_anything_end_in_an_answer_or_a_sentence(content):
    fuzz_of_bytes(content)


@pytest.mark.soak
@MANY
@given(rows_of("students", 4), rows_of("programs", 6))
def test_many_rows_of_anything_end_in_an_answer_or_a_sentence(students, programs):
    fuzz_of_rows(students, programs)


@pytest.mark.soak
@MANY
@given(some_toml)
def test_much_toml_of_anything_ends_in_an_answer_or_a_sentence(text):
    fuzz_of_toml(text)


@pytest.mark.soak
@settings(MANY, max_examples=500)
@given(some_bytes)
def test_many_bytes_of_anything_end_in_an_answer_or_a_sentence(content):
    fuzz_of_bytes(content)


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore:Glyph")
@RENDERED
@given(rows_of("students", 2), rows_of("programs", 6), branding_toml)
def test_a_batch_of_anything_writes_in_its_folder_alone(students, programs, branding):
    fuzz_of_reports(students, programs, branding)
