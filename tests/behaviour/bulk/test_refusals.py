"""What is refused before anything is sent, with the right exit code and one clear message."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("bulk-behaviour")


def refused(run, code: int, *words: str) -> None:
    assert run.code == code, run.stdout + run.stderr
    for word in words:
        assert word in run.stderr, run.stderr
    assert "Traceback" not in run.stderr


def test_a_missing_environment_is_named(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(1))
    refused(bot.run(ENVIRONMENT=""), 2, "ENVIRONMENT is not set", "lab", "prod")
    assert simulator.calls() == []


def test_a_wrong_environment_is_named(bot, crowd) -> None:
    bot.write(crowd.rows(1))
    refused(bot.run(ENVIRONMENT="staging"), 2, "ENVIRONMENT 'staging'", "lab or prod")


def test_a_missing_token_names_the_ways_to_give_one(bot, crowd) -> None:
    bot.write(crowd.rows(1))
    refused(bot.run(WEBEX_TOKEN=""), 2, "--token")


def test_the_bots_own_token_variable_is_looked_at_first(bot, crowd) -> None:
    bot.write(crowd.rows(1))
    assert bot.run(WEBEX_ACCESS_TOKEN="wrong").code == 0


def test_a_wrong_token_stops_before_the_first_row(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(1))
    run = bot.run(WEBEX_TOKEN="wrong-token-of-somebody")
    refused(run, 2, "The token was rejected")
    assert "wrong-token" not in run.stdout + run.stderr
    assert simulator.writes() == []
    assert any(one["event"] == "startup_checks" and one["result"] == "fail" for one in run.events)


def test_a_token_without_a_scope_for_reading_stops_before_the_first_row(bot, crowd) -> None:
    bot.write(crowd.rows(1))
    run = bot.run(WEBEX_TOKEN="sim-scopes:spark-admin:people_read")
    refused(run, 2, "scopes")


def test_a_base_url_that_is_not_webex_is_recognised(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(1))
    simulator.faults({"kind": "html", "status": 200, "path": "/people/me"})
    refused(bot.run(), 2, "WEBEX_BASE_URL")


def test_another_organisation_than_the_one_meant_is_refused(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(1))
    run = bot.run(ENVIRONMENT="prod", WEBEX_ORG_ID="8f2b0c9e-0000-4000-8000-000000000000")
    refused(run, 2, "WEBEX_ORG_ID", "Space Simulated Org")
    assert simulator.writes() == []


def test_the_organisation_that_is_meant_is_accepted_in_any_spelling(bot, crowd) -> None:
    from Space_OdT.webex.ids import decode_id

    bot.write(crowd.rows(1))
    uuid = decode_id(crowd.organisation.id).rpartition("/")[2]
    run = bot.run(ENVIRONMENT="prod", WEBEX_ORG_ID=uuid)
    assert run.code == 0, run.stdout + run.stderr
    assert "PROD: organisation Space Simulated Org" in run.stderr


def test_too_many_rows_are_refused_as_a_whole(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(3))
    refused(bot.run(MAX_ROWS="5"), 2, "7 rows", "MAX_ROWS=5")
    assert simulator.calls() == []


def test_too_many_batches_are_refused_as_a_whole(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(3))
    refused(bot.run(MAX_BATCHES="2", BATCH_SIZE="2"), 2, "MAX_BATCHES=2")
    assert simulator.calls() == []


def test_an_unknown_column_is_refused_with_a_guess(bot, simulator, crowd) -> None:
    rows = crowd.rows(1)
    rows[0]["adress_line2"] = "Planta 2"
    bot.write(rows)
    refused(bot.run(), 2, '"adress_line2" is unknown: did you mean "address_line2"?')
    assert simulator.calls() == []


def test_a_missing_file_is_named(bot) -> None:
    refused(bot.run(source=bot.folder / "none.csv"), 2, "none.csv")


def test_a_file_that_is_no_table_is_refused(bot) -> None:
    bot.input.write_bytes(b"\x00\x01\x02\x03")
    refused(bot.run(), 2, "input.csv")


def test_an_output_folder_that_cannot_be_written_is_named(bot, crowd) -> None:
    bot.write(crowd.rows(1))
    bot.out.write_text("a file, not a folder")
    refused(bot.run(), 2, "cannot write to", "out")


def test_a_broken_profile_file_is_named(bot, crowd) -> None:
    bot.write(crowd.rows(1))
    profiles = bot.folder / "profiles.json"
    profiles.write_text('{"x": [{"callType": "EVERYTHING", "action": "BLOCK"}]}')
    refused(bot.run("--outgoing-profiles", str(profiles)), 2, "profiles.json", "callType")


def test_validation_alone_calls_nothing_and_needs_no_token(bot, simulator, crowd) -> None:
    rows = crowd.rows(2)
    rows[1]["email"] = "no address"
    bot.write(rows)
    run = bot.run("--validate-only", WEBEX_TOKEN="", ENVIRONMENT="")
    assert run.code == 1, run.stdout + run.stderr
    assert len(run.rejected) == 1
    assert len(run.records("ready_to_load.csv")) == len(rows) - 1
    assert simulator.calls() == []
    corrected = bot.out / "rejected_rows.csv"
    text = corrected.read_text().replace("no address", crowd.without[0])
    fixed = bot.folder / "fixed.csv"
    fixed.write_text(text)
    again = bot.run("--validate-only", source=fixed, WEBEX_TOKEN="", ENVIRONMENT="")
    assert again.code == 0, again.stdout + again.stderr


def test_preflight_warns_about_what_rows_refer_to(bot, crowd) -> None:
    rows = crowd.rows(2)
    rows[0]["premise_route_name"] = "RG_PRX"
    rows[1]["location_key"] = "Nowhere"
    rows[2]["calling_license"] = "Webex Calling - Gold"
    bot.write(rows)
    run = bot.run()
    assert run.code == 1
    assert "premises routes that do not exist: ROUTE_GROUP:RG_PRX" in run.stderr
    assert "did you mean" in run.stderr
    assert "locations that do not exist and have no row here: Nowhere" in run.stderr
    assert 'no calling licence "Webex Calling - Gold"' in run.stderr
    assert "Estimate:" in run.stderr
    assert {one["reason_code"] for one in run.pending} == {"precondition_missing"}


def test_no_output_ever_holds_the_token(bot, simulator, crowd) -> None:
    bot.write(crowd.rows(2))
    run = bot.run("--debug-har", LOG_LEVEL="debug")
    assert run.code == 0, run.stdout + run.stderr
    secret = b"sim-admin-token"
    for path in bot.out.rglob("*"):
        if path.is_file():
            assert secret not in path.read_bytes(), path
    assert "sim-admin-token" not in run.stdout + run.stderr
    assert (bot.out / "logs" / "bulk_run.har").stat().st_size > 1000


@pytest.mark.parametrize("kind", ["xlsx", "utf-16", "windows-1252"])
def test_files_of_every_origin_are_run(bot, simulator, crowd, kind) -> None:
    rows = crowd.rows(1)
    rows[0]["address_city"] = "Lleida"
    rows[0]["address_line1"] = "Carrer Major, núm. 1"
    source = bot.folder / ("input.xlsx" if kind == "xlsx" else "input.csv")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    if kind == "xlsx":
        import xlsxwriter

        with xlsxwriter.Workbook(str(source)) as book:
            sheet = book.add_worksheet()
            for number, cells in enumerate(table):
                for column, value in enumerate(cells):
                    sheet.write_string(number, column, value)
    else:
        text = "\r\n".join(";".join(f'"{cell}"' for cell in cells) for cells in table)
        source.write_bytes(f"{text}\r\n".encode(kind))
    run = bot.run(source=source)
    assert run.code == 0, run.stdout + run.stderr
    assert simulator.organisation.location_by_name("Site 000").address1 == "Carrer Major, núm. 1"
