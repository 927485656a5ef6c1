from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.engine.move_jobs import MoveJobs
from Space_OdT.engine.move_results import Moved
from Space_OdT.simulator.organisation.entities import Line, OwnerKind, PstnKind
from Space_OdT.simulator.world import World
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.parts.location_moves import OBSTACLES
from Space_OdT.v21.transformacion.usuarios_asignar_location_desde_csv import DEFINITION, expand
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.records import Person
from tests.engine.bulk.conftest import no_wait
from tests.v21.conftest import Change, Ran, Sent, Tenant
from tests.v21.transformacion.licence_states import (
    BARCELONA,
    FREE_EXTENSION,
    GIRONA,
    MESSAGING,
    ON_PROFESSIONAL,
    PROFESSIONAL,
    TARRAGONA,
    WITHOUT_CALLING,
    licence_id,
    location_id,
    person,
)

pytestmark = pytest.mark.xdist_group("v21-actions")

MOVES = "/telephony/config/jobs/person/moveLocation"
# Barcelona, extension 80000001, no number; and 80000002 with a number (premises, Barcelona).
WITHOUT_NUMBER, WITH_NUMBER = "carme.iglesias@example.com", ON_PROFESSIONAL
NUMBER = "+34910000001"
GIRONA_NUMBER = "+34910010017"
FORM = {"email": WITHOUT_NUMBER, "target_location": GIRONA}


def moving(tenant: Tenant) -> ActionContext:
    return ActionContext(moves=MoveJobs(tenant.client, sleep=no_wait))


async def run(tenant: Tenant, row: dict[str, str], **options: Any) -> Ran:
    return await tenant.run(DEFINITION, row, context=moving(tenant), **options)


def move(tenant: Tenant, email: str, target: str, *, validate: bool = False, **line: str) -> Sent:
    user = {"userId": person(tenant, email).id, **line}
    entry = {"locationId": location_id(tenant, target), "validate": validate, "users": [user]}
    return Sent("POST", MOVES, {"usersList": [entry]})


def place_of(tenant: Tenant, email: str) -> str:
    organisation = tenant.world.organisation
    return organisation.locations[person(tenant, email).location_id or ""].name


@dataclass(frozen=True)
class Case:
    """A row, and what the job is told of the user."""

    name: str
    row: dict[str, str]
    line: dict[str, str]


CASES = (
    Case("extension and everything else are kept", FORM, {}),
    Case(
        "another extension there",
        {**FORM, "extension": FREE_EXTENSION},
        {"extension": FREE_EXTENSION},
    ),
    Case(
        "the number is left behind",
        {"email": WITH_NUMBER, "target_location": GIRONA, "release_number": "true"},
        {"phoneNumber": ""},
    ),
    Case(
        "a number of the new location",
        {"email": WITH_NUMBER, "target_location": GIRONA, "phone_number": GIRONA_NUMBER},
        {"phoneNumber": GIRONA_NUMBER},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_who_calls_is_validated_and_moved_by_a_job(tenant: Tenant, case: Case) -> None:
    email = case.row["email"]
    wanted = move(tenant, email, GIRONA, **case.line)
    ran = await tenant.prove(DEFINITION, case.row, context=moving(tenant))
    assert ran.writes == [wanted]
    sent = [one for one in ran.calls if one.method == "POST"]
    assert sent == [move(tenant, email, GIRONA, validate=True, **case.line), wanted]
    assert any(one.path.startswith(f"{MOVES}/") for one in ran.calls), "the job was watched"
    assert ran.message.startswith("changed: move_to_location; impacts: [Informational 197")
    assert place_of(tenant, email) == GIRONA


async def test_impacts_that_undo_another_action_name_it(tenant: Tenant) -> None:
    path = f"/people/{person(tenant, WITHOUT_NUMBER).id}/features/outgoingPermission"
    body = {"useCustomEnabled": True, "useCustomPermissions": True, "callingPermissions": []}
    await tenant.client.request("PUT", path, body=body, expect=(204,))
    for planning in (True, False):
        ran = await run(tenant, FORM, planning=planning)
        assert "Informational 19703" in ran.message
        assert "(run usuarios_configurar_perfil_saliente_custom afterwards)" in ran.message


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"email": WITHOUT_NUMBER, "target_location": BARCELONA}, "already_in_target_location"),
        (
            {"email": WITHOUT_NUMBER, "target_location": BARCELONA, "extension": FREE_EXTENSION},
            f"already_in_target_location; has the extension 80000001, not {FREE_EXTENSION}",
        ),
        ({"email": WITHOUT_NUMBER, "target_location_id": GIRONA}, "not_selected"),
        ({**FORM, "selected": "no"}, "not_selected"),
    ],
    ids=["there", "there, another extension", "control row not selected", "said not to count"],
)
async def test_nothing_is_sent_for_who_is_there_or_not_selected(
    tenant: Tenant, row: dict[str, str], message: str
) -> None:
    ran = await run(tenant, row)
    assert ran.message == f"unchanged; {message}"
    assert not [one for one in ran.calls if one.method != "GET"]


