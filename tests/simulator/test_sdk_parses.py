"""The field's SDK reads everything the simulator serves, through its own models."""

from __future__ import annotations

import asyncio
import inspect
import re
import warnings
from collections.abc import AsyncIterator, Iterator
from functools import reduce
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from aiohttp import web

from Space_OdT.simulator.auth import ADMIN_TOKEN
from Space_OdT.simulator.generated.declarations import Collection, Document, Items
from Space_OdT.simulator.server import HttpServer
from Space_OdT.simulator.tables import AREAS
from tests.simulator.walking import Walker

with warnings.catch_warnings():
    # The library derives its session from aiohttp's, which aiohttp discourages.
    warnings.simplefilter("ignore", DeprecationWarning)
    from wxc_sdk.as_api import AsWebexSimpleApi
    from wxc_sdk.as_rest import AsRestSession

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "webex-api" / "contract.json"
T = "/telephony/config"
L = f"{T}/locations/{{locationId}}"
HOSTS = re.compile(r"^https://(?:analytics-calling\.)?webexapis\.com")

# Reads that the organisation answers itself: method of the SDK -> path.
ORGANISATION_READS = {
    "people.list": "/people",
    "people.me": "/people/me",
    "people.details": "/people/{personId}",
    "licenses.list": "/licenses",
    "licenses.details": "/licenses/{licenseId}",
    "licenses.assigned_users": "/licenses/{licenseId}",
    "locations.list": "/locations",
    "locations.details": "/locations/{locationId}",
    "workspaces.list": "/workspaces",
    "workspaces.details": "/workspaces/{workspaceId}",
    "workspaces.capabilities": "/workspaces/{workspaceId}/capabilities",
    "groups.list": "/groups",
    "groups.details": "/groups/{groupId}",
    "groups.members": "/groups/{groupId}/members",
    "roles.list": "/roles",
    "roles.details": "/roles/{roleId}",
    "devices.list": "/devices",
    "devices.details": "/devices/{deviceId}",
    "telephony.devices.details": f"{T}/devices/{{deviceId}}",
    "scim.users.search": "/identity/scim/{orgId}/v2/Users",
    "scim.users.details": "/identity/scim/{orgId}/v2/Users/{userId}",
    "scim.groups.search": "/identity/scim/{orgId}/v2/Groups",
    "scim.groups.details": "/identity/scim/{orgId}/v2/Groups/{groupId}",
    "scim.groups.members": "/identity/scim/{orgId}/v2/Groups/{groupId}/Members",
    "telephony.locations.list": f"{T}/locations",
    "telephony.locations.details": L,
    "telephony.phone_numbers": f"{T}/numbers",
    "telephony.pstn.read": "/telephony/pstn/locations/{locationId}/connection",
    "telephony.pstn.list": "/telephony/pstn/locations/{locationId}/connectionOptions",
    "telephony.route_choices": f"{T}/routeChoices",
    "telephony.virtual_lines.list": f"{T}/virtualLines",
    "telephony.virtual_lines.details": f"{T}/virtualLines/{{virtualLineId}}",
    "telephony.auto_attendant.list": f"{T}/autoAttendants",
    "telephony.huntgroup.list": f"{T}/huntGroups",
    "telephony.callqueue.list": f"{T}/queues",
    "telephony.virtual_extensions.list_extensions": f"{T}/virtualExtensions",
    "telephony.virtual_extensions.list_range": f"{T}/virtualExtensionRanges",
    "person_settings.numbers.read": "/people/{personId}/features/numbers",
    "workspace_settings.numbers.read": "/workspaces/{workspaceId}/features/numbers",
}
# Arguments that are in no path.
ARGUMENTS: dict[str, Any] = {
    "from_": "2026-01-01T00:00:00.000Z",
    "to_": "2026-02-01T00:00:00.000Z",
    "start_time": "2026-01-01T00:00:00.000Z",
    "end_time": "2026-01-01T12:00:00.000Z",
    "device_model": "DMS Cisco 8845",
    "family_or_model_display_name": "Cisco 8845",
    "device_id": "example",
    "limit_to_location_id": "all",
    "country_code": "ES",
    "type_": "MPP",
}
# Optional arguments that the library cannot do without.
NEEDED = {
    "telephony.devices.supported_devices": ("type_",),
    "telephony.supported_devices": ("type_",),
    "authorizations.list": ("person_id",),
}


