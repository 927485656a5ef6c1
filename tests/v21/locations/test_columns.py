from __future__ import annotations

import csv
from pathlib import Path

import pytest

from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.engine.models import CellProblem
from Space_OdT.v21.locations.columns import COLUMNS, UPSERT, definition_of
from Space_OdT.v21.locations.layout import LocationsLayout
from Space_OdT.v21.locations.rows import as_json, from_json, read_input
from Space_OdT.v21.locations.templates import Policy, missing_templates
from Space_OdT.v21.transformacion.definition import LegacyFormulas
from Space_OdT.webex.reasons import ReasonCode

# canonical name -> headers an operator may use instead
HEADERS = {
    "name": ("location_name", "Location Name", "locationName", "Nom de la Seu"),
    "location_id": ("locationId", "LOCATION_ID"),
    "org_id": ("orgId",),
    "time_zone": ("timeZone", "Time Zone"),
    "preferred_language": ("preferredLanguage", "language_code", "languageCode"),
    "announcement_language": ("announcementLanguage", "language_code"),
    "address1": ("address_line1", "addressLine1"),
    "address2": ("address_line2", "addressLine2"),
    "postal_code": ("postalCode", "Codi Postal"),
    "country": ("country_code", "countryCode"),
    "route_group_id": ("routeGroupId", "rg_id"),
    "main_number": ("mainNumber", "calling_line_id"),
    "default_outgoing_profile": ("defaultOutgoingProfile",),
    "location_external_id": ("external_id", "externalId", "locationExternalId"),
}
VALUES = {
    "time_zone": "Europe/Madrid",
    "preferred_language": "es_es",
    "announcement_language": "es_es",
    "country": "ES",
    "main_number": "+34910000001",
}


@pytest.fixture(name="layout")
def a_layout(tmp_path: Path) -> LocationsLayout:
    layout = LocationsLayout.at(tmp_path)
    missing_templates(layout)
    return layout


def candidates(layout: LocationsLayout, rows: list[dict[str, str]], **policy: str) -> list:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with layout.locations_csv.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    source = layout.locations_csv
    sites = read_input(layout, source, UPSERT, Policy(**policy), LegacyFormulas())
    return list(sites.candidates())


@pytest.mark.parametrize(
    ("name", "header"), [(name, one) for name, headers in HEADERS.items() for one in headers]
)
def test_a_column_may_have_other_headers(layout: LocationsLayout, name: str, header: str) -> None:
    value = VALUES.get(name, "Something")
    (row,) = (
        candidates(layout, [{"name": "Somewhere", header: value}][:1])
        if name != "name"
        else (candidates(layout, [{header: value}]))
    )
    assert row.problems == ()
    assert row.cells[name] == value


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("preferred_language", "language_code"),
        ("announcement_language", "language_code"),
        ("address1", "address_line1"),
        ("address2", "address_line2"),
        ("country", "country_code"),
        ("main_number", "calling_line_id"),
        ("location_external_id", "external_id"),
    ],
)
def test_an_alias_counts_when_its_column_is_there_but_blank(
    layout: LocationsLayout, name: str, header: str
) -> None:
    value = VALUES.get(name, "Something")
    (row,) = candidates(layout, [{"name": "Somewhere", name: " ", header: value}])
    assert row.cells[name] == value


def test_two_columns_of_one_meaning_are_no_guess(layout: LocationsLayout) -> None:
    with pytest.raises(InputFileError, match="rename or remove one of them"):
        candidates(layout, [{"name": "A", "time_zone": "Europe/Madrid", "timeZone": "Asia/Tokyo"}])


@pytest.mark.parametrize(
    ("text", "number"),
    [("34910000001", "+34910000001"), ("+34 910 000 001", "+34910000001"), ("", None)],
)
def test_a_head_number_gets_its_plus(
    layout: LocationsLayout, text: str, number: str | None
) -> None:
    (row,) = candidates(layout, [{"name": "A", "main_number": text}])
    assert row.cells.get("main_number") == number


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("main_number", "12ab"),
        ("main_number", "3,49E+10"),
        ("time_zone", "Mars"),
        ("preferred_language", "klingon"),
        ("country", "Atlantis"),
        ("name", "N" * 81),
    ],
)
def test_a_wrong_cell_rejects_its_row_and_no_other(
    layout: LocationsLayout, column: str, value: str
) -> None:
    bad, good = candidates(layout, [{"name": "A", column: value}, {"name": "B"}])
    assert [one.column for one in bad.problems] == [column]
    assert bad.line == 2
    assert good.problems == ()


def test_a_row_without_a_name_is_rejected_in_its_place(layout: LocationsLayout) -> None:
    rows = candidates(layout, [{"name": "A"}, {"city": "Salt"}, {"name": "C"}, {"city": "Salt"}])
    assert [one.line for one in rows] == [2, 3, 4, 5]
    assert [bool(one.problems) for one in rows] == [False, True, False, True]


@pytest.mark.parametrize("column", ["name", "location_id", "location_external_id"])
def test_a_site_stands_once_in_a_file(layout: LocationsLayout, column: str) -> None:
    rows = [{"name": "A", column: "Same"}, {"name": "B", column: "SAME"}]
    first, second = candidates(layout, rows)
    assert first.problems == ()
    (problem,) = second.problems
    assert problem.reason_code is ReasonCode.DUPLICATE_KEY
    assert problem.column == column


def test_the_policy_gives_a_profile_to_rows_without_one(layout: LocationsLayout) -> None:
    rows = [{"name": "A"}, {"name": "B", "default_outgoing_profile": "mine"}]
    first, second = candidates(layout, rows, default_outgoing_profile="theirs")
    assert first.cells["default_outgoing_profile"] == "theirs"
    assert second.cells["default_outgoing_profile"] == "mine"


def test_the_input_is_named_by_files_kind_and_policy(layout: LocationsLayout) -> None:
    candidates(layout, [{"name": "A"}])

    def name(kind: str = UPSERT, **policy: str) -> str:
        source = layout.locations_csv
        return read_input(layout, source, kind, Policy(**policy), LegacyFormulas()).input_hash

    names = {
        name(),
        name("location_webex_calling"),
        name(default_outgoing_profile="x"),
        name(legacy_forward_prefix="54"),
    }
    assert len(names) == 4
    assert name() == name()


def test_prepared_rows_are_kept_as_json_and_read_back_the_same(layout: LocationsLayout) -> None:
    rows = candidates(layout, [{"name": "A", "city": "Salt"}, {"name": "B", "time_zone": "Mars"}])
    assert list(from_json([as_json(one) for one in rows])) == rows


def test_every_column_says_what_it_is() -> None:
    assert all(one.help.endswith(".") for one in COLUMNS)
    definition = definition_of(UPSERT, "")
    assert definition.key_of({"name": "n", "location_id": "i"}) == "i"
    found = definition.parameter("name")
    assert found is not None
    assert isinstance(found.judge("location_name"), CellProblem), "a header is no value"
