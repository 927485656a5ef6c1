"""Masters become rows of actions; every value has an origin, every mistake one clear line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson
import pytest
import xlsxwriter

from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.v21.transformacion.catalog import ACTIONS, BY_ID
from Space_OdT.v21.transformacion.masters.files import Master
from Space_OdT.v21.transformacion.masters.reading import (
    Masters,
    Prepared,
    Selection,
    Unasked,
    read_masters,
)
from Space_OdT.v21.transformacion.masters.sources import traced

PSTN = "ubicacion_configurar_pstn"
NUMBERS = "ubicacion_alta_numeraciones_desactivadas"
HEAD = "ubicacion_actualizar_cabecera"
LICENCES = "usuarios_modificar_licencias"
REMOVE = "usuarios_remover_licencias"
FORWARD = "usuarios_configurar_desvio_prefijo53"
PROFILE = "usuarios_configurar_perfil_saliente_custom"
WORKSPACES = "workspaces_alta"


@pytest.fixture(name="folder")
def a_folder(tmp_path: Path) -> Path:
    return tmp_path / "masters"


def put(folder: Path, **files: str) -> Path:
    """Write CSV files; the name of the argument is that of the file, `__` is a dot."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def rows_of(
    masters: Masters, action: str, unasked: list[Unasked] | None = None, **selection: object
) -> list[Prepared]:
    chosen = Selection(**selection)  # type: ignore[arg-type]
    noted: list[Unasked] = [] if unasked is None else unasked
    return list(masters.prepare(BY_ID[action], chosen, noted.append))


def only(masters: Masters, action: str, **selection: object) -> Prepared:
    rows = rows_of(masters, action, **selection)
    assert len(rows) == 1, rows
    return rows[0]


def origins(prepared: Prepared) -> dict[str, str]:
    return {value.name: value.source for value in prepared.values}


def line(prepared: Prepared) -> str:
    texts = " ".join(problem.text() for problem in prepared.candidate.problems)
    return f"{prepared.candidate.source}:{prepared.candidate.line}: {texts}"


# -- which value counts ------------------------------------------------------------------------


def test_the_command_line_beats_the_row_the_row_beats_global_and_global_the_default(
    folder: Path,
) -> None:
    put(
        folder,
        Ubicaciones__csv="name,route_identity,time_zone,city\nCUV1,RG_ROW,Europe / Madrid,Girona\n",
        GLOBAL__CSV="rg_id,time_zone,country,city\nRG_GLOBAL,Europe/Lisbon,ES,Lleida\n",
    )
    prepared = only(read_masters(folder), PSTN, params={"city": "Reus"})
    assert prepared.candidate.cells == {
        "location_name": "CUV1",
        "route_identity": "RG_ROW",
        "premise_route_type": "ROUTE_GROUP",
        "pstn_connection_type": "LOCAL_GATEWAY",
        "time_zone": "Europe/Madrid",
        "city": "Reus",
        "country": "ES",
    }
    found = origins(prepared)
    assert found["city"] == "--param"
    assert found["time_zone"] == "Ubicaciones.csv:2"
    assert found["country"] == "GLOBAL.CSV"
    assert found["premise_route_type"] == "default"


def test_a_row_that_names_its_route_does_not_get_the_id_of_another_from_global(
    folder: Path,
) -> None:
    put(
        folder,
        Ubicaciones__csv="name,route_identity\nCUV1,RG_ROW\nCUV2,\n",
        Global__csv="rg_id\nRG_GLOBAL\n",
    )
    first, second = rows_of(read_masters(folder), PSTN)
    assert "premise_route_id" not in first.candidate.cells
    assert second.candidate.cells["premise_route_id"] == "RG_GLOBAL"