async def test_ids_are_compared_without_their_padding(tenant: Tenant) -> None:
    row = {
        "selected": "true",
        "person_id": person(tenant, WITHOUT_NUMBER).id + "==",
        "target_location_id": location_id(tenant, BARCELONA) + "=",
    }
    assert (await run(tenant, row)).message == "unchanged; already_in_target_location"


async def test_who_does_not_call_gets_a_licence_with_location_and_extension(
    tenant: Tenant,
) -> None:
    row = {
        "email": WITHOUT_CALLING,
        "target_location": GIRONA,
        "extension": "80010991",
        "add_license_ids": PROFESSIONAL,
    }
    line = {"locationId": location_id(tenant, GIRONA), "extension": "80010991"}
    entry = {"id": licence_id(tenant, PROFESSIONAL), "operation": "add", "properties": line}
    body = {"personId": person(tenant, WITHOUT_CALLING).id, "licenses": [entry]}
    ran = await tenant.prove(DEFINITION, row, context=moving(tenant))
    assert ran.writes == [Sent("PATCH", "/licenses/users", body)]
    assert place_of(tenant, WITHOUT_CALLING) == GIRONA


def _pstn(name: str, kind: PstnKind) -> Change:
    def change(world: World) -> None:
        found = world.organisation.location_by_name(name)
        assert found is not None
        found.pstn = kind

    return change


def _inactive(world: World) -> None:
    world.organisation.plan.numbers[NUMBER].state = "INACTIVE"


def _main(world: World) -> None:
    found = world.organisation.location_by_name(BARCELONA)
    assert found is not None
    found.main_number = NUMBER


def _extension_taken(world: World) -> None:
    organisation = world.organisation
    girona = organisation.location_by_name(GIRONA)
    room = next(one for one in organisation.workspaces.values() if "Girona 8" in one.display_name)
    assert girona is not None
    organisation.plan.attach(Line(room.id, OwnerKind.PLACE, girona.id, None, "80000001"))


_NUMBERED = {"email": WITH_NUMBER, "target_location": GIRONA}


@dataclass(frozen=True)
class Missing:
    """A row that cannot be done, and why."""

    name: str
    row: dict[str, str]
    told: str
    changes: tuple[Change, ...] = ()
    reason: str = "precondition_missing"


MISSING = (
    Missing("10050010", _NUMBERED, OBSTACLES["10050010"].meaning),
    Missing(
        "27976",
        _NUMBERED,
        OBSTACLES["27976"].meaning,
        (_pstn(BARCELONA, PstnKind.INTEGRATED_CCP), _pstn(GIRONA, PstnKind.NON_INTEGRATED_CCP)),
    ),
    Missing("10030004", _NUMBERED, OBSTACLES["10030004"].meaning, (_inactive,)),
    Missing("10030005", _NUMBERED, OBSTACLES["10030005"].meaning, (_main,)),
    Missing("4202", FORM, OBSTACLES["4202"].meaning, (_extension_taken,)),
    Missing(
        "an extension that is taken there",
        {**FORM, "extension": "80010001"},
        f"the extension 80010001 of {GIRONA} belongs to another person",
    ),
    Missing(
        "a number of another location",
        {**FORM, "phone_number": "+351210020021"},
        "is in the inventory of another location",
    ),
    Missing("no such location", {**FORM, "target_location": "Nowhere"}, "no location Nowhere"),
    Missing("no calling there", {**FORM, "target_location": TARRAGONA}, "is not enabled"),
    Missing(
        "nobody of the address",
        {"email": "nobody@example.com", "target_location": GIRONA},
        "nobody in the organisation",
        reason="user_not_found",
    ),
    Missing(
        "no calling licence named for who does not call",
        {"email": WITHOUT_CALLING, "target_location": GIRONA, "extension": FREE_EXTENSION},
        "a location comes only with a calling licence",
    ),
    Missing(
        "another licence than a calling one",
        {"email": WITHOUT_CALLING, "target_location": GIRONA, "add_license_ids": MESSAGING},
        "a location comes only with a calling licence",
    ),
    Missing(
        "no extension for who does not call",
        {"email": WITHOUT_CALLING, "target_location": GIRONA, "add_license_ids": PROFESSIONAL},
        "without an extension or a number",
    ),
)


