"""What rows may look like: aliases, blanks, wrong cells, sites named twice, people and rooms."""

from __future__ import annotations

import csv

import pytest

from Space_OdT.simulator.organisation.organisation import Organisation
from tests.behaviour.v21.conftest import ENABLED, NEW_SITE, WITHOUT_CALLING, Sites, new_sites

pytestmark = pytest.mark.xdist_group("locations-behaviour")

ALIASES = {
    "name": "location_name",
    "preferred_language": "language_code",
    "address1": "address_line1",
    "address2": "address_line2",
    "country": "country_code",
    "location_external_id": "external_id",
}
CAMEL = {
    "time_zone": "timeZone",
    "preferred_language": "preferredLanguage",
    "announcement_language": "announcementLanguage",
    "postal_code": "postalCode",
    "route_group_id": "routeGroupId",
    "main_number": "mainNumber",
    "default_outgoing_profile": "defaultOutgoingProfile",
    "location_external_id": "externalId",
    "org_id": "orgId",
}


@pytest.mark.parametrize("headers", [ALIASES, CAMEL], ids=["aliases", "camelCase"])
def test_other_headers_come_to_the_same_site(sites: Sites, headers: dict[str, str]) -> None:
    (row,) = new_sites(1, address2="Planta 2", main_number="", org_id="")
    if headers is ALIASES:  # language_code stands for both languages
        del row["announcement_language"]
    sites.given([{headers.get(name, name): value for name, value in row.items()}])
    run = sites.apply()
    assert run.code == 0, run.stderr + run.stdout
    assert "ignored" not in run.stderr
    made = sites.locations()[row["name"]]
    assert made.address2 == "Planta 2"
    assert made.announcement_language == ("es_es" if headers is ALIASES else "ca_es")
    assert sites.last.results[0]["entity_key"] == "S-0001"


def test_an_alias_fills_a_canonical_column_that_is_there_but_blank(sites: Sites) -> None:
    (row,) = new_sites(1)
    row["country"], row["country_code"] = "", "ES"
    row["address1"], row["address_line1"] = "", "Carrer Nou 9"
    sites.given([row])
    assert sites.apply().code == 0
    assert sites.locations()[row["name"]].address1 == "Carrer Nou 9"


def test_a_column_nobody_reads_is_named_and_does_no_harm(sites: Sites) -> None:
    sites.given([{"name": ENABLED, "time_zon": "Europe/Madrid"}])
    run = sites.run()
    assert run.code == 0
    assert "time_zon (did you mean" in run.stderr
    assert "these columns are ignored" in run.stderr


def test_one_bad_row_never_refuses_the_file(sites: Sites) -> None:
    bad = [
        {"name": "", "city": "Salt"},
        {**NEW_SITE, "name": "Bad zone", "time_zone": "Mars/North"},
        {**NEW_SITE, "name": "Bad number", "main_number": "12ab"},
        {**NEW_SITE, "name": "Bad number 2", "main_number": "3,49E+10"},
        {**NEW_SITE, "name": "Bad country", "country": "Spain and Portugal"},
        {**NEW_SITE, "name": "N" * 81},
        {**NEW_SITE, "name": "No zone", "time_zone": ""},
    ]
    sites.given([*bad, *new_sites(2)])
    run = sites.apply()
    assert run.code == 1
    job = sites.last
    assert job.job["status"] == "completed_with_errors"
    assert job.job["totals"] == {
        "total": 9,
        "processed": 9,
        "success": 2,
        "pending": 1,
        "rejected": 6,
    }
    rejected = job.records("rejected_rows.csv")
    assert [one["input_line"] for one in rejected] == ["2", "3", "4", "5", "6", "7"]
    assert {one["reason_code"] for one in rejected} == {"invalid_input_schema"}
    assert [one["row_number"] for one in job.records("pending_rows.csv")] == ["7"]
    assert {"CUV00000000001", "CUV00000000002"} <= set(sites.locations())


def test_a_file_of_bad_rows_only_completes_without_a_call_about_them(sites: Sites) -> None:
    sites.given([{"name": "Bad", "time_zone": "Mars"}])
    run = sites.apply()
    assert run.code == 1
    job = sites.last
    assert job.job["status"] == "completed_with_errors"
    assert job.job["totals"]["rejected"] == 1
    assert job.read("final_state.json")["job"]["status"] == "completed_with_errors"
    assert sites.writes() == []


def test_a_damaged_line_is_one_rejected_row(sites: Sites) -> None:
    sites.given(new_sites(1))
    with (sites.folder / "input_locations.csv").open("a") as file:
        file.write(
            "one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve,13,14,15,16,17\n"
        )
    run = sites.run()
    assert run.code == 1
    assert [one["effect"] for one in sites.plan()] == ["create", "rejected"]


@pytest.mark.parametrize(
    "column",
    ["name", "location_external_id"],
)
def test_a_site_named_twice_is_made_once(sites: Sites, column: str) -> None:
    rows = new_sites(2)
    rows[1][column] = rows[0][column].lower()
    sites.given(rows)
    run = sites.apply()
    assert run.code == 1
    (rejected,) = sites.last.records("rejected_rows.csv")
    assert rejected["reason_code"] == "duplicate_key"
    assert "line 2 is about the same location" in rejected["reason_message"]
    assert [path for _, path in sites.writes()].count("/locations") == 1