def test_the_origin_of_every_value_is_kept_in_a_file(folder: Path, tmp_path: Path) -> None:
    put(
        folder,
        Usuarios__csv="Usuari,Domini,Extensió\nPau,Example.com,80000002\n",
        Global__csv="licenses_id\nWebex Calling - Professional\n",
    )
    path = tmp_path / "sources.jsonl"
    candidates = list(traced(path, rows_of(read_masters(folder), LICENCES)))
    (record,) = map(orjson.loads, path.read_bytes().splitlines())
    assert [one.key for one in candidates] == ["pau@example.com"]
    assert record["source"] == "Usuarios.csv:2"
    assert record["values"] == {
        "email": {
            "value": "Pau@Example.com",
            "source": "Usuarios.csv:2",
            "column": "Usuari@Domini",
            "prepared": "pau@example.com",
        },
        "extension": {"value": "80000002", "source": "Usuarios.csv:2", "column": "Extensió"},
        "add_license_ids": {
            "value": "Webex Calling - Professional",
            "source": "Global.csv",
            "column": "licenses_id",
            "prepared": '["Webex Calling - Professional"]',
        },
    }


def test_a_column_can_be_named_for_a_parameter(folder: Path) -> None:
    put(folder, Usuarios__csv="email,Extensión nueva,enabled\nana@example.com,80000001,TRUE\n")
    masters = read_masters(folder)
    assert line(only(masters, FORWARD)).startswith("Usuarios.csv:2: expected one of extension")
    chosen = only(masters, FORWARD, columns={"extension": "extension NUEVA"})
    assert chosen.candidate.cells["extension"] == "80000001"


# -- which files there are ---------------------------------------------------------------------


def customer_workbook(path: Path) -> None:
    sheets: Mapping[str, Sequence[Sequence[object]]] = {
        "Hoja1": [
            ["Numeració Sortint", "Ús (Ext o Capçalera)", "Codi Seu", "Espai"],
            [34910000009, "Capçalera", "CUV00000000101", "Planta 1"],
        ],
        "Hoja2": [
            ["Numeració", "Extensió Llarga asociada", "Comentaris", "Codi Seu CUV Extensió"],
            ["+34910000001", "80000001", "", "CUV00000000101"],
        ],
        "Hoja3": [
            ["Extensió", "Cognoms", "Nom", "Usuari", "Domini", "Perfil de Trucades", "Codi Seu"],
            [80000001, "Soler", "Ana", "ana.soler", "example.com", "", "CUV00000000101"],
        ],
        "Hoja4": [
            ["Capçalera", "Espai", "Seu", "Nom de la Seu", "Direcció", "Ciutat", "Codi Postal"],
            ["34910000009", "E", "CUV00000000101", "Escola", "Major 1", "Girona", "08001"],
        ],
        "Notes": [["whatever"], ["x"]],
    }
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, cells in enumerate(rows):
                sheet.write_row(place, 0, cells)


def test_the_catalan_workbook_is_understood_sheet_by_sheet(folder: Path) -> None:
    folder.mkdir()
    customer_workbook(folder / "dades.xlsx")
    masters = read_masters(folder)
    assert {table.label: table.master for table in masters.tables} == {
        "dades.xlsx [Hoja1]": Master.NUMERACIONES,
        "dades.xlsx [Hoja2]": Master.NUMERACIONES,
        "dades.xlsx [Hoja3]": Master.USUARIOS,
        "dades.xlsx [Hoja4]": Master.UBICACIONES,
    }
    assert any("Notes" in notice for notice in masters.notices)
    head = only(masters, HEAD)
    assert head.candidate.cells == {
        "location_name": "CUV00000000101",
        "phone_number": "+34910000009",
    }
    numbers = only(masters, NUMBERS)
    assert orjson.loads(numbers.candidate.cells["phone_numbers"]) == [
        "+34910000009",
        "+34910000001",
        "+34510000001",
    ]
    forward = only(masters, FORWARD)
    assert forward.candidate.cells["email"] == "ana.soler@example.com"
    assert forward.candidate.cells["extension"] == "80000001"
    assert rows_of(masters, PROFILE) == []


