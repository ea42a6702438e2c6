import hashlib
import io

import pypdf
import pypdfium2
import pytest

from analysis.errors import ReportError
from analysis.report.folder import PdfLock, opens_with, unlocked
from tests.rendered import structure
from tests.unit.report.test_exporter import pdf_of, text_of
from tests.unit.report.toy_notebook import figure_cell, text_cell

PASSWORD = "tarn hollow 7"  # noqa: S105 - of a made-up student


def locked(pdf, password):
    return PdfLock.of(password).locked(pdf)


@pytest.fixture(scope="module")
def plain():
    return pdf_of(text_cell("Words that nobody else may read."), figure_cell())


def test_the_cipher_is_aes_256_of_pdf_2(plain):
    file, _ = locked(plain, PASSWORD)
    encryption = pypdf.PdfReader(io.BytesIO(file)).trailer["/Encrypt"]
    assert (encryption["/V"], encryption["/R"]) == (5, 6)
    assert encryption["/CF"]["/StdCF"]["/CFM"] == "/AESV3"
    assert file.startswith(b"%PDF-1.7")
    for secret in (b"nobody else", PASSWORD.encode()):
        assert secret not in file


def test_the_content_is_the_same_each_time_and_the_file_is_not(plain):
    (first, content), (second, again) = locked(plain, PASSWORD), locked(plain, PASSWORD)
    assert first != second
    assert content == again == unlocked(first, PASSWORD) == unlocked(second, PASSWORD)
    assert hashlib.sha256(content).digest() == hashlib.sha256(unlocked(first, PASSWORD)).digest()


def test_behind_the_password_is_the_whole_tagged_page(plain):
    content = unlocked(locked(plain, PASSWORD)[0], PASSWORD)
    assert text_of(content) == text_of(plain)
    assert structure(content) == structure(plain)
    root = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"


@pytest.mark.parametrize("password", [PASSWORD, "pässwörd", "пароль", "密码", "x" * 127])
def test_another_program_opens_it_with_the_password_alone(plain, password):
    file, _ = locked(plain, password)
    assert len(pypdfium2.PdfDocument(file, password=password)) == 1
    for wrong in (None, "", password[:-1], password + "x"):
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument(file, password=wrong)
    with pytest.raises(ReportError, match="does not open"):
        unlocked(file, "another")


def test_letters_put_together_in_two_ways_are_one_password(plain):
    file, _ = locked(plain, "e\u0301")
    assert opens_with(file, "\u00e9")


def test_a_pdf_has_one_password_or_none(plain):
    file, _ = locked(plain, PASSWORD)
    assert opens_with(file, PASSWORD)
    assert opens_with(plain, "")
    for pdf, password in ((file, ""), (file, "another"), (plain, PASSWORD), (b"%PDF-1.7", "")):
        assert not opens_with(pdf, password)


def test_a_lock_holds_no_password(plain):
    import pickle

    lock = PdfLock.of(PASSWORD)
    assert PASSWORD.encode() not in pickle.dumps(lock)
    assert opens_with(lock.locked(plain)[0], PASSWORD)