def test_external_ids_are_remembered_across_jobs(sites: Sites) -> None:
    rows = new_sites(2)
    sites.given(rows)
    assert sites.apply().code == 0
    with (sites.folder / "location_map.csv").open(newline="") as file:
        known = {one["location_external_id"]: one["location_id"] for one in csv.DictReader(file)}
    made = sites.locations()
    assert known == {one["location_external_id"]: made[one["name"]].id for one in rows}
    sites.write([{"location_external_id": "S-0002", "name": "A better name", "city": "Salt"}])
    sites.simulator.forget_calls()
    assert sites.run().code == 0
    assert [one["effect"] for one in sites.plan()] == ["update"]
    assert sites.apply().code == 0
    assert sites.writes() == [("PUT", f"/locations/{known['S-0002']}")]
    assert "keeps its name" in sites.last.results[0]["message"]
    assert "A better name" not in sites.locations()


def test_a_row_for_another_organisation_stays_pending(sites: Sites) -> None:
    ours = sites.simulator.organisation.id
    other = "Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8x"
    sites.given(
        [
            {"name": ENABLED, "city": "Salt", "org_id": other},
            {"name": WITHOUT_CALLING, "org_id": ours},
        ]
    )
    run = sites.apply()
    assert run.code == 1
    assert [path for _, path in sites.writes()] == ["/telephony/config/locations"]
    (pending,) = sites.last.records("pending_rows.csv")
    assert pending["reason_code"] == "out_of_scope"
    assert other in pending["reason_message"]
    assert ours in pending["reason_message"]


def test_another_file_and_a_workbook_sheet_of_sites(sites: Sites) -> None:
    sites.given([])
    other = sites.write(new_sites(1), "other.csv")
    run = sites.apply("--input", str(other))
    assert run.code == 0, run.stderr
    assert sites.last.job["source"] == str(other)
    assert f"--input {other}" in run.stdout or "rerun" not in run.stdout
    missing = sites.apply("--input", str(sites.folder / "nothing.csv"))
    assert missing.code == 2
    assert "nothing.csv" in missing.stderr
    assert len(sites.job_folders()) == 1


# -- people and workspaces --------------------------------------------------------------------


def spare_number(organisation: Organisation, location_id: str) -> str:
    main = organisation.locations[location_id].main_number
    return next(
        one.phone_number
        for one in organisation.plan.in_location(location_id)
        if one.number_type == "DID"
        and one.phone_number != main
        and organisation.plan.owner_of(one.phone_number) is None
    )


def test_people_and_workspaces_get_number_profile_and_forwarding(sites: Sites) -> None:
    organisation = sites.simulator.organisation
    person = next(
        one
        for one in organisation.people.values()
        if one.location_id and organisation.plan.primary(one.id) is not None
    )
    room = next(
        one
        for one in organisation.workspaces.values()
        if one.location_id and organisation.plan.primary(one.id) is not None
    )
    number = spare_number(organisation, person.location_id or "")
    sites.given([{"name": ENABLED}])
    sites.write(
        [
            {
                "user_email": person.email,
                "legacy_secondary_number": number,
                "legacy_forward_target": "530000001",
                "outgoing_profile": "internal-only",
            }
        ],
        "input_users.csv",
    )
    sites.write(
        [{"workspace_name": room.display_name, "legacy_forward_target": "530000002"}],
        "input_workspaces.csv",
    )
    assert sites.run().code == 0, sites.plan()
    kinds = [one["entity_type"] for one in sites.plan()]
    assert kinds == [
        "location",
        "usuarios_anadir_intercom_legacy",
        "usuarios_configurar_perfil_saliente_custom",
        "usuarios_configurar_desvio_prefijo53",
        "workspaces_configurar_desvio_prefijo53",
    ]
    assert sites.writes() == []
    run = sites.apply()
    assert run.code == 0, run.stderr + run.stdout
    assert {one["status"] for one in sites.last.results} == {"success"}
    after = sites.world
    assert after.organisation.plan.owner_of(number) is not None
    forwarded = {
        path.split("/")[2]: one["callForwarding"]["always"]["destination"]
        for path, one in after.documents.items()
        if path.endswith("/features/callForwarding")
    }
    assert forwarded[person.id] == "530000001"
    assert forwarded[room.id] == "530000002"
    sites.simulator.forget_calls()
    assert sites.apply().code == 0
    assert sites.writes() == []


def test_rows_of_people_alone_are_enough_and_bad_ones_are_rejected(sites: Sites) -> None:
    sites.given([])
    (sites.folder / "input_locations.csv").write_text("name\n")
    sites.write(
        [
            {"user_email": "nobody@example.com", "legacy_forward_target": "530000001"},
            {"user_email": "not an address", "legacy_forward_target": "530000001"},
        ],
        "input_users.csv",
    )
    run = sites.apply()
    assert run.code == 1, run.stderr
    assert sites.last.job["totals"]["pending"] == 1
    assert sites.last.job["totals"]["rejected"] == 1


def test_a_row_of_people_that_asks_for_nothing_is_told(sites: Sites) -> None:
    sites.given([{"name": ENABLED}])
    sites.write(
        [
            {
                "user_email": "ana.soler@example.com",
                "extension": "80000001",
                "outgoing_profile": "",
            },
            {"user_email": "pau.vila@example.com", "extension": "80000002"},
        ],
        "input_users.csv",
    )
    run = sites.run()
    assert run.code == 0
    assert "input_users.csv: line 2, 3 asks for nothing; fill legacy_secondary_number" in run.stderr
