"""An advisor's ten tasks, each in at most three actions, on a desk, a phone and a dark screen.

An action is one thing that a person does: open a tab, press a button, choose from a menu, click a
program, type into a field, hand in a file.
"""

import io
import re
from collections import Counter

import pytest
from PIL import Image

from tests.browser.conftest import server
from tests.browser.explore_page import (
    ADDRESS,
    CHANCE,
    COMMAND,
    clicked,
    followed,
    hand_in,
    key_numbers,
    numbers,
    opened,
    serious,
    tab,
    typed_into,
)

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
VIEWS = {"desk": DESK, "phone": PHONE, "dark": {**DESK, "scheme": "dark"}}
ROW = "table.dataTable tbody tr"
MOST = "Most applications (0: not given)"
MOST_ACTIONS = 3


class Advisor:
    """A person at the page, whose actions are counted."""

    def __init__(self, page):
        self.page, self.actions = page, 0

    def open(self, name):
        self.actions += 1
        tab(self.page, name)

    def press(self, name):
        self.actions += 1
        clicked(self.page, name)

    def choose(self, menu, **which):
        self.actions += 1
        with followed(self.page):
            self.page.get_by_label(menu, exact=True).select_option(**which)

    def set(self, slider, number):
        self.actions += 1
        typed_into(self.page, slider, number)

    def type(self, field, text):
        self.actions += 1
        with followed(self.page):
            self.page.get_by_label(field, exact=True).fill(text)
            self.page.keyboard.press("Enter")

    def pick(self, number):
        """Click a program; its name."""
        self.actions += 1
        row = self.page.locator(ROW).nth(number)
        name = row.locator("td").first.inner_text()
        row.locator("td").first.click()
        self.page.locator(".cs-title h3", has_text=name).wait_for()
        return name

    def hand_in(self, button, name, content):
        self.actions += 1
        return hand_in(self.page, button, name, content)


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


@pytest.fixture
def advisor(page):
    person = Advisor(page)
    yield person
    assert person.actions <= MOST_ACTIONS


def listed(page):
    return int(numbers(page)["Applications on the list"][0])


def test_what_if_the_score_were_262(page, advisor):
    before = numbers(page)[CHANCE][0]
    advisor.set("Step 2 CK", 262)
    here, beside = numbers(page)[CHANCE]
    assert beside == before != here
    assert key_numbers(page)[CHANCE] == (here, f"The base case: {before.split(' (')[0]}")
    assert "Expected interviews" in page.locator(".cs-moved").inner_text()


def test_what_in_family_medicine(page, advisor):
    advisor.choose("Specialty", value="Family Medicine")
    advisor.open("List")
    ids = page.locator(f"{ROW} td:last-child").all_inner_texts()
    assert len(ids) > 1
    assert {one[:2] for one in ids} == {"FM"}


@pytest.mark.parametrize("number", [20, 60])
def test_how_20_or_60_applications_would_do(page, advisor, number):
    advisor.set(MOST, number)
    assert listed(page) <= number
    assert f"{number}" in page.get_by_role("slider", name=MOST).get_attribute("aria-valuenow")


def test_not_texas(page, advisor):
    advisor.type("Preferred states", "not Texas")
    advisor.open("List")
    assert "TX" not in page.locator(f"{ROW} td:nth-child(2)").all_inner_texts()
    assert page.get_by_label("Preferred states").input_value() == "not TX"


def test_a_home_program(page, advisor):
    advisor.open("List")
    name = advisor.pick(3)
    advisor.choose("Tie", label="home program")
    assert "home" in page.locator(ROW, has_text=name).inner_text()
    assert page.locator(".cs-title h3").inner_text() == name


def test_why_this_one(page, advisor):
    advisor.open("List")
    advisor.pick(1)
    card = page.locator(".cs-card")
    card.get_by_text("What moves this chance").wait_for()
    assert re.search(r"Step 2 CK [+-]\d+ points", card.inner_text())


def test_how_many_are_enough(page, advisor):
    assert re.search(r"How many are enough: \d+", page.locator(".cs-moved").inner_text())
    assert page.locator(".cs-picture-applications figure").is_visible()
    assert advisor.actions == 0


def test_compare_two_cases(page, advisor):
    advisor.set("Step 2 CK", 262)
    advisor.open("Compare")
    advisor.press("Keep this case")
    heads = page.locator(".cs-kept th[scope=col]").all_inner_texts()
    assert heads[:3] == ["Number", "As entered", "This case"]
    assert len(heads) > 3
    clicked(page, "Remove it")


def test_a_student_typed_from_nothing(page, advisor):
    advisor.choose("Student", label="A typed profile")
    advisor.choose("Specialty", value="Family Medicine")
    advisor.set("Step 2 CK", 231)
    assert listed(page) > 0
    with followed(page):
        page.get_by_label("Student", exact=True).select_option(index=0)


