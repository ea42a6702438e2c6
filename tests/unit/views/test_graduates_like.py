from analysis.paths import from_root
from analysis.tables import read_graduates
from analysis.views.graduates import graduates_like_table

FILES = ("data/sample/students.csv", "data/sample/graduates.csv")


def test_a_student_sees_how_many_graduates_are_alike_and_how_sure():
    table = graduates_like_table("S001", *FILES).set_index("what")["value"]
    assert table["Graduates counted"] == "10 of 48"
    assert table["Interviews for each 100 of their applications"].count(" to ") == 1


def test_no_graduates_id_stands_in_the_table():
    ids = set(read_graduates(FILES[1])["graduate_id"])
    text = graduates_like_table("S001", *FILES).to_string()
    assert not [one for one in ids if one in text]


def test_without_a_file_one_sentence_says_so():
    table = graduates_like_table("S001", FILES[0], "")
    assert len(table) == 1
    assert "No file of past graduates" in table["value"][0]


def test_under_ten_graduates_one_sentence_says_why(tmp_path):
    header, *lines = from_root(FILES[1]).read_text(encoding="utf-8").splitlines(keepends=True)
    names = list(dict.fromkeys(line.split(",")[0] for line in lines))[:9]
    few = [line for line in lines if line.split(",")[0] in names]
    (tmp_path / "few.csv").write_text(header + "".join(few), encoding="utf-8")
    table = graduates_like_table("S001", FILES[0], tmp_path / "few.csv")
    assert len(table) == 1
    assert "under 10 nothing is said" in table["value"][0]
