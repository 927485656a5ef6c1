"""Features of locations: parks, pickups, paging, voicemail groups, schedules, modes."""

from __future__ import annotations

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.declarations import Area, Collection, Document, Items
from Space_OdT.simulator.generated.makers import by_index, location_id, own_esn, own_extension
from Space_OdT.simulator.protocol import JsonObject
from Space_OdT.simulator.tables.scopes import TELEPHONY

T = "/telephony/config"
L = f"{T}/locations/{{locationId}}"


def _location_name(subject: Subject) -> str:
    return subject.location.name


_HERE = {"locationId": location_id, "locationName": _location_name}
# Groups are dialled by extension; the numbers of a location belong to people and rooms.
_LINE = {
    "extension": own_extension,
    "esn": own_esn,
    "phoneNumber": None,
    "tollFreeNumber": False,
}


def _location(subject: Subject) -> JsonObject:
    return {"id": subject.location.id, "name": subject.location.name}


GROUPS = Area(
    TELEPHONY,
    (
        Collection(
            name="park",
            list_template=f"{L}/callParks",
            list_key="callParks",
            list_shape="telephony.callpark.list",
            item_template=f"{L}/callParks/{{callParkId}}",
            item_shape="telephony.callpark.details",
            id_type="CALL_PARK",
            fixed=_HERE,
            create=f"{L}/callParks",
            body={"name!": str, "recall!": {}},
            put=200,
        ),
        Items(
            f"{L}/callParks/availableRecallHuntGroups",
            "huntGroups",
            "telephony.callpark.available_recalls",
            link="huntGroups",
            paging="start",
        ),
        Items(
            f"{L}/callParks/availableUsers",
            "agents",
            "telephony.callpark.available_agents",
            link="agents",
            count=10,
            paging="start",
        ),
        Document(f"{L}/callParks/settings", "telephony.callpark.call_park_settings", put=204),
        Collection(
            name="extension",
            list_template=f"{T}/callParkExtensions",
            list_key="callParkExtensions",
            list_shape="telephony.callpark_extension.list",
            item_template=f"{L}/callParkExtensions/{{callParkExtensionId}}",
            item_shape="telephony.callpark_extension.details",
            id_type="CALL_PARK_EXTENSION",
            where="location",
            fixed={**_HERE, "extension": own_extension, "esn": own_esn},
            create=f"{L}/callParkExtensions",
            body={"name!": str, "extension!": str},
        ),
        Collection(
            name="pickup",
            list_template=f"{L}/callPickups",
            list_key="callPickups",
            list_shape="telephony.pickup.list",
            item_template=f"{L}/callPickups/{{callPickupId}}",
            item_shape="telephony.pickup.details",
            id_type="CALL_PICKUP",
            fixed=_HERE,
            create=f"{L}/callPickups",
            body={"name!": str},
            put=200,
        ),
        Items(
            f"{L}/callPickups/availableUsers",
            "agents",
            "telephony.pickup.available_agents",
            link="agents",
            count=10,
            paging="start",
        ),
        Collection(
            name="paging group",
            list_template=f"{T}/paging",
            list_key="locationPaging",
            list_shape="telephony.paging.list",
            item_template=f"{L}/paging/{{pagingId}}",
            item_shape="telephony.paging.details",
            id_type="PAGING_GROUP",
            where="location",
            per_parent=1,
            fixed={**_HERE, **_LINE, "enabled": True},
            create=f"{L}/paging",
            body={"name!": str},
        ),
        Collection(
            name="voicemail group",
            list_template=f"{T}/voicemailGroups",
            list_key="voicemailGroups",
            list_shape="telephony.voicemail_groups.list",
            item_template=f"{L}/voicemailGroups/{{voicemailGroupId}}",
            item_shape="telephony.voicemail_groups.details",
            id_type="VOICEMAIL_GROUP",
            where="location",
            per_parent=1,
            fixed={**_HERE, **_LINE, "enabled": True, "greeting": "DEFAULT"},
            create=f"{L}/voicemailGroups",
            body={
                "name!": str,
                "extension!": str,
                "passcode!": str,
                "languageCode!": str,
                "messageStorage!": {},
                "notifications!": {},
                "faxMessage!": {},
                "transferToNumber!": {},
                "emailCopyOfMessage!": {},
            },
        ),
    ),
)

_EVENTS = Collection(
    name="event",
    item_template=f"{L}/schedules/{{type}}/{{scheduleId}}/events/{{eventId}}",
    item_shape="telephony.schedules.event_details",
    id_type="SCHEDULE_EVENT",
    create=f"{L}/schedules/{{type}}/{{scheduleId}}/events",
    body={"name!": str, "startDate!": str, "endDate!": str},
    put=200,
)
_HOLIDAYS = Collection(
    name="holiday",
    item_template=f"{T}/operatingModes/{{modeId}}/holidays/{{holidayId}}",
    item_shape="telephony.operating_modes.holiday_details",
    id_type="SCHEDULE_EVENT",
    per_parent=1,
    create=f"{T}/operatingModes/{{modeId}}/holidays",
    body={"name!": str, "allDayEnabled!": bool, "startDate!": str, "endDate!": str},
)


def _location_of_mode(subject: Subject) -> JsonObject | None:
    return _location(subject) if subject.index % 2 else None


_MODE_TYPES = ("SAME_HOURS_DAILY", "DIFFERENT_HOURS_DAILY", "HOLIDAY", "NONE")
HOURS = Area(
    TELEPHONY,
    (
        Collection(
            name="schedule",
            list_template=f"{L}/schedules",
            list_key="schedules",
            list_shape="telephony.schedules.list",
            item_template=f"{L}/schedules/{{type}}/{{scheduleId}}",
            item_shape="telephony.schedules.details",
            id_type="SCHEDULE",
            path_fields={"type": "type"},
            fixed={**_HERE, "type": by_index("businessHours", "holidays")},
            create=f"{L}/schedules",
            body={"type!": ("businessHours", "holidays"), "name!": str},
            put=200,
            embeds={"events": _EVENTS},
        ),
        _EVENTS,
        Collection(
            name="mode",
            list_template=f"{T}/operatingModes",
            list_key="operatingModes",
            list_shape="telephony.operating_modes.list",
            item_template=f"{T}/operatingModes/{{modeId}}",
            item_shape="telephony.operating_modes.details",
            id_type="OPERATING_MODE",
            per_parent=4,
            fixed={
                "type": by_index(*_MODE_TYPES),
                "level": by_index("ORGANIZATION", "LOCATION"),
                "location": _location_of_mode,
            },
            create=f"{T}/operatingModes",
            body={
                "name!": str,
                "type!": _MODE_TYPES,
                "level!": ("ORGANIZATION", "LOCATION"),
                "callForwarding!": {},
            },
            embeds={"holidays": _HOLIDAYS},
        ),
        _HOLIDAYS,
        Items(
            f"{L}/operatingModes/availableOperatingModes",
            "operatingModes",
            "telephony.operating_modes.available_operating_modes",
        ),
    ),
)

AREAS = (GROUPS, HOURS)