@pytest.mark.parametrize("planning", [True, False], ids=["plan", "apply"])
@pytest.mark.parametrize("case", MISSING, ids=lambda case: case.name)
async def test_what_is_in_the_way_is_explained_before_anything_is_moved(
    tenant: Tenant, case: Missing, planning: bool
) -> None:
    tenant.change(*case.changes)
    ran = await run(tenant, case.row, planning=planning)
    assert ran.reason == case.reason, ran.message
    assert case.told in ran.message
    assert not ran.writes
    assert not ran.planned
    if case.name in OBSTACLES:
        assert f"[Error {case.name}]" in ran.message
        assert f"Fix: {OBSTACLES[case.name].fix}" in ran.message


async def test_people_of_one_run_share_a_job_and_each_keeps_his_own_outcome(
    tenant: Tenant,
) -> None:
    async def a_moment(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.05))

    context = ActionContext(moves=MoveJobs(tenant.client, sleep=a_moment))
    others = ["xavier.vidal@example.com", "ferran.tarres@example.com", WITHOUT_NUMBER]
    rows = [{"email": one, "target_location": GIRONA, "release_number": "true"} for one in others]
    runs = [tenant.run(DEFINITION, row, context=context) for row in rows]
    ran = await asyncio.gather(*runs)
    assert all(one.is_success for one in ran), [one.message for one in ran]
    moves = [
        one
        for one in tenant.simulator.calls()
        if one["method"] == "POST" and not one["body"]["usersList"][0]["validate"]
    ]
    users = [user for one in moves for user in one["body"]["usersList"][0]["users"]]
    assert len(users) == 3
    assert len(moves) < 3


async def test_an_error_of_the_job_is_the_error_of_its_person(tenant: Tenant) -> None:
    class NotAsked(MoveJobs):
        """Says nothing before a move, as when the state changes between the two."""

        async def check(self, wish: Any, call: Any) -> Any:
            found = await super().check(wish, call)
            return type(found)((), found.impacts)

    context = ActionContext(moves=NotAsked(tenant.client, sleep=no_wait))
    ran = await tenant.run(DEFINITION, _NUMBERED, context=context)
    assert ran.reason == "non_retryable_external"
    assert OBSTACLES["10050010"].meaning in ran.message
    assert OBSTACLES["10050010"].fix in ran.message
    assert place_of(tenant, WITH_NUMBER) == BARCELONA


async def test_who_was_moved_by_somebody_else_meanwhile_is_there_already(tenant: Tenant) -> None:
    class Elsewhere(MoveJobs):
        async def move(self, wish: Any, call: Any) -> Moved:
            return Moved(was_there=True)

    context = ActionContext(moves=Elsewhere(tenant.client, sleep=no_wait))
    ran = await tenant.run(DEFINITION, FORM, context=context)
    assert ran.message == "unchanged; already_in_target_location"


async def test_who_was_moved_with_another_extension_is_half_applied(tenant: Tenant) -> None:
    class OtherLine(MoveJobs):
        async def move(self, wish: Any, call: Any) -> Moved:
            await super().move(wish, call)
            return Moved(person=Person(wish.person_id, (), (), wish.location_id, "80000001"))

    context = ActionContext(moves=OtherLine(tenant.client, sleep=no_wait))
    row = {**FORM, "extension": FREE_EXTENSION}
    ran = await tenant.run(DEFINITION, row, context=context)
    assert ran.reason == "half_applied"
    assert f"has the extension 80000001 instead of {FREE_EXTENSION}" in ran.message


