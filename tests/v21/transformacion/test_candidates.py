"""Masters come from exports: one row an entity, nothing mixed, nothing decided."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from Space_OdT.engine.input_reader import open_input
from Space_OdT.v21.transformacion.candidates.exports import Exports
from Space_OdT.v21.transformacion.candidates.files import (
    ExistingFilesError,
    refuse_existing,
    safe,
    write_csv,
    write_workbook,
)
from Space_OdT.v21.transformacion.candidates.rows import (
    DECISIONS,
    FACTS,
    SHOWN,
    MasterTable,
    columns_of,
    master_tables,
)
from Space_OdT.v21.transformacion.candidates.single import (
    SCRIPT_DEPENDENCIES,
    SINGLE_ROW_COLUMNS,
    single_row,
)
from Space_OdT.v21.transformacion.catalog import ACTIONS, BY_ID
from Space_OdT.v21.transformacion.masters.files import Master
from Space_OdT.v21.transformacion.masters.values import feeds
from Space_OdT.v21.transformacion.parameters import fold_header

Cells = Mapping[str, str]


def export(folder: Path, artifact: str, *rows: tuple[Cells, Mapping[str, Any]]) -> None:
    columns = list(dict.fromkeys(name for cells, _ in rows for name in cells))
    with (folder / f"{artifact}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*columns, "raw_json"])
        writer.writeheader()
        for cells, item in rows:
            writer.writerow({**cells, "raw_json": orjson.dumps(item).decode()})


@pytest.fixture(name="folder")
def exports_of_two_locations(tmp_path: Path) -> Path:
    export(
        tmp_path,
        "locations",
        (
            {"location_id": "L1", "name": "Nord", "org_id": "O", "timezone": "Europe/Madrid"},
            {"preferredLanguage": "es_ES", "address": {"address1": "Major 1", "address2": "2"}},
        ),
        (
            {"location_id": "L2", "name": "Sud", "org_id": "O", "timezone": "Europe/Madrid"},
            {"preferredLanguage": "ca_ES"},
        ),
    )
    export(
        tmp_path,
        "location_pstn_connection",
        (
            {"location_id": "L2==", "id": "CONNECTION", "connection_type": "LOCAL_GATEWAY"},
            {"id": "CONNECTION", "routeId": "ROUTE", "routeType": "TRUNK"},
        ),
    )
    export(
        tmp_path,
        "calling_locations_details",
        (
            {"location_id": "L2"},
            {"announcementLanguage": "ca_es", "callingLineId": {"phoneNumber": "+34910000009"}},
        ),
    )
    export(
        tmp_path,
        "people",
        (
            {"person_id": "P1", "email": "ana@example.com", "location_id": "", "licenses": "A;B"},
            {"firstName": "Ana", "lastName": "Soler"},
        ),
        (
            {"person_id": "P2", "email": "pau@example.com", "location_id": "L2", "licenses": "A"},
            {"firstName": "Pau", "lastName": "Vila", "extension": "80000002"},
        ),
    )
    export(tmp_path, "licenses", ({"license_id": "A", "sku_or_name": "Calling"}, {}))
    export(
        tmp_path,
        "numbers",
        ({"phone_number": "+34910000009", "location_id": "L2", "main_number": "True"}, {}),
        ({"phone_number": "+34910000001", "location_id": "L1", "main_number": "False"}, {}),
        ({"phone_number": "", "extension": "80000002", "location_id": "L2"}, {}),
    )
    export(
        tmp_path,
        "workspaces",
        ({"workspace_id": "W1", "name": "Sala", "location_id": "L2", "extension": "8001"}, {}),
        ({"workspace_id": "W2", "name": "SALA", "location_id": "L2", "extension": "8002"}, {}),
        ({"workspace_id": "W3", "name": "Sala", "location_id": "L1", "extension": "8003"}, {}),
    )
    return tmp_path


def tables(folder: Path) -> dict[Master, Sequence[Cells]]:
    return {table.master: table.rows for table in master_tables(Exports(folder))}


def test_every_master_has_one_row_an_entity(folder: Path) -> None:
    counts = {master: len(rows) for master, rows in tables(folder).items()}
    assert counts == {
        Master.GLOBAL: 1,
        Master.UBICACIONES: 2,
        Master.USUARIOS: 2,
        Master.NUMERACIONES: 2,
        Master.WORKSPACES: 3,
    }


def test_global_holds_what_all_locations_have_in_common(folder: Path) -> None:
    (row,) = tables(folder)[Master.GLOBAL]
    assert row["org_id"] == "O"
    assert row["time_zone"] == "Europe/Madrid"
    assert "preferred_language" not in row


def test_the_route_is_the_route_and_not_the_connection(folder: Path) -> None:
    first, second = tables(folder)[Master.UBICACIONES]
    assert (second["premise_route_id"], second["premise_route_type"]) == ("ROUTE", "TRUNK")
    assert second["calling_line_id"] == "+34910000009"
    assert second["announcement_language"] == "ca_es"
    assert (first["premise_route_id"], first["address2"], first["x_calling"]) == ("", "2", "false")


def test_people_are_named_by_address_and_site_and_nothing_is_decided_for_them(
    folder: Path,
) -> None:
    ana, pau = tables(folder)[Master.USUARIOS]
    assert (pau["email"], pau["person_id"], pau["x_person_id"]) == ("pau@example.com", "", "P2")
    assert (pau["location_name"], pau["location_id"]) == ("Sud", "")
    assert pau["extension"] == "80000002"
    assert ana["x_licenses"] == "Calling; B"
    for row in (ana, pau):
        assert not any(row.get(name) for name in DECISIONS[Master.USUARIOS])


def test_an_id_is_given_where_a_name_does_not_tell(folder: Path) -> None:
    rows = tables(folder)[Master.WORKSPACES]
    assert [row["workspace_id"] for row in rows] == ["W1", "W2", ""]


def test_what_is_filled_and_what_is_to_be_decided_feeds_actions_and_nothing_else_does() -> None:
    for master in FACTS:
        read_by = {master, Master.NUMERACIONES} if master is Master.UBICACIONES else {master}
        parameters = [
            one
            for action in ACTIONS
            if master is Master.GLOBAL or Master(action.dataset) in read_by
            for one in action.parameters
        ]
        for name in (*FACTS[master], *DECISIONS[master]):
            assert any(feeds(one, fold_header(name)) for one in parameters), (master, name)
        assert all(name.startswith("x_") for name in SHOWN[master])


def test_an_export_that_is_not_there_leaves_blanks(folder: Path) -> None:
    for name in ("location_pstn_connection", "calling_locations_details", "licenses", "workspaces"):
        (folder / f"{name}.csv").unlink()
    found = tables(folder)
    assert Master.WORKSPACES not in found
    assert {row["premise_route_id"] for row in found[Master.UBICACIONES]} == {""}
    assert found[Master.UBICACIONES][1]["calling_line_id"] == "+34910000009"


def test_the_single_row_has_the_documented_columns_and_one_entity_of_each_kind(
    folder: Path,
) -> None:
    row = single_row(Exports(folder))
    assert tuple(row) == SINGLE_ROW_COLUMNS
    assert (row["location_id"], row["premise_route_id"]) == ("L2", "ROUTE")
    assert (row["person_id"], row["extension"]) == ("P2", "80000002")
    assert (row["workspace_id"], row["phone_number"]) == ("W1", "+34910000009")
    assert orjson.loads(row["phone_numbers"]) == ["+34910000009"]
    assert orjson.loads(row["workspaces_lote_json"])[0]["display_name"] == "Sala"
    blank = ("add_license_ids", "remove_license_ids", "destination", "legacy_phone_number")
    assert not any(row[name] for name in blank)


def test_the_single_row_of_an_empty_inventory_is_blank(tmp_path: Path) -> None:
    row = single_row(Exports(tmp_path))
    assert {name for name, value in row.items() if value} == {
        "pstn_connection_type",
        "continue_on_error",
        "skip_existing",
    }


def test_the_documented_dependencies_are_columns_of_the_single_row_and_parameters() -> None:
    documented = {one.action_id for one in ACTIONS} - {"ubicacion_activar_numeraciones"}
    assert set(SCRIPT_DEPENDENCIES) == documented
    for action, names in SCRIPT_DEPENDENCIES.items():
        assert set(names) <= set(SINGLE_ROW_COLUMNS)
        for name in names:
            known = BY_ID[action].parameters
            assert any(feeds(one, fold_header(name)) for one in known), (action, name)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@cmd", "'@cmd"),
        ("-2", "'-2"),
        ("+34910000001", "+34910000001"),
        ("+34910000001,+34910000002", "'+34910000001,+34910000002"),
        ("two\nlines", "two lines"),
    ],
)
def test_no_cell_begins_like_a_formula(text: str, written: str) -> None:
    assert safe(text) == written


def test_files_that_are_there_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, ["a"], [{"a": "ñ"}])
    with pytest.raises(ExistingFilesError, match="--overwrite"):
        refuse_existing([path], may_replace=False)
    refuse_existing([path], may_replace=True)
    assert path.read_bytes() == "\ufeffa\r\nñ\r\n".encode()


def test_the_workbook_keeps_every_cell_a_text(tmp_path: Path) -> None:
    path = tmp_path / "masters.xlsx"
    row = {"email": "=HYPERLINK(1)", "extension": "0012", "direct_number": "+34910000001"}
    write_workbook(path, [MasterTable(Master.USUARIOS, columns_of(Master.USUARIOS), [row])])
    file = open_input(path, sheet="Usuarios")
    ((_, _, cells, _),) = file.rows()
    found = dict(zip(file.header, cells, strict=True))
    assert {name: found[name] for name in row} == row
