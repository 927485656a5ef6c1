"""The page holds every artifact, loads nothing and treats all data as text."""

from __future__ import annotations

import itertools
import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from Space_OdT.inventory.report import write_report
from Space_OdT.inventory.report.render import render_report
from Space_OdT.inventory.report.texts import ENGLISH
from tests.inventory.report.sample_exports import (
    FORBIDDEN,
    HOSTILE,
    MISSING_SCOPE,
    SampleExports,
    sample_context,
)

EXECUTABLE = {"script", "style", "link", "iframe", "object", "embed", "img", "base", "form"}
VOID = {"meta", "input", "wbr", "br", "link", "img"}


class Page(HTMLParser):
    """Collects elements, checks that they nest, and joins the text of those with an id."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.texts = [], [], {}
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("id")))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        opened, _ = self.open.pop()
        assert opened == tag

    def handle_data(self, data):
        for _, id_ in self.open:
            if id_:
                self.texts[id_] = self.texts.get(id_, "") + data

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    def ids(self):
        return [attrs["id"] for _, attrs in self.elements if attrs.get("id")]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    truth = SampleExports(folder, 50, seed=3).write()
    html = render_report(folder, sample_context())
    return folder, truth, html, Page(html)


def test_every_artifact_has_a_line_a_card_a_square_and_a_table(sample):
    _, truth, _, page = sample
    ids = page.ids()
    squares = [a["href"] for a in page.all("a") if a.get("class", "").startswith("square")]
    for name in truth.rows:
        assert f"cov-{name}" in ids
        assert f"card-{name}" in ids
        assert f"rows-{name}" in ids
        assert f"#cov-{name}" in squares


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(sample):
    page = sample[3]
    ids = page.ids()
    assert len(ids) == len(set(ids))
    targets = [a["href"][1:] for a in page.all("a") if a["href"].startswith("#")]
    assert {t for t in targets if not t.startswith("data/")} <= set(ids)


def test_every_file_is_linked_by_a_relative_path_that_exists(sample):
    folder, truth, _, page = sample
    files = {a["href"] for a in page.all("a") if not a["href"].startswith("#")}
    assert files == {
        f"../exports/{name}.{kind}" for name in (*truth.rows, "status") for kind in ("csv", "json")
    }
    assert all((folder / href.removeprefix("../exports/")).is_file() for href in files)


def test_nothing_is_loaded_from_anywhere(sample):
    _, _, html, page = sample
    assert re.findall(r"https?://|//[a-z]|@import|url\(", html) == []
    for _, attrs in page.elements:
        assert not {"src", "srcset", "action", "data", "poster", "style"} & set(attrs)
        assert not [name for name in attrs if name.startswith("on")]


def test_no_data_becomes_markup(sample):
    _, _, html, page = sample
    tags = [tag for tag, _ in page.elements if tag in EXECUTABLE]
    assert set(tags) == {"script", "style"}
    kinds = [attrs.get("type", "") for attrs in page.all("script")]
    assert kinds.count("") == 2
    assert set(kinds) == {"", "application/json"}
    assert "<img" not in html
    assert "{{" not in html.replace("{{ 7*7 }}", "")


def test_hostile_texts_arrive_unchanged_in_the_rows(sample):
    page = sample[3]
    rows = [json.loads(text) for id_, text in page.texts.items() if id_.startswith("rows-")]
    seen = json.dumps(rows, ensure_ascii=False)
    for text in HOSTILE:
        assert json.dumps(text, ensure_ascii=False)[1:-1] in seen


def test_the_policy_allows_only_the_scripts_and_style_of_the_page(sample):
    policy = next(m["content"] for m in sample[3].all("meta") if m.get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert policy.count("sha256-") == 3


def test_the_headline_numbers_are_those_of_the_export(sample):
    _, truth, html, _ = sample
    for value in (
        truth.people,
        truth.calling,
        truth.locations,
        truth.numbers.total(),
        truth.workspaces,
    ):
        assert f">{value:,}</a>" in html


def test_a_missing_scope_is_named_at_the_top_and_in_its_line(sample):
    page = sample[3]
    assert MISSING_SCOPE in page.texts["attention"]
    assert MISSING_SCOPE in page.texts[f"cov-{FORBIDDEN}"]
    assert "403" in page.texts[f"cov-{FORBIDDEN}"]


def test_the_organisation_is_named_and_escaped(sample):
    assert '<h1 dir="auto">Ibérica de Servicios &amp; Energía &lt;S.A.&gt;</h1>' in sample[2]
    assert "2025-03-09 14:05 UTC" in sample[2]


def test_a_simulated_organisation_is_marked(sample):
    assert ENGLISH["simulated"] not in sample[2]
    assert ENGLISH["simulated"] in render_report(sample[0], sample_context(simulated=True))


def test_the_page_works_without_an_organisation_name(sample):
    html = render_report(sample[0], sample_context(organisation_name="", organisation_id=""))
    assert ENGLISH["unnamed"] in html


def test_two_reports_of_one_export_are_the_same_bytes(sample):
    assert render_report(sample[0], sample_context()) == sample[2]


def test_an_empty_folder_still_gives_a_page_that_says_what_to_do(tmp_path):
    page = Page(render_report(tmp_path, sample_context()))
    assert ENGLISH["attention_nothing"] in page.texts["attention"]
    assert page.all("figure")


def test_a_perfect_run_says_so(tmp_path):
    SampleExports(tmp_path, 20, perfect=True).write()
    page = Page(render_report(tmp_path, sample_context()))
    assert ENGLISH["attention_fine"] in page.texts["attention"]


def test_the_page_stays_small_when_the_export_is_large(tmp_path):
    SampleExports(tmp_path, 1500, padding=600).write()
    assert len(render_report(tmp_path, sample_context()).encode()) < 6_000_000


def test_the_file_is_replaced_as_a_whole(tmp_path):
    SampleExports(tmp_path / "exports", 5).write()
    target = tmp_path / "report" / "index.html"
    write_report(tmp_path / "exports", target, sample_context())
    write_report(tmp_path / "exports", target, sample_context(organisation_name="Second"))
    assert "Second" in target.read_text(encoding="utf-8")
    assert [file.name for file in target.parent.iterdir()] == ["index.html"]


def test_every_text_of_the_table_is_used():
    from pathlib import Path

    from Space_OdT.inventory.report import render

    folder = Path(render.__file__).parent
    files = [*folder.glob("*.py"), *folder.glob("templates/*"), *folder.glob("assets/*")]
    source = "\n".join(f.read_text(encoding="utf-8") for f in files if f.name != "texts.py")
    composed = (
        "coverage_",
        "family_",
        "nav_",
        "tile_",
        "chart_",
        "kind_",
        "label_",
        "base_",
        "derived_",
        "data_groups_",
        "caption_",
    )
    unused = [
        key
        for key in ENGLISH
        if f'"{key}"' not in source and f"'{key}'" not in source and not key.startswith(composed)
    ]
    assert unused == []


def test_failures_and_status_are_tables_of_their_own(sample):
    page = sample[3]
    assert {"rows-status", "rows-status_failures"} <= set(page.ids())
    assert json.loads(page.texts["page"])["artifacts"]["status_failures"]["rows"] == 9


def test_an_artifact_of_an_earlier_run_says_when_it_was_read(sample):
    assert "Kept from an earlier run" not in sample[2]
    later = sample_context().generated_at + timedelta(days=3)
    html = render_report(sample[0], sample_context(generated_at=later))
    assert "Kept from an earlier run: read 2025-03-09 14:00 UTC" in html


def test_headings_skip_no_level(sample):
    levels = [int(tag[1]) for tag, _ in sample[3].elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))
