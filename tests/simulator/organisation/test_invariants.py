"""Whatever is asked, in whatever order, what is linked stays linked."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from Space_OdT.simulator.organisation import Organisation
from Space_OdT.simulator.organisation.entities import LicenceKind
from Space_OdT.simulator.world import World
from tests.simulator.organisation.invariants import check_invariants
from tests.simulator.organisation.scene import Scene, T, new_scene

ORIGINAL = orjson.dumps(new_scene().world.to_state())
EXTENSIONS = ["80008000", "80008001", "80000001", "112", ""]

Step = tuple[str, int, int, int]


def pick(items: Any, index: int) -> Any:
    known = list(items)
    return known[index % len(known)]


def assign(scene: Scene, who: int, where: int, what: int) -> None:
    person = pick(scene.org.people.values(), who)
    location = pick(scene.org.locations.values(), where)
    licence = pick(scene.org.licences.values(), what)
    number = pick(scene.org.plan.numbers, what * 7)
    properties = {
        "locationId": location.id,
        "extension": pick(EXTENSIONS, what),
        **({"phoneNumber": number} if what % 2 else {}),
    }
    entry: dict[str, Any] = {"id": licence.id, "operation": pick(("add", "remove"), where)}
    if licence.kind in {LicenceKind.PROFESSIONAL, LicenceKind.STANDARD}:
        entry["properties"] = properties
    scene.call("PATCH", "/licenses/users", {"personId": person.id, "licenses": [entry]})


def move(scene: Scene, who: int, where: int, what: int) -> None:
    person = pick(scene.org.people.values(), who)
    location = pick(scene.org.locations.values(), where)
    user = {"userId": person.id, "phoneNumber": "", "extension": pick(EXTENSIONS, what)}
    entry = {"locationId": location.id, "validate": False, "users": [user]}
    path = f"{T}/jobs/person/moveLocation"
    answer = scene.call("POST", path, {"usersList": [entry]})
    if answer.status == 201:
        for _ in range(4):
            scene.get(f"{path}/{answer.body['response']['id']}")


def alternate(scene: Scene, who: int, where: int, what: int) -> None:
    person = pick(scene.org.people.values(), who)
    entry = {
        "primary": False,
        "action": pick(("ADD", "DELETE"), where),
        "directNumber": pick(scene.org.plan.numbers, what),
    }
    scene.call("PUT", f"{T}/people/{person.id}/numbers", {"phoneNumbers": [entry]})


def inventory(scene: Scene, who: int, where: int, what: int) -> None:
    location = pick(scene.org.locations.values(), where)
    number = pick((f"+3491999{who:04d}", pick(scene.org.plan.numbers, who)), what)
    method = pick(("POST", "PUT", "DELETE"), what)
    path = f"{T}/locations/{location.id}/numbers"
    scene.call(method, path, {"phoneNumbers": [number]})


def main_number(scene: Scene, who: int, where: int, what: int) -> None:
    location = pick(scene.org.locations.values(), where)
    number = pick(scene.org.plan.numbers, who + what)
    body = {"callingLineId": {"phoneNumber": number}}
    scene.call("PUT", f"{T}/locations/{location.id}", body)


def delete_person(scene: Scene, who: int, where: int, what: int) -> None:
    del where, what
    scene.call("DELETE", f"/people/{pick(scene.org.people, who)}")


def workspace(scene: Scene, who: int, where: int, what: int) -> None:
    location = pick(scene.org.locations.values(), where)
    if what % 3 == 0:
        scene.call("DELETE", f"/workspaces/{pick(scene.org.workspaces, who)}")
        return
    details = {"locationId": location.id, "extension": pick(EXTENSIONS, what)}
    kind = pick(("webexCalling", "freeCalling"), who)
    body = {"displayName": "Room", "calling": {"type": kind, "webexCalling": details}}
    scene.call("POST", "/workspaces", body)


def queue(scene: Scene, who: int, where: int, what: int) -> None:
    feature = pick(scene.org.features.values(), where)
    agents = [{"id": pick(scene.org.people, who + n)} for n in range(what % 4)]
    path = f"{T}/locations/{feature.location_id}/queues/{feature.id}"
    scene.call("PUT", path, {"queueSettings": {}, "agents": agents})


STEPS = {
    step.__name__: step
    for step in (
        *(assign, move, alternate, inventory),
        *(main_number, delete_person, workspace, queue),
    )
}
INDEX = st.integers(0, 400)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), INDEX, INDEX, INDEX), max_size=25))
def test_any_sequence_of_requests_keeps_the_organisation_consistent(steps: list[Step]) -> None:
    scene = Scene(World.from_state(orjson.loads(ORIGINAL)))
    for name, who, where, what in steps:
        STEPS[name](scene, who, where, what)
    check_invariants(scene.org)
    state = orjson.loads(orjson.dumps(scene.org.to_state()))
    assert Organisation.from_state(state).to_state() == state
