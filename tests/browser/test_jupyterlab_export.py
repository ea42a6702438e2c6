import shutil
from pathlib import Path

import nbformat
import pytest

from analysis.paths import project_root
from analysis.report.exporter import document_from_notebook
from analysis.report.guard import check_whose_report
from tests.browser.conftest import server

NOTEBOOK = project_root() / "notebooks" / "90_student_report.ipynb"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(NOTEBOOK, folder)
    arguments = ["-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"]
    arguments += [f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None"]
    arguments += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    settings = {"JUPYTER_CONFIG_DIR": str(folder / "config"), "HOME": str(folder)}
    settings["JUPYTER_DATA_DIR"] = str(folder / "data")
    address = r"http://127\.0\.0\.1:(\d+)/lab\?token=(\w+)"
    with server(arguments, address, folder, **settings) as match:
        yield f"http://127.0.0.1:{match[1]}/lab/tree/{NOTEBOOK.name}?token={match[2]}"


def test_the_export_menu_of_jupyterlab_gives_the_students_pdf(chromium, lab):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    # The menu's entries come with the server's list of exporters.
    with page.expect_response(lambda r: "/api/nbconvert" in r.url, timeout=120_000):
        page.goto(lab)
    page.locator(".jp-Notebook").first.wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_text("Save and Export Notebook As", exact=False).click()
    entry = page.locator(".lm-Menu-item", has_text="ountersignal").first
    with page.expect_download(timeout=60_000) as download:
        entry.click()
    pdf = Path(download.value.path()).read_bytes()
    document = document_from_notebook(nbformat.read(NOTEBOOK, as_version=4))
    assert check_whose_report(pdf, document.student_id, document.title) > 0
    page.close()
