import os

import pytest

from analysis import paths as toml_file
from analysis.assumptions import read_assumptions
from analysis.errors import AssumptionError, SettingsError, TableError
from analysis.paths import csv_rows
from analysis.report.settings import read_branding
from analysis.tables.mapping import read_mappings

READERS = {
    read_assumptions: AssumptionError,
    read_branding: SettingsError,
    read_mappings: TableError,
}
HOSTILE = {
    "nested without end": b"a = " + b"[" * 100_000,
    "a number without end": b"a = " + b"9" * 100_000,
    "bytes that are no text": b"\xff\xfe\x00",
    "a word without end": b"a" * 100_000,
    "too large": b"# " + b"x" * (4 * 2**20),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_of_a_toml_file_is_more_than_a_sentence(tmp_path, reader, hostile):
    (tmp_path / "x.toml").write_bytes(HOSTILE[hostile])
    with pytest.raises(READERS[reader], match=r"x\.toml") as error:
        reader(tmp_path / "x.toml")
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("reader", READERS)
def test_a_folder_or_a_device_is_no_toml_file(tmp_path, reader):
    places = [tmp_path] if os.name == "nt" else [tmp_path, "/dev/zero"]
    for place in places:
        with pytest.raises(READERS[reader]):
            reader(type(tmp_path)(place))


def test_a_mapping_whose_table_is_no_word_is_refused(tmp_path):
    (tmp_path / "x.toml").write_text("[table]\nvalue = 1\n")
    with pytest.raises(TableError, match="expected one of factor_importance"):
        read_mappings(tmp_path / "x.toml")


def test_a_plain_file_is_read(tmp_path):
    (tmp_path / "x.toml").write_text('a = "é"\n', encoding="utf-8")
    assert toml_file.toml_content(tmp_path / "x.toml") == {"a": "é"}


OWN = "specialty,aliases,note\nUrology,Uro;GU,x\nNeurology,Neuro,y\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_an_own_csv_file_is_read_as_a_spreadsheet_saves_it(tmp_path, separator, end, encoding):
    rows = [line.split(",") for line in OWN.splitlines()]
    text = end.join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    (tmp_path / "own.csv").write_bytes(f"{text}{end}{separator * 2}{end}".encode(encoding))
    found = csv_rows(tmp_path / "own.csv", "specialty")
    assert {name: row["aliases"] for name, row in found.items()} == {
        "Urology": "Uro;GU",
        "Neurology": "Neuro",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OWN + "urology,U,z\n", "line 4: expected a specialty that no other row has"),
        (OWN + ",U,z\n", "line 4: expected a specialty that no other row has"),
        (OWN + "Surgery,S,z,9\n", "line 4: expected cells as in the header"),
        (
            OWN.replace("Uro;GU,x", '"Uro,x').replace("o,y", 'o,"y'),
            "line 3: expected a well-formed",
        ),
        (OWN.replace("x\n", '"x\n').replace("y\n", 'y"\n'), "line 3: expected cells as in the"),
        (OWN.replace("specialty", "name"), "line 1: expected a column specialty"),
        ("specialty,aliases\n", "line 1: expected at least one row"),
        (OWN.replace("Uro;", "Ürò;").encode("cp1252"), "save it as CSV UTF-8"),
        (OWN.encode("utf-16"), "save it as CSV UTF-8"),
    ],
)
def test_an_own_csv_file_that_would_lose_a_row_is_refused_by_its_line(tmp_path, text, said):
    (tmp_path / "own.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=said):
        csv_rows(tmp_path / "own.csv", "specialty")