def test_a_workbook_named_after_a_master_is_that_master_whatever_its_sheet_is_called(
    folder: Path,
) -> None:
    folder.mkdir()
    with xlsxwriter.Workbook(folder / "USUARIOS.xlsx") as book:
        sheet = book.add_worksheet("Hoja1")
        sheet.write_row(0, 0, ["email", "extension"])
        sheet.write_row(1, 0, ["ana@example.com", 80000001])
    assert only(read_masters(folder), FORWARD).candidate.key == "ana@example.com"


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8-sig", ","), ("cp1252", ";"), ("utf-16", "\t")]
)
def test_encodings_and_separators_are_found_out(
    folder: Path, encoding: str, separator: str
) -> None:
    folder.mkdir()
    text = f"Extensió{separator}Usuari{separator}Domini\n80000001{separator}ana{separator}ex.com\n"
    (folder / "Usuarios.csv").write_bytes(text.encode(encoding))
    assert only(read_masters(folder), FORWARD).candidate.cells["extension"] == "80000001"


def test_two_files_for_one_master_are_refused(folder: Path) -> None:
    put(folder, Usuarios__csv="email\na@example.com\n", USUARIS__csv="email\nb@example.com\n")
    with pytest.raises(InputFileError, match="gives Usuarios too"):
        read_masters(folder)


def test_global_has_one_row(folder: Path) -> None:
    put(folder, Global__csv="rg_id\nRG1\nRG2\n")
    with pytest.raises(InputFileError, match="it has 2 rows"):
        read_masters(folder)


def test_two_columns_of_one_name_are_refused_where_they_feed_something(folder: Path) -> None:
    masters = read_masters(
        put(folder, Usuarios__csv="email,Extensió,EXTENSIO,Nota,Nota\na@example.com,,,,\n")
    )
    assert rows_of(masters, REMOVE) == []
    with pytest.raises(InputFileError, match="columns 2 and 3 are both"):
        rows_of(masters, FORWARD)


def test_a_mode_for_all_rows_is_no_wish_of_a_row_that_has_nothing_to_forward(folder: Path) -> None:
    put(folder, Usuarios__csv="email,extension,enabled\na@example.com,80000001,\nc@example.com,,\n")
    prepared = only(read_masters(folder), FORWARD, params={"mode": "unset"})
    assert (prepared.candidate.key, prepared.candidate.cells["mode"]) == ("a@example.com", "UNSET")


def test_beside_masters_other_files_are_left_alone_and_named(folder: Path) -> None:
    put(folder, Ubicaciones__csv="name\nCUV1\n", notes__csv="extension\n80000001\n")
    masters = read_masters(folder)
    assert [table.label for table in masters.tables] == ["Ubicaciones.csv"]
    assert any("notes.csv" in notice for notice in masters.notices)


def test_a_header_without_rows_is_told_and_no_error(folder: Path) -> None:
    put(folder, Workspaces__csv="display_name,extension\n", Ubicaciones__csv="name\nCUV1\n")
    masters = read_masters(folder)
    assert "Workspaces.csv: there is no row below the header" in masters.notices
    assert rows_of(masters, WORKSPACES) == []


def test_a_column_that_nothing_reads_is_told_with_what_may_be_meant(folder: Path) -> None:
    put(folder, Usuarios__csv="email,extensionn,x_own,script_name\na@example.com,80000001,1,z\n")
    (told,) = read_masters(folder).unread_columns(ACTIONS)
    assert "extensionn" in told
    assert "extension" in told
    assert "x_own" not in told
    assert "script_name" not in told


# -- files of parameters -----------------------------------------------------------------------


