"""Charts are well-formed SVG that says what the numbers say."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.inventory.report.charts import Bar, bar_chart, donut, percent, shorten, top
from tests.inventory.report.sample_exports import HOSTILE

BARS = [
    Bar("Madrid", (("c1", "In use", 60), ("c2", "Free", 40)), "100"),
    Bar("Empty", (("c1", "In use", 0), ("c2", "Free", 0)), "0"),
    Bar("3 others", (), "9,999"),
]


def svg_of(markup):
    return ET.fromstring(markup)  # noqa: S314 - our own picture


def widths(svg):
    bars = [rect for rect in svg.iter("rect") if "bar" in rect.get("class").split()]
    return [float(rect.get("width").rstrip("%")) for rect in bars]


def test_segments_fill_the_width_in_proportion():
    assert widths(svg_of(bar_chart(BARS, "t", "d", "x"))) == [60.0, 40.0]


def test_a_bar_with_a_whole_of_its_own_is_measured_by_it():
    bars = [
        Bar("A", (("c1", "Used", 25),), "25 of 50", whole=50),
        Bar("B", (("c1", "Used", 400),), ""),
    ]
    assert widths(svg_of(bar_chart(bars, "t", "d", "x"))) == [50.0, 100.0]


def test_a_tiny_value_stays_visible():
    bars = [Bar("A", (("c1", "n", 1),), "1"), Bar("B", (("c1", "n", 1_000_000),), "")]
    assert min(widths(svg_of(bar_chart(bars, "t", "d", "x")))) > 0.5


def test_a_remainder_is_text_without_a_bar():
    svg = svg_of(bar_chart(BARS[2:], "t", "d", "x"))
    assert list(svg.iter("rect")) == []
    assert "9,999" in "".join(svg.itertext())


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_are_text_whatever_they_hold(label):
    label = label.replace("\x07", "")
    svg = svg_of(bar_chart([Bar(label, (("c1", label, 1),), label)], label, label, "x"))
    assert {element.tag for element in svg.iter()} <= {"svg", "title", "desc", "g", "text", "rect"}
    assert svg.find("title").text == label


def test_the_picture_has_an_accessible_name_and_tooltips():
    svg = svg_of(bar_chart(BARS, "Numbers", "By location", "x"))
    assert (svg.get("role"), svg.get("aria-labelledby"), svg.get("aria-describedby")) == (
        "img",
        "x-t",
        "x-d",
    )
    assert [g.find("title").text for g in svg.iter("g")] == [
        "Madrid: In use 60, Free 40", "Empty: In use 0, Free 0", "3 others: 9,999",
    ]  # fmt: skip


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8))
def test_the_arcs_of_a_ring_close_it_without_overlap(values):
    parts = [("c1", f"p{n}", value) for n, value in enumerate(values)]
    arcs = re.findall(
        r'dasharray="([\d.]+) 100" stroke-dashoffset="(-?[\d.]+)"', donut(parts, "t", "x")
    )
    end = 0.0
    for share, offset in arcs:
        assert -float(offset) == pytest.approx(end, abs=0.05)
        end += float(share)
    assert end == pytest.approx(100 if sum(values) else 0, abs=0.1)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "0 %"),
        (0, 9, "0 %"),
        (1, 900, "<1 %"),
        (1, 2, "50 %"),
        (899, 900, ">99 %"),
        (9, 9, "100 %"),
    ],
)
def test_a_share_never_rounds_something_to_nothing_nor_part_to_all(part, whole, text):
    assert percent(part, whole) == text


def test_the_largest_are_kept_and_a_rest_of_one_is_not_hidden():
    counts = {"b": 2, "a": 2, "c": 9, "d": 1}
    assert top(counts, counts, 2) == ([("c", 9), ("a", 2)], [2, 1])
    assert top(counts, counts, 3)[1] == []


def test_a_long_label_is_cut_to_what_a_phone_shows():
    assert shorten("one\nline") == "one line"
    assert len(shorten("x" * 80)) == 34
    assert len(shorten("x" * 80, "403 of 400 · 3 over")) == 23
    assert len(shorten("x" * 80, "y" * 80)) == 14
