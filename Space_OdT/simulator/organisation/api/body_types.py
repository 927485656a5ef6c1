"""JSON types of the body of every write, by method and path; a wrong one is refused first."""

from __future__ import annotations

from collections.abc import Mapping

from Space_OdT.simulator.bodies import BodyRule
from Space_OdT.simulator.organisation.api.body_shapes import (
    DIAL_PLAN,
    EXTENSIONS,
    FEATURE,
    FORWARDING,
    FORWARDING_RULE,
    GROUP,
    LOCATION,
    NUMBERS,
    OWNER_NUMBERS,
    PERSON,
    RANGE,
    ROUTE_GROUP,
    ROUTE_LIST,
    SCIM_USER,
    TRUNK,
    VIRTUAL,
    WORKSPACE,
)

T = "/telephony/config"
L = f"{T}/locations/{{locationId}}"
P = f"{T}/premisePstn"


def _features(*kinds: tuple[str, str]) -> dict[tuple[str, str], BodyRule]:
    rules: dict[tuple[str, str], BodyRule] = {}
    for path, item in kinds:
        one = f"{L}/{path}/{{{item}}}"
        rules["POST", f"{L}/{path}"] = rules["PUT", one] = FEATURE
        rules["PUT", f"{one}/callForwarding"] = FORWARDING
        rules["POST", f"{one}/callForwarding/actions/switchMode/invoke"] = {"operatingModeId": str}
        rules["POST", f"{one}/callForwarding/selectiveRules"] = FORWARDING_RULE
        rules["PUT", f"{one}/callForwarding/selectiveRules/{{ruleId}}"] = FORWARDING_RULE
    return rules


