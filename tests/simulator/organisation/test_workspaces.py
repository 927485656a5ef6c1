"""Workspaces are listed, created, changed and deleted by the API's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from Space_OdT.simulator.organisation.entities import LicenceKind
from tests.simulator.organisation.invariants import check_invariants
from tests.simulator.organisation.scene import Scene, T


def calling(scene: Scene, kind: LicenceKind | None = None, **more: Any) -> dict[str, Any]:
    details: dict[str, Any] = {"locationId": scene.premises.id, "extension": "80008000", **more}
    if kind is not None:
        details["licenses"] = [scene.licence(kind).id]
    return {"displayName": "Room", "calling": {"type": "webexCalling", "webexCalling": details}}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("calling", "webexCalling"),
        ("supportedDevices", "phones"),
        ("type", "desk"),
        ("healthLevel", "ok"),
        ("calendar", "none"),
        ("devicePlatform", "cisco"),
        ("plannedMaintenance", "off"),
    ],
)
def test_workspaces_are_filtered(name: str, value: str, scene: Scene) -> None:
    found = scene.get("/workspaces", **{name: value})[:]
    assert found
    everything = scene.get("/workspaces")[:]
    nested = {
        "calling": ("calling", "type"),
        "calendar": ("calendar", "type"),
        "healthLevel": ("health", "level"),
        "plannedMaintenance": ("plannedMaintenance", "mode"),
    }
    outer, inner = nested.get(name, (name, ""))

    def of(item: Any) -> str:
        return item[outer][inner] if inner else item[outer]

    assert found == [item for item in everything if of(item) == value]


def test_workspaces_are_found_by_place_and_name(scene: Scene) -> None:
    wanted = scene.workspace("professional")
    query = {"displayName": wanted.display_name.upper(), "locationId": wanted.location_id + "="}
    assert [item["id"] for item in scene.get("/workspaces", **query)[:]] == [wanted.id]


def test_devices_and_capabilities_come_along_on_demand(scene: Scene) -> None:
    wanted = scene.workspace("professional")
    plain = scene.get(f"/workspaces/{wanted.id}")
    assert not {"devices", "capabilities"} & set(plain)
    full = scene.get(f"/workspaces/{wanted.id}", includeDevices="true", includeCapabilities="true")
    assert full["devices"][0]["workspaceId"] == wanted.id
    alone = scene.get(f"/workspaces/{wanted.id}/capabilities")
    assert full["capabilities"] == alone["capabilities"]


def test_without_calling_a_free_calling_workspace_is_made(scene: Scene) -> None:
    answer = scene.call("POST", "/workspaces", {"displayName": "Room"})
    assert answer.status == 201
    assert answer.body["calling"] == {"type": "freeCalling"}
    assert answer.body["supportedDevices"] == "collaborationDevices"


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        (LicenceKind.PROFESSIONAL, "professional"),
        (LicenceKind.WORKSPACE, "basic"),
        (None, "basic"),
    ],
)
def test_a_calling_workspace_takes_a_licence_and_a_line(
    kind: LicenceKind | None, made: str, scene: Scene
) -> None:
    number = scene.free_number(scene.premises)
    answer = scene.call("POST", "/workspaces", calling(scene, kind, phoneNumber=number))
    assert answer.status == 201
    workspace_id = answer.body["id"]
    assert scene.org.calling_workspace_kind(workspace_id) == made
    assert answer.body["locationId"] == scene.premises.id
    read = scene.get(f"/workspaces/{workspace_id}/features/numbers")
    assert read["phoneNumbers"][0]["external"] == number
    assert scene.get(f"{T}/numbers", phoneNumber=number)[0]["owner"]["type"] == "PLACE"
    check_invariants(scene.org)


def test_professional_is_taken_when_workspace_licences_are_spent(scene: Scene) -> None:
    licence = scene.licence(LicenceKind.WORKSPACE)
    licence.total_units = sum(scene.org.consumed_units(licence.id))
    answer = scene.call("POST", "/workspaces", calling(scene))
    assert scene.org.calling_workspace_kind(answer.body["id"]) == "professional"


def test_a_hot_desk_has_neither_line_nor_calling_settings(scene: Scene) -> None:
    body = calling(scene, LicenceKind.HOT_DESK, extension="")
    workspace_id = scene.call("POST", "/workspaces", body).body["id"]
    assert scene.org.plan.of_owner(workspace_id) == []
    answer = scene.call("GET", f"/workspaces/{workspace_id}/features/numbers")
    assert (answer.status, answer.code) == (400, 4003)


def _spent(scene: Scene) -> dict[str, Any]:
    licence = scene.licence(LicenceKind.WORKSPACE)
    licence.total_units = sum(scene.org.consumed_units(licence.id))
    return calling(scene, LicenceKind.WORKSPACE)


CREATE_REFUSALS: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "without a name": lambda _: {},
    "of an unknown type": lambda _: {"displayName": "x", "type": "cellar"},
    "with an unknown calling type": lambda _: {"displayName": "x", "calling": {"type": "smoke"}},
    "with a negative capacity": lambda _: {"displayName": "x", "capacity": -1},
    "in an unknown location": lambda _: {"displayName": "x", "locationId": "unknown"},
    "without a line": lambda s: calling(s, extension=""),
    "with an extension somebody has": lambda s: calling(s, extension=s.line(s.caller).extension),
    "with a number from elsewhere": lambda s: calling(s, phoneNumber=s.free_number(s.trunked)),
    "in a location without calling": lambda s: calling(s, locationId=s.plain.id),
    "in two locations": lambda s: {**calling(s), "locationId": s.trunked.id},
    "as a hot desk with a line": lambda s: calling(s, LicenceKind.HOT_DESK),
    "with a user licence": lambda s: calling(s, LicenceKind.STANDARD),
    "when licences are spent": _spent,
}


@pytest.mark.parametrize("name", CREATE_REFUSALS)
def test_a_workspace_is_not_created(name: str, scene: Scene) -> None:
    body = CREATE_REFUSALS[name](scene)
    before = scene.org.to_state()
    assert scene.call("POST", "/workspaces", body).status == 400
    assert scene.org.to_state() == before


def test_a_change_erases_what_it_does_not_say(scene: Scene) -> None:
    wanted = scene.workspace("professional")
    wanted.capacity, wanted.notes, wanted.type = 4, "note", "desk"
    line = scene.line(wanted)
    answer = scene.call("PUT", f"/workspaces/{wanted.id}", {"displayName": "Renamed"})
    assert answer.status == 200
    assert answer.body["displayName"] == "Renamed"
    assert not {"capacity", "notes"} & set(answer.body)
    assert answer.body["type"] == "notSet"
    assert scene.line(wanted) is line


def test_extension_and_number_of_a_workspace_change(scene: Scene) -> None:
    wanted = scene.workspace("basic")
    home = scene.org.locations[wanted.location_id]
    number = scene.free_number(home)
    details = {"extension": "80008000", "phoneNumber": number}
    body = {"displayName": "x", "calling": {"type": "webexCalling", "webexCalling": details}}
    assert scene.call("PUT", f"/workspaces/{wanted.id}", body).status == 200
    line = scene.line(wanted)
    assert (line.extension, line.phone_number) == ("80008000", number)
    check_invariants(scene.org)


def test_a_free_calling_workspace_without_devices_becomes_a_calling_one(scene: Scene) -> None:
    workspace_id = scene.call("POST", "/workspaces", {"displayName": "Room"}).body["id"]
    body = calling(scene, LicenceKind.PROFESSIONAL)
    assert scene.call("PUT", f"/workspaces/{workspace_id}", body).status == 200
    assert scene.org.calling_workspace_kind(workspace_id) == "professional"
    back = {"displayName": "Room", "calling": {"type": "freeCalling"}}
    assert scene.call("PUT", f"/workspaces/{workspace_id}", back).status == 200
    assert scene.org.plan.of_owner(workspace_id) == []
    check_invariants(scene.org)


CHANGE_REFUSALS: dict[str, Callable[[Scene, Any], dict[str, Any]]] = {
    "its calling while there are devices": lambda _, __: {"calling": {"type": "freeCalling"}},
    "its location": lambda s, w: {
        "locationId": next(i for i in s.org.locations if i != w.location_id)
    },
    "its devices": lambda _, w: {
        "supportedDevices": "phones" if w.supported_devices != "phones" else "collaborationDevices"
    },
    "its calling location": lambda s, w: {
        "calling": {
            "type": "webexCalling",
            "webexCalling": {
                "locationId": next(i for i in s.org.calling_location_ids() if i != w.location_id),
                "extension": "80008000",
            },
        }
    },
    "its name to nothing": lambda _, __: {"displayName": ""},
}


@pytest.mark.parametrize("name", CHANGE_REFUSALS)
def test_a_workspace_does_not_change(name: str, scene: Scene) -> None:
    wanted = scene.workspace("professional")
    body = {"displayName": "x", **CHANGE_REFUSALS[name](scene, wanted)}
    before = scene.org.to_state()
    assert scene.call("PUT", f"/workspaces/{wanted.id}", body).status == 400
    assert scene.org.to_state() == before


def test_a_deleted_workspace_frees_numbers_and_units(scene: Scene) -> None:
    wanted = scene.workspace("professional")
    used = scene.org.consumed_units(scene.pro.id)[1]
    assert scene.call("DELETE", f"/workspaces/{wanted.id}").status == 204
    assert scene.call("GET", f"/workspaces/{wanted.id}").status == 404
    assert scene.org.plan.of_owner(wanted.id) == []
    assert scene.org.consumed_units(scene.pro.id)[1] == used - 1
    check_invariants(scene.org)


def test_hoteling_of_a_workspace_is_kept(scene: Scene) -> None:
    wanted = scene.workspace("professional")
    path = f"{T}/workspaces/{wanted.id}/devices"
    body = {"enabled": True, "limitGuestUse": True, "guestHoursLimit": 24}
    assert scene.call("PUT", path, body).status == 204
    assert scene.get(path)["devices"][0]["hoteling"] == body
    assert scene.call("PUT", path, {"enabled": True, "guestHoursLimit": 0}).status == 400


# Devices -------------------------------------------------------------------------------------


def test_a_phone_is_added_and_removed(scene: Scene) -> None:
    body = {"mac": "02-AB-CD-EF-00-01", "model": "DMS Cisco 8865", "personId": scene.caller.id}
    answer = scene.call("POST", "/devices", body)
    assert answer.status == 200
    assert scene.call("POST", "/devices", body).status == 409
    mine = scene.get("/devices", personId=scene.caller.id)[:]
    assert answer.body in mine
    read = scene.get(f"{T}/devices/{answer.body['callingDeviceId']}")
    assert read["mac"] == "02ABCDEF0001"
    assert scene.call("DELETE", f"/devices/{answer.body['id']}").status == 204
    assert scene.call("GET", f"/devices/{answer.body['id']}").status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"mac": "nonsense", "model": "x"}, 400),
        ({"mac": "02ABCDEF0001", "model": "x"}, 400),
        ({"mac": "02ABCDEF0001", "model": "x", "workspaceId": "unknown"}, 404),
    ],
)
def test_a_phone_is_not_added(body: dict[str, Any], status: int, scene: Scene) -> None:
    assert scene.call("POST", "/devices", body).status == status


def test_an_activation_code_has_sixteen_digits(scene: Scene) -> None:
    body = {"workspaceId": scene.workspace("basic").id}
    code = scene.call("POST", "/devices/activationCode", body).body["code"]
    assert code.isdigit()
    assert len(code) == 16


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("type", lambda item: item["type"]),
        ("product", lambda item: item["product"]),
        ("connectionStatus", lambda item: item["connectionStatus"]),
        ("serial", lambda item: item["serial"]),
        ("mac", lambda item: item["mac"]),
        ("locationId", lambda item: item["locationId"]),
        ("software", lambda item: item["software"]),
    ],
)
def test_devices_are_filtered(name: str, of: Callable[[Any], str], scene: Scene) -> None:
    everything = scene.get("/devices")[:]
    value = of(everything[0])
    found = scene.get("/devices", **{name: value})[:]
    assert found == [item for item in everything if of(item) == value]


def test_a_device_shows_its_member(scene: Scene) -> None:
    device = next(d for d in scene.org.devices.values() if d.owner_id in scene.org.people)
    members = scene.get(f"{T}/devices/{device.id}/members")["members"]
    line = scene.org.plan.primary(device.owner_id)
    assert (members[0]["id"], members[0]["extension"]) == (device.owner_id, line.extension)


def test_other_devices_of_nobody_and_somebody(scene: Scene) -> None:
    caller = scene.caller
    assert scene.get(f"{T}/people/{caller.id}/devices/count")["totalDeviceCount"] == len(
        scene.org.devices_of(caller.id)
    )
    free = next(w for w in scene.org.workspaces.values() if w.calling == "freeCalling")
    answer = scene.call("GET", f"{T}/workspaces/{free.id}/devices")
    assert (answer.status, answer.code) == (400, 4003)
    assert scene.call("GET", "/devices/unknown").status == 404
    assert scene.call("DELETE", "/devices/unknown").status == 404


@pytest.mark.parametrize("body", [{"displayName": "x", "calling": "yes"}, "text"])
def test_a_body_of_another_shape_is_refused(body: Any, scene: Scene) -> None:
    assert scene.call("POST", "/workspaces", body).status == 400


def test_an_own_line_and_licence_are_kept_when_not_said(scene: Scene) -> None:
    wanted = scene.workspace("basic")
    line, licences = scene.line(wanted), list(wanted.licences)
    kept = (line.extension, line.phone_number)
    body = {"displayName": "x", "calling": {"type": "webexCalling", "webexCalling": {}}}
    assert scene.call("PUT", f"/workspaces/{wanted.id}", body).status == 200
    now = scene.line(wanted)
    assert ((now.extension, now.phone_number), wanted.licences) == (kept, licences)


def test_no_licence_left_means_no_calling_workspace(scene: Scene) -> None:
    for kind in (LicenceKind.WORKSPACE, LicenceKind.PROFESSIONAL):
        licence = scene.licence(kind)
        licence.total_units = sum(scene.org.consumed_units(licence.id))
    assert scene.call("POST", "/workspaces", calling(scene)).status == 400
