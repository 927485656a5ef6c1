"""An organisation survives a trip through its saved form."""

from __future__ import annotations

import orjson
import pytest

from Space_OdT.simulator.organisation import Organisation
from Space_OdT.simulator.world import World
from tests.simulator.organisation.invariants import check_invariants
from tests.simulator.organisation.scene import Scene


def reloaded(organisation: Organisation) -> Organisation:
    return Organisation.from_state(orjson.loads(orjson.dumps(organisation.to_state())))


def test_the_saved_form_of_a_reloaded_organisation_is_the_same(scene: Scene) -> None:
    again = reloaded(scene.org)
    assert orjson.dumps(again.to_state()) == orjson.dumps(scene.org.to_state())
    check_invariants(again)


def test_a_reloaded_organisation_answers_lookups_like_the_original(scene: Scene) -> None:
    again = reloaded(scene.org)
    assert again.person_by_email(scene.caller.email.upper()) == scene.caller
    assert again.location_by_name(scene.plain.name) == scene.plain
    assert again.memberships(scene.caller.id) == scene.org.memberships(scene.caller.id)
    assert again.holders(scene.pro.id) == scene.org.holders(scene.pro.id)
    device = next(iter(scene.org.devices.values()))
    assert again.device(device.id) == device


def test_changes_are_part_of_the_saved_form(scene: Scene) -> None:
    number = scene.free_number(scene.premises)
    body = {"phoneNumbers": [{"primary": False, "action": "ADD", "directNumber": number}]}
    path = f"/telephony/config/people/{scene.caller.id}/numbers"
    assert scene.call("PUT", path, body).status == 204
    state = orjson.loads(orjson.dumps(scene.world.to_state()))
    again = World.from_state(state)
    line = again.organisation.plan.owner_of(number)
    assert line is not None
    assert line.owner_id == scene.caller.id


def test_an_incomplete_saved_form_is_refused(scene: Scene) -> None:
    state = scene.org.to_state()
    del state["people"]
    with pytest.raises(KeyError, match="people"):
        Organisation.from_state(state)
