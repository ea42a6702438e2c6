import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cli.printing import print_csv, print_json, print_table, say
from analysis.plain_text import formula_as_text, text_of_formula, visible
from analysis.tables.reading import read_rows

# Set a title, clear the screen, paint red (7 and 8 bit), ring, write backwards, hide.
ORDERS = "\x1b]0;owned\x07 \x1b[2J \x1b[31m \x9b31m \b\b \u202e \u2066 \u200b \r gone"
FORMULAS = (
    '=HYPERLINK("http://x";"y")',
    "+1+1",
    "-2+3|cmd",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "'=1+1",
    "x;=1+1",
    "x; @SUM(1)",
    "x\n=1+1",
    "x\t+1+1",
)
STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def obeyed(text):
    """Characters that a terminal acts on, or that change the order of what is read."""
    return [c for c in text if not c.isprintable() and c not in "\n\t\xa0\u3000"]


def test_a_terminal_shows_what_it_would_obey(capsys):
    say(f"file {ORDERS}")
    print_json([{"name": ORDERS}])
    print_table([{"name": ORDERS}], ["name"])
    print_csv([{"name": ORDERS}])
    printed = capsys.readouterr()
    assert obeyed(printed.err + printed.out.replace("\r\n", "\n")) == []
    assert r"\x1b[2J" in printed.err


def test_words_of_any_language_are_printed_as_they_are():
    for words in ("Zoë Иванова 李 김 שלום محمد 😀", "a\u00a0b\u3000c", "two\nlines\tand a tab"):
        assert visible(words) == words


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_marked_and_read_back(tmp_path, capsys, text):
    print_csv([{"name": text.strip(), "next": "1"}])
    cell = next(csv.reader(io.StringIO(capsys.readouterr().out.split("\n", 1)[1])))[0]
    for part in cell.replace("\n", ";").replace("\t", ";").split(";"):
        assert not part.strip().startswith(STARTS), part
    (tmp_path / "file.csv").write_text(f"name\n{csv_cell(formula_as_text(text))}\n")
    assert read_rows(tmp_path / "file.csv").rows[0][0] == text.strip()


def csv_cell(text):
    quoted = text.replace('"', '""')
    return f'"{quoted}"'


@pytest.mark.parametrize("number", ["-0.5", "+3", "-12", "1e-5", "-.5"])
def test_a_number_stays_a_number(number):
    assert formula_as_text(number) == number


@given(st.text(alphabet="=+-@'＝; \t\r\nab1.", max_size=12))
def test_marks_come_off_as_they_went_on(text):
    marked = formula_as_text(text)
    assert text_of_formula(marked) == text
    assert not marked.startswith(("=", "@", "\t", "\r"))


def test_an_apostrophe_that_marks_nothing_stays():
    for word in ("'tis", "O'Brien", "'", "the '90s", "''"):
        assert text_of_formula(word) == word