def test_of_files_with_one_row_the_first_value_of_each_column_counts(folder: Path) -> None:
    put(
        folder,
        a__csv="location_id,premise_route_id\nL1,\n",
        b__csv="location_id,premise_route_id,script_name\nL2,R2,zzz\n",
    )
    prepared = only(read_masters(folder), PSTN)
    assert prepared.candidate.cells["location_id"] == "L1"
    assert prepared.candidate.cells["premise_route_id"] == "R2"
    assert origins(prepared)["premise_route_id"] == "b.csv:2"


def test_rows_of_a_long_file_are_never_mixed(folder: Path) -> None:
    put(folder, a__csv="email,extension\nana@example.com,\npau@example.com,80000002\n")
    (row,) = rows_of(read_masters(folder), FORWARD)
    assert (row.candidate.key, row.candidate.line) == ("pau@example.com", 3)


def test_a_row_that_names_its_action_is_for_that_action_only(folder: Path) -> None:
    text = f"entity_type,email,extension\n{FORWARD},ana@example.com,80000001\n"
    masters = read_masters(files=[put(folder, pending__csv=text) / "pending.csv"])
    assert len(rows_of(masters, FORWARD)) == 1
    assert rows_of(masters, LICENCES) == []


def test_values_of_the_command_line_are_a_row_where_there_is_no_file() -> None:
    params = {"email": "ana@example.com", "extension": "80000001"}
    prepared = only(Masters(()), FORWARD, params=params)
    assert (prepared.candidate.source, prepared.candidate.line) == ("--param", 0)


# -- which rows ask for an action --------------------------------------------------------------


def test_a_row_without_what_an_optional_action_needs_is_no_candidate_and_no_error(
    folder: Path,
) -> None:
    put(
        folder,
        Usuarios__csv="email,extension,outgoing_profile\na@example.com,80000001,\n"
        "b@example.com,80000002,internal-only\n",
    )
    unasked: list[Unasked] = []
    (row,) = rows_of(read_masters(folder), PROFILE, unasked)
    assert row.candidate.key == "b@example.com"
    assert [one.source for one in unasked] == ["Usuarios.csv:2"]


def test_a_decision_left_blank_is_no_yes(folder: Path) -> None:
    put(
        folder,
        Usuarios__csv="email,extension,enabled\na@example.com,80000001,\n"
        "b@example.com,80000002,TRUE\nc@example.com,80000003,FALSE\n",
    )
    rows = rows_of(read_masters(folder), FORWARD)
    assert [(one.candidate.key, one.candidate.cells["mode"]) for one in rows] == [
        ("b@example.com", "SET"),
        ("c@example.com", "UNSET"),
    ]


def test_an_extension_alone_asks_only_when_the_action_was_named(folder: Path) -> None:
    put(folder, Usuarios__csv="email,extension\na@example.com,80000001\n")
    masters = read_masters(folder)
    assert len(rows_of(masters, FORWARD)) == 1
    assert rows_of(masters, FORWARD, only_decided=True) == []


def test_rows_are_chosen_by_number_and_by_value(folder: Path) -> None:
    text = (
        "email,Extensió\na@example.com,80000001\nb@example.com,80000002\nc@example.com,80000003\n"
    )
    masters = read_masters(put(folder, Usuarios__csv=text))

    def keys(**selection: object) -> list[str]:
        return [one.candidate.key for one in rows_of(masters, FORWARD, **selection)]

    assert keys(rows=frozenset({1, 3})) == ["a@example.com", "c@example.com"]
    assert keys(matches=(("extension", "80000002"),)) == ["b@example.com"]
    assert keys(matches=(("EMAIL", " B@example.com "),)) == ["b@example.com"]
    assert keys(matches=(("email", "b@example.com"), ("extension", "80000001"))) == []


def test_the_input_hash_knows_files_actions_and_selection(folder: Path) -> None:
    masters = read_masters(put(folder, Usuarios__csv="email,extension\na@example.com,80000001\n"))
    plain = masters.input_hash([FORWARD], Selection())
    assert plain == masters.input_hash([FORWARD], Selection())
    assert plain != masters.input_hash([LICENCES], Selection())
    assert plain != masters.input_hash([FORWARD], Selection(rows=frozenset({1})))
    put(folder, Usuarios__csv="email,extension\na@example.com,80000002\n")
    assert plain != read_masters(folder).input_hash([FORWARD], Selection())