def test_own_files_with_a_bad_row(page, advisor):
    head = "student_id,specialty,step2_ck,step1_result,red_flags\n"
    advisor.open("Data")
    own = f"{head}A1,Psychiatry,250,pass,\nA2,X,2,,\n"
    advisor.hand_in("Class (CSV, Excel)", "class.csv", own)
    advisor.hand_in(
        "Programs (CSV, Excel)",
        "programs.csv",
        "program_id,program_name,specialty,program_type,state,prestige,red_flag_tolerance,"
        "step2_cutoff,auto_screen_any_failure,interviews_offered,applications_received\n"
        "P1,One,Psychiatry,community,OH,4,7,200,no,80,900\nP2,Two,Psychiatry,community,OH,4,70,,,,\n",
    )
    said = page.locator(".cs-banner").inner_text()
    assert "class.csv (1 student used, 1 row refused and left out)" in said
    assert "programs.csv (1 program used, 1 row refused and left out)" in said
    assert listed(page) == 1
    clicked(page, "Back to the files this page began with")
    assert "Made-up sample data" in page.locator(".cs-banner").inner_text()


@pytest.mark.parametrize("name", ["Results", "List", "Charts", "Data", "Compare"])
def test_axe_finds_nothing_serious(page, name):
    tab(page, name)
    if name == "List":
        Advisor(page).pick(0)
    page.wait_for_timeout(500)
    assert serious(page) == []


def test_what_was_sorted_and_searched_stays_when_the_list_is_made_again(page):
    tab(page, "List")
    page.locator(".dt-scroll-head th", has_text="State").click()
    page.get_by_label("Search the table").fill("a")
    before = page.locator(f"{ROW} td:nth-child(2)").all_inner_texts()
    assert before == sorted(before)
    typed_into(page, "Step 2 CK", 258)
    after = page.locator(f"{ROW} td:nth-child(2)").all_inner_texts()
    assert after == sorted(after)
    assert len(after) > 1
    assert page.get_by_label("Search the table").input_value() == "a"
    page.get_by_label("Search the table").fill("")
    page.locator(".dt-scroll-head th", has_text="Chance").click()


# Where a row's first cell stands, and from now on the program that the button is pressed over.
AIM = """([rows, number]) => {
  const pressed = event => { window.pressed = event.target.closest("tr").cells[0].innerText; };
  addEventListener("mousedown", pressed, { capture: true, once: true });
  const cell = document.querySelectorAll(rows)[number].cells[0];
  cell.scrollIntoView({ block: "center" });
  const { x, y } = cell.getBoundingClientRect();
  return [x + 20, y + 8];
}"""


def test_a_click_while_the_list_is_being_made_again_picks_the_program_under_it(page):
    tab(page, "List")
    typed_into(page, "Step 2 CK", 240)
    for number in (0, 2, 4):
        page.get_by_role("slider", name="Step 2 CK", exact=True).press("ArrowRight")
        # The table may be made again before the press too: what is under it counts, then and there.
        x, y = page.evaluate(AIM, [ROW, number])
        page.mouse.move(x, y)
        with followed(page):
            page.mouse.down()
            page.wait_for_timeout(150)  # meanwhile the table may be another
            page.mouse.up()
        assert page.locator(".cs-title h3").inner_text() == page.evaluate("window.pressed")
        page.get_by_label("Program", exact=True).select_option(index=0)
        page.locator(".cs-title h3").wait_for(state="hidden")


def tiles(page):
    """What the map shows: {state: programs of the list there}."""
    tab(page, "Charts")
    page.locator(".cs-tiles").wait_for()
    words = [t.split() for t in page.locator(".cs-tile").all_inner_texts()]
    return {state: int(number) for state, number in (w for w in words if len(w) == 2)}


def test_the_map_counts_the_list_by_state_and_an_excluded_state_is_empty(page):
    tab(page, "List")
    listed_states = Counter(page.locator(f"{ROW} td:nth-child(2)").all_inner_texts())
    shown = tiles(page)
    assert shown == listed_states
    most = max(shown, key=shown.get)
    with followed(page):
        page.get_by_label("Preferred states", exact=True).fill(f"not {most}")
        page.keyboard.press("Enter")
    after = tiles(page)
    assert after
    assert most not in after


def test_charts_are_as_dark_as_the_page(page):
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for name in ("Results", "Charts"):
        tab(page, name)
        for chart in page.locator(".cs-chart").all():
            if not chart.is_visible():
                continue
            chart.scroll_into_view_if_needed()
            picture = Image.open(io.BytesIO(chart.screenshot())).convert("L")
            ground = max(picture.getcolors())[1]
            assert (ground < 60) == dark
