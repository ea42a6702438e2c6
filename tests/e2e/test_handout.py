import pypdf


def test_handout_is_one_tagged_document_about_no_student(run, tmp_path):
    pdf = tmp_path / "handout.pdf"
    done = run("handout", "--out", pdf)
    assert done.code == 0, done.err
    document = pypdf.PdfReader(pdf)
    assert len(document.pages) <= 2
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    assert "Illustrative numbers from one article" in text
    assert "Student S" not in text
    assert document.trailer["/Root"]["/Lang"] == "en-US"

    again = run("handout", "--out", pdf)
    assert again.code == 2
    assert "--overwrite" in again.err
    assert run("handout", "--out", pdf, "--overwrite").code == 0


def test_handout_under_a_name_that_is_no_pdf_is_refused(run, tmp_path):
    refused = run("handout", "--out", tmp_path / "handout.csv")
    assert refused.code == 2
    assert not (tmp_path / "handout.csv").exists()