BODY_TYPES: Mapping[tuple[str, str], BodyRule] = {
    ("POST", "/people"): PERSON,
    ("PUT", "/people/{personId}"): PERSON,
    ("POST", "/groups"): GROUP,
    ("PATCH", "/groups/{groupId}"): GROUP,
    ("PATCH", "/licenses/users"): {
        **dict.fromkeys(("email", "personId", "orgId"), str),
        "licenses": [
            {
                "id": str,
                "operation": str,
                "properties": dict.fromkeys(("locationId", "phoneNumber", "extension"), str),
            }
        ],
        "siteUrls": [dict.fromkeys(("siteUrl", "accountType", "operation"), str)],
    },
    ("POST", "/locations"): LOCATION,
    ("PUT", "/locations/{locationId}"): LOCATION,
    ("POST", f"{T}/locations"): LOCATION,
    ("PUT", L): {
        **dict.fromkeys(
            (
                "announcementLanguage",
                "chargeNumber",
                "externalCallerIdName",
                "outsideDialDigit",
                "pAccessNetworkInfo",
                "routingPrefix",
            ),
            str,
        ),
        "callingLineId": {"name": str, "phoneNumber": str},
        "connection": {"type": str, "id": str},
        "enforceOutsideDialDigit": bool,
    },
    ("PUT", "/telephony/pstn/locations/{locationId}/connection"): dict.fromkeys(
        ("id", "premiseRouteType", "premiseRouteId"), str
    ),
    ("POST", f"{L}/numbers"): {
        **NUMBERS,
        **dict.fromkeys(("numberType", "numberUsageType", "state"), str),
    },
    ("PUT", f"{L}/numbers"): {**NUMBERS, "action": str},
    ("DELETE", f"{L}/numbers"): NUMBERS,
    ("POST", f"{T}/actions/validateNumbers/invoke"): NUMBERS,
    ("POST", f"{T}/actions/validateExtensions/invoke"): EXTENSIONS,
    ("POST", f"{L}/actions/validateExtensions/invoke"): EXTENSIONS,
    ("PUT", f"{T}/people/{{personId}}/numbers"): OWNER_NUMBERS,
    ("PUT", f"{T}/workspaces/{{workspaceId}}/numbers"): OWNER_NUMBERS,
    ("POST", "/workspaces"): WORKSPACE,
    ("PUT", "/workspaces/{workspaceId}"): WORKSPACE,
    ("POST", f"{T}/jobs/person/moveLocation"): {
        "usersList": [
            {
                "locationId": str,
                "validate": bool,
                "users": [dict.fromkeys(("userId", "extension", "phoneNumber"), str)],
            }
        ]
    },
    ("POST", f"{T}/jobs/numbers/manageNumbers"): {
        **dict.fromkeys(("operation", "targetLocationId", "numberUsageType"), str),
        "numberList": [{"locationId": str, "numbers": [str]}],
    },
    ("POST", f"{T}/jobs/locations/deleteCallingLocation"): {
        "locationId": str,
        "locationName": str,
        "forceDelete": bool,
    },
    ("POST", "/identity/scim/{orgId}/v2/Users"): SCIM_USER,
    ("PUT", "/identity/scim/{orgId}/v2/Users/{userId}"): SCIM_USER,
    ("PATCH", "/identity/scim/{orgId}/v2/Users/{userId}"): {
        "schemas": [str],
        "Operations": [{"op": str, "path": str}],
    },
    ("POST", "/identity/scim/{orgId}/v2/Bulk"): {"schemas": [str], "failOnErrors": int},
    ("POST", f"{P}/trunks"): TRUNK,
    ("PUT", f"{P}/trunks/{{trunkId}}"): TRUNK,
    ("POST", f"{P}/trunks/actions/fqdnValidation/invoke"): TRUNK,
    ("POST", f"{P}/routeGroups"): ROUTE_GROUP,
    ("PUT", f"{P}/routeGroups/{{routeGroupId}}"): ROUTE_GROUP,
    ("POST", f"{P}/routeLists"): ROUTE_LIST,
    ("PUT", f"{P}/routeLists/{{routeListId}}"): ROUTE_LIST,
    ("PUT", f"{P}/routeLists/{{routeListId}}/numbers"): {
        "numbers": [{"number": str, "action": str}],
        "deleteAllNumbers": bool,
    },
    ("POST", f"{P}/dialPlans"): DIAL_PLAN,
    ("PUT", f"{P}/dialPlans/{{dialPlanId}}"): DIAL_PLAN,
    ("PUT", f"{P}/dialPlans/{{dialPlanId}}/dialPatterns"): {
        "dialPatterns": [{"dialPattern": str, "action": str}],
        "deleteAllDialPatterns": bool,
    },
    ("POST", f"{P}/actions/validateDialPatterns/invoke"): {"dialPatterns": [str]},
    **_features(
        ("autoAttendants", "autoAttendantId"),
        ("huntGroups", "huntGroupId"),
        ("queues", "queueId"),
    ),
    ("PUT", f"{T}/queues/agents/{{id}}/settings"): {
        "settings": [{"queueId": str, "joinEnabled": bool}]
    },
    ("POST", f"{T}/supervisors"): {"id": str, "agents": [{"id": str}]},
    ("DELETE", f"{T}/supervisors"): {"supervisorIds": [str], "deleteAll": bool},
    ("PUT", f"{T}/supervisors/{{supervisorId}}"): {"agents": [{"id": str, "action": str}]},
    ("POST", f"{T}/virtualLines"): VIRTUAL,
    ("PUT", f"{T}/virtualLines/{{virtualLineId}}"): VIRTUAL,
    ("PUT", f"{T}/virtualLines/{{virtualLineId}}/directorySearch"): {"enabled": bool},
    ("POST", f"{T}/virtualExtensions"): VIRTUAL,
    ("PUT", f"{T}/virtualExtensions/{{extensionId}}"): VIRTUAL,
    ("POST", f"{T}/virtualExtensions/actions/validateNumbers/invoke"): NUMBERS,
    ("POST", f"{T}/virtualExtensionRanges"): RANGE,
    ("POST", f"{T}/virtualExtensionRanges/actions/validate/invoke"): RANGE,
    ("PUT", f"{T}/virtualExtensionRanges/{{extensionRangeId}}"): RANGE,
    ("PUT", f"{L}/internalDialing"): {
        "enableUnknownExtensionRoutePolicy": bool,
        "unknownExtensionRouteIdentity": {"id": str, "type": str},
    },
    ("PUT", f"{L}/voicePortal"): {
        **dict.fromkeys(
            ("name", "languageCode", "extension", "phoneNumber", "firstName", "lastName"), str
        ),
        "passcode": {"newPasscode": str, "confirmPasscode": str},
    },
    ("PUT", f"{L}/features/emergencyCallbackNumber"): {
        "selected": str,
        "locationMemberId": str,
        "elinExpiryTimeMinutes": int,
    },
    ("POST", f"{T}/actions/testCallRouting/invoke"): {
        **dict.fromkeys(("originatorId", "originatorType", "originatorNumber", "destination"), str),
        "includeAppliedServices": bool,
    },
    ("POST", "/devices"): dict.fromkeys(
        ("mac", "model", "workspaceId", "personId", "password"), str
    ),
    ("POST", "/devices/activationCode"): dict.fromkeys(("workspaceId", "personId", "model"), str),
    ("PUT", f"{T}/workspaces/{{workspaceId}}/devices"): {
        "enabled": bool,
        "limitGuestUse": bool,
        "guestHoursLimit": int,
    },
}