async def test_an_error_of_the_job_that_nobody_knows_is_told_as_it_is(tenant: Tenant) -> None:
    class Failing(MoveJobs):
        async def move(self, wish: Any, call: Any) -> Moved:
            raise PendingError(ReasonCode.RETRY_EXHAUSTED, "the job has not ended", fix="wait")

    context = ActionContext(moves=Failing(tenant.client, sleep=no_wait))
    ran = await tenant.run(DEFINITION, FORM, context=context)
    assert ran.reason == "retry_exhausted"
    assert ran.message == "the job has not ended. Fix: wait."


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"target_location": GIRONA}, "one of person_id, email"),
        ({"email": WITHOUT_NUMBER}, "one of target_location_id"),
        ({"people_json": "people.json"}, "the control file to make"),
        (
            {**FORM, "phone_number": GIRONA_NUMBER, "release_number": "true"},
            "false beside a phone_number",
        ),
        ({**FORM, "selected": "perhaps"}, "column selected"),
    ],
    ids=["nobody", "nowhere", "no control file", "two wishes", "a flag"],
)
async def test_bad_input_is_rejected_before_any_call(
    tenant: Tenant, row: dict[str, str], told: str
) -> None:
    ran = await run(tenant, row)
    assert ran.reason == "invalid_input_schema"
    assert told in ran.message


# -- control files ----------------------------------------------------------------------------


def control(folder: Path, *rows: str) -> Path:
    path = folder / "people_to_location.csv"
    path.write_text("\r\n".join(["selected,person_id,target_location_id", *rows, ""]))
    return path


def cells_of(**row: str) -> dict[str, str]:
    cells, problems = DEFINITION.prepare(row)
    assert not problems
    return cells


def test_a_control_file_stands_for_its_selected_rows(tmp_path: Path) -> None:
    path = control(tmp_path, "x,P1,L1", ",P2,L1", "Sí,ana@example.com,Girona", "no,P3,")
    rows = expand(cells_of(csv_path=str(path), release_number="yes"))
    assert rows == [
        {
            "release_number": "true",
            "selected": "true",
            "person_id": "P1",
            "target_location_id": "L1",
        },
        {
            "release_number": "true",
            "selected": "true",
            "email": "ana@example.com",
            "target_location_id": "Girona",
        },
    ]
    assert not any(DEFINITION.prepare(row)[1] for row in rows)


async def test_a_file_in_which_nobody_is_selected_is_told_without_a_call(
    tenant: Tenant, tmp_path: Path
) -> None:
    path = control(tmp_path, ",P1,L1")
    row = {"csv_path": str(path)}
    assert not expand(cells_of(**row))
    ran = await run(tenant, row)
    assert ran.message == (
        "unchanged; no row of people_to_location.csv is selected (1 people): put x into selected "
        "and fill target_location_id"
    )
    assert not ran.calls


def test_the_control_file_is_made_from_the_people_export_once(tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    people.write_text(json.dumps({"items": [{"id": "P1"}, {"id": "P2"}]}))
    path = tmp_path / "report" / "people_to_location.csv"
    row = {"csv_path": str(path), "people_json": str(people)}
    assert not expand(cells_of(**row))
    made = "selected,person_id,target_location_id\r\n,P1,\r\n,P2,\r\n"
    assert path.read_bytes().decode() == made
    path.write_text(made.replace(",P1,", "x,P1,Girona"))
    assert [one["person_id"] for one in expand(cells_of(**row))] == ["P1"]
    assert not expand(cells_of(**row, generate_only="true"))
    assert not expand(cells_of(**row, overwrite_csv="true"))
    assert path.read_bytes().decode() == made


def test_rows_that_name_no_file_stay_as_they_are() -> None:
    assert not expand(cells_of(**FORM))


def test_a_control_file_with_other_headers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "control.csv"
    path.write_text("selected,person,target\nx,P1,L1\n")
    with pytest.raises(InputFileError, match="header has to be exactly"):
        expand(cells_of(csv_path=str(path)))