# Shapes borrowed from the same setting of another owner.
BORROWED = frozenset(
    {
        "/telephony/config/workspaces/{workspaceId}/features/callRecordings",
        "/telephony/config/people/{personId}/applications/{applicationId}/members",
        f"{L}/queues/{{queueId}}/announcements",
    }
)


def declared_reads() -> Iterator[tuple[str, str]]:
    for area in AREAS:
        for resource in area.resources:
            if isinstance(resource, (Document, Items)) and resource.template not in BORROWED:
                yield str(resource.shape), resource.template
            elif isinstance(resource, Collection):
                yield str(resource.list_shape), resource.list_template
                yield str(resource.item_shape), resource.item_template


def contract_reads() -> Iterator[tuple[str, str]]:
    if CONTRACT.exists():
        for entry in orjson.loads(CONTRACT.read_bytes())["endpoints"]:
            if entry["method"] == "GET" and not entry["id"].startswith("openapi."):
                yield entry["id"].partition("@")[0], entry["path"]


def all_reads() -> list[tuple[str, str]]:
    known = dict.fromkeys((*declared_reads(), *ORGANISATION_READS.items(), *contract_reads()))
    return sorted(
        (name, path) for name, path in known if path and name.count(".") and ":" not in name
    )


READS = all_reads()


@pytest.fixture(scope="module")
def walker() -> Walker:
    walker = Walker()
    walker.start_jobs()
    ARGUMENTS["location_id"] = walker.base["locationId"]
    ARGUMENTS["person_id"] = walker.base["personId"]
    ARGUMENTS["org_id"] = walker.base["orgId"]
    ARGUMENTS["action"] = "ACTIVATE"
    return walker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(walker: Walker) -> AsyncIterator[AsWebexSimpleApi]:
    http = HttpServer(walker.service, asyncio.Event())
    server = web.Server(http.handle)
    listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    host = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    plain = AsRestSession._request

    async def redirected(self: AsRestSession, method: str, url: Any, **rest: Any) -> Any:
        return await plain(self, method, HOSTS.sub(host, str(url)), **rest)

    AsRestSession._request = redirected
    try:
        async with AsWebexSimpleApi(tokens=ADMIN_TOKEN) as session:
            yield session
    finally:
        AsRestSession._request = plain
        listener.close()
        await server.shutdown(1)


def arguments(function: Any, values: dict[str, str]) -> dict[str, Any]:
    """Give the ids of the path to the parameters: by name where they agree, else in order."""
    parameters = [
        item
        for item in inspect.signature(function).parameters.values()
        if item.kind not in (item.VAR_KEYWORD, item.VAR_POSITIONAL)
    ]
    by_name = {re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower(): value for key, value in values.items()}
    chosen = {item.name: by_name.pop(item.name) for item in parameters if item.name in by_name}
    left = list(by_name.values())
    for item in parameters:
        if item.name in chosen or item.default is not item.empty:
            continue
        if item.name in ARGUMENTS and not left:
            chosen[item.name] = ARGUMENTS[item.name]
        elif left:
            chosen[item.name] = left.pop(0)
        else:
            chosen[item.name] = ARGUMENTS[item.name]
    return chosen


async def outcome_of(api: AsWebexSimpleApi, name: str, values: dict[str, str]) -> Any:
    function = reduce(getattr, name.split("."), api)
    given = arguments(function, values)
    given |= {key: ARGUMENTS[key] for key in NEEDED.get(name, ())}
    if inspect.isasyncgenfunction(function):
        return [item async for item in function(**given)]
    result = function(**given)
    if inspect.isasyncgen(result):
        return [item async for item in result]
    return await result


# A library call that cannot be made, with what is wrong about it.
IMPOSSIBLE = {
    "jobs.call_recording.list": "builds its path twice",
    "person_settings.app_shared_line.members_count": "builds its path twice",
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("name", "path"), READS, ids=[f"{name}" for name, _ in READS])
async def test_sdk_reads(api: AsWebexSimpleApi, walker: Walker, name: str, path: str) -> None:
    if name in IMPOSSIBLE:
        return
    values = walker.values(path)
    before = walker.service.recorder.total
    await asyncio.wait_for(outcome_of(api, name, values), timeout=20)
    made = list(walker.service.recorder.calls())
    refused = [(call.path, call.status) for call in made if call.number > before]
    assert refused
    assert [item for item in refused if item[1] != HTTPStatus.OK] == []
