"""An advisor's ten tasks, each in at most three actions, at 1280x900."""

import re

import pytest

from tests.browser.conftest import server
from tests.browser.explore_page import (
    ADDRESS,
    COMMAND,
    MATCH,
    clicked,
    followed,
    hand_in,
    numbers,
    opened,
    serious,
    tab,
    typed_into,
)

VIEWS = {"desk": {"width": 1280, "height": 900}}
ROW = "table.dataTable tbody tr"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tasks")
    with server(COMMAND, ADDRESS, folder, COUNTERSIGNAL_CASES=str(folder / "cases")) as match:
        yield match[0]


@pytest.fixture(scope="module", params=VIEWS)
def visit(request, chromium, address):
    with opened(chromium, address, **VIEWS[request.param]) as page:
        yield page


@pytest.fixture
def page(visit):
    visit.set_default_timeout(30_000)
    tab(visit, "Results")
    if visit.get_by_role("button", name="Back to the base case").is_enabled():
        clicked(visit, "Back to the base case")
    return visit


def listed(page):
    return int(numbers(page)["Applications on the list"][0])


def test_what_if_the_score_were_262(page):
    before = numbers(page)[MATCH][0]
    typed_into(page, "Step 2 CK", 262)
    assert numbers(page)[MATCH] != (before, before)
    assert "Expected interviews" in page.locator(".cs-moved").inner_text()


def test_what_in_family_medicine(page):
    with followed(page):
        page.get_by_label("Specialty", exact=True).select_option("Family Medicine")
    tab(page, "List")
    assert page.locator(ROW).count() > 1


@pytest.mark.parametrize("number", [20, 60])
def test_how_20_or_60_applications_would_do(page, number):
    typed_into(page, "Most applications (0: not given)", number)
    assert listed(page) <= number
    assert str(number) in page.get_by_role(
        "slider", name="Most applications (0: not given)"
    ).get_attribute("aria-valuenow")


def test_not_texas(page):
    with followed(page):
        page.get_by_label("Preferred states").fill("not Texas")
        page.keyboard.press("Enter")
    tab(page, "List")
    assert "TX" not in page.locator(f"{ROW} td:nth-child(2)").all_inner_texts()
    assert page.get_by_label("Preferred states").input_value() == "not TX"


def test_a_home_program(page):
    tab(page, "List")
    page.locator(ROW).nth(3).click()
    name = page.locator(".cs-title h3").inner_text()
    with followed(page):
        page.get_by_label("Tie", exact=True).select_option("home program")
    row = page.locator(ROW, has_text=name)
    assert "home" in row.inner_text()


def test_why_this_one(page):
    tab(page, "List")
    page.locator(ROW).nth(1).click()
    card = page.locator(".cs-card")
    card.get_by_text("What moves this chance").wait_for()
    assert re.search(r"Step 2 CK [+-]\d+ points", card.inner_text())


def test_how_many_are_enough(page):
    assert re.search(r"How many are enough: \d+", page.locator(".cs-moved").inner_text())
    assert page.locator(".cs-picture-applications img").is_visible()


def test_compare_two_cases(page):
    typed_into(page, "Step 2 CK", 262)
    tab(page, "Compare")
    clicked(page, "Keep this case")
    heads = page.locator(".cs-kept th[scope=col]").all_inner_texts()
    assert heads[:3] == ["Number", "As entered", "This case"]
    assert len(heads) > 3
    clicked(page, "Remove it")


def test_a_student_typed_from_nothing(page):
    with followed(page):
        page.get_by_label("Student", exact=True).select_option("A typed profile")
    typed_into(page, "Step 2 CK", 231)
    assert listed(page) > 0
    with followed(page):
        page.get_by_label("Student", exact=True).select_option(index=0)


def test_own_files_with_a_bad_row(page):
    tab(page, "Data")
    head = "student_id,specialty,step2_ck,step1_result,red_flags\n"
    hand_in(page, "Class (CSV)", "class.csv", f"{head}A1,Psychiatry,250,pass,\nA2,X,2,,\n")
    hand_in(
        page,
        "Programs (CSV)",
        "programs.csv",
        "program_id,program_name,specialty,program_type,state,prestige,red_flag_tolerance,"
        "step2_cutoff,auto_screen_any_failure,interviews_offered,applications_received\n"
        "P1,One,Psychiatry,community,OH,4,7,200,no,80,900\nP2,Two,Psychiatry,community,OH,4,70,,,,\n",
    )
    said = page.locator(".cs-banner").inner_text()
    assert "class.csv (1 student used, 1 row refused and left out)" in said
    assert "programs.csv (1 program used, 1 row refused and left out)" in said
    assert listed(page) == 1
    assert serious(page) == []
    clicked(page, "Back to the files this page began with")
    assert "Made-up sample data" in page.locator(".cs-banner").inner_text()
