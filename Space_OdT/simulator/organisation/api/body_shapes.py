"""JSON types of what bodies bring that several writes share.

Only types: what has to be there, and which values are possible, is decided by the handlers, which
know the organisation. Fields that are written in more than one type, such as weights, are left out.
"""

from __future__ import annotations

from Space_OdT.simulator.bodies import BodyRule

_ADDRESS = dict.fromkeys(("address1", "address2", "city", "state", "postalCode", "country"), str)
LOCATION: BodyRule = {
    **dict.fromkeys(
        ("id", "name", "timeZone", "preferredLanguage", "announcementLanguage", "notes"), str
    ),
    "address": _ADDRESS,
}
PERSON: BodyRule = {
    **dict.fromkeys(
        (
            "avatar",
            "department",
            "displayName",
            "extension",
            "firstName",
            "lastName",
            "locationId",
            "manager",
            "managerId",
            "orgId",
            "title",
        ),
        str,
    ),
    **{name: [str] for name in ("emails", "licenses", "roles", "siteUrls")},
    "phoneNumbers": [{"type": str, "value": str}],
    "addresses": [{}],
}
WORKSPACE: BodyRule = {
    **dict.fromkeys(
        (
            "displayName",
            "floorId",
            "hotdeskingStatus",
            "locationId",
            "notes",
            "orgId",
            "sipAddress",
            "supportedDevices",
            "type",
            "workspaceLocationId",
        ),
        str,
    ),
    "capacity": int,
    "calling": {
        "type": str,
        "webexCalling": {
            **dict.fromkeys(("phoneNumber", "extension", "locationId"), str),
            "licenses": [str],
        },
    },
    "calendar": {"type": str},
    "deviceHostedMeetings": {"enabled": bool, "siteUrl": str},
    "indoorNavigation": {"url": str},
}
OWNER_NUMBERS: BodyRule = {
    "enableDistinctiveRingPattern": bool,
    "distinctiveRingEnabled": bool,
    "phoneNumbers": [
        {
            "primary": bool,
            **dict.fromkeys(
                ("action", "directNumber", "external", "extension", "ringPattern"), str
            ),
        }
    ],
}
SCIM_USER: BodyRule = {
    **dict.fromkeys(
        (
            "displayName",
            "externalId",
            "locale",
            "nickName",
            "preferredLanguage",
            "profileUrl",
            "timezone",
            "title",
            "userName",
            "userType",
        ),
        str,
    ),
    "schemas": [str],
    "active": bool,
    "name": dict.fromkeys(("givenName", "familyName"), str),
    **{name: [{}] for name in ("emails", "phoneNumbers", "photos", "addresses", "roles")},
}
GROUP: BodyRule = {
    **dict.fromkeys(("displayName", "orgId", "description"), str),
    "members": [{"id": str, "type": str, "operation": str}],
}
TRUNK: BodyRule = {
    **dict.fromkeys(
        ("name", "locationId", "password", "trunkType", "deviceType", "address", "domain"), str
    ),
    "dualIdentitySupportEnabled": bool,
    **dict.fromkeys(("port", "maxConcurrentCalls"), int),
}
ROUTE_GROUP: BodyRule = {"name": str, "localGateways": [{"id": str, "priority": int}]}
ROUTE_LIST: BodyRule = dict.fromkeys(("name", "locationId", "routeGroupId"), str)
DIAL_PLAN: BodyRule = {
    **dict.fromkeys(("name", "routeId", "routeType"), str),
    "dialPatterns": [str],
}
_REDIRECT = {"enabled": bool, "destination": str, "destinationVoicemailEnabled": bool}
_ALTERNATES = [{"phoneNumber": str, "ringPattern": str}]
FEATURE: BodyRule = {
    **dict.fromkeys(
        (
            "businessSchedule",
            "dialByName",
            "extension",
            "extensionDialing",
            "firstName",
            "holidaySchedule",
            "languageCode",
            "lastName",
            "name",
            "nameDialing",
            "phoneNumber",
            "timeZone",
        ),
        str,
    ),
    "enabled": bool,
    "alternateNumbers": _ALTERNATES,
    "alternateNumberSettings": {"distinctiveRingEnabled": bool, "alternateNumbers": _ALTERNATES},
    "agents": [{"id": str}],
    "callPolicies": {
        "policy": str,
        "routingType": str,
        "noAnswer": {"destination": str, "numberOfRings": int, "nextAgentRings": int},
        "busyRedirect": _REDIRECT,
        "businessContinuityRedirect": _REDIRECT,
        "callBounce": {"callBounceEnabled": bool, "callBounceMaxRings": int},
        "distinctiveRing": {"enabled": bool, "ringPattern": str},
    },
    "queueSettings": {"queueSize": int, "overflow": {}, "waitMessage": {}},
    "directLineCallerIdName": {"selection": str, "customName": str},
    **{name: {"greeting": str} for name in ("businessHoursMenu", "afterHoursMenu")},
}
_DIVERSION = {"enabled": bool, "destination": str, "ringReminderEnabled": bool}
FORWARDING: BodyRule = {
    "callForwarding": {
        "always": _DIVERSION,
        "selective": _DIVERSION,
        "rules": [{"id": str, "enabled": bool}],
        "operatingModes": {"enabled": bool, "modes": [{"id": str}]},
    }
}
FORWARDING_RULE: BodyRule = {
    **dict.fromkeys(("name", "businessSchedule", "holidaySchedule"), str),
    "enabled": bool,
    "forwardTo": {"phoneNumber": str, "selection": str},
    "callsFrom": {"selection": str, "customNumbers": {"numbers": [str]}},
    "callsTo": {"numbers": [{"phoneNumber": str, "extension": str, "type": str}]},
}
VIRTUAL: BodyRule = dict.fromkeys(
    (
        "announcementLanguage",
        "callerIdFirstName",
        "callerIdLastName",
        "callerIdNumber",
        "displayName",
        "extension",
        "firstName",
        "lastName",
        "locationId",
        "phoneNumber",
        "timeZone",
    ),
    str,
)
RANGE: BodyRule = {
    **dict.fromkeys(("name", "prefix", "locationId", "rangeId"), str),
    "patterns": [str],
}
EXTENSIONS: BodyRule = {"extensions": [str]}
NUMBERS: BodyRule = {"phoneNumbers": [str]}
