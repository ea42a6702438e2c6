import re

from analysis.paths import from_root
from analysis.tables import template as dictionary
from analysis.tables.columns import Table, number
from analysis.tables.schemas import SCHEMAS
from analysis.tables.template import column_sheet
from tools.samples import dictionary_markdown


def described(markdown):
    """Columns by table, as the dictionary lists them."""
    sections = re.split(r"^## (\w+)\.csv$", markdown, flags=re.MULTILINE)[1:]
    return {
        table: re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE)
        for table, text in zip(sections[::2], sections[1::2], strict=True)
    }


def in_step(markdown):
    wanted = {table: [name for name, *_ in column_sheet(table)] for table in SCHEMAS}
    return described(markdown) == wanted and markdown == dictionary_markdown()


def test_the_dictionary_lists_every_column_of_every_table():
    assert in_step(from_root("data/README.md").read_text(encoding="utf-8"))


def test_a_dictionary_that_lost_a_line_would_be_seen():
    lines = from_root("data/README.md").read_text(encoding="utf-8").splitlines(keepends=True)
    twin = "".join(line for line in lines if not line.startswith("| `step2_cutoff`"))
    assert described(twin)["programs"] != described("".join(lines))["programs"]
    assert not in_step(twin)


def test_a_column_added_to_a_schema_would_be_seen(monkeypatch):
    schema = SCHEMAS["preferences"]
    wider = Table(
        {**schema.columns, "distance_km": number("How far away.", 0, 1e5)},
        description=schema.description,
    )
    monkeypatch.setattr(dictionary, "SCHEMAS", {**SCHEMAS, "preferences": wider})
    twin = dictionary_markdown()
    assert "distance_km" in described(twin)["preferences"]
    assert twin != from_root("data/README.md").read_text(encoding="utf-8")


def test_every_column_says_what_it_is_and_what_a_cell_holds():
    for table, schema in SCHEMAS.items():
        assert schema.description
        for name, needed, holds, says in column_sheet(table):
            assert needed in {"required", "optional"}
            assert holds, f"{table}.{name}"
            assert says.endswith("."), f"{table}.{name}"


def test_a_percentage_is_named_so_in_the_file():
    names = [name for name, *_ in column_sheet("interview_chances")]
    assert "interview_chance_percent" in names
    assert "interview_chance" not in names