# -- numbers -----------------------------------------------------------------------------------


def test_numbers_of_a_location_come_together_with_their_origins(folder: Path) -> None:
    put(
        folder,
        Numeraciones__csv="Numeració,Extensió Llarga asociada,Codi Seu\n"
        "34910000001,80000001,CUV1\n+34 910 000 002,,CUV2\n,80000003,CUV1\n+34910000001,,CUV1\n",
        Ubicaciones__csv="name,phone_number_1,phone_number_2,phone_numbers\n"
        'CUV1,34910000007,,"+34910000008,+34910000001"\n',
    )
    rows = rows_of(read_masters(folder), NUMBERS)
    found = {
        one.candidate.cells["location_name"]: orjson.loads(one.candidate.cells["phone_numbers"])
        for one in rows
    }
    assert found == {
        "CUV1": [
            "+34910000001",
            "+34510000001",
            "+34510000003",
            "+34910000008",
            "+34910000007",
        ],
        "CUV2": ["+34910000002"],
    }
    sources = {value.text: value.source for value in rows[0].values if value.column}
    assert sources["+34910000007"] == "Ubicaciones.csv:2"
    assert sources["+34510000003"] == "Numeraciones.csv:4"


def test_very_many_numbers_of_a_location_are_several_rows(folder: Path) -> None:
    numbers = "".join(f"+349100{place:05},CUV1\n" for place in range(2_500))
    put(folder, Numeraciones__csv=f"phone_numbers,location_name\n{numbers}")
    rows = rows_of(read_masters(folder), NUMBERS)
    counts = [len(orjson.loads(one.candidate.cells["phone_numbers"])) for one in rows]
    assert counts == [1_000, 1_000, 500]


def test_an_extension_too_short_for_an_intercom_number_is_told_where_it_is_all_there_is(
    folder: Path,
) -> None:
    put(folder, Numeraciones__csv="phone_numbers,extension,name\n,101,C1\n+34910000001,101,C1\n")
    wrong, good = rows_of(read_masters(folder), NUMBERS)
    assert 'column extension, value "101": expected at least 7 digits' in line(wrong)
    assert orjson.loads(good.candidate.cells["phone_numbers"]) == ["+34910000001"]


def test_all_numbers_of_a_location_are_a_row_without_any(folder: Path) -> None:
    put(folder, Ubicaciones__csv="name,all_numbers\nC1,TRUE\n")
    prepared = only(read_masters(folder), "ubicacion_activar_numeraciones")
    assert prepared.candidate.cells["all_numbers"] == "true"


def test_a_lot_of_workspaces_is_taken_apart() -> None:
    lot = '[{"displayName": "Sala 1", "locationId": "L1", "extension": "80000001"}, '
    lot += '{"display_name": "Sala 2", "location_id": "L1", "extension": "80000002"}]'
    rows = rows_of(Masters(()), WORKSPACES, params={"workspaces_lote_json": lot})
    assert [one.candidate.key for one in rows] == ["Sala 1", "Sala 2"]


# -- wrong data, one clear line each -----------------------------------------------------------

