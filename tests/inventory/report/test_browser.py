"""The page works in a real browser, from a file, without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from Space_OdT.inventory.report import write_report
from tests.inventory.report.sample_exports import SampleExports, sample_context

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
]  # fmt: skip

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}"),
    pytest.mark.xdist_group("chromium"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    truth = SampleExports(folder / "exports", 300, seed=5).write()
    write_report(folder / "exports", folder / "report" / "index.html", sample_context())
    return folder / "report" / "index.html", truth


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


class Visit:
    """One page and everything it complained about or asked the network for."""

    def __init__(self, browser, file, **options):
        self.context = browser.new_context(offline=True, **options)
        self.page = self.context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())

    def rows(self):
        return self.page.locator("#view-table tbody tr")


@pytest.fixture
def visit(browser, report):
    visits = []

    def start(**options):
        visits.append(Visit(browser, report[0], **options))
        return visits[-1]

    yield start
    for one in visits:
        one.context.close()


def test_it_opens_without_complaint_or_request(visit, report):
    here = visit()
    here.page.locator("#pick-list a[data-artifact=numbers]").click()
    assert here.complaints == []
    assert here.requests == [report[0].as_uri()]


def test_hostile_data_ran_nothing(visit):
    here = visit()
    dialogs = []
    here.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for name in ("people", "workspaces", "person_numbers"):
        here.page.locator(f"#pick-list a[data-artifact={name}]").click()
        here.page.locator("#view-table .open-row").first.click()
    assert here.page.locator("main img").count() == 0
    assert (dialogs, here.complaints) == ([], [])


def test_searching_filters_the_rows_without_accents_mattering(visit):
    here = visit()
    everything = here.rows().count()
    here.page.fill("#view-search", "user0001")
    assert here.rows().count() == 10 < everything
    here.page.fill("#view-search", "muller")
    shown = here.rows().all_inner_texts()
    assert any("Müller" in text for text in shown)
    assert len(shown) < everything
    here.page.fill("#view-search", "nobody at all")
    assert here.page.locator("#view-nothing").is_visible()
    here.page.locator("#view-nothing button").click()
    assert here.rows().count() == everything


def test_a_click_on_a_header_sorts_and_a_second_one_turns_it_round(visit):
    here = visit()
    column = here.page.locator("#view-table thead th", has_text="email").locator("button")
    column.click()
    assert "user00000@" in here.rows().first.inner_text()
    here.page.locator("#view-table thead th", has_text="email").locator("button").click()
    assert "user00199@" in here.rows().first.inner_text()
    assert here.page.locator("#view-table th[aria-sort=descending]").count() == 1


def test_a_row_opens_its_raw_json(visit):
    here = visit()
    button = here.page.locator("#view-table .open-row").first
    button.focus()
    here.page.keyboard.press("Enter")
    assert '"firstName"' in here.page.locator("tr.raw pre").inner_text()
    assert button.get_attribute("aria-expanded") == "true"
    here.page.keyboard.press("Enter")
    assert here.page.locator("tr.raw").count() == 0


def test_columns_can_be_chosen(visit):
    here = visit()
    assert "source_method" not in here.page.locator("#view-table thead").inner_text()
    here.page.locator("#view-columns summary").click()
    here.page.get_by_label("source_method").check()
    assert "source_method" in here.page.locator("#view-table thead").inner_text()
    assert "people.list" in here.rows().first.inner_text()


def test_more_rows_than_the_page_holds_lead_to_the_csv(visit, report):
    here = visit()
    assert here.rows().count() == 200
    link = here.page.locator("#view-cut a")
    assert link.get_attribute("href") == "../exports/people.csv"
    assert (report[0].parent / link.get_attribute("href")).is_file()


def test_the_coverage_is_filtered_by_class_and_text(visit):
    here = visit()
    lines = here.page.locator("#coverage-table tbody tr:visible")
    everything = lines.count()
    here.page.locator(".pill[data-coverage=failed]").click()
    assert lines.count() == 1
    here.page.locator(".pill[data-coverage='']").click()
    here.page.fill("#coverage-search", "hunt_group")
    assert 0 < lines.count() < everything


def test_a_link_to_a_hidden_line_shows_it_again(visit):
    here = visit()
    here.page.fill("#coverage-search", "hunt_group")
    here.page.locator(".tiles a[href='#cov-people']").first.click()
    assert here.page.locator("#cov-people").is_visible()


def test_the_theme_is_switched_and_remembered(visit):
    here = visit(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = here.page.evaluate(ground)
    here.page.locator("#theme").click()
    dark = here.page.evaluate(ground)
    assert dark != light
    here.page.reload()
    assert here.page.evaluate(ground) == dark
    assert here.page.locator("#theme").get_attribute("aria-label") == "Switch to the light theme"


def test_the_theme_follows_the_system(visit):
    assert visit(color_scheme="dark").page.evaluate(
        "document.documentElement.classList.contains('dark')"
    )


def test_a_link_opens_a_table_with_its_search(visit, report):
    here = visit()
    here.page.goto(report[0].as_uri() + "#data/workspaces?q=sala%201")
    here.page.reload()
    assert here.page.locator("#view-name").inner_text() == "workspaces"
    assert here.page.input_value("#view-search") == "sala 1"


def test_keys_reach_the_search(visit):
    here = visit()
    here.page.keyboard.press("/")
    assert here.page.evaluate("document.activeElement.id") == "view-search"


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_never_scrolls_sideways(visit, width):
    here = visit(viewport={"width": width, "height": 800})
    assert here.page.evaluate("document.documentElement.scrollWidth") == width


def test_without_script_the_essentials_are_there(visit, report):
    here = visit(java_script_enabled=False)
    assert here.page.locator("#coverage-table tbody tr:visible").count() == len(report[1].rows)
    assert here.page.locator("figure svg").first.is_visible()
    assert here.page.get_by_role("link", name="people.csv", exact=True).is_visible()
    assert not here.page.locator("#theme").is_visible()


def test_on_paper_coverage_and_charts_are_whole_and_controls_are_gone(visit):
    here = visit(color_scheme="dark")
    here.page.fill("#coverage-search", "hunt_group")
    here.page.emulate_media(media="print")
    assert here.page.locator("#cov-people").is_visible()
    assert not here.page.locator("#coverage-search").is_visible()
    assert not here.page.locator("#data").is_visible()
    assert here.page.locator("#figure-people svg rect.bar").first.is_visible()
    assert here.page.evaluate("getComputedStyle(document.body).color") == "rgb(19, 32, 44)"


def test_the_failures_of_an_artifact_are_one_click_away(visit):
    here = visit()
    here.page.locator("#cov-workspace_devices a", has_text="Show the failures").click()
    assert here.page.locator("#view-name").inner_text() == "status_failures"
    assert here.rows().count() == 2
