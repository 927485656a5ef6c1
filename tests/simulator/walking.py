"""Finds ids that exist for every parameter of a path, by reading the lists a client would read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from Space_OdT.simulator.assembly import build_service
from Space_OdT.simulator.auth import ADMIN_TOKEN
from Space_OdT.simulator.organisation.keys import uuid_of
from Space_OdT.simulator.service import Incoming, Outgoing, Service
from Space_OdT.simulator.world import World

T = "/telephony/config"
L = f"{T}/locations/{{locationId}}"
PF = "/people/{personId}/features"
P = f"{T}/people/{{personId}}"
W = f"{T}/workspaces/{{workspaceId}}"
V = f"{T}/virtualLines/{{virtualLineId}}"
HEADERS = {"Authorization": f"Bearer {ADMIN_TOKEN}"}

# Path up to a parameter -> path of the list that feeds it, key of the list, field of the id.
FEEDS: dict[str, tuple[str, str, str]] = {
    f"{L}/queues/{{queueId}}": (f"{T}/queues?locationId={{locationId}}", "queues", "id"),
    f"{T}/cxEssentials/locations/{{locationId}}/queues/{{queueId}}": (
        f"{T}/queues?locationId={{locationId}}",
        "queues",
        "id",
    ),
    f"{L}/huntGroups/{{huntGroupId}}": (
        f"{T}/huntGroups?locationId={{locationId}}",
        "huntGroups",
        "id",
    ),
    f"{T}/huntGroups/{{huntGroupId}}": (f"{T}/huntGroups", "huntGroups", "id"),
    f"{L}/autoAttendants/{{autoAttendantId}}": (
        f"{T}/autoAttendants?locationId={{locationId}}",
        "autoAttendants",
        "id",
    ),
    f"{L}/queues/{{queueId}}/dnis/{{dnisId}}": (f"{L}/queues/{{queueId}}/dnis", "dnisList", "id"),
    f"{L}/callParks/{{callParkId}}": (f"{L}/callParks", "callParks", "id"),
    f"{L}/callPickups/{{callPickupId}}": (f"{L}/callPickups", "callPickups", "id"),
    f"{L}/callParkExtensions/{{callParkExtensionId}}": (
        f"{T}/callParkExtensions?locationId={{locationId}}",
        "callParkExtensions",
        "id",
    ),
    f"{L}/paging/{{pagingId}}": (f"{T}/paging?locationId={{locationId}}", "locationPaging", "id"),
    f"{L}/voicemailGroups/{{voicemailGroupId}}": (
        f"{T}/voicemailGroups?locationId={{locationId}}",
        "voicemailGroups",
        "id",
    ),
    f"{L}/schedules/{{type}}": (f"{L}/schedules", "schedules", "type"),
    f"{L}/schedules/{{type}}/{{scheduleId}}": (f"{L}/schedules?type={{type}}", "schedules", "id"),
    f"{L}/schedules/{{type}}/{{scheduleId}}/events/{{eventId}}": (
        f"{L}/schedules/{{type}}/{{scheduleId}}",
        "events",
        "id",
    ),
    f"{L}/announcements/{{announcementId}}": (
        f"{T}/announcements?locationId={{locationId}}",
        "announcements",
        "id",
    ),
    f"{L}/callRouting/translationPatterns/{{translationId}}": (
        f"{T}/callRouting/translationPatterns?limitToLocationId={{locationId}}",
        "translationPatterns",
        "id",
    ),
    f"{L}/dectNetworks/{{dectNetworkId}}": (
        f"{T}/dectNetworks?locationId={{locationId}}",
        "dectNetworks",
        "id",
    ),
    f"{L}/dectNetworks/{{dectNetworkId}}/baseStations/{{baseStationId}}": (
        f"{L}/dectNetworks/{{dectNetworkId}}/baseStations",
        "baseStations",
        "id",
    ),
    f"{L}/dectNetworks/{{dectNetworkId}}/handsets/{{handsetId}}": (
        f"{L}/dectNetworks/{{dectNetworkId}}/handsets",
        "handsets",
        "id",
    ),
    f"{L}/outgoingPermission/digitPatterns/{{digitPatternId}}": (
        f"{L}/outgoingPermission/digitPatterns",
        "digitPatterns",
        "id",
    ),
    f"{L}/receptionistContacts/directories/{{directoryId}}": (
        f"{L}/receptionistContacts/directories",
        "directories",
        "id",
    ),
    f"{L}/aiReceptionists/{{aiReceptionistId}}": (
        f"{T}/aiReceptionists?locationId={{locationId}}",
        "aiReceptionists",
        "id",
    ),
    f"{L}/aiReceptionists/{{aiReceptionistId}}/intents/{{intentId}}": (
        f"{L}/aiReceptionists/{{aiReceptionistId}}/intents",
        "intents",
        "id",
    ),
    "/aiReceptionists/{aiReceptionistId}": (f"{T}/aiReceptionists", "aiReceptionists", "id"),
    "/aiReceptionists/{aiReceptionistId}/sessions/{sessionId}": (
        "/aiReceptionists/{aiReceptionistId}/sessions",
        "objects",
        "id",
    ),
    f"{T}/aiReceptionists/templates/{{templateId}}": (
        f"{T}/aiReceptionists/templates",
        "templates",
        "id",
    ),
    f"{T}/knowledgeBases/{{knowledgeBaseId}}": (f"{T}/knowledgeBases", "knowledgeBases", "id"),
    f"{T}/knowledgeBases/{{knowledgeBaseId}}/documents/{{documentId}}": (
        f"{T}/knowledgeBases/{{knowledgeBaseId}}/documents",
        "documents",
        "id",
    ),
    f"{T}/announcements/{{announcementId}}": (f"{T}/announcements", "announcements", "id"),
    f"{T}/announcements/playlists/{{playlistId}}": (
        f"{T}/announcements/playlists",
        "playlists",
        "id",
    ),
    f"{T}/announcements/playlists/{{playListId}}": (
        f"{T}/announcements/playlists",
        "playlists",
        "id",
    ),
    f"{T}/callRecording/vendors/{{vendorId}}": (f"{T}/callRecording/vendors", "vendors", "id"),
    f"{T}/callRouting/translationPatterns/{{translationId}}": (
        f"{T}/callRouting/translationPatterns",
        "translationPatterns",
        "id",
    ),
    f"{T}/cxEssentials/wrapup/reasons/{{wrapupReasonId}}": (
        f"{T}/cxEssentials/wrapup/reasons",
        "wrapupReasons",
        "id",
    ),
    f"{T}/devices/{{deviceId}}": ("/devices?type=phone", "items", "callingDeviceId"),
    f"{T}/devices/lineKeyTemplates/{{templateId}}": (
        f"{T}/devices/lineKeyTemplates",
        "lineKeyTemplates",
        "id",
    ),
    "/devices/{deviceId}": ("/devices", "items", "id"),
    f"{T}/operatingModes/{{modeId}}": (f"{T}/operatingModes", "operatingModes", "id"),
    f"{T}/operatingModes/{{modeId}}/holidays/{{holidayId}}": (
        f"{T}/operatingModes/{{modeId}}",
        "holidays",
        "id",
    ),
    f"{T}/premisePstn/dialPlans/{{dialPlanId}}": (f"{T}/premisePstn/dialPlans", "dialPlans", "id"),
    f"{T}/premisePstn/routeGroups/{{routeGroupId}}": (
        f"{T}/premisePstn/routeGroups",
        "routeGroups",
        "id",
    ),
    f"{T}/premisePstn/routeLists/{{routeListId}}": (
        f"{T}/premisePstn/routeLists",
        "routeLists",
        "id",
    ),
    f"{T}/premisePstn/trunks/{{trunkId}}": (f"{T}/premisePstn/trunks", "trunks", "id"),
    f"{T}/queues/agents/{{id}}": (f"{T}/queues/agents", "agents", "id"),
    f"{T}/supervisors/{{supervisorId}}": (
        f"{T}/supervisors?hasCxEssentials=true",
        "supervisors",
        "id",
    ),
    f"{T}/virtualExtensionRanges/{{extensionRangeId}}": (
        f"{T}/virtualExtensionRanges",
        "virtualExtensionRanges",
        "id",
    ),
    f"{T}/virtualExtensions/{{extensionId}}": (
        f"{T}/virtualExtensions",
        "virtualExtensions",
        "id",
    ),
    V: (f"{T}/virtualLines", "virtualLines", "id"),
    f"{PF}/schedules/{{scheduleType}}": (f"{PF}/schedules", "schedules", "type"),
    f"{PF}/schedules/{{scheduleType}}/{{scheduleId}}": (f"{PF}/schedules", "schedules", "id"),
    f"{PF}/schedules/{{scheduleType}}/{{scheduleId}}/events/{{eventId}}": (
        f"{PF}/schedules/{{scheduleType}}/{{scheduleId}}",
        "events",
        "id",
    ),
    f"{P}/executive/callFiltering/criteria/{{id}}": (
        f"{P}/executive/callFiltering",
        "criteria",
        "id",
    ),
    "/authorizations/{authorizationId}": ("/authorizations", "items", "id"),
    "/contacts/organizations/{orgId}/contacts/{contactId}": (
        "/contacts/organizations/{orgId}/contacts/search",
        "result",
        "contactId",
    ),
    "/convergedRecordings/{recordingId}": ("/convergedRecordings", "items", "id"),
    "/groups/{groupId}": ("/groups", "groups", "id"),
    "/identity/scim/{orgId}/v2/Groups/{groupId}": (
        "/identity/scim/{orgId}/v2/Groups",
        "Resources",
        "id",
    ),
    "/identity/scim/{orgId}/v2/Users/{userId}": (
        "/identity/scim/{orgId}/v2/Users",
        "Resources",
        "id",
    ),
    "/licenses/{licenseId}": ("/licenses", "items", "id"),
    "/locations/{locationId}/floors/{floorId}": ("/locations/{locationId}/floors", "items", "id"),
    "/workspaceLocations/{locationId}/floors/{floorId}": (
        "/workspaceLocations/{locationId}/floors",
        "items",
        "id",
    ),
    "/reports/{reportId}": ("/reports", "items", "id"),
    "/roles/{roleId}": ("/roles", "items", "id"),
    "/webhooks/{webhookId}": ("/webhooks", "items", "id"),
}
FORWARDING_RULE = {
    "name": "Walk",
    "enabled": True,
    "businessSchedule": "Schedule 1",
    "holidaySchedule": "Schedule 2",
    "forwardTo": {"selection": "FORWARD_TO_DEFAULT_NUMBER"},
    "callsFrom": {"selection": "ANY"},
    "callsTo": {"numbers": []},
}
DIGIT_PATTERN = {"name": "Walk", "pattern": "7XX", "action": "ALLOW", "transferEnabled": True}
# End of a path -> where below its beginning one can be created first and with what body, and the
# key of the list that the beginning answers.
FOUND_ABOVE: dict[str, tuple[str, dict[str, Any], str]] = {
    "/{jobId}": ("", {}, "items"),
    "/criteria/{id}": ("", {}, "criteria"),
    "/{digitPatternId}": ("", DIGIT_PATTERN, "digitPatterns"),
    "/selectiveRules/{ruleId}": ("/selectiveRules", FORWARDING_RULE, "callForwarding.rules"),
}
# Ids that no list gives, with texts that any of them may have.
FREE = {"countryCode": "ES", "applicationId": "app", "ttsId": "tts"}


class Walker:
    """Reads the simulated API in process.

    Args:
        service: The API; a fresh one of 50 people when None.
    """

    def __init__(self, service: Service | None = None) -> None:
        self.service = service or build_service(World.generate(50, 1))
        organisation = self.service.world.organisation
        self.known: dict[str, str] = {}
        self.base = {
            "orgId": organisation.id,
            "personId": self._pick(organisation.calling_person_ids(), organisation.plan.primary),
            "locationId": self._location(),
            "workspaceId": next(
                item
                for item in organisation.workspaces
                if organisation.calling_workspace_kind(item) == "professional"
            ),
        }

    def start_jobs(self) -> None:
        """Start one job of every family that can be started, so that there is one to read."""
        address = {"address1": "Carrer 1", "city": "Girona", "state": "GI", "postalCode": "17001"}
        site = {
            "name": "Jobs",
            "timeZone": "Europe/Madrid",
            "preferredLanguage": "es_ES",
            "announcementLanguage": "es_es",
            "address": {**address, "country": "ES"},
        }
        made = orjson.loads(self.send("POST", "/locations", site).body)["id"]
        self._start("POST", f"{T}/locations", {**site, "id": made})
        self._start("PUT", f"{T}/locations/{made}", {"routingPrefix": "7654"})
        self._start(
            "POST",
            f"{T}/jobs/person/moveLocation",
            {
                "usersList": [
                    {
                        "locationId": made,
                        "validate": False,
                        "users": [{"userId": self.base["personId"], "phoneNumber": ""}],
                    }
                ]
            },
        )
        number = self._free_number()
        self._start(
            "POST",
            f"{T}/jobs/numbers/manageNumbers",
            {
                "operation": "NUMBER_USAGE_CHANGE",
                "numberUsageType": "SERVICE",
                "numberList": [{"locationId": self.base["locationId"], "numbers": [number]}],
            },
        )
        self._start("POST", f"{T}/jobs/locations/deleteCallingLocation", {"locationId": made})

    def _start(self, method: str, path: str, body: Any) -> None:
        answer = self.send(method, path, body)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.body[:300]!r}"

    def _free_number(self) -> str:
        path = f"{L}/availableNumbers".format_map(self.base)
        numbers = self.read(path)["phoneNumbers"]
        return next(item["phoneNumber"] for item in numbers if not item.get("owner"))

    @staticmethod
    def _pick(identifiers: list[str], wanted: Callable[[str], Any]) -> str:
        return next(item for item in identifiers if wanted(item))

    def _location(self) -> str:
        """The first Calling location, which has every feature."""
        return self.service.world.organisation.calling_location_ids()[0]

    def send(self, method: str, path: str, body: Any = None) -> Outgoing:
        target = path if path.startswith("/identity/scim") else f"/v1{path}"
        raw = b"" if body is None else orjson.dumps(body)
        return self.service.answer(Incoming(method, target, HEADERS, raw))

    def read(self, path: str) -> Any:
        answer = self.send("GET", path)
        assert answer.status == 200, f"{path}: {answer.status} {answer.body[:300]!r}"
        return orjson.loads(answer.body)

    def resolve(self, template: str) -> str:
        """Put existing ids into a path."""
        values = self.values(template)
        return template.format_map(values)

    def values(self, template: str) -> dict[str, str]:
        """Existing ids for the parameters of a path, in their order."""
        values: dict[str, str] = {}
        segments = template.split("/")
        for index, segment in enumerate(segments):
            if segment.startswith("{"):
                prefix = "/".join(segments[: index + 1])
                values[segment.strip("{}")] = self._value(prefix, segment.strip("{}"), values)
        return values

    def _value(self, prefix: str, name: str, values: Mapping[str, str]) -> str:
        if prefix in FEEDS:
            return self._fed(FEEDS[prefix], values)
        for ending, (create, body, key) in FOUND_ABOVE.items():
            if prefix.endswith(ending):
                path = prefix.removesuffix(ending)
                if body:
                    self.send("POST", f"{path}{create}".format_map(values), body)
                return self._fed((path, key, "id"), values)
        if name == "orgId" and prefix.startswith("/identity/scim"):
            return uuid_of(self.base[name])
        return FREE.get(name) or self.base[name]

    def _fed(self, feed: tuple[str, str, str], values: Mapping[str, str]) -> str:
        path, key, field = feed
        answer = self.send("GET", path.format_map(values))
        if answer.status != 200:
            return "missing"
        found = orjson.loads(answer.body)
        for part in key.split("."):
            found = found.get(part) or []
            if not found:
                return "missing"
        usable = [item[field] for item in found if item.get(field)]
        return usable[0] if usable else "missing"