WRONG = {
    "a number that a spreadsheet shortened": (
        NUMBERS,
        {"Numeraciones__csv": 'Numeració,Codi Seu\n"3,491E+10",CUV1\n'},
        "The spreadsheet shortened a long number to scientific notation, its digits are lost.",
    ),
    "an extension that became a date": (
        FORWARD,
        {"Usuarios__csv": "email,Extensió\na@example.com,01/02/2026\n"},
        'Usuarios.csv:2: column Extensió, value "01/02/2026": expected 2 to 8 digits',
    ),
    "nobody is named": (
        FORWARD,
        {"Usuarios__csv": "correo,Extensió\n,80000001\n"},
        "Usuarios.csv:2: expected one of person_id, email. Fix: fill the column correo.",
    ),
    "half an address": (
        FORWARD,
        {"Usuarios__csv": "Usuari,Domini,Extensió\nana,,80000001\n"},
        'Usuarios.csv:2: column Usuari@Domini, value "ana@": expected one e-mail address',
    ),
    "a mandatory cell is blank under a Catalan header": (
        HEAD,
        {"Ubicaciones__csv": "Seu,Capçalera\nCUV1,\n"},
        'Ubicaciones.csv:2: column Capçalera, value "": expected phone number as +34910000001.',
    ),
    "a blank site with a non-breaking space": (
        HEAD,
        {"Ubicaciones__csv": "Seu,Capçalera\n\u00a0,34910000001\n"},
        "Ubicaciones.csv:2: expected one of location_id, location_name. Fix: fill the column Seu.",
    ),
    "a column name stands in place of a value": (
        FORWARD,
        {"Usuarios__csv": "entity_id,email,Extensió\nemail,a@example.com,80000001\n"},
        'Usuarios.csv:2: column entity_id, value "email": expected a value (id). Fix: the name of',
    ),
    "one licence is added and removed": (
        REMOVE,
        {"Usuarios__csv": 'email,add_license_ids,remove_license_ids\na@example.com,"A,B","b;C"\n'},
        "Fix: the row adds and removes the same licence; keep one of the two.",
    ),
    "a row that is cut": (
        FORWARD,
        {"Usuarios__csv": "email,Extensió,x\na@example.com,80000001\n"},
        "Usuarios.csv:2: expected a whole row. Fix: the row has 2 cells, the header 3",
    ),
    "a state of numbers that is not loaded": (
        NUMBERS,
        {"Numeraciones__csv": "phone_numbers,name,number_state\n+34910000001,CUV1,ACTIVE\n"},
        'Numeraciones.csv:2: column number_state, value "ACTIVE": expected one of INACTIVE.',
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_data_is_one_clear_line(folder: Path, name: str) -> None:
    action, files, expected = WRONG[name]
    prepared = only(read_masters(put(folder, **files)), action)
    assert expected in line(prepared)
    assert prepared.candidate.cells == {}


def test_a_second_row_of_the_same_person_names_the_first(folder: Path) -> None:
    text = "email,extension\nana@example.com,80000001\nANA@example.com,80000002\n"
    first, second = rows_of(read_masters(put(folder, Usuarios__csv=text)), FORWARD)
    assert not first.candidate.problems
    assert "keep this one or Usuarios.csv:2" in line(second)
    assert second.candidate.problems[0].reason_code == "duplicate_key"


def test_one_wrong_number_keeps_no_other_number_back(folder: Path) -> None:
    text = "phone_numbers,name\n+34910000001,CUV1\n12E+5,CUV1\n+34910000002,CUV1\n"
    wrong, good = rows_of(read_masters(put(folder, Numeraciones__csv=text)), NUMBERS)
    assert line(wrong).startswith("Numeraciones.csv:3")
    assert len(orjson.loads(good.candidate.cells["phone_numbers"])) == 2


def test_what_was_given_is_kept_so_that_the_row_can_be_fed_back(folder: Path) -> None:
    put(folder, Usuarios__csv="Usuari,Domini,Extensió\nana,example.com,8E+07\n")
    prepared = only(read_masters(folder), FORWARD)
    assert prepared.candidate.originals == {"email": "ana@example.com", "extension": "8E+07"}


def test_a_folder_without_tables_says_what_belongs_there(tmp_path: Path) -> None:
    (tmp_path / "notes.pdf").write_text("nothing to read")
    with pytest.raises(InputFileError, match="put Global, Ubicaciones, Usuarios"):
        read_masters(tmp_path)
