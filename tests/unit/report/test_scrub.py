"""A kept notebook: what ran, and nothing of where, by whom, when or for which name."""

import getpass
import json
import re
import socket
from unicodedata import normalize

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.report import render as scrub
from analysis.report.render import scrubbed
from tests.unit.report.toy_notebook import SVG, display

NAME = "Maren Quillfeather"
PARAMETERS = {
    "student_id": "S001",
    "students_csv": "/srv/ada/office/class 2026.csv",
    "programs_csv": r"C:\Users\ada\programs.csv",
    "report_date": "",
}
DECLARED = "\n".join(f'{name}: str = ""' for name in PARAMETERS)


def executed(*outputs):
    injected = new_code_cell(
        f'students_csv = "{PARAMETERS["students_csv"]}"\n'
        f"programs_csv = {PARAMETERS['programs_csv']!r}\nstudent_id = 'S001'",
        metadata={"tags": ["injected-parameters"], "papermill": {"start_time": "2026-11-27"}},
    )
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# Title"),
            injected,
            new_code_cell("1 / 2", outputs=list(outputs)),
            new_code_cell(DECLARED, metadata={"tags": ["parameters"]}),
        ]
    )
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "papermill": {"parameters": PARAMETERS, "input_path": "/srv/ada/90.ipynb"},
        }
    )
    return notebook


def kept(*outputs, name=NAME):
    return nbformat.reads(scrubbed(executed(*outputs), PARAMETERS, name).decode(), as_version=4)


def text_of(notebook):
    return json.dumps(notebook, ensure_ascii=False)


def test_paths_become_file_names_and_papermills_records_go():
    notebook = kept()
    assert notebook.metadata == {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
    }
    assert notebook.cells[1].metadata == {"tags": ["injected-parameters"]}
    assert notebook.cells[1].source.splitlines() == [
        'students_csv = "class 2026.csv"',
        "programs_csv = 'programs.csv'",
        "student_id = 'S001'",
    ]
    assert not re.search(r"\bada\b", text_of(notebook))


def test_folders_of_any_path_go_out_of_outputs_and_addresses_of_the_web_stay():
    said = "/opt/py/lib/x.py:3: Warning, see https://example.org/a/b/ or and/or C:\\Users\\ada\\x"
    notebook = kept(new_output("stream", name="stderr", text=said))
    assert notebook.cells[2].outputs[0].text == (
        "x.py:3: Warning, see https://example.org/a/b/ or and/or x"
    )


def test_no_word_of_the_name_stays_in_an_output():
    note = "Maren, QUILLFEATHER did well; Marengo is a battle."
    notebook = kept(display({"text/plain": note, "text/markdown": note}))
    data = notebook.cells[2].outputs[0].data
    assert data["text/plain"] == "S001, S001 did well; Marengo is a battle."
    assert data["text/markdown"] == data["text/plain"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Mary O'Brien-Ünal", "Ünal"),
        ("Mary O'Brien-Ünal", "O'BRIEN-ÜNAL's plan"),
        ("Mary O'Brien-Ünal", "O’Brien-Ünal"),
        ("Mary O’Brien-Ünal", "O'Brien and Mary"),
        ("Zdeňka Cruz", "Zden\u030cka Cruz"),
        ("Zden\u030cka Cruz", "ZDEŇKA, Cruz's"),
    ],
)
def test_a_word_of_the_name_goes_whichever_way_it_is_typed(name, typed):
    (said,) = kept(display({"text/plain": typed}), name=name).cells[2].outputs
    left = normalize("NFC", said.data["text/plain"]).casefold()
    for word in ("mary", "brien", "ünal", "zdeňka", "cruz"):
        assert not re.search(rf"\b{word}\b", left)
    assert "s001" in left


def test_a_name_s_parts_are_words_and_a_computer_s_are_not(monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "office-pc.example")
    said = kept(display({"text/plain": "the office, on office-pc.example"})).cells[2].outputs[0]
    assert said.data["text/plain"] == "the office, on host"


def test_user_and_host_go_out_of_outputs(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "adasmith")
    monkeypatch.setattr(socket, "gethostname", lambda: "office-pc.example")
    trace = new_output("error", ename="X", evalue="adasmith", traceback=["on office-pc.example"])
    notebook = kept(new_output("stream", name="stdout", text="adasmith@office-pc.example"), trace)
    assert notebook.cells[2].outputs[0].text == "user@host"
    assert notebook.cells[2].outputs[1].evalue == "user"
    assert notebook.cells[2].outputs[1].traceback == ["on host"]


def test_pictures_code_and_what_a_machine_reads_stay_whole(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "rect")
    bundle = {"image/svg+xml": SVG, "application/json": {"n": 1, "list": [1, None]}}
    bundle["text/csv"] = "name\nMaren Rect\n"  # rows for a file of their own
    notebook = kept(display(bundle, {"image/svg+xml": {"alt": "Maren"}}), name="Maren")
    output = notebook.cells[2].outputs[0]
    assert output.data == bundle
    assert output.metadata["image/svg+xml"]["alt"] == "S001"
    assert notebook.cells[2].source == "1 / 2"


def test_the_notebook_that_was_run_is_left_as_it_was():
    notebook = executed(new_output("stream", name="stdout", text="/srv/ada/x"))
    before = text_of(notebook)
    scrubbed(notebook, PARAMETERS, NAME)
    assert text_of(notebook) == before


def test_without_a_name_or_a_user_no_word_is_changed(monkeypatch):
    monkeypatch.setattr(scrub, "_user", lambda: "")
    monkeypatch.setattr(socket, "gethostname", lambda: "")
    notebook = kept(new_output("stream", name="stdout", text="words"), name=None)
    assert notebook.cells[2].outputs[0].text == "words"
