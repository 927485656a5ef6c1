"""Ids come from the exports of an inventory, every hit checked, and from Webex otherwise."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.behaviour.softphones.conftest import PATIENCE, Office, Phones

pytestmark = pytest.mark.xdist_group("softphones-ids")


def table(path: Path, columns: Sequence[str], *rows: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


def people_reads(office: Office) -> list[str]:
    calls = office.simulator.calls()
    return [one["path"] + "?" + one["query"] for one in calls if one["path"].startswith("/people")]


def test_without_exports_people_are_looked_up_live(phones: Phones, office: Office) -> None:
    phones.prepare([office.newcomer_row()])
    ended = phones.unattended()
    assert ended.code == 0
    assert "No exports of an inventory" in ended.stderr
    assert any("email=" in path or "max=" in path for path in people_reads(office))


def test_the_inventorys_own_exports_are_read_with_their_age(phones: Phones, office: Office) -> None:
    wanted = ("people", "locations", "call_queues")
    command = [sys.executable, "-m", "Space_OdT.cli", "inventory_run", "--out-dir", str(phones.out)]
    only = [word for name in wanted for word in ("--only", name)]
    subprocess.run(
        [*command, *only, "--no-report"],
        env=phones.environment(),
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    queue = office.queues()[0]
    phones.prepare([office.newcomer_row(call_queue_names=queue["name"].strip())])
    office.simulator.forget_calls()
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    assert f"Ids from {phones.out / 'exports'}: {60} people (just read)" in ended.stderr
    assert not any("email=" in path or "max=" in path for path in people_reads(office))


def test_the_old_folder_is_read_first_and_csv_before_json(phones: Phones, office: Office) -> None:
    one, two = office.newcomers[:2]
    table(phones.out / "exports" / "people.csv", ("person_id", "email"), ("wrong", one.email))
    old = phones.out / "v1_inventory"
    table(old / "people.csv", ("person_id", "email"), (one.id, one.email))
    (old / "people.json").write_text(json.dumps([{"person_id": "wrong", "email": two.email}]))
    phones.prepare([office.newcomer_row(0)])
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    assert f"Ids from {old}: 1 people" in ended.stderr
    assert "(no file)" in ended.stderr
    assert "looked up again" not in ended.stderr


def test_json_exports_work_alone(phones: Phones, office: Office) -> None:
    one = office.newcomers[0]
    folder = phones.out / "v1_inventory"
    folder.mkdir(parents=True)
    rows = [{"person_id": one.id, "email": one.email.upper()}]
    (folder / "people.json").write_text(json.dumps(rows), encoding="utf-8")
    phones.prepare([office.newcomer_row(0)])
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    assert not any("email=" in path for path in people_reads(office))


def test_stale_hits_are_told_and_looked_up_again(phones: Phones, office: Office) -> None:
    one, two, three = office.newcomers[:3]
    queue = office.queues()[0]
    folder = phones.out / "exports"
    gone = one.id[:-4] + "AAAA"
    table(
        folder / "people.csv",
        ("person_id", "email"),
        (gone, one.email),
        (two.id, three.email),  # the address has gone to somebody else
    )
    table(folder / "locations.csv", ("location_id", "name"), (gone, office.site.name))
    table(
        folder / "call_queues.csv",
        ("location_id", "id", "name"),
        (office.site.id, gone, queue["name"].strip()),
    )
    cells = {"call_queue_names": queue["name"].strip()}
    phones.prepare([office.newcomer_row(0, **cells), office.newcomer_row(2)])
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    for what in (one.email, three.email, office.site.name, queue["name"].strip()):
        assert f"{what} is not" in ended.stderr
    given = {entry["body"]["personId"] for entry in office.writes() if entry["method"] == "PATCH"}
    assert given == {one.id, three.id}
    shutil.rmtree(folder)


def test_ids_of_locations_are_taken_in_any_spelling(phones: Phones, office: Office) -> None:
    rows = [
        office.newcomer_row(0, location_id=f"{office.site.id}==", location_name="ignored"),
        office.newcomer_row(1, location_id=office.site.name, location_name=""),
    ]
    phones.prepare(rows)
    ended = phones.unattended()
    assert ended.code == 0, ended.told
    places = {one["body"]["licenses"][0]["properties"]["locationId"] for one in office.writes()}
    assert places == {office.site.id}


def test_another_organisation_than_the_one_meant_is_refused(phones: Phones, office: Office) -> None:
    phones.prepare([office.newcomer_row()])
    ended = phones.unattended(WEBEX_ORG_ID="11111111-2222-3333-4444-555555555555")
    assert ended.code == 2
    assert "WEBEX_ORG_ID" in ended.stderr
    assert office.writes() == []
